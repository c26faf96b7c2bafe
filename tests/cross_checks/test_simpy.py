"""Does SimPy, a general event simulator, come to the same schedule?

One process a job and one container of units: a job waits for its submission, asks for its units, holds them, gives them
back. SimPy serves requests for a container strictly in order and lets the first block the others: strict FIFO.
"""

import simpy
from hypothesis import given
from hypothesis import strategies as st

from apportion.domain.schedule import NEVER
from apportion.simulation.disciplines import strict_fifo
from apportion.simulation.replay import replay
from on_kernels import tried
from traces import trace_of

rows = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12), st.integers(1, 9), st.integers(0, 2)), max_size=60)


def by_simpy(trace):
    world = simpy.Environment()
    units = simpy.Container(world, capacity=int(trace.capacity[0]), init=int(trace.capacity[0]))
    start = [NEVER] * len(trace)

    def life(job, submit, need, duration):
        yield world.timeout(submit)
        yield units.get(need)
        start[job] = world.now
        yield world.timeout(duration)
        yield units.put(need)

    for job, submit in enumerate(trace.submit_s.tolist()):
        if trace.possible[job]:
            world.process(life(job, submit, int(trace.need[job, 0]), int(trace.duration_s[job])))
    world.run()
    return start


@tried(300)
@given(rows)
def test_strict_fifo_is_what_simpy_does(rows):
    trace = trace_of(rows, 8)
    assert replay(strict_fifo.open_queue(trace)).start_s.tolist() == by_simpy(trace)
