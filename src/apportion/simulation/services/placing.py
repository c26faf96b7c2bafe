"""Where is room for the replicas of an hour, and who gets it where there is not enough?"""

import numpy as np

from apportion.domain.arrays import Bools, Ints
from apportion.simulation.compiled import compiled, part


def place(
    amount: Ints, region: Ints, wished: Ints, least: Ints, bundle: Ints, preference: Ints, ties: Ints
) -> tuple[Ints, Ints]:
    """Find nodes for whole replicas, hour by hour, each hour from empty nodes.

    Every service gets its least before any gets more; then all rise towards their wishes in the same proportion. The next
    replica goes to the service with the smallest (n + ½)/wish, n the replicas it has of this part of its wish: the method of
    Webster and Sainte-Laguë, compared in whole numbers; equal ones in the order of `ties`. It takes the first node, in the
    order of their ids, of the first region that has room. A service for whose replica there is none gets no more that hour.

    Parameters
    ----------
    amount : (N, R) what each node holds
    region : (N,) position of its region
    wished : (H, S) replicas
    least : (S,) replicas; only as many as are wished
    bundle : (S, R) of one replica
    preference : (S, G) regions in the order in which they are tried, −1 after the last
    ties : (S,) position of each service in the tie order

    Returns
    -------
    Replicas by region, (H, S, G), and on each node, (H, N, S).

    Cost: O(S) a replica, and O(N·S) an hour to pass over full nodes.

    Source for the method: Balinski and Young, *Fair Representation* (1982).
    """
    regions, by_tie = preference.shape[1], np.argsort(ties)
    nodes = np.argsort(region, kind="stable")
    first = np.searchsorted(region[nodes], np.arange(regions + 1))
    placed = np.zeros((*wished.shape, regions), dtype=np.int64)
    on_node = np.zeros((len(wished), len(amount), wished.shape[1]), dtype=np.int64)
    for hour, wish in enumerate(wished):
        free, full = amount[nodes], np.zeros(len(wish), dtype=bool)
        ahead = np.tile(first[:-1], (len(wish), 1))  # the first node of each region that may still have room
        sure = np.minimum(least, wish)
        for asked in (sure, wish - sure):
            given = np.zeros_like(asked)
            _give(asked, given, full, free, first, ahead, bundle, preference, by_tie, placed[hour], on_node[hour])
    by_node = np.empty_like(on_node)
    by_node[:, nodes] = on_node
    return placed, by_node


@compiled
def _give(
    asked: Ints,
    given: Ints,
    full: Bools,
    free: Ints,
    first: Ints,
    ahead: Ints,
    bundle: Ints,
    preference: Ints,
    by_tie: Ints,
    placed: Ints,
    on_node: Ints,
) -> None:
    while True:
        service = _next(given, asked, full, by_tie)
        if service < 0:
            return
        region = _take(free, first, ahead[service], bundle[service], preference[service])
        if region < 0:
            full[service] = True
        else:
            given[service] += 1
            placed[service, region] += 1
            on_node[ahead[service, region], service] += 1


@part
def _next(given: Ints, asked: Ints, full: Bools, by_tie: Ints) -> int:
    """Find the service with the smallest (given + ½)/asked; −1 if none wants or can take more."""
    best = -1
    for s in by_tie:
        if full[s] or given[s] >= asked[s]:
            continue
        if best < 0 or (2 * given[s] + 1) * asked[best] < (2 * given[best] + 1) * asked[s]:
            best = s
    return best


@part
def _take(free: Ints, first: Ints, ahead: Ints, bundle: Ints, preference: Ints) -> int:
    """Take one replica's bundle from a node, and return its region; −1 if there is no room."""
    for region in preference:
        if region < 0:
            break
        while ahead[region] < first[region + 1]:
            node = ahead[region]
            if _fits(bundle, free[node]):
                for r in range(len(bundle)):
                    free[node, r] -= bundle[r]
                return int(region)
            ahead[region] += 1
    return -1


@part
def _fits(bundle: Ints, free: Ints) -> bool:
    for r in range(len(free)):  # noqa: SIM110  # compiled: a plain loop
        if bundle[r] > free[r]:
            return False
    return True
