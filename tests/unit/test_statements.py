"""Do statements add up to the unit, second by second, and say who held, borrowed, lent and left idle what?"""

import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import apportion as ap
from apportion import replays
from apportion.domain.arrays import ints
from apportion.domain.history import History
from apportion.domain.intensity import Intensity
from apportion.errors import BadInput, NotFound
from apportion.measures import carbon, cost, energy
from apportion.statements import periods, statements, sweep
from apportion.statements.ground import divided
from apportion.statements.told import chosen, rows
from apportion.statements.written import money, page

HOUR = 3_600_000  # resource-seconds in thousandths
GPU = 1000
MONTH = 30 * 86_400


def a_pool(nodes, jobs, members="abc", rule='rule = "contribution"', services=None, columns="id", more=()):
    """Write a pool: nodes are (owner, gpus, price, idle watts, max watts, flavor), jobs (member, submit, duration, gpus)."""
    with tempfile.TemporaryDirectory() as home:
        at = Path(home)
        (at / "charter.toml").write_text(f'name = "P"\n[policy]\nname = "max_min"\n[entitlements]\n{rule}\n')
        (at / "members.csv").write_text("\n".join([columns, *members]) + "\n")
        lines = [f"n{i},{','.join(map(str, node))}" for i, node in enumerate(nodes)]
        head = "id,owner,gpu,price_per_hour,idle_watts,max_watts,flavor"
        (at / "nodes.csv").write_text("\n".join([head, *lines]) + "\n")
        wide = max((len(job) for job in jobs), default=4)
        speeds = ",".join(["", *(f"speed:{name}" for name in sorted({node[-1] for node in nodes}))]) if wide > 4 else ""
        lines = [f"j{i},{','.join(map(str, job))}" for i, job in enumerate(jobs)]
        (at / "jobs.csv").write_text("\n".join([f"id,member,submit_s,duration_s,gpu{speeds}", *lines]) + "\n")
        if services is not None:
            (at / "services.csv").write_text(services)
        for name, text in more:
            (at / name).write_text(text)
        return ap.read(at)


def stated(pool, discipline="skip_fifo", zero=None, **options):
    replay = replays.simulate(pool, discipline, watch=True, **options)
    return replay, statements(pool, replay, zero)


def by_member(found, name):
    """One column of all lines of one period and class of nodes, by member."""
    return {line.member: getattr(line, name) for line in found.lines}


def test_a_small_pool_can_be_counted_by_hand():
    """a and b own two GPUs each. a runs on three for two hours; b on one for one hour, so a's third is lent by b.

    Of 8 GPU-hours, a holds 6, two of them borrowed; b holds 1, lends 2 and leaves one idle. At 4 an hour for the pool each
    GPU-hour costs 1.
    """
    nodes = [("a", 2, 2, 100, 500, "x"), ("b", 2, 2, 100, 500, "x")]
    _, found = stated(a_pool(nodes, [("a", 0, 7200, 3), ("b", 0, 3600, 1)], "ab"))
    assert {name: by_member(found, name) for name in ("held", "borrowed", "lent", "idle", "entitled")} == {
        "held": {"a": 6 * HOUR, "b": HOUR, "": 0},
        "borrowed": {"a": 2 * HOUR, "b": 0, "": 0},
        "lent": {"a": 0, "b": 2 * HOUR, "": 0},
        "idle": {"a": 0, "b": HOUR, "": 0},
        "entitled": {"a": 4 * HOUR, "b": 4 * HOUR, "": 0},
    }
    a, b, _ = (line.cost for line in found.lines)
    assert (a.own, a.borrowed, a.idle, a.owed, a.lent) == (4_000_000, 2_000_000, 0, 6_000_000, 0)
    assert (b.own, b.borrowed, b.idle, b.owed, b.lent) == (1_000_000, 0, 1_000_000, 2_000_000, 2_000_000)
    watt_hours = {line.member: (line.energy.held_mj / 3.6e6, line.energy.idle_mj / 3.6e6) for line in found.lines}
    assert watt_hours == {"a": (6 * 50 + 6 * 200, 0), "b": (50 + 200, 50), "": (0, 0)}


def test_several_lend_in_proportion_to_what_they_can_spare():
    """b can spare four GPUs and c two, and a borrows three."""
    nodes = [("a", 1, 1, 0, 1, "x"), ("b", 4, 4, 0, 1, "x"), ("c", 2, 2, 0, 1, "x")]
    _, found = stated(a_pool(nodes, [("a", 0, 3600, 4)]))
    assert by_member(found, "lent") == {"a": 0, "b": 2 * HOUR, "c": HOUR, "": 0}
    assert by_member(found, "idle") == {"a": 0, "b": 2 * HOUR, "c": HOUR, "": 0}


def test_what_nobody_is_entitled_to_is_told_apart():
    rule = 'rule = "table"\n[entitlements.shares]\na = 1'
    _, found = stated(a_pool([("", 4, 1, 0, 1, "x")], [("b", 0, 3600, 1)], "ab", rule))
    assert by_member(found, "lent") == {"a": HOUR, "b": 0, "": 0}
    brought_nothing = ["a,0", "b,0"]
    _, found = stated(a_pool([("", 4, 1, 0, 1, "x")], [("b", 0, 3600, 1)], brought_nothing, columns="id,contribution"))
    assert by_member(found, "lent") == {"a": 0, "b": 0, "": HOUR}
    assert by_member(found, "idle") == {"a": 0, "b": 0, "": 3 * HOUR}
    assert found.lines[-1].cost.owed == 750_000


def test_idle_while_another_waits_is_told():
    """Under strict FIFO b's gang of four waits an hour for a's three GPUs; a's spare one and b's four are idle meanwhile.

    What b itself leaves idle while only b waits does not count.
    """
    nodes = [("a", 4, 1, 0, 1, "x"), ("b", 4, 1, 0, 1, "x")]
    _, found = stated(a_pool(nodes, [("a", 0, 3600, 3), ("b", 0, 3600, 6)], "ab"), "strict_fifo")
    assert by_member(found, "wanted") == {"a": HOUR, "b": 0, "": 0}
    assert by_member(found, "idle")["b"] == 4 * HOUR


def test_members_who_do_not_share_lend_nothing():
    """b's second job waits an hour for b's GPUs while a's four are idle."""
    nodes = [("a", 4, 1, 0, 1, "x"), ("b", 4, 1, 0, 1, "x")]
    pool = a_pool(nodes, [("b", 0, 3600, 4), ("b", 0, 3600, 1)], "ab")
    apart = pool.with_charter(replace(pool.charter, queue=replace(pool.charter.queue, pooled=False)))
    _, found = stated(apart)
    assert by_member(found, "wanted") == {"a": 4 * HOUR, "b": 0, "": 0}
    assert by_member(found, "idle") == {"a": 8 * HOUR, "b": 3 * HOUR, "": 0}
    assert by_member(found, "lent") == by_member(found, "borrowed") == {"a": 0, "b": 0, "": 0}
    with pytest.raises(BadInput, match="several"):
        stated(apart, placement="consolidated")


def test_a_limit_of_what_one_may_hold_is_seen():
    nodes = [("a", 4, 1, 0, 1, "x"), ("b", 4, 1, 0, 1, "x")]
    pool = a_pool(nodes, [("a", 0, 3600, 4), ("a", 0, 3600, 4)], "ab")
    queue = replace(pool.charter.queue, member_limit=0.5)
    _, found = stated(pool.with_charter(replace(pool.charter, queue=queue)))
    assert by_member(found, "borrowed") == {"a": 0, "b": 0, "": 0}
    assert by_member(found, "wanted") == {"a": 0, "b": 4 * HOUR, "": 0}


def test_a_class_of_nodes_has_its_own_price_and_entitlement():
    """a owns the dear GPUs and runs on the cheap ones, which b owns: it borrows there, and its own lie idle."""
    nodes = [("a", 2, 20, 0, 1, "dear"), ("b", 2, 2, 0, 1, "cheap")]
    _, found = stated(a_pool(nodes, [("a", 0, 3600, 2, 1, ""), ("b", 0, 60, 1, 1, 1)], "ab"), "strict_fifo")
    owed = {(line.flavors, line.member): line.cost.owed for line in found.lines if line.member}
    assert owed == {
        (("cheap",), "a"): 2_000_000,
        (("cheap",), "b"): 0,
        (("dear",), "a"): 20_000_000 - round(Fraction(20_000_000, 2) / 60),
        (("dear",), "b"): round(Fraction(20_000_000, 2) / 60),
    }


def test_replicas_beyond_need_are_told_and_services_take_their_part_by_day():
    """a's service needs one replica and must keep three; in the second hour of each two it is asked for six."""
    rates = ",".join(f"rate:{h}" for h in range(24))
    values = ",".join("0" if h % 2 == 0 else "10" for h in range(24))
    services = f"id,member,gpu,service_s,p99_s,replicas_min,replicas_max,{rates}\ns,a,1,0.5,50,3,9,{values}\n"
    nodes = [("a", 4, 1, 0, 1, "x"), ("b", 4, 1, 0, 1, "x")]
    pool = a_pool(nodes, [("b", 0, 5400, 5), ("b", 3000, 600, 1)], "ab", services=services)
    replay, found = stated(pool)
    assert replay.pooled.preemptions.tolist() == [1, 0]
    assert replay.pooled.end_s.tolist() == [9000, 4200]
    assert by_member(found, "held") == {"a": (3 + 6) * HOUR + HOUR * 3 // 2, "b": 5 * HOUR * 3 // 2 + HOUR // 6, "": 0}
    assert by_member(found, "beyond_need") == {"a": 3 * HOUR + HOUR * 3 // 2, "b": 0, "": 0}
    assert found.lines[0].used == 6 * HOUR


def test_a_node_that_is_down_is_nobodys():
    """b's node of four is lost for the second half hour of two hours: two GPU-hours, a quarter of the price of that time.

    a's job on six of eight is stopped and goes on when the node is back; b can count on 4 · 1.5 of 8 GPU-hours.
    """
    nodes = [("a", 4, 1, 0, 1, "x"), ("b", 4, 1, 0, 1, "x")]
    outage = [("outages.csv", "node,down_s,up_s\nn1,1800,3600\n")]
    pool = a_pool(nodes, [("a", 0, 5400, 6)], "ab", more=outage)
    replay, found = stated(pool)
    assert replay.pooled.end_s.tolist() == [7200]
    assert by_member(found, "held") == {"a": 9 * HOUR, "b": 0, "": 0}
    assert by_member(found, "entitled") == {"a": 8 * HOUR, "b": 6 * HOUR, "": 2 * HOUR}
    assert by_member(found, "borrowed") == {"a": 3 * HOUR, "b": 0, "": 0}
    assert by_member(found, "lent") == {"a": 0, "b": 3 * HOUR, "": 0}
    assert by_member(found, "idle") == {"a": 2 * HOUR, "b": 3 * HOUR, "": 2 * HOUR}
    assert found.lines[-1].cost.owed == 500_000
    with pytest.raises(BadInput, match="go down"):
        stated(pool, percent=75)


def test_who_agrees_on_less_lends_less():
    """From 1800 on b may count on an eighth of the pool and a on half: nobody has the rest."""
    nodes = [("a", 4, 1, 0, 1, "x"), ("b", 4, 1, 0, 1, "x")]
    agreed = [("standings.csv", "member,from_s,share\nb,1800,0.125\n")]
    _, found = stated(a_pool(nodes, [("a", 0, 3600, 5)], "ab", more=agreed))
    assert by_member(found, "entitled") == {"a": 4 * HOUR, "b": 4 * HOUR // 2 + HOUR // 2, "": 3 * HOUR // 2}
    assert by_member(found, "lent") == {"a": 0, "b": HOUR // 2 + HOUR // 8, "": 3 * HOUR // 8}


sizes = st.integers(1, 4)
owners = st.sampled_from(["a", "b", "c", ""])
some_nodes = st.lists(
    st.tuples(owners, sizes, st.integers(1, 9), st.integers(0, 50), st.integers(50, 99)), min_size=1, max_size=4
)
some_jobs = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 90), st.integers(0, 80), st.integers(1, 6)),
    min_size=1,
    max_size=12,
)
orders = st.sampled_from(["strict_fifo", "skip_fifo", "fair_share", "entitled", "virtual_finish"])


def second_by_second(pool, replay, horizon):
    """What the four parts come to if every second is looked at, with exact fractions for who lends."""
    schedule, jobs, names = replay.pooled, pool.jobs, len(pool.members)
    gpu = pool.resources.index("gpu_milli")
    whole = int(replay.capacity[gpu])
    entitled = [int(e) for e in pool.standing.entitlement[:, 0, gpu]]
    entitled.append(whole - sum(entitled))
    found = {part: [Fraction(0)] * (names + 1) for part in ("own", "borrowed", "lent", "idle", "wanted")}
    for second in range(*horizon):
        held, waits = [0] * (names + 1), [0] * (names + 1)
        for j, member in enumerate(jobs.member.tolist()):
            if schedule.start_s[j] <= second < schedule.end_s[j]:
                held[member] += int(jobs.gang[j, gpu])
            if jobs.duration_s[j] > 0:  # one of no length never holds anything
                waits[member] += schedule.start_s[j] != -1 and int(jobs.submit_s[j]) <= second < schedule.start_s[j]
        spare = [max(e - h, 0) for e, h in zip(entitled, held, strict=True)]
        borrowed = [max(h - e, 0) for e, h in zip(entitled, held, strict=True)]
        for m in range(names + 1):
            lent = Fraction(sum(borrowed) * spare[m], sum(spare)) if any(spare) else Fraction(0)
            found["own"][m] += held[m] - borrowed[m]
            found["borrowed"][m] += borrowed[m]
            found["lent"][m] += lent
            found["idle"][m] += spare[m] - lent
            found["wanted"][m] += (spare[m] - lent) * (sum(waits) > waits[m])
    return found


@settings(deadline=None, max_examples=60)
@given(some_nodes, some_jobs, orders, st.booleans())
def test_a_statement_is_the_sum_over_its_seconds(nodes, jobs, discipline, equal):
    rule = 'rule = "equal"' if equal or not any(node[0] for node in nodes) else 'rule = "contribution"'
    pool = a_pool([(*node, "x") for node in nodes], jobs, rule=rule)
    replay = replays.simulate(pool, discipline, watch=True)
    if not replay.pooled.finished.any():
        with pytest.raises(BadInput, match="no job ran"):
            statements(pool, replay)
        return
    found = statements(pool, replay)
    start, end = int(pool.jobs.submit_s.min()), int(replay.pooled.end_s.max())
    end = max(end, start + 1)
    seen = second_by_second(pool, replay, (start, end))
    for part, values in seen.items():
        for line, value in zip(found.lines, values, strict=True):
            slack = (end - start) * (part in {"lent", "idle", "wanted"})  # a thousandth of a GPU at any second
            assert abs(getattr(line, part) - value) <= slack
    held_s = (pool.jobs.gang[:, pool.resources.index("gpu_milli")] * replay.pooled.held_s).sum()
    assert sum(line.held for line in found.lines) == held_s


@settings(deadline=None, max_examples=60)
@given(
    some_nodes,
    some_jobs,
    orders,
    st.sampled_from(["counting", "consolidated"]),
    st.sampled_from([100, 130]),
    st.none() | st.tuples(st.integers(0, 90), st.integers(1, 60)),
)
def test_everything_adds_up_to_the_unit(nodes, jobs, discipline, placement, percent, outage):
    """Over calendar months that begin within the trace: all that is held or idle is all there is, and paid for."""
    rule = 'rule = "contribution"' if any(node[0] for node in nodes) else 'rule = "equal"'
    percent = 100 if placement == "consolidated" or outage else percent
    more = [("outages.csv", f"node,down_s,up_s\nn0,{outage[0]},{sum(outage)}\n")] if outage else []
    pool = a_pool([(*node, "xyz"[i % 2]) for i, node in enumerate(nodes)], jobs, rule=rule, more=more)
    table = Intensity(("",), ints([[100_000], [250_333], [17]]), ints([[400_000], [1], [999_999]]))
    replay = replays.simulate(pool, discipline, placement=placement, percent=percent, watch=True, carbon=table)
    if not replay.pooled.finished.any():
        return
    found = statements(pool, replay, datetime(2017, 9, 30, 23, 59, tzinfo=UTC))
    for k, (start, end) in enumerate(zip(found.periods.bounds[:-1], found.periods.bounds[1:], strict=True)):
        lines = [line for line in found.lines if line.period == k]
        seconds = int(end - start)
        gpu = pool.resources.index("gpu_milli")
        there = int(replay.capacity[gpu])
        part = Fraction(there, int(pool.capacity[:, gpu].sum()))
        assert sum(line.held + line.idle for line in lines) == sum(line.entitled for line in lines) == there * seconds
        assert sum(line.borrowed for line in lines) == sum(line.lent for line in lines)
        assert sum(line.cost.borrowed for line in lines) == sum(line.cost.lent for line in lines)
        price = Fraction(int(pool.nodes.price_milli_per_hour.sum()), 1000) * part * seconds / 3600
        assert sum(line.cost.owed for line in lines) == round(price * 10**6)
        off = max(min(sum(outage), int(end)) - max(outage[0], int(start)), 0) if outage else 0  # (a node that is down)
        idle = (int(pool.nodes.idle_milli_watts.sum()) * seconds - int(pool.nodes.idle_milli_watts[0]) * off) * part
        beyond = int((pool.nodes.max_milli_watts - pool.nodes.idle_milli_watts).sum()) * part
        joules = idle + beyond * Fraction(sum(line.held for line in lines), there)
        assert abs(sum(line.energy.held_mj + line.energy.idle_mj for line in lines) - joules) <= 1
        for line in lines:
            amounts = [getattr(line, name) for name in ("own", "borrowed", "lent", "idle", "wanted", "used")]
            money_and_more = [
                line.cost.own,
                line.cost.borrowed,
                line.cost.idle,
                line.cost.lent,
                *vars(line.energy).values(),
            ]
            grams = [value for each in line.grams.values() for value in vars(each).values()]
            assert min([*amounts, *money_and_more, *grams]) >= 0
            assert line.wanted <= line.idle


def figures(measure, pool, replay):
    return {one.name: one for one in measure.measure(History(pool, replay=replay))}


@pytest.mark.parametrize("discipline", ["skip_fifo", "entitled"])
def test_statements_agree_with_the_measures(discipline):
    """Price, energy and CO2e of the whole pool are those of `cost`, `energy` and `carbon`, which count in floats."""
    nodes = [("a", 4, 3, 100, 700, "x"), ("b", 8, 7, 200, 900, "x")]
    jobs = [("ab"[i % 2], i * 700, 300 + 977 * i % 9000, 1 + i % 4) for i in range(60)]
    table = Intensity(("",), ints([[100_000], [250_333], [17_000]]), ints([[400_000], [1000], [999_999]]))
    pool = a_pool(nodes, [*jobs, ("a", MONTH, 5000, 3)], "ab")
    replay, found = stated(pool, discipline, carbon=table)
    assert found.periods.names == ("1", "2")
    known = figures(cost, pool, replay)["cost"]
    assert sum(line.cost.owed for line in found.lines) / 1e6 == pytest.approx(known.value, rel=1e-9)
    assert sum(line.cost.own + line.cost.borrowed for line in found.lines) / 1e6 == pytest.approx(known.rows["held"])
    known = figures(energy, pool, replay)["energy"]
    joules = sum(line.energy.held_mj + line.energy.idle_mj for line in found.lines) / 1000
    assert joules == pytest.approx(known.value, rel=1e-9)
    for kind in ("direct", "lifecycle"):
        grams = sum(line.grams[kind].held_mg + line.grams[kind].idle_mg for line in found.lines) / 1000
        assert grams == pytest.approx(figures(carbon, pool, replay)[f"carbon.{kind}"].value, rel=1e-6)


def test_grams_go_by_the_hour():
    """Two hours, at 100 and 300 g a kWh, 400 W idle and 2,000 W full for four GPUs: b's job in the second is the dearer."""
    pool = a_pool([("a", 4, 1, 400, 2000, "x")], [("a", 0, 3600, 2), ("b", 3600, 3600, 2)], "ab")
    _, found = stated(pool, carbon=Intensity(("",), ints([[100_000], [300_000]])))
    grams = {line.member: (line.grams["direct"].held_mg, line.grams["direct"].idle_mg) for line in found.lines}
    assert grams == {"a": (200 * 100 + 800 * 100, 200 * 100 + 200 * 300), "b": (200 * 300 + 800 * 300, 0), "": (0, 0)}


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.data())
def test_what_is_divided_is_whole_and_in_proportion(parts, data):
    total = data.draw(st.integers(0, sum(parts)))
    found = divided(np.array([total]), np.array([parts]))[0]
    assert found.sum() == total
    assert (found <= parts).all()
    assert (found >= 0).all()
    if any(parts):
        assert (abs(found - np.array(parts) * total / sum(parts)) < 1).all()


def test_large_amounts_do_not_overflow():
    parts = np.array([[3 * 10**12, 10**12, 2]])
    assert divided(np.array([4 * 10**12]), parts).tolist() == [[2999999999998, 1000000000000, 2]]


def test_blocks_do_not_change_the_sum(monkeypatch):
    nodes = [("a", 4, 3, 100, 700, "x"), ("b", 8, 7, 200, 900, "x")]
    jobs = [("ab"[i % 2], i * 700, 300 + 977 * i % 9000, 1 + i % 4) for i in range(60)]
    pool = a_pool(nodes, jobs, "ab")
    whole = stated(pool)[1].lines
    monkeypatch.setattr(sweep, "CELLS", 1)
    assert stated(pool)[1].lines == whole


def test_a_discipline_that_stops_jobs_by_itself_is_refused():
    jobs = [("a", 0, 100, 2), ("b", 10, 5, 2)]
    with pytest.raises(BadInput, match="stops jobs"):
        stated(a_pool([("a", 2, 1, 0, 1, "x")], jobs, "ab"), "srtf")


def test_without_prices_and_watts_hours_are_told():
    pool = a_pool([("a", 2, 0, 0, 0, "x"), ("b", 2, 5, 0, 9, "x")], [("a", 0, 3600, 2)], "ab")
    _, found = stated(pool)
    assert (found.nodes, found.prices, found.watts) == (2, 1, 1)
    assert {(line.cost, line.energy) for line in found.lines} == {(None, None)}
    text = page("P", "a", found, [line for line in found.lines if line.member == "a"])
    assert "1 of 2 nodes have no price" in text
    assert "1 of 2 nodes do not say what they draw" in text


def test_months_of_the_calendar_and_periods_of_thirty_days():
    leap = periods(0, 60 * 86_400, datetime(2024, 2, 1, tzinfo=UTC))
    assert leap.names == ("2024-02", "2024-03")
    assert (leap.bounds // 86_400).tolist() == [0, 29, 60]
    late = periods(-10, 10, datetime(2023, 1, 1, tzinfo=UTC))
    assert (late.names, late.bounds.tolist()) == (("2022-12", "2023-01"), [-10, 0, 10])
    assert periods(MONTH - 1, 2 * MONTH + 1).names == ("1", "2", "3")
    with pytest.raises(BadInput, match="thousand years"):
        periods(0, 10**12)
    with pytest.raises(BadInput, match="9999"):
        periods(0, 10**9, datetime(9990, 1, 1, tzinfo=UTC))


def test_members_and_months_that_are_not_there_are_named():
    _, found = stated(a_pool([("a", 2, 1, 0, 1, "x")], [("a", 0, 3600, 2)], "ab"))
    assert len(chosen(found, ["b"], ["1"], "ab")) == 1
    with pytest.raises(NotFound, match='"c" is not a member'):
        chosen(found, ["c"], [], "ab")
    with pytest.raises(NotFound, match=r"there is 1; give --zero"):
        chosen(found, [], ["2017-10"], "ab")


def test_rows_and_money_are_written_without_loss():
    _, found = stated(a_pool([("a", 3, 1, 0, 1, "x")], [("a", 0, 3600, 1), ("b", 0, 1, 1)], "ab"))
    told = rows(found, found.lines)
    assert sum(row["owed_micro"] for row in told) == 1_000_000
    assert [row["held_h"] for row in told] == [1, 1 / 3600, 0]
    assert money([[1_000_001], [20_000]]) == [["1.000001"], ["0.020000"]]
    assert money([[1_234_000_000]]) == [["1,234.00"]]
