"""Who runs, and where, when those ahead in an order may take the places of those behind?"""

HOUR_S = 3600


def dispatch(world, order, *, fixed=(), churn=0, blocking=False):
    """Carry out one walk down `order`; `fixed` gangs keep their places; at most `churn` stops an hour (0: no bound)."""
    plan = walk(world, order, fixed, displace=True, blocking=blocking)
    recent = [time for time in world.displaced if time > world.now - HOUR_S]
    if churn and len(recent) + len(moved(world, plan)) > churn:
        plan = walk(world, order, fixed, displace=False, blocking=blocking)
    for j in moved(world, plan):
        world.stop(j)
        world.displaced.append(world.now)
    for j, holding in plan.items():
        if j not in world.running:
            world.start(j, holding)


def moved(world, plan):
    """Running gangs that do not stay where they are."""
    return [j for j, holding in world.running.items() if plan.get(j) is not holding]


def walk(world, order, fixed, *, displace, blocking):
    """Settle gangs one by one: {job: holding}."""
    settled = {j: world.running[j] for j in fixed}
    blocked = False
    for position, j in enumerate(order):
        if j in world.running and world.fits_at(j, world.running[j], settled):
            settled[j] = world.running[j]
            continue
        behind = {k: world.running[k] for k in order[position + 1 :] if k in world.running}
        found = None if blocked else world.find(j, {**settled, **behind})
        if found is None and behind and displace and not blocked:
            found = world.find(j, settled)
        if found is not None:
            settled[j] = found
        elif blocking:
            blocked = True
    return settled
