"""What answers requests all the time, how busy is it hour by hour, and how did it fare?"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints, Text
from apportion.domain.quantity import INT64_MAX

HOUR_S = 3600
ERLANG = 10**9  # milli-requests a second times microseconds, in the unit of offered load


@dataclass(frozen=True, eq=False)
class Services:
    """Services: replicas of a bundle that share one queue of requests, in a cycle of hours (of a day or of a week).

    Attributes
    ----------
    bundle : (S, R) whole thousandths of each resource **one replica** uses up
    service_micro_s : (S,) mean time that one replica works on one request
    p99_micro_s : (S,) the time within which 99 % of the requests are to be answered
    replicas_min, replicas_max : (S,)
    regions : (G,) names of the regions of the pool's nodes, in byte order; "" for nodes without one
    rank : (S, G) place of each region in the service's list, 0 for the one it likes best, −1 where it is not listed; a
        service that lists none may run anywhere
    delay_micro_s : (S, G) what the network adds to every answer from there
    rate_milli : (S, H) requests in 1,000 seconds, in each hour of the cycle
    """

    id: Text
    member: Ints
    bundle: Ints
    service_micro_s: Ints
    p99_micro_s: Ints
    replicas_min: Ints
    replicas_max: Ints
    regions: tuple[str, ...]
    rank: Ints
    delay_micro_s: Ints
    rate_milli: Ints

    def __len__(self) -> int:
        return len(self.id)

    @property
    def hours(self) -> int:
        """H, the length of the cycle: 24 or 168."""
        return int(self.rate_milli.shape[1])

    @cached_property
    def load(self) -> Floats:
        """Offered load in erlangs, rate · service time: the mean number of replicas at work. (H, S)."""
        return np.asarray((self.rate_milli * self.service_micro_s[:, None]).T / ERLANG)

    @cached_property
    def preference(self) -> Ints:
        """Regions in the order in which a replica tries them: (S, G) positions, −1 after the last.

        The list of the service; without one every region, the least delay first, then by name.
        """
        listed = self.rank >= 0
        anywhere = ~listed.any(axis=1, keepdims=True)
        key = np.where(anywhere, self.delay_micro_s, np.where(listed, self.rank, INT64_MAX))
        order = np.argsort(key, axis=1, kind="stable")
        return np.where(np.take_along_axis(listed | anywhere, order, axis=1), order, -1)


@dataclass(frozen=True, eq=False)
class Served:
    """How services fare in each hour of their cycle; or in hours of it while some nodes are down.

    Attributes
    ----------
    wished : (H, S) replicas that the target asks for, between least and most
    placed : (H, S, G) replicas that found room, by region
    kept : (H, N, S) replicas on each of the pool's nodes
    on_node : (H, N, R) what they hold on each of the pool's nodes, whole thousandths
    p99_s : (H, S) the time within which 99 % of the answers come; infinite in overload, 0 where nobody asks
    attainment : (H, S) part of the requests answered within the target; 0 in overload, 1 where nobody asks
    seconds : (H,) for how long each of these was so; None for one cycle, an hour each
    """

    services: Services
    wished: Ints
    placed: Ints
    kept: Ints
    on_node: Ints
    p99_s: Floats
    attainment: Floats
    seconds: Ints | None = None

    @property
    def lasted_h(self) -> Floats:
        """For how many hours each was so: (H,)."""
        return np.ones(len(self.wished)) if self.seconds is None else self.seconds / HOUR_S

    @cached_property
    def replicas(self) -> Ints:
        """Replicas that run: (H, S)."""
        return np.asarray(self.placed.sum(axis=2))

    @cached_property
    def overload(self) -> Bools:
        """Where requests come at least as fast as all replicas together can answer them: (H, S)."""
        return np.asarray((self.services.load >= self.replicas) & (self.services.load > 0))

    @cached_property
    def held(self) -> Ints:
        """What the services hold together: (H, R) whole thousandths."""
        return np.asarray(self.on_node.sum(axis=1))

    @cached_property
    def lent(self) -> Ints:
        """What they leave to others of what they would hold if each kept its largest number of replicas all day: (H, R)."""
        return np.asarray((self.replicas.max(axis=0, initial=0) - self.replicas) @ self.services.bundle)

    @cached_property
    def lent_by(self) -> Floats:
        """The same by service, summed over the hours: (S, R) thousandths times hours."""
        spare = self.lasted_h @ (self.replicas.max(axis=0, initial=0) - self.replicas)
        return np.asarray(spare[:, None] * self.services.bundle)


@dataclass(frozen=True, eq=False)
class Course:
    """How services fare from one second on.

    Attributes
    ----------
    at_s : (T,) ascending: from each on they fare otherwise; the first is where it begins
    row : (T,) which row of `served` tells how
    """

    served: Served
    at_s: Ints
    row: Ints

    def until(self, end_s: int) -> Served:
        """Say for how long each of the rows was so, before a second."""
        lasts = np.maximum(np.minimum(np.append(self.at_s[1:], end_s), end_s) - self.at_s, 0)
        seconds = np.zeros(len(self.served.wished), dtype=np.int64)
        np.add.at(seconds, self.row, lasts)
        return replace(self.served, seconds=seconds)
