"""Do the references say what a person works out by hand?"""

from reference.deficits import Entitled
from reference.first_come import Easy, priority, sjf, skip_fifo, strict_fifo
from reference.preemptive import Las, LasOfTiresias, RoundRobin, Themis, preemptive_priority, srtf
from reference.shares import FairShare, virtual_finish
from reference.world import Place, play, times
from reference.worlds import gang


def starts(discipline, jobs, gpus):
    return [run.start for run in play(discipline, jobs, [Place((gpus,))])]


# the world


def test_a_gang_that_fits_no_empty_pool_blocks_nobody():
    jobs = [gang("too large", 0, 9, 5), gang("fits", 0, 8, 5)]
    assert times(play(strict_fifo(), jobs, [Place((8,))])) == [(None, None, 0), (0, 5, 0)]


def test_an_instant_is_repeated_while_jobs_of_no_length_finish_in_it():
    jobs = [gang("none", 3, 8, 0), gang("none either", 3, 8, 0), gang("some", 3, 8, 2)]
    assert times(play(strict_fifo(), jobs, [Place((8,))])) == [(3, 3, 0), (3, 3, 0), (3, 5, 0)]


def test_the_fastest_class_is_tried_first_and_a_gang_is_never_on_two():
    places = [Place((4,), 0), Place((4,), 1)]
    jobs = [gang("a", 0, 1, (6, 3), workers=3), gang("b", 0, 1, (6, 3), workers=3), gang("c", 0, 1, (-1, 9), workers=2)]
    assert [run.spells for run in play(skip_fifo(), jobs, places, placement="any")] == [
        [(0, 3, {1: 3})],
        [(0, 6, {0: 3})],
        [(3, 12, {1: 2})],
    ]


def test_consolidated_takes_the_fullest_place_that_holds_all():
    places, jobs = [Place((8,))] * 3, [gang("six", 0, 6, 9), gang("four", 0, 4, 9), gang("two", 1, 2, 9)]
    runs = play(strict_fifo(), jobs, places, placement="consolidated")
    assert [run.spells[0][2] for run in runs] == [{0: 1}, {1: 1}, {0: 1}]


def test_consolidated_splits_only_what_no_empty_place_could_hold():
    places = [Place((8,))] * 3
    jobs = [gang("filler", 0, 5, 9), gang("twelve", 0, 1, 9, workers=12), gang("eight", 1, 1, 9, workers=8)]
    runs = play(skip_fifo(), jobs, places, placement="consolidated")
    assert [run.spells[0][:1] + run.spells[0][2:] for run in runs] == [(0, {0: 1}), (0, {1: 8, 2: 4}), (9, {0: 8})]


def test_a_lost_place_stops_its_gang_which_keeps_its_progress_and_pays_the_restart():
    jobs, places = [gang("a", 0, 4, 10, restart=3)], [Place((4,)), Place((4,))]
    changes = [(4, 0, False), (6, 1, False), (8, 1, True)]
    (run,) = play(strict_fifo(), jobs, places, placement="any", changes=changes)
    assert run.spells == [(0, 4, {0: 1}), (4, 6, {1: 1}), (8, 17, {1: 1})]  # 4 s done; stopped while restarting; 3 + 6
    assert (run.preemptions, run.held) == (2, 15)


def test_what_is_left_is_converted_to_the_class_where_the_gang_goes_on():
    jobs, places = [gang("a", 0, 4, (7, 10))], [Place((4,), 0), Place((4,), 1)]
    (run,) = play(strict_fifo(), jobs, places, changes=[(2, 0, False)])
    assert run.spells == [(0, 2, {0: 1}), (2, 10, {1: 1})]  # 5 s of 7 are left: ⌈5 · 10 / 7⌉ = 8 of 10


def test_with_counting_the_last_to_start_are_stopped_until_the_rest_fits():
    jobs = [gang("a", 0, 2, 9), gang("b", 1, 2, 9)]
    runs = play(strict_fifo(), jobs, [Place((2,)), Place((2,))], changes=[(3, 0, False)])
    assert times(runs) == [(0, 9, 0), (1, 16, 1)]


def test_fragmentation_spoils_least():
    places, jobs = [Place((4,)), Place((5,))], [gang("two", 0, 2, 9), gang("three", 9, 3, 9)]
    # two on 4 leaves 2: ½·0 + ½·2 unusable for a two or a three, before ½·0 + ½·1; two on 5 leaves 3: ½·1, before ½·1 + ½·2
    assert play(skip_fifo(), jobs, places, placement="fragmentation")[0].spells == [(0, 9, {1: 1})]
    assert play(skip_fifo(), jobs, places, placement="consolidated")[0].spells == [(0, 9, {0: 1})]


def test_a_gang_that_ends_as_its_place_is_lost_has_ended():
    assert times(play(strict_fifo(), [gang("a", 0, 1, 4)], [Place((1,))], changes=[(4, 0, False)])) == [(0, 4, 0)]


# the queues


FOUR = [gang("long", 0, 3, 10), gang("wide", 1, 5, 2), gang("short", 2, 1, 8), gang("longer", 2, 1, 9)]


def test_the_head_of_strict_fifo_blocks_and_that_of_skip_fifo_does_not():
    assert starts(strict_fifo(), FOUR, 5) == [0, 10, 12, 12]
    assert starts(skip_fifo(), FOUR, 5) == [0, 11, 2, 2]


def test_a_reservation_lets_by_only_what_is_over_by_then():
    assert starts(Easy(), FOUR, 5) == [0, 10, 2, 12]  # the last would end at 11, the head could start at 10


def test_a_reservation_lets_by_what_leaves_the_head_its_place():
    jobs = [gang("runs", 0, 3, 10), gang("head", 1, 4, 5), gang("beside", 2, 1, 99)]
    assert starts(Easy(), jobs, 5) == [0, 10, 2]


def test_a_reservation_by_wrong_estimates_can_be_late():
    assert starts(Easy([(10,), (2,), (8,), (5,)]), FOUR, 5) == [0, 11, 2, 2]
    assert starts(Easy([(20,), (2,), (8,), (9,)]), FOUR, 5) == [0, 11, 2, 2]


def test_shortest_first():
    jobs = [gang("a", 0, 4, 5), gang("b", 1, 4, 6), gang("c", 2, 4, 3), gang("d", 3, 4, 3)]
    assert starts(sjf(), jobs, 4) == [0, 11, 5, 8]
    assert starts(sjf(estimates=[(5,), (1,), (9,), (8,)]), jobs, 4) == [0, 5, 14, 11]


def test_priority_with_and_without_stopping_what_runs():
    jobs = [gang("low", 0, 3, 10), gang("high", 2, 4, 5, priority=2), gang("low too", 3, 1, 4)]
    assert times(play(priority(blocking=False), jobs, [Place((4,))])) == [(0, 10, 0), (10, 15, 0), (3, 7, 0)]
    assert starts(priority(blocking=True), jobs, 4) == [0, 10, 15]
    assert times(play(preemptive_priority(), jobs, [Place((4,))])) == [(0, 15, 1), (2, 7, 0), (7, 11, 0)]


def test_shortest_remaining_time_stops_for_free_and_skips():
    jobs = [gang("a", 0, 2, 10), gang("b", 4, 2, 5), gang("c", 4, 1, 9)]
    assert times(play(srtf(), jobs, [Place((2,))])) == [(0, 15, 1), (4, 9, 0), (15, 24, 0)]


def test_an_equal_remaining_time_goes_by_the_file():
    jobs = [gang("a", 0, 2, 10), gang("b", 5, 2, 5)]
    assert times(play(srtf(), jobs, [Place((2,))])) == [(0, 10, 0), (10, 15, 0)]


def test_nobody_is_displaced_while_there_is_room_elsewhere():
    places = [Place((2,)), Place((2,))]
    jobs = [gang("long", 0, 2, 9), gang("short", 1, 2, 2)]
    runs = play(srtf(), jobs, places, placement="consolidated")
    assert [run.spells for run in runs] == [[(0, 9, {0: 1})], [(1, 3, {1: 1})]]


def test_a_bound_on_stops_is_kept():
    jobs = [gang("long", 0, 1, 90), *(gang(str(t), t, 1, 2) for t in (10, 20, 30))]
    assert [run.preemptions for run in play(srtf(), jobs, [Place((1,))])] == [3, 0, 0, 0]
    assert times(play(srtf(churn=2), jobs, [Place((1,))])) == [(0, 94, 2), (10, 12, 0), (20, 22, 0), (94, 96, 0)]


def test_round_robin_takes_turns():
    jobs = [gang("a", 0, 1, 5), gang("b", 0, 1, 3), gang("c", 3, 1, 1)]
    runs = play(RoundRobin(quantum_s=2), jobs, [Place((1,))])
    # a 0–2, b 2–4, a 4–6 (it stood before c, which came at 3), c 6–7, b 7–8, a 8–9
    assert [[spell[:2] for spell in run.spells] for run in runs] == [
        [(0, 2), (4, 6), (8, 9)],
        [(2, 4), (7, 8)],
        [(6, 7)],
    ]


def test_a_quantum_begins_anew_when_nobody_waits():
    jobs = [gang("a", 0, 1, 9), gang("b", 5, 1, 1)]
    assert times(play(RoundRobin(quantum_s=2), jobs, [Place((1,))])) == [(0, 10, 1), (6, 7, 0)]


def test_least_attained_service_demotes_when_the_limit_is_reached():
    jobs = [gang("a", 0, 4, 10), gang("b", 1, 4, 2)]
    runs = play(Las(limits=(13, 99)), jobs, [Place((4,))])
    assert times(runs) == [(0, 12, 1), (4, 6, 0)]  # a has 12 GPU-seconds at 3, 16 at 4; b ends with 8


def test_tiresias_looks_later_than_the_limit_is_reached_and_puts_those_that_run_first():
    jobs = [gang("a", 0, 4, 10), gang("b", 1, 4, 2)]
    runs = play(LasOfTiresias(limits=(13, 99)), jobs, [Place((4,))])
    assert times(runs) == [(0, 12, 1), (4, 6, 0)]  # seen at 1, when b comes: 1 + ⌈(13 − 1) / 4⌉ = 4
    jobs = [gang("a", 0, 4, 12), gang("b", 5, 4, 2)]
    late = play(LasOfTiresias(limits=(28, 99)), jobs, [Place((4,))])
    assert times(late) == [(0, 14, 1), (11, 13, 0)]  # 28 are reached at 7; from 5 on it looks at 5 + ⌈(28 − 5) / 4⌉


def test_themis_gives_the_next_lease_to_whom_sharing_hurt_most():
    jobs = [gang("a", 0, 1, 10), gang("b", 0, 1, 4)]
    runs = play(Themis(lease_s=3), jobs, [Place((1,))])
    # at 0 both have ρ 1: a by file order. At 3: ρ of a is 10/10, of b 7/4. At 6: a 13/10, b 7/4: b keeps it and ends.
    assert times(runs) == [(0, 14, 1), (3, 7, 0)]


def test_fair_share_starts_the_gang_of_the_member_that_would_hold_least_for_its_weight():
    jobs = [gang(f"{m}{k}", 0, 2, 9, member=m) for k in range(3) for m in ("a", "b")]
    runs = play(FairShare({"a": 3, "b": 1}), jobs, [Place((8,))])
    assert [run.start for run in runs] == [0, 0, 0, 9, 0, 9]  # (held + asked)/W: a 2/3, a 4/3, b 2 = a 2 …


def test_a_tree_of_shares_weighs_parents_before_members():
    who = [("a", "x"), ("a", "y"), ("b", "z")]
    jobs = [gang(f"{m} {u} {k}", 0, 1, 9, member=m, user=u) for k in range(2) for m, u in who]
    weights, parents = {"a": 1, "b": 1, "north": 2, "south": 1}, {"a": "north", "b": "south"}
    runs = play(FairShare(weights, parents=parents), jobs, [Place((3,))])
    assert [run.start for run in runs] == [0, 0, 0, 9, 9, 9]


def test_virtual_finish_goes_by_the_end_alone():
    jobs = [gang("a0", 0, 1, 9, member="a"), gang("a1", 0, 1, 1, member="a"), gang("b0", 0, 1, 8, member="b")]
    own = {"a": [Place((1,))], "b": [Place((1,))]}
    assert starts(virtual_finish(jobs, own), jobs, 1) == [8, 17, 0]
    assert starts(virtual_finish(jobs, own), jobs, 2) == [0, 8, 0]
    assert starts(virtual_finish(jobs, own, estimates=[(2,), (1,), (8,)]), jobs, 1) == [0, 9, 10]


def test_virtual_finish_may_stop_what_would_end_later_alone():
    jobs = [gang("a0", 0, 1, 9, member="a"), gang("b0", 1, 1, 2, member="b")]
    own = {"a": [Place((1,))], "b": [Place((1,))]}
    assert times(play(virtual_finish(jobs, own, preemptive=True), jobs, [Place((1,))])) == [(0, 11, 1), (1, 3, 0)]


def test_entitled_starts_whom_the_plan_owes_most():
    jobs = [gang("a0", 0, 2, 4, member="a"), gang("a1", 1, 2, 3, member="a"), gang("b0", 2, 2, 2, member="b")]
    one_each = {"a": (1,), "b": (1,)}
    assert starts(Entitled({"a": 1, "b": 1}, one_each, window_s=100), jobs, 2) == [0, 6, 4]  # at 4: a -2, b +2
    planned = {0: {"a": 10**9, "b": 0}}
    assert starts(Entitled({"a": 1, "b": 1}, one_each, window_s=100, plans=planned), jobs, 2) == [0, 4, 7]  # a 0, b 0
