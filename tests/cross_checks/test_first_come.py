"""Do the kernels that never stop a gang to make room play as the reference does, job by job and place by place?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.simulation import reserved
from apportion.simulation.disciplines import priority, sjf, skip_fifo, strict_fifo
from on_kernels import agree, levelled, played, settled, trace_of_world, tried
from on_kernels import by_hand as on_paper
from reference import first_come as by_hand
from reference.worlds import worlds

many = tried(250)
every = pytest.mark.parametrize("placement", ["counting", "consolidated", "any"])


@every
@many
@given(world=worlds())
def test_strict_fifo(placement, world):
    agree(strict_fifo, by_hand.strict_fifo(), world, placement)


@every
@many
@given(world=worlds())
def test_skip_fifo(placement, world):
    agree(skip_fifo, by_hand.skip_fifo(), world, placement)


@pytest.mark.parametrize("blocking", [False, True])
@every
@many
@given(world=worlds())
def test_sjf(placement, blocking, world):
    agree(sjf, by_hand.sjf(blocking=blocking), world, placement, blocking=blocking)


@pytest.mark.parametrize("blocking", [False, True])
@every
@many
@given(world=worlds())
def test_priority(placement, blocking, world):
    agree(priority, by_hand.priority(blocking=blocking), world, placement, blocking=blocking)


@every
@many
@given(world=worlds())
def test_skip_fifo_with_a_reservation(placement, world):
    agree(skip_fifo, by_hand.Easy(), world, placement, reservation=True)


@every
@many
@given(world=worlds(), data=st.data())
def test_a_reservation_by_wrong_estimates(placement, world, data):
    jobs, *rest = levelled(settled(world), placement)
    seconds = st.integers(0, 15)
    guess = [tuple(data.draw(seconds) for _ in job.lasts) for job in jobs]
    trace = trace_of_world((jobs, *rest), placement)
    queue = reserved.open_queue(trace, np.array(guess, dtype=np.int64).reshape(trace.lasts.shape))
    assert played(queue, jobs) == on_paper(by_hand.Easy(guess), (jobs, *rest), placement)
