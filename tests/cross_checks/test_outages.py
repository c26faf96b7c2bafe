"""Do the tables of outages and standings, read from files, play as a person would play them by hand?"""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.domain.arrivals import arrivals
from apportion.domain.over_time import at, timeline
from apportion.domain.schedule import NEVER
from apportion.domain.smaller import at_percent
from apportion.domain.ties import tie_order
from apportion.domain.window import Window, stream
from apportion.simulation.alone import alone
from apportion.simulation.disciplines import fair_share, never_later, skip_fifo, srtf, strict_fifo
from apportion.simulation.replay import replay
from apportion.sources import directory
from on_kernels import by_hand, played, tried
from reference import first_come, preemptive
from reference.shares import FairShare
from reference.world import Job, Place
from reference.worlds import part_of

MEMBERS = ("member 0", "member 1", "member 2")
WIDTH = 2


@st.composite
def pools(draw, *, agreed=False):
    """A small pool: nodes (whole, owner), jobs, outages (node, down, up or None), agreements (member, from, tenths)."""
    whole = st.tuples(*[st.integers(1, 8)] * WIDTH)
    nodes = [(draw(whole), draw(st.sampled_from(MEMBERS))) for _ in range(draw(st.integers(1, 5)))]
    jobs = []
    for j in range(draw(st.integers(1, 14))):
        need = tuple(draw(part_of(amount)) for amount in draw(st.sampled_from(nodes))[0])
        workers = draw(st.one_of(st.just(1), st.integers(1, 5)))
        jobs.append(
            (
                f"job {j}",
                draw(st.sampled_from(MEMBERS)),
                draw(st.integers(0, 12)),
                draw(st.integers(0, 9)),
                workers,
                need,
            )
        )
    outages = []
    for node in draw(st.lists(st.integers(0, len(nodes) - 1), unique=True, max_size=4)):
        times = draw(st.lists(st.integers(0, 30), unique=True, min_size=1, max_size=5).map(sorted))
        outages += [(node, down, up) for down, up in zip(times[::2], [*times[1::2], None], strict=False)]
    moments = draw(st.lists(st.integers(0, 20), max_size=3, unique=True)) if agreed else []
    shares = []
    for second in moments:
        tenths = draw(st.lists(st.integers(0, 3), min_size=3, max_size=3))
        shares += [(m, second, tenth) for m, tenth in zip(MEMBERS, tenths, strict=True)]
    return nodes, jobs, draw(st.permutations(outages)), shares


def read(nodes, jobs, outages, shares=(), rule="contribution"):
    """Write the tables down and read them."""
    with tempfile.TemporaryDirectory() as folder:
        pool = Path(folder)
        (pool / "charter.toml").write_text(f'window_s = 5\n[entitlements]\nrule = "{rule}"\n')
        write(pool, "members", "id", [(m,) for m in MEMBERS])
        write(
            pool,
            "nodes",
            "id,flavor,owner,cpu,gpu",
            [(f"n{k}", "f", owner, *whole) for k, (whole, owner) in enumerate(nodes)],
        )
        rows = [(*job[:5], *job[5]) for job in jobs]
        write(pool, "jobs", "id,member,submit_s,duration_s,workers,cpu,gpu", rows)
        if outages:
            write(
                pool,
                "outages",
                "node,down_s,up_s",
                [(f"n{k}", down, "" if up is None else up) for k, down, up in outages],
            )
        if shares:
            write(pool, "standings", "member,from_s,share", [(m, s, t / 10) for m, s, t in shares])
        return directory.read(pool)


def write(pool, name, header, rows):
    (pool / f"{name}.csv").write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n")


def trace_of(pool, placement):
    return arrivals(pool, tie_order(pool.seed, pool.members.id), placement)


def world_of(nodes, jobs, outages, owner=None):
    """The same for the reference, of one member alone or of all: places are the nodes, changes their losses and returns."""
    mine = [k for k, (_, who) in enumerate(nodes) if owner in {None, who}]
    told = [
        Job(name, who, "user", submit, workers, tuple(1000 * n for n in need), (lasts,))
        for name, who, submit, lasts, workers, need in sorted(jobs, key=lambda job: job[2])
        if owner in {None, who}
    ]
    places = [Place(tuple(1000 * n for n in nodes[k][0])) for k in mine]
    changes = []
    for node, down, up in outages:
        if node in mine:
            changes += [(down, mine.index(node), False)] + ([] if up is None else [(up, mine.index(node), True)])
    return told, places, sorted(changes, key=lambda change: (change[0], change[2]))


RULES = {
    "strict_fifo": (strict_fifo.open_queue, first_come.strict_fifo),
    "skip_fifo": (skip_fifo.open_queue, first_come.skip_fifo),
    "srtf": (srtf.open_queue, preemptive.srtf),
}


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("placement", ["counting", "consolidated", "any"])
@tried(100)
@given(case=pools())
def test_in_the_pool(name, placement, case):
    """The reference is audited meanwhile: nobody is on a node that is down."""
    nodes, jobs, outages, _ = case
    queue, hand = RULES[name]
    trace, world = trace_of(read(nodes, jobs, outages), placement), world_of(nodes, jobs, outages)
    assert played(queue(trace), world[0]) == by_hand(hand(), levelled_for(trace, world), placement)


def levelled_for(trace, world):
    """Make places equal by a resource that no gang needs which can run, as kernels leave it out."""
    jobs, places, changes = world
    used = trace.need[trace.possible].any(axis=0).tolist()
    least = [min(amounts) for amounts in zip(*(place.whole for place in places), strict=True)]
    whole = [tuple(w if u else m for w, u, m in zip(place.whole, used, least, strict=True)) for place in places]
    return jobs, [Place(amounts) for amounts in whole], changes


@pytest.mark.parametrize("placement", ["counting", "consolidated"])
@tried(100)
@given(case=pools())
def test_at_home_members_lose_their_own_nodes(placement, case):
    nodes, jobs, outages, _ = case
    trace = trace_of(read(nodes, jobs, outages), placement)
    found = alone(trace, strict_fifo.open_queue)
    for member in {who for _, who in nodes}:
        own = np.flatnonzero(trace.member == MEMBERS.index(member))
        world = world_of(nodes, jobs, outages, member)
        if not len(own):
            continue
        runs = by_hand(
            first_come.strict_fifo(), levelled_for(trace.rows(own).at_home(MEMBERS.index(member)), world), placement
        )
        told = [(None if run[0] is None else run[0], run[1], run[2]) for run in runs]
        seen = zip(found.start_s[own].tolist(), found.end_s[own].tolist(), found.preemptions[own].tolist(), strict=True)
        assert [(none(s), none(e), p) for s, e, p in seen] == told


def none(second):
    return None if second == NEVER else second


@tried(200)
@given(case=pools(agreed=True), second=st.integers(0, 35), rule=st.sampled_from(("contribution", "equal")))
def test_what_members_count_on_is_there_and_is_what_was_agreed(case, second, rule):
    nodes, jobs, outages, shares = case
    pool = read(nodes, jobs, outages, shares, rule)
    then = at(pool, second)
    up = [
        all(not (down <= second and (up is None or second < up)) for n, down, up in outages if n == k)
        for k in range(len(nodes))
    ]
    there = [sum(1000 * whole[r] for (whole, _), on in zip(nodes, up, strict=True) if on) for r in range(WIDTH)]
    full = [sum(1000 * whole[r] for whole, _ in nodes) for r in range(WIDTH)]
    assert then.capacity.sum(axis=0).tolist() == there
    has = then.standing.entitlement.sum(axis=1)
    assert (has.sum(axis=0) <= there).all()
    agreed = {m: (s, t) for m, s, t in sorted(shares, key=lambda row: row[1]) if s <= second}
    for m, (_, tenths) in agreed.items():
        of_pool = [amount * tenths // 10 for amount in full]
        assert (has[MEMBERS.index(m)] <= of_pool).all()
        if all(up):
            assert has[MEMBERS.index(m)].tolist() == of_pool
    if agreed:  # all three agreed at once
        total = sum(tenths for _, tenths in agreed.values())
        share = [agreed[m][1] / total if total else 0 for m in MEMBERS]
        assert then.standing.share == pytest.approx(share)


@pytest.mark.parametrize("placement", ["consolidated", "any", "fragmentation"])
@tried(80)
@given(case=pools(agreed=True))
def test_who_agreed_is_counted_at_home_and_all_others_have_their_nodes(placement, case):
    """And on the nodes of the pool an agreed part changes nothing, where no discipline looks at it."""
    nodes, jobs, outages, shares = case
    with_shares, without = (trace_of(read(nodes, jobs, outages, rows), placement) for rows in (shares, ()))
    counted = trace_of(read(nodes, jobs, outages, shares), "counting")
    one, other = (replay(skip_fifo.open_queue(trace)) for trace in (with_shares, without))
    assert one.end_s.tolist() == other.end_s.tolist()
    found, plain, as_counted = (alone(t, strict_fifo.open_queue).end_s for t in (with_shares, without, counted))
    agreed = np.isin(with_shares.member, [MEMBERS.index(m) for m, _, _ in shares])
    assert found[~agreed].tolist() == plain[~agreed].tolist()
    assert found[agreed].tolist() == as_counted[agreed].tolist()


@tried(100)
@given(case=pools(agreed=True), second=st.integers(0, 35))
def test_a_decision_and_a_replay_see_the_same_pool(case, second):
    nodes, jobs, outages, shares = case
    pool = read(nodes, jobs, outages, shares)
    seen = stream(pool).offered(Window(second, second + 5))
    trace = trace_of(pool, "counting")
    there = trace.held_by.amount.sum(axis=0)
    has, weight = trace.entitlement.copy(), trace.weight.copy()
    for at_s, delta in (
        zip(*(c.tolist() for c in (trace.changes.at_s, trace.changes.delta)), strict=True) if trace.changes else ()
    ):
        there = there + np.array(delta) * (at_s <= second)
    for h, at_s in enumerate(trace.standings.at_s.tolist() if trace.standings else ()):
        if at_s <= second:
            has[trace.standings.member[h]], weight[trace.standings.member[h]] = (
                trace.standings.entitlement[h],
                trace.standings.weight[h],
            )
    assert seen.capacity.sum(axis=0).tolist() == there.tolist()
    assert seen.standing.entitlement.sum(axis=1).tolist() == has.tolist()
    assert seen.standing.share == pytest.approx(weight / max(weight.sum(), 1))


@tried(100)
@given(case=pools(agreed=True))
def test_fair_share_goes_by_what_was_agreed(case):
    nodes, jobs, outages, shares = case
    pool = read(nodes, jobs, outages, shares, "equal")

    class Changing(FairShare):
        def dispatch(self, world):
            agreed = {m: t for m, s, t in sorted(shares, key=lambda row: row[1]) if s <= world.now}
            self.weights = {m: agreed.get(m, 10 / 3) for m in MEMBERS}
            super().dispatch(world)

    trace, world = trace_of(pool, "counting"), world_of(nodes, jobs, outages)
    hand = Changing(dict.fromkeys(MEMBERS, 1), seed=pool.seed)
    assert played(fair_share.open_queue(trace), world[0]) == by_hand(hand, levelled_for(trace, world), "counting")


@pytest.mark.parametrize("order", ["work", "attained"])
@tried(150)
@given(case=pools())
def test_no_job_is_later_than_at_home_where_homes_fail_too(order, case):
    nodes, jobs, outages, _ = case
    trace = trace_of(read(nodes, jobs, outages), "counting")
    at_home = alone(trace, strict_fifo.open_queue)
    found = replay(never_later.open_queue(trace, order=order))
    assert (found.end_s[at_home.finished] != NEVER).all()
    assert (found.end_s <= at_home.end_s)[at_home.finished].all()


@tried(60)
@given(case=pools(), percent=st.integers(1, 100), placement=st.sampled_from(("counting", "consolidated")))
def test_a_part_of_the_pool_never_holds_less_than_nothing(case, percent, placement):
    nodes, jobs, outages, _ = case
    trace = at_percent(trace_of(read(nodes, jobs, outages), placement), percent)
    there = trace.held_by.amount.copy()
    for place, delta in zip(trace.changes.place, trace.changes.delta, strict=True) if trace.changes else ():
        there[place] += delta
        assert (there >= 0).all()
        assert (there <= trace.held_by.amount).all()


def test_weights_of_agreements_are_on_the_charters_scale():
    pool = read(
        [((4, 4), "member 0"), ((4, 4), "member 1")],
        [("j", "member 0", 0, 1, 1, (1, 1))],
        [],
        [("member 2", 5, 2), ("member 0", 5, 3)],
    )
    then = timeline(pool)
    assert then.first.tolist() == [5, 5, 0]
    assert then.standing(5).weight.tolist() == [3, 5, 2]
