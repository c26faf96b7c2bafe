"""How concentrated are shares, and how unequal amounts? One number for (N,) amounts.

    s_i = x_i / Σx,    p_i = weight_i / Σweight (1/N by default),    μ = Σ p_i x_i,    u_i = x_i / μ

| index | formula | equal | one holds all |
|---|---|---|---|
| hhi | 10⁴ Σ s² | 10⁴/N | 10⁴ |
| effective_number | 1 / Σ s² | N | 1 |
| concentration_ratio | the k largest s | k/N | 1 |
| entropy | −Σ s ln s | ln N | 0 |
| entropy_number | e^entropy | N | 1 |
| gini | Σᵢⱼ pᵢpⱼ abs(xᵢ − xⱼ) / 2μ | 0 | (N−1)/N |
| theil_t | Σ p u ln u | 0 | ln N |
| theil_l | −Σ p ln u | 0 | ∞ |
| generalized_entropy(a) | Σ p (uᵃ − 1) / a(a−1) | 0 | |
| atkinson(ε) | 1 − (Σ p u^(1−ε))^(1/(1−ε)), for ε = 1 one minus the geometric mean of u | 0 | |
| hoover | Σ p abs(u − 1) / 2 | 0 | (N−1)/N |
| palma | what the top tenth holds over what the lowest four tenths hold | ¼ | ∞ |
| jain | (Σ p x)² / Σ p x² | 1 | 1/N |

An entry of weight w stands for w holders of its amount each. The first five count holders, so for them a weight is a
number of holders: N is Σ weight, and two holders of one each are not one holder of two. The others are the same for a
population and its copies (*replication invariant*), and only proportions of weights matter. With h = hhi / 10⁴:
h = (1 + CV²)/N, jain = 1/(N·h), GE(2) = CV²/2, theil_t = ln N − entropy.

All are NaN of nobody and where nobody holds anything; of one member with something they are as of equals. Amounts that
are negative or missing are refused (`apportion.concentration.amounts`). Cost: N log N.

Sources: Hirschman, *National Power and the Structure of Foreign Trade*, 1945; Laakso and Taagepera, *Comparative Political
Studies* 12, 1979 (effective number); Shannon, *Bell System Technical Journal* 27, 1948; Gini, *Variabilità e mutabilità*,
1912; Lorenz, *Publications of the American Statistical Association* 9, 1905; Theil, *Economics and Information Theory*,
1967; Shorrocks, *Econometrica* 48, 1980 (generalized entropy); Atkinson, *Journal of Economic Theory* 2, 1970; Hoover,
*Review of Economics and Statistics* 18, 1936; Cobham and Sumner, *Is it all about the tails?*, 2013 (Palma); Jain, Chiu and
Hawe, DEC Research Report TR-301, 1984.
"""

import math

import numpy as np

from apportion.concentration.amounts import measurable
from apportion.domain.arrays import Floats

POINTS = 10_000  # of hhi, as in the merger guidelines


def shares(x: Floats) -> Floats:
    """Each entry's part of the whole: (N,); NaN where there is nothing."""
    amounts, _ = measurable(x)
    total = float(amounts.sum())
    return amounts / total if total > 0 else np.full(len(amounts), np.nan)


def hhi(x: Floats, weight: Floats | None = None) -> float:
    """Herfindahl–Hirschman index, in points of 10,000.

    >>> hhi(np.array([1.0, 2.0, 3.0, 4.0]))
    3000.0
    """
    total, squares = _sums(x, weight)
    return POINTS * squares / (total * total) if total > 0 else math.nan


def effective_number(x: Floats, weight: Floats | None = None) -> float:
    """As many holders of equal size would be as concentrated.

    >>> effective_number(np.array([5.0, 5.0, 0.0]))
    2.0
    """
    total, squares = _sums(x, weight)
    return total * total / squares if total > 0 else math.nan


def concentration_ratio(x: Floats, k: int, weight: Floats | None = None) -> float:
    """CR-k, the share of the k largest; all of it if k ≥ N.

    >>> concentration_ratio(np.array([1.0, 2.0, 3.0, 4.0]), 1)
    0.4
    """
    amounts, heads = _counted(x, weight)
    order = np.argsort(-amounts, kind="stable")
    before = np.concatenate(([0.0], np.cumsum(heads[order])))[:-1]
    held = amounts[order] * heads[order]
    counts = amounts[order] * np.clip(k - before, 0.0, heads[order])
    return float(counts.sum() / held.sum()) if held.sum() > 0 else math.nan


def entropy(x: Floats, weight: Floats | None = None) -> float:
    """Shannon's entropy of the shares, in nats: 0 if one holds all."""
    amounts, heads = _counted(x, weight)
    total = float((amounts * heads).sum())
    return 0.0 - _sum_of_logs(heads * amounts / total, amounts / total) if total > 0 else math.nan


def entropy_number(x: Floats, weight: Floats | None = None) -> float:
    """e^entropy: an effective number that counts small holders for more than `effective_number` does."""
    return math.exp(entropy(x, weight))


def lorenz(x: Floats, weight: Floats | None = None) -> tuple[Floats, Floats]:
    """Return the Lorenz curve's corners: parts of the population, smallest first, and what they hold together.

    (N,) amounts → two arrays (N+1,) from (0, 0) to (1, 1); of nothing, the diagonal.

    >>> lorenz(np.array([3.0, 1.0]))[1].tolist()
    [0.0, 0.25, 1.0]
    """
    amounts, p = measurable(x, weight)
    order = np.argsort(amounts, kind="stable")
    population = np.concatenate(([0.0], np.cumsum(p[order])))
    if len(population) > 1:
        population /= population[-1]
    held = np.concatenate(([0.0], np.cumsum(amounts[order] * p[order])))
    return population, held / held[-1] if held[-1] > 0 else population


def gini(x: Floats, weight: Floats | None = None) -> float:
    """Gini coefficient in its population form, *not* multiplied by N/(N−1): 1 − Σ p (L₋ + L) over the Lorenz curve L.

    >>> gini(np.array([1.0, 2.0, 3.0, 4.0]))
    0.25
    """
    population, L = lorenz(x, weight)
    if not len(_ratios(x, weight)[0]):
        return math.nan
    return max(float(1 - (np.diff(population) * (L[1:] + L[:-1])).sum()), 0.0)


def gini_corrected(x: Floats) -> float:
    """`gini` times N/(N−1): 1 if one of N holds all, and not the same for copies of a population; NaN for one member.

    >>> round(gini_corrected(np.array([1.0, 2.0, 3.0, 4.0])), 4)
    0.3333
    """
    many = len(x)
    return gini(x) * many / (many - 1) if many > 1 else math.nan


def generalized_entropy(x: Floats, a: float, weight: Floats | None = None) -> float:
    """GE(a): the larger a, the more what the largest hold counts; GE(0) is `theil_l`, GE(1) `theil_t`.

    For a ≤ 0 it is infinite where somebody holds nothing.
    """
    u, p = _ratios(x, weight)
    if not len(u):
        return math.nan
    if a == 1.0:
        return max(_sum_of_logs(p * u, u), 0.0)
    if a <= 0.0 and (u[p > 0] == 0).any():
        return math.inf
    seen = p > 0
    if a == 0.0:
        return max(float(-(p[seen] * np.log(u[seen])).sum()), 0.0)
    return max(float((p[seen] * (u[seen] ** a - 1)).sum() / (a * (a - 1))), 0.0)


def theil_t(x: Floats, weight: Floats | None = None) -> float:
    """Theil's T, GE(1); what nobody holds counts 0."""
    return generalized_entropy(x, 1.0, weight)


def theil_l(x: Floats, weight: Floats | None = None) -> float:
    """Theil's L, GE(0), the mean log deviation; infinite where somebody holds nothing."""
    return generalized_entropy(x, 0.0, weight)


def atkinson(x: Floats, aversion: float = 1.0, weight: Floats | None = None) -> float:
    """Part of the whole that could be given up if the rest were held equally, by aversion ε > 0.

    1 where somebody holds nothing and ε ≥ 1.
    """
    u, p = _ratios(x, weight)
    if not len(u):
        return math.nan
    seen = p > 0
    if aversion >= 1.0 and (u[seen] == 0).any():
        return 1.0
    if aversion == 1.0:
        return max(float(1 - np.exp((p[seen] * np.log(u[seen])).sum())), 0.0)
    power = 1.0 - aversion
    return max(float(1 - (p[seen] * u[seen] ** power).sum() ** (1 / power)), 0.0)


def hoover(x: Floats, weight: Floats | None = None) -> float:
    """Part that would have to change hands for all to hold as much: the Lorenz curve's distance from the diagonal.

    >>> hoover(np.array([1.0, 2.0, 3.0, 4.0]))
    0.2
    """
    u, p = _ratios(x, weight)
    return float((p * np.abs(u - 1)).sum()) / 2 if len(u) else math.nan


def palma(x: Floats, weight: Floats | None = None) -> float:
    """What the top tenth of the population holds over what the lowest four tenths hold; infinite where those hold nothing.

    An entry on the border counts with the part of it that lies inside.
    """
    population, L = lorenz(x, weight)
    if not len(_ratios(x, weight)[0]):
        return math.nan
    low, top = float(np.interp(0.4, population, L)), 1.0 - float(np.interp(0.9, population, L))
    return top / low if low > 0 else math.inf


def jain(x: Floats, weight: Floats | None = None) -> float:
    """Jain's index: the part of the population that would hold something if all who do held as much.

    >>> jain(np.array([1.0, 1.0, 1.0, 1.0]))
    1.0
    """
    u, p = _ratios(x, weight)
    return 1.0 / float((p * u * u).sum()) if len(u) else math.nan


def _ratios(x: Floats, weight: Floats | None) -> tuple[Floats, Floats]:
    """Amounts over their mean, and parts of the population; (0,) and (0,) where there is nothing to compare."""
    amounts, p = measurable(x, weight)
    mean = float((p * amounts).sum())
    return (amounts / mean, p) if mean > 0 else (np.empty(0), np.empty(0))


def _counted(x: Floats, weight: Floats | None) -> tuple[Floats, Floats]:
    """Amounts, in a unit by a power of two that keeps their squares within floats, and how many holders each stands for."""
    amounts, _ = measurable(x, weight)
    heads = np.ones(len(amounts)) if weight is None else np.asarray(weight, dtype=np.float64)
    return np.ldexp(amounts, -int(np.frexp(amounts.max(initial=0.0))[1])), heads


def _sums(x: Floats, weight: Floats | None) -> tuple[float, float]:
    """Σ w·x and Σ w·x²."""
    amounts, heads = _counted(x, weight)
    return float((heads * amounts).sum()), float((heads * amounts * amounts).sum())


def _sum_of_logs(factor: Floats, of: Floats) -> float:
    """Σ factor · ln of, where 0 · ln 0 is 0."""
    seen = (of > 0) & (factor > 0)
    return float((factor[seen] * np.log(of[seen])).sum())
