"""What would be free if some gangs were gone? Copies of the places, on which a walk is tried out."""

from typing import NamedTuple

from apportion.domain.arrays import Ints
from apportion.domain.schedule import NEVER
from apportion.simulation.compiled import part
from apportion.simulation.events import SLOTS, Jobs, State
from apportion.simulation.room import FIRST, FOUND, FREED, KIND, WORKERS, Room, give, hold, look_at, take
from apportion.simulation.searching import seek

NOWHERE = -1  # the class of a gang that fits nowhere


class Side(NamedTuple):
    """A copy of the places: (P, 2R) and how they are searched."""

    places: Ints
    room: Room


@part
def become(side: Side, places: Ints, column: int) -> None:
    """Let a copy be free as the places are: as they are now, from column 0 on, or when nothing runs."""
    width = places.shape[1] // 2
    for p in range(len(places)):
        same = True
        for r in range(width):
            same = same and side.places[p, r] == places[p, column + r]
            same = same and side.places[p, width + r] == places[p, width + r]
        if same:
            continue
        for r in range(width):
            side.places[p, r], side.places[p, width + r] = places[p, column + r], places[p, width + r]
        if len(places) > 1:
            look_at(p, side.places, side.room)
    side.room.last[FOUND] = NEVER
    side.room.last[FREED] += 1


@part
def has_room(jobs: Jobs, state: State, job: int, places: Ints) -> bool:
    """Tell whether a running gang fits other places where it runs."""
    width, workers, first = jobs.need.shape[1], jobs.facts[job, WORKERS], jobs.facts[job, FIRST]
    if len(places) == 1:
        for r in range(width):  # noqa: SIM110  # compiled: a plain loop
            if jobs.need[job, r] > places[0, r]:
                return False
        return True
    for i in range(first, first + state.book[job, SLOTS]):
        p, many = state.room.slots[i, 0], state.room.slots[i, 1]
        for r in range(width):
            part = jobs.need[job, r] if many == workers else jobs.need[job, r] // workers * many
            if part > places[p, r]:
                return False
    return True


@part
def find(jobs: Jobs, job: int, places: Ints, room: Room) -> int:
    """The class of places where a gang fits; −1 if it does nowhere."""
    if len(places) == 1:
        for r in range(jobs.need.shape[1]):
            if jobs.need[job, r] > places[0, r]:
                return NOWHERE
        return 0
    kind, workers = jobs.facts[job, KIND], jobs.facts[job, WORKERS]
    return int(seek(kind, jobs.need[job], workers, jobs.lasts[job], places, room))


@part
def take_found(jobs: Jobs, job: int, places: Ints, room: Room) -> int:
    """Put a gang where it was just found to fit; on how many places."""
    if len(places) == 1:
        hold_listed(jobs, job, 0, places, room)
        return 0
    return int(take(jobs.facts[job, FIRST], jobs.need[job], jobs.facts[job, WORKERS], places, room))


@part
def hold_listed(jobs: Jobs, job: int, count: int, places: Ints, room: Room) -> None:
    """Put a gang on the places that are listed for it."""
    if len(places) == 1:
        for r in range(jobs.need.shape[1]):
            places[0, r] -= jobs.need[job, r]
    else:
        hold(jobs.facts[job, FIRST], count, jobs.need[job], jobs.facts[job, WORKERS], places, room)


@part
def give_listed(jobs: Jobs, job: int, count: int, places: Ints, room: Room) -> None:
    """Take a gang off the places that are listed for it."""
    if len(places) == 1:
        for r in range(jobs.need.shape[1]):
            places[0, r] += jobs.need[job, r]
    else:
        give(jobs.facts[job, FIRST], count, jobs.need[job], jobs.facts[job, WORKERS], places, room)


@part
def list_too(jobs: Jobs, job: int, count: int, here: Room, there: Room) -> None:
    """List the places of a gang in another room as well."""
    if len(here.slots) > 0:
        for i in range(jobs.facts[job, FIRST], jobs.facts[job, FIRST] + count):
            there.slots[i, 0], there.slots[i, 1] = here.slots[i, 0], here.slots[i, 1]
