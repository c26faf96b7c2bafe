"""Which small worlds find faults? A short way to write a job down, and hypothesis strategies, full of ties and corners.

Few and round times, so that events coincide; gangs of no length, as large as the pool and larger; several classes with their
own speeds, and classes on which a job cannot run; several resources; places that are lost and come back. Restarts take up to
3 s: a quantum or a lease that is no longer than a restart is never left with work done, and has no end.
"""

from hypothesis import strategies as st

from reference.world import Job, Place

PRIMES = (999_983, 524_287, 99_991)


def gang(name, submit, need, lasts, *, workers=1, member="a", user="u", **more):
    """A job in one line: `need` of one resource, `lasts` a number, or one a class."""
    lasts = lasts if isinstance(lasts, tuple) else (lasts,)
    return Job(name, member, user, submit, workers, (need,), lasts, **more)


@st.composite
def places(draw, *, classes=3, most=5, resources=3, alike=False):
    """Places in classes 0, 1, …, of a few sizes; `alike`: all places of a class are the same."""
    width, kinds = draw(st.integers(1, resources)), draw(st.integers(1, classes))
    amount = st.one_of(st.integers(1, 8), st.sampled_from((4, 8)))
    whole = st.one_of(st.tuples(*[amount] * width), st.just(PRIMES[:width]))
    of_kind = [draw(whole) for _ in range(kinds)]
    found = [Place(of_kind[kind], kind) for kind in range(kinds)]
    for _ in range(draw(st.integers(0, most - kinds) if most > kinds else st.just(0))):
        kind = draw(st.integers(0, kinds - 1))
        found.append(Place(of_kind[kind] if alike or draw(st.booleans()) else draw(whole), kind))
    return draw(st.permutations(found))


def part_of(whole):
    """An amount that divides a place evenly, or just does not, or fills or exceeds it; small ones most often."""
    return st.sampled_from((1, 1, 1, max(whole // 6, 1), max(whole // 3, 1), max(whole // 2, 1), whole, whole + 1))


@st.composite
def lasts(draw, classes):
    """Seconds on each class: all none, or each at least one where it runs, and it runs somewhere."""
    if draw(st.integers(0, 7)) == 0:
        return (0,) * classes
    seconds = [draw(st.sampled_from((-1, 1, 2, 3, 4, 5, 6, 8, 12))) for _ in range(classes)]
    if max(seconds) < 0:
        seconds[draw(st.integers(0, classes - 1))] = draw(st.integers(1, 12))
    return tuple(seconds)


@st.composite
def jobs(draw, where, *, most=16, members=3, users=2, latest=12, workers=6, restarts=(0, 0, 1, 3)):
    """Jobs in file order, submitted in any order, for the places `where`."""
    classes = 1 + max(place.kind for place in where)
    found = []
    for j in range(draw(st.integers(0, most))):
        member = draw(st.integers(0, members - 1))
        found.append(
            Job(
                f"job {j}",
                f"member {member}",
                f"user {member}.{draw(st.integers(0, users - 1))}",
                draw(st.integers(0, latest)),
                draw(st.one_of(st.just(1), st.integers(1, workers))),
                tuple(
                    draw(part_of(amount)) if r == 0 or draw(st.booleans()) else 0
                    for r, amount in enumerate(draw(st.sampled_from(where)).whole)
                ),
                draw(lasts(classes)),
                draw(st.integers(0, 2)),
                draw(st.sampled_from(restarts)),
            )
        )
    return found


@st.composite
def changes(draw, where, *, most=4, latest=30):
    """Losses and repairs (time, place, up): each place goes down and comes back in turn, some stay down."""
    found = []
    for p in draw(st.lists(st.integers(0, len(where) - 1), unique=True, max_size=most)):
        times = draw(st.lists(st.integers(0, latest), unique=True, min_size=1, max_size=3).map(sorted))
        found += [(time, p, turn % 2 == 1) for turn, time in enumerate(times)]
    return sorted(found, key=lambda change: change[0])


@st.composite
def worlds(draw, *, classes=3, losses=True, **of_jobs):
    """One small world: (jobs, places, changes)."""
    where = draw(places(classes=classes))
    return draw(jobs(where, **of_jobs)), where, draw(changes(where)) if losses else []


@st.composite
def plain_worlds(draw, *, most=24, resources=3):
    """One place, one class, no loss, sorted by submission: the world of a queue that only counts."""
    where = [Place(draw(st.lists(st.integers(1, 8), min_size=1, max_size=resources).map(tuple)))]
    found = draw(jobs(where, most=most, restarts=(0,)))
    return sorted(found, key=lambda job: job.submit), where
