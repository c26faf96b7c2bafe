"""How are games made for tests, and what do they give by definition?"""

from itertools import permutations

import numpy as np

from apportion.alliances.program import Program, with_what_fits
from apportion.domain.arrays import ints, text


def game(many, worth):
    """A game (2^N,) from a function of the set of members."""
    sets = [frozenset(m for m in range(many) if mask >> m & 1) for mask in range(1 << many)]
    return np.array([float(worth(who)) for who in sets])


def random_game(random, many):
    """A game in which joining never hurts, of no other shape."""
    v = random.uniform(0, 1, 1 << many) * np.array([mask.bit_count() for mask in range(1 << many)])
    v[0] = 0.0
    for m in range(many):
        pairs = v.reshape(-1, 2, 1 << m)
        pairs[:, 1] = np.maximum(pairs[:, 1], pairs[:, 0])
    return v


def by_orders(v):
    """Shapley by its definition: what each adds, over all orders."""
    many = len(v).bit_length() - 1
    total = np.zeros(many)
    orders = list(permutations(range(many)))
    for order in orders:
        mask = 0
        for m in order:
            total[m] += v[mask | 1 << m] - v[mask]
            mask |= 1 << m
    return total / len(orders)


def largest_excess(v, x):
    """Over all coalitions but nobody and all, one by one."""
    many = len(x)
    return max(v[s] - sum(x[m] for m in range(many) if s >> m & 1) for s in range(1, len(v) - 1))


def random_program(random, many=8, flavors=2, resources=2, claims=2, least=0.0):
    """A pool in which caps on tasks bind here and there, and some members bring nothing."""
    rows = many * claims
    most = random.uniform(1, 12, rows)
    made = Program(
        text([f"m{m}" for m in range(many)]),
        random.uniform(0, 10, (many, flavors, resources)) * (random.random((many, flavors, 1)) < 0.7),
        np.repeat(np.arange(many), claims),
        random.uniform(0.5, 2, rows),
        least * most,
        most,
        random.uniform(0.2, 2, (rows, resources)),
        random.uniform(0.2, 2, (rows, flavors)) * (random.random((rows, flavors)) < 0.85),
        ints([]),
    )
    return with_what_fits(made)
