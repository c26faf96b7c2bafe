"""Does the auditor pass what the references play, and find what could not have happened?"""

from fractions import Fraction

import pytest
from hypothesis import given, settings

from auditing import Told, audit, audit_energy
from reference.deficits import Entitled
from reference.first_come import Easy, priority, sjf, skip_fifo, strict_fifo
from reference.preemptive import Las, LasOfTiresias, RoundRobin, Themis, preemptive_priority, srtf
from reference.shares import FairShare
from reference.world import Place, play
from reference.worlds import gang, worlds

MEMBERS = {f"member {m}": m for m in range(3)}
DISCIPLINES = {
    "strict_fifo": strict_fifo,
    "skip_fifo": skip_fifo,
    "reservation": Easy,
    "sjf": sjf,
    "priority": priority,
    "preemptive priority": preemptive_priority,
    "blocking preemptive priority": lambda: preemptive_priority(blocking=True),
    "srtf": srtf,
    "srtf with few stops": lambda: srtf(churn=1),
    "round_robin": lambda: RoundRobin(quantum_s=5),
    "las": lambda: Las(limits=(4, 9)),
    "las of tiresias": lambda: LasOfTiresias(limits=(4, 9)),
    "themis": lambda: Themis(lease_s=5),
    "fair_share": lambda: FairShare(MEMBERS),
    "tree": lambda: FairShare(MEMBERS | {"n": 1, "s": 2}, parents=dict(zip(MEMBERS, "nsn", strict=True))),
}


PLACEMENTS = ["counting", "consolidated", "any", "fragmentation"]


def played_faults(discipline, world, placement):
    jobs, places, changes = world
    runs = play(discipline, jobs, places, placement=placement, changes=changes)
    if not changes:
        assert all((run.start is None) == (run.end is None) for run in runs)
    told = [Told(run.start, run.end, run.preemptions, run.held) for run in runs]
    return audit(jobs, places, [run.spells for run in runs], told, changes=changes, counting=placement == "counting")


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("name", DISCIPLINES)
def test_what_is_played_could_have_happened(name, placement):
    @settings(max_examples=20, deadline=None)
    @given(worlds())
    def holds(world):
        assert not played_faults(DISCIPLINES[name](), world, placement)

    holds()


@pytest.mark.parametrize("placement", PLACEMENTS)
@settings(max_examples=20, deadline=None)
@given(world=worlds())
def test_what_is_played_by_deficits_could_have_happened(placement, world):
    _jobs, places, _changes = world
    third = tuple(sum(amounts) // 3 for amounts in zip(*(place.whole for place in places), strict=True))
    assert not played_faults(Entitled(MEMBERS, dict.fromkeys(MEMBERS, third), window_s=4), world, placement)


GOOD = [gang("a", 0, 1, (4, 8), workers=2, restart=1), gang("b", 2, 2, (3, 3))]
HALLS = [Place((2,), 0), Place((2,), 1)]
PLAYED = [[(0, 2, {0: 2}), (3, 8, {1: 2})], [(2, 5, {0: 1})]]


def faults_of(spells, told=None, **more):
    jobs = more.pop("jobs", GOOD)
    told = told or [Told(s[0][0], s[-1][1]) if s else Told(None, None) for s in spells]
    return " / ".join(audit(jobs, HALLS, spells, told, **more))


def test_the_auditor_passes_what_could_have_happened():
    assert not faults_of(PLAYED, [Told(0, 8, 1, 7), Told(2, 5, 0, 3)])
    assert not faults_of([PLAYED[0], []], [Told(0, 8, 1, 7), Told(-1, -1, 0, 0)])


@pytest.mark.parametrize(
    ("spells", "more", "said"),
    [
        ([PLAYED[0], [(4, 7, {1: 1})]], {}, "place 1 at 4: [4] held, (2,) there"),
        ([[(0, 4, {0: 1})], []], {}, "are not its 2 workers"),
        ([[(0, 4, {0: 1, 1: 1})], []], {}, "on classes [0, 1] at once"),
        ([[(0, 4, {0: 2})], [(1, 4, {1: 1})]], {}, "b: holds places from 1, before 2"),
        ([[(0, 3, {0: 2})], []], {}, "a: works 3 s in its last spell, from 0; 4 s were left"),
        ([[(0, 2, {0: 2}), (3, 7, {1: 2})], []], {}, "a: works 3 s in its last spell, from 3; 4 s were left"),
        (PLAYED, {"changes": [(4, 1, False)]}, "a: on place 1, down within 3..8"),
        (PLAYED, {"changes": [(1, 1, False)]}, "a: on place 1, down within 3..8"),
        (PLAYED, {"told": [Told(0, 8, 2), Told(2, 5)]}, "a: preemptions is told as 2, by the spells it is 1"),
        (PLAYED, {"told": [Told(0, 8, 1, 6), Told(2, 5)]}, "a: held is told as 6, by the spells it is 7"),
        (PLAYED, {"told": [Told(1, 8), Told(2, 5)]}, "a: start is told as 1, by the spells it is 0"),
        ([[(0, 2, {0: 2}), (1, 6, {1: 2})], []], {}, "a: holds places from 1, before 2"),
        (
            [PLAYED[0], [(2, 5, {0: 1})]],
            {"jobs": [GOOD[0], gang("b", 2, 2, (-1, 3))]},
            "b: on class 0, where it cannot run",
        ),
    ],
)
def test_the_auditor_says_what_could_not_have_happened(spells, more, said):
    assert said in faults_of(spells, **more)


def test_the_auditor_adds_up_energy_exactly():
    idle, most, use = (Fraction(50), 60), (300, 700), [Fraction(1, 3), Fraction(1, 2)]
    a = 2 * 2 * (50 + Fraction(250, 3)) + 5 * 2 * (60 + Fraction(640, 3))
    b = 3 * 2 * Fraction(175)
    assert not audit_energy(GOOD, HALLS, PLAYED, [a, b], idle, most, use)
    assert len(audit_energy(GOOD, HALLS, PLAYED, [a, b + Fraction(1, 10**9)], idle, most, use)) == 1
