"""Do the queueing formulas give what tables print, what the Markov chain gives, and what requests meet one by one?

Three ways that share nothing with the formulas: printed tables and examples; the stationary distribution in fractions, and
the matrix exponential of the chain that a tagged request goes through; and a simulation of every request with a seed, held
against the formula by the confidence interval of independent repetitions.
"""

import heapq
from fractions import Fraction
from itertools import pairwise
from math import exp, factorial, log

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm
from scipy.stats import t as student

from apportion.domain.arrays import ints, text
from apportion.domain.services import Services
from apportion.simulation.services import scaling
from apportion.simulation.services.erlang import erlang_b, erlang_c, fewest, later, mean_wait, percentile

# T. S. Rappaport, Wireless Communications, 2nd ed. (2002), table 3.4, "Capacity of an Erlang B System": channels, and the
# load in erlangs at which 1 % are blocked, to three digits. In its other columns some digits are cut off, not rounded.
BLOCKED_1_PERCENT = {
    2: "0.153", 4: "0.869", 5: "1.36", 10: "4.46", 20: "12.0", 24: "15.3", 40: "29.0", 70: "56.1", 100: "84.1"
}  # fmt: skip


@pytest.mark.parametrize("channels", BLOCKED_1_PERCENT)
def test_the_printed_table_of_erlang_b(channels):
    printed = BLOCKED_1_PERCENT[channels]
    half = 0.5 * 10.0 ** -len(printed.partition(".")[2])
    low, high = erlang_b([float(printed) - half, float(printed) + half], channels)
    assert low <= 0.01 <= high


def test_the_calculator_of_erlang_com():
    """Its manual, "How much traffic can a trunk group handle?": 15 lines and 1 % blocked are 8.108 erlangs."""
    low, high = erlang_b([8.1075, 8.1085], 15)
    assert low <= 0.01 <= high


def test_the_call_centre_that_is_worked_out():
    """Call Centre Helper, "Erlang C Formula – Made Simple With an Easy Worked Example".

    200 calls an hour of 3 minutes each for 14 agents: 17.4 % of them wait, and all wait 7.8 s on average.
    """
    assert round(float(erlang_c(10.0, 14)), 3) == 0.174
    assert round(180 * float(mean_wait(10.0, 14)), 1) == 7.8


def test_the_eye_clinic_of_gross_and_harris():
    """*Fundamentals of Queueing Theory*: six an hour, three doctors, 20 minutes each: Lq = 8/9, W = 26/54 h."""
    wait_h = float(mean_wait(2.0, 3)) / 3
    assert 6 * wait_h == pytest.approx(8 / 9, rel=1e-14)
    assert wait_h + 1 / 3 == pytest.approx(26 / 54, rel=1e-14)


@given(st.floats(0.001, 0.999), st.floats(0, 50))
@settings(deadline=None)
def test_one_server_answers_in_an_exponential_time(load, time):
    """M/M/1: waiting and service together are exponential with rate 1 − a."""
    assert float(erlang_c(load, 1)) == pytest.approx(load, rel=1e-12)
    assert float(later(load, 1, time)) == pytest.approx(exp(-(1 - load) * time), rel=1e-11)
    assert float(percentile(load, 1)) == pytest.approx(log(100) / (1 - load), rel=1e-11)


loads = st.tuples(st.integers(1, 40), st.integers(1, 999)).map(
    lambda pair: (pair[0], Fraction(pair[0] * pair[1], 1000))
)


@given(loads)
@settings(deadline=None)
def test_blocking_and_waiting_are_those_of_the_stationary_distribution(case):
    c, a = case
    below = [a**n / factorial(n) for n in range(c + 1)]
    queued = below[c] * c / (c - a)
    assert float(erlang_b(float(a), c)) == pytest.approx(float(below[c] / sum(below)), rel=1e-11)
    assert float(erlang_c(float(a), c)) == pytest.approx(float(queued / (sum(below[:c]) + queued)), rel=1e-9)


def by_the_chain(a, c, time, deep):
    """P(T > time) of a request that finds the stationary number there; in state k, k must go before it is served.

    While it waits all c servers are busy, so the next goes at rate c; in state 0 it is served, at rate 1.
    """
    weight = np.cumprod([1.0, *(a / min(n, c) for n in range(1, c + deep))])
    begin = np.zeros(deep + 1)
    begin[0], begin[1:] = weight[:c].sum(), weight[c:]
    rates = np.diag([-1.0, *[-float(c)] * deep]) + np.diag([float(c)] * deep, k=-1)
    return begin / begin.sum() @ expm(rates * time) @ np.ones(deep + 1)


@pytest.mark.parametrize(
    ("a", "c"), [(0.5, 1), (0.8, 2), (1.0, 2), (2.0, 3), (2.5, 3), (4.0, 5), (4.2, 5), (9.0, 10), (9.5, 12)]
)
@pytest.mark.parametrize("time", [0.0, 0.3, 1.0, 4.0, 9.0])
def test_the_time_to_the_answer_is_that_of_the_chain(a, c, time):
    assert float(later(a, c, time)) == pytest.approx(by_the_chain(a, c, time, deep=400), rel=1e-9)


@given(loads, st.floats(0.01, 30))
@settings(deadline=None)
def test_nothing_jumps_where_the_two_rates_meet(case, time):
    """At c − a = 1 the closed form is 0/0; a little to either side it is not."""
    c = case[0] + 1
    beside = later([c - 1 - 1e-7, c - 1.0, c - 1 + 1e-7], c, time)
    assert beside[0] < beside[1] < beside[2]
    assert beside[1] == pytest.approx(exp(-time) * (1 + float(erlang_c(c - 1.0, c)) * time), rel=1e-12)


@given(loads, st.floats(0.5, 0.9999))
@settings(deadline=None)
def test_a_percentile_is_the_least_time_that_suffices(case, part):
    c, a = case[0], float(case[1])
    found = float(percentile(a, c, part))
    assert float(later(a, c, found)) <= 1 - part < float(later(a, c, found * (1 - 1e-9)))


@given(st.floats(0.01, 60), st.floats(4.7, 50), st.integers(1, 120))
@settings(deadline=None)
def test_the_fewest_suffice_and_one_fewer_does_not(load, time, most):
    found = int(fewest(load, time, most))
    every = later(load, np.arange(1, most + 1), time) <= 0.01
    assert found == (int(np.argmax(every)) + 1 if every.any() else most)


def test_more_servers_are_never_worse():
    late = later(7.3, np.arange(1, 60)[:, None], np.linspace(0, 40, 81))
    assert (np.diff(late, axis=0) <= 1e-15).all()


def test_overload_waits_without_end():
    assert percentile([3.0, 4.0, 0.1], [3, 3, 0]).tolist() == [np.inf] * 3
    assert later([3.0, 4.0], 3, 1e9).tolist() == [1.0, 1.0]
    assert mean_wait([3.0], 3).tolist() == [np.inf]
    assert fewest([100.0, 5.0], [10.0, 4.6], 80).tolist() == [80, 80]  # too many requests; too short even alone


def test_large_systems_lose_no_digits():
    """Square-root staffing (Halfin and Whitt, 1981): C → 1 / (1 + β Φ(β)/φ(β)) for c = a + β√a; β = 1, a = 10⁶."""
    limit = 1 / (1 + 0.8413447460685429 / 0.24197072451914337)
    assert float(erlang_c(1e6, 1_001_000)) == pytest.approx(limit, rel=1e-3)


def answered(arrivals, service, c):
    """Serve requests in order by c servers: the time from arrival to answer of each, and which server gave it."""
    idle = [(0.0, server) for server in range(c)]
    times, by = np.empty(len(arrivals)), np.empty(len(arrivals), dtype=int)
    for i, (arrival, work) in enumerate(zip(arrivals.tolist(), service.tolist(), strict=True)):
        since, by[i] = heapq.heappop(idle)
        end = max(since, arrival) + work
        times[i] = end - arrival
        heapq.heappush(idle, (end, int(by[i])))
    return times, by


def test_the_simulation_is_what_simpy_does():
    chance = np.random.default_rng(5)
    arrivals, service = np.cumsum(chance.exponential(1 / 2.6, 400)), chance.exponential(1, 400)
    world, times = simpy.Environment(), {}
    servers = simpy.Resource(world, capacity=3)

    def request(i):
        yield world.timeout(arrivals[i])
        with servers.request() as turn:
            yield turn
            yield world.timeout(service[i])
        times[i] = world.now - arrivals[i]

    for i in range(400):
        world.process(request(i))
    world.run()
    assert answered(arrivals, service, 3)[0] == pytest.approx([times[i] for i in range(400)], rel=1e-9)


def interval(values, confidence=0.999):
    """The confidence interval of a mean from independent repetitions."""
    half = student.ppf((1 + confidence) / 2, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    return np.mean(values) - half, np.mean(values) + half


@pytest.mark.parametrize(("a", "c"), [(0.6, 1), (1.0, 2), (4.2, 5), (9.0, 10), (18.0, 24)])
def test_requests_one_by_one_meet_the_formula(a, c):
    """Twenty repetitions of 30,000 requests, after 5,000 from an empty system that do not count."""
    late, waited = [], []
    limit = float(percentile(a, c))
    for seed in range(20):
        chance = np.random.default_rng([seed, c])
        arrivals, service = np.cumsum(chance.exponential(1 / a, 35_000)), chance.exponential(1, 35_000)
        times = answered(arrivals, service, c)[0]
        late.append(np.mean(times[5000:] > limit))
        waited.append(np.mean((times - service)[5000:]))
    low, high = interval(late)
    assert low <= 0.01 <= high
    low, high = interval(waited)
    assert low <= float(mean_wait(a, c)) <= high < float(mean_wait(a * 1.05, c))  # it tells 5 % more requests apart


def test_replicas_in_two_regions_answer_as_the_mixture_says():
    """Three of five replicas are 0.8 away: which one a request gets does not depend on how long it waits."""
    a, c, away = 4.0, 5, np.array([0.0, 0.0, 0.8, 0.8, 0.8])
    services = Services(
        *(text(["s"]), ints([0]), ints([[1]]), ints([10**6]), ints([6 * 10**6]), ints([1]), ints([9])),
        ("centre", "edge"),
        ints([[1, 0]]),
        ints([[800_000, 0]]),
        ints([[4000]]),
    )
    p99, in_time = scaling.answered(services, ints([[[3, 2]]]))
    late, beyond = [], []
    for seed in range(20):
        chance = np.random.default_rng([seed, 77])
        arrivals, service = np.cumsum(chance.exponential(1 / a, 35_000)), chance.exponential(1, 35_000)
        times, by = answered(arrivals, service, c)
        whole = (times + away[by])[5000:]
        late.append(np.mean(whole > p99[0, 0]))
        beyond.append(np.mean(whole <= 6))
    low, high = interval(late)
    assert low <= 0.01 <= high
    low, high = interval(beyond)
    assert low <= in_time[0, 0] <= high
    assert not low <= 1 - float(later(a, c, 6.0)) <= high  # without the delay it would be another figure


def test_a_growing_load_is_later():
    late = [float(later(a, 6, 3.0)) for a in np.linspace(0, 6, 61)]
    assert all(one < other for one, other in pairwise(late))
