"""What is left for jobs beside the services of their pool?"""

from dataclasses import replace

from apportion.domain.services import Served
from apportion.domain.trace import Changes, Trace
from apportion.errors import BadInput
from apportion.simulation.services.steps import on_places, steps


def beside(trace: Trace, served: Served, end_s: int, zero_s: int = 0) -> Trace:
    """Return the same jobs on places from which services take what they hold, hour by hour.

    At home, members have what they had: services are the pool's.

    Parameters
    ----------
    end_s : second before which the hours change; from then on the last one stays. A cycle of steps for each place and day is
        kept in memory, so take what the replay may need and not for ever
    zero_s : second of the trace's clock at which hour 0 of a cycle begins

    Raises
    ------
    BadInput
        if the jobs' places are not all of the pool's nodes.
    """
    place = trace.held_by.of
    if len(place) != served.on_node.shape[1] or (place < 0).any():
        raise BadInput(
            "services hold parts of every node of the pool, and the jobs' places are not all of them",
            mend="take the whole pool",
        )
    start_s = min(int(trace.submit_s.min(initial=end_s)), end_s)
    held = on_places(served.on_node, place, len(trace.held_by.amount))
    return replace(trace, changes=Changes(*steps(held, start_s, end_s, zero_s)))
