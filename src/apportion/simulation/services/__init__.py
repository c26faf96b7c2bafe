"""How do services that answer requests fare, and what do they leave to the jobs of a pool?

`erlang` holds the queueing formulas, `scaling` says how many replicas every hour asks for and what comes of them, `placing`
finds room for them, `course` follows them while nodes go down and come back, `steps` tells a scheduler what is free from when
on, and `beside` tells it to the jobs of a trace.
"""

from apportion.simulation.services.beside import beside, beside_course, beside_services, still_from_s
from apportion.simulation.services.course import course
from apportion.simulation.services.scaling import reserving, serve
from apportion.simulation.services.steps import Steps, on_places, steps

__all__ = [
    "Steps",
    "beside",
    "beside_course",
    "beside_services",
    "course",
    "on_places",
    "reserving",
    "serve",
    "steps",
    "still_from_s",
]
