"""What does it cost to look at every hour as if its rate had held for ever? Days of services, request by request.

    python benchmarks/services_by_request.py [--pool examples/services] [--days 20]

Poisson arrivals at the hour's rate, exponential service, first come first served, replicas that change at the full hour and
finish what they work on. Beside it the queueing formula, which takes each hour for itself. The days differ by their seed;
± is the standard error over them. Takes about a minute on one core.
"""

import argparse
import heapq
from collections import deque

import numpy as np

import apportion as ap
from apportion.domain.services import HOUR_S, Served
from apportion.simulation.services import serve


def main() -> None:
    flags = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flags.add_argument("--pool", default="examples/services")
    flags.add_argument("--days", type=int, default=20)
    chosen = flags.parse_args()
    served = serve(ap.read(chosen.pool))
    rate = served.services.rate_milli.T
    formula = (rate * served.attainment).sum(axis=0) / rate.sum(axis=0)
    print(f"{chosen.days} days of about {rate.sum() * HOUR_S // 1000:,} requests; part answered in time\n")
    print("| service | hours in overload | by the formula | request by request |")
    print("|---|--:|--:|--:|")
    for s, name in enumerate(served.services.id):
        days = np.array([_in_time(served, s, day) for day in range(chosen.days)])
        error = days.std(ddof=1) / np.sqrt(len(days))
        hours = served.overload[:, s].sum()
        print(f"| {name} | {hours} | {formula[s]:.4f} | {days.mean():.4f} ± {error:.4f} |")


def _in_time(served: Served, s: int, day: int) -> float:
    """Play one day of one service, and return the part of its requests answered within the target."""
    services, chance = served.services, np.random.default_rng([day, s])
    arrivals, hour = _arrivals(services.rate_milli[s], chance)
    service = chance.exponential(services.service_micro_s[s] / 1e6, len(arrivals))
    end = _served(arrivals, service, served.replicas[:, s].tolist())
    part = served.placed[:, s] / np.maximum(served.replicas[:, s], 1)[:, None]
    region = (chance.random(len(arrivals))[:, None] > part.cumsum(axis=1)[hour]).sum(axis=1)
    way = services.delay_micro_s[s, np.minimum(region, part.shape[1] - 1)] / 1e6
    return float((end - arrivals + way <= services.p99_micro_s[s] / 1e6).mean())


def _arrivals(rate_milli: np.ndarray, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    count = chance.poisson(rate_milli * HOUR_S / 1000)
    hour = np.repeat(np.arange(len(rate_milli)), count)
    arrivals = np.sort(hour * HOUR_S + chance.random(len(hour)) * HOUR_S)
    return arrivals, (arrivals // HOUR_S).astype(int)


def _served(arrivals: np.ndarray, service: np.ndarray, replicas: list[int]) -> np.ndarray:
    """Say when each request is answered; the last hour's replicas stay until all are."""
    end = np.full(len(arrivals), np.inf)
    waiting: deque[int] = deque()
    busy: list[float] = []
    events = [(hour * HOUR_S, -1) for hour in range(1, len(replicas))]
    events = list(heapq.merge(events, zip(arrivals.tolist(), range(len(arrivals)), strict=True)))
    most = replicas[0]
    for now, what in [*events, (np.inf, -2)]:
        while busy and busy[0] <= now:
            then = heapq.heappop(busy)
            if waiting and len(busy) < most:
                one = waiting.popleft()
                end[one] = then + service[one]
                heapq.heappush(busy, end[one])
        if what == -1:
            most = replicas[round(now) // HOUR_S]
        elif what >= 0:
            waiting.append(what)
        while waiting and len(busy) < most and now < np.inf:
            one = waiting.popleft()
            end[one] = now + service[one]
            heapq.heappush(busy, end[one])
    return end


if __name__ == "__main__":
    main()
