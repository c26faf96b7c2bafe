"""Does a discipline written as a function in Python meet the same world as the compiled ones?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.errors import BadInput, Failed
from apportion.simulation import hooked
from apportion.simulation.disciplines import skip_fifo, srtf, strict_fifo
from apportion.simulation.replay import replay
from on_kernels import by_hand, levelled, played, settled, trace_of_world, tried
from reference import preemptive
from reference.world import never
from reference.worlds import worlds
from traces import placed_traces, trace_of, traces

many = settings(max_examples=150, deadline=None)


def first_that_fits(view):
    return next((row for row in view.queued if view.fits(row)), None)


def head_blocks(view):
    return view.queued[0] if view.fits(view.queued[0]) else None


def same(trace, choose, discipline):
    ours, theirs = hooked.open_queue(trace, choose), discipline.open_queue(trace)
    one, other = replay(ours), replay(theirs)
    for column in ("start_s", "end_s", "preemptions", "held_s"):
        assert np.array_equal(getattr(one, column), getattr(other, column))
    assert np.array_equal(ours.held().place, theirs.held().place)


@many
@given(traces())
def test_the_two_fifos_on_one_number(trace):
    same(trace, first_that_fits, skip_fifo)
    same(trace, head_blocks, strict_fifo)


@many
@given(placed_traces())
def test_the_two_fifos_on_nodes_that_come_and_go(trace):
    same(trace, first_that_fits, skip_fifo)
    same(trace, head_blocks, strict_fifo)


def test_a_view_tells_what_runs_and_who_holds_what():
    seen = []

    def watch(view):
        seen.append((view.now_s, view.running.tolist(), view.held.tolist(), view.free.tolist()))
        return first_that_fits(view)

    replay(hooked.open_queue(trace_of([(0, 9, 3, 0), (4, 2, 2, 1)], 4), watch))
    assert seen == [(0, [], [[0], [0]], [[4]]), (4, [0], [[3], [0]], [[1]]), (9, [], [[0], [0]], [[4]])]


@pytest.mark.parametrize("named", [0, 7])
def test_a_gang_that_does_not_wait_or_does_not_fit_is_refused(named):
    trace = trace_of([(0, 5, 4, 0), (1, 5, 4, 0)], 4)

    def wrong(view):
        return first_that_fits(view) if view.now_s == 0 else named

    with pytest.raises(Failed, match=f"row {named}"):
        replay(hooked.open_queue(trace, wrong))


class Shortest:
    """What runs is what fits beside all that run ahead of it, in the order of the seconds left; settled once a round."""

    round = None

    def __call__(self, view):
        if view.round != self.round:
            self.round, self.acts = view.round, iter(self.settle(view))
        return next(self.acts, None)

    def settle(self, view):
        running = set(view.running.tolist())
        order = sorted([*running, *view.queued], key=lambda row: (view.left_s(row), row))
        runs = fitting(view, order, view.there.sum(axis=0))
        leave = [row for row in order if row in running and row not in runs]
        if len(leave) > view.stops_left:
            return fitting(view, [row for row in order if row not in running], view.free.sum(axis=0))
        return [*map(hooked.Stop, leave), *(row for row in runs if row not in running)]


def fitting(view, order, free):
    found = []
    for row in order:
        if (view.need(row) <= free).all():
            found.append(row)
            free = free - view.need(row)
    return found


@tried(800)
@given(world=worlds(classes=1), churn=st.sampled_from((-1, -1, 1, 2, 5)))
def test_the_shortest_first_as_a_hook_is_the_compiled_one(world, churn):
    """Where all is one place: with restarts, places that are lost, several resources, bounds on stops; and the reference."""
    world = levelled(settled(world), "counting")
    trace = trace_of_world(world)
    found = played(hooked.open_queue(trace, Shortest(), churn=churn), world[0])
    assert found == played(srtf.open_queue(trace, churn=churn), world[0])
    assert found == by_hand(preemptive.srtf(churn=max(churn, 0)), world, "counting")


@many
@given(trace=traces(), restart=st.sampled_from(("0", "2", "1/2/3")))
def test_it_pays_the_same_for_restarts(trace, restart):
    ours = hooked.open_queue(trace, Shortest(), restart_s=restart)
    one, other = replay(ours), replay(srtf.open_queue(trace, restart_s=restart))
    for column in ("start_s", "end_s", "preemptions", "held_s"):
        assert np.array_equal(getattr(one, column), getattr(other, column))


def urgent(view):
    """The first by priority that fits; whoever stands behind the first that does not is stopped, the last one first."""
    priority = view.trace.priority
    for row in sorted(view.queued, key=lambda row: (-priority[row], row)):
        if view.fits(row):
            return row
        behind = [k for k in view.running.tolist() if priority[k] < priority[row] and view.may_stop(k)]
        if behind:
            return hooked.Stop(max(behind, key=lambda row: (-priority[row], row)))
    return None


class Urgent:
    """The same on paper."""

    wakes = staticmethod(never)

    def __init__(self, churn):
        self.churn = churn

    def dispatch(self, world):
        started = set()
        while self.acts(world, started):
            pass

    def acts(self, world, started):
        def key(j):
            return -world.jobs[j].priority, j

        for j in sorted(world.waiting, key=key):
            found = world.find(j, world.running)
            if found is not None:
                world.start(j, found)
                started.add(j)
                return True
            behind = [k for k in world.running if world.jobs[k].priority < world.jobs[j].priority and k not in started]
            recent = [time for time in world.displaced if time > world.now - 3600]
            if behind and (self.churn < 0 or len(recent) < self.churn):
                world.stop(max(behind, key=key))
                world.displaced.append(world.now)
                return True
        return False


@pytest.mark.parametrize("placement", ["counting", "consolidated", "any"])
@tried(400)
@given(world=worlds(), churn=st.sampled_from((-1, -1, 0, 1, 3)))
def test_a_hook_that_stops_gangs_on_nodes_of_several_classes_is_the_same_on_paper(placement, world, churn):
    """What the reference plays is audited: nothing is held twice, and no work is lost or made."""
    world = levelled(settled(world), placement)
    trace = trace_of_world(world, placement)
    assert played(hooked.open_queue(trace, urgent, churn=churn), world[0]) == by_hand(Urgent(churn), world, placement)


def test_a_view_tells_what_is_held_and_left_of_a_gang_that_was_stopped():
    """Of 4: the first runs from 0, is stopped at 3 for the second, and goes on at 5 with 2 s of restarting before its 6 s."""
    seen = []

    def shortest(view):
        live = sorted([*view.running.tolist(), *view.queued])
        seen.append((view.now_s, [(view.held_s(row), view.left_s(row)) for row in live]))
        ahead = min(view.queued, key=view.left_s)
        if view.fits(ahead):
            return ahead
        return hooked.Stop(0) if view.may_stop(0) and view.left_s(ahead) < view.left_s(0) else None

    found = replay(hooked.open_queue(trace_of([(0, 9, 4, 0), (3, 2, 3, 0), (6, 9, 4, 0)], 4), shortest, restart_s="2"))
    assert found.start_s.tolist() == [0, 3, 13]
    assert found.end_s.tolist() == [13, 5, 22]
    assert (found.preemptions.tolist(), found.held_s.tolist()) == ([1, 0, 0], [11, 2, 9])
    assert seen == [
        (0, [(0, 9)]),
        (3, [(3, 6), (0, 2)]),
        (3, [(3, 6), (0, 2)]),
        (3, [(3, 6), (0, 2)]),
        (5, [(3, 6)]),
        (6, [(4, 7), (0, 9)]),
        (13, [(0, 9)]),
    ]


@pytest.mark.parametrize("row", [1, 2, 7, -1])
def test_a_gang_that_does_not_run_is_not_stopped(row):
    trace = trace_of([(0, 5, 4, 0), (1, 5, 4, 0), (9, 5, 4, 0)], 4)
    with pytest.raises(Failed, match=f"at 1 s it stopped row {row}, which may not"):
        replay(hooked.open_queue(trace, lambda view: first_that_fits(view) if view.now_s == 0 else hooked.Stop(row)))


def test_who_has_just_started_is_not_stopped_so_that_a_round_ends():
    trace = trace_of([(0, 5, 4, 0), (0, 5, 4, 0)], 4)

    def to_and_fro(view):
        return first_that_fits(view) if view.fits(view.queued[0]) else hooked.Stop(int(view.running[0]))

    with pytest.raises(Failed, match="at 0 s it stopped row 0"):
        replay(hooked.open_queue(trace, to_and_fro))


def test_stops_beyond_the_bound_are_refused_and_a_bound_is_a_number():
    trace = trace_of([(0, 5, 4, 0), (1, 2, 4, 0)], 4)

    def hasty(view):
        return first_that_fits(view) if view.now_s == 0 else hooked.Stop(0)

    with pytest.raises(Failed, match="at 1 s it stopped row 0"):
        replay(hooked.open_queue(trace, hasty, churn=0))
    with pytest.raises(BadInput, match="churn is -2"):
        hooked.open_queue(trace, hasty, churn=-2)
