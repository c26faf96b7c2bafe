"""Runs to report on: a real one, and what it would have looked like had things gone otherwise."""

import copy
import json
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import planted
from apportion import held, loop
from apportion.advice import advise
from apportion.advice.told import told
from apportion.domain.history import History
from making import MICRO, Case, Claim

FOUND = ("percent", "gpus", "worst_rho", "mean_jct_s", "later")
SAMPLE = Path(__file__).parent / "golden" / "run_sample.json"


def sample():
    """Return a run on the ten ITP clusters, fewer sizes and steps than a whole one."""
    return json.loads(SAMPLE.read_text("utf-8"))


def changed(change):
    """Return the sample after a change."""
    run = copy.deepcopy(sample())
    change(run)
    return run


def with_losers():
    """Let four members wait longer in the pool than alone, cluster07 longest; two jobs of another fit only the pool."""

    def change(run):
        for row in run["waiting"]:
            if row["member"] in {"cluster02", "cluster07", "cluster08", "cluster09"}:
                row["rho"] = {"strict_fifo": 0.9, "skip_fifo": 1.25 if row["member"] == "cluster07" else 1.0004}
        run["waiting"][0]["only_in_pool"] = 2

    return changed(change)


def with_broken_promise():
    """Refute a promised property, in the plan shown and in three windows."""

    def change(run):
        shown = next(verdict for verdict in run["verdicts"] if verdict["proof"] == "pareto")
        shown |= {"status": "refuted", "figure": 0.5, "witness": {"claim": "cluster02/1 x 4 gpu", "could_gain": 0.5}}
        row = next(row for row in run["windows"]["verdicts"] if row["proof"] == "pareto")
        row |= {"holds": 1437, "refuted": 3, "broken": 3}

    return changed(change)


def with_claims_only():
    """Take the jobs away."""

    def change(run):
        run |= {"stream": None, "waiting": [], "timeline": None, "completion": None}
        run |= {"sizing": None, "windows": empty_windows()}
        run["demand"] |= {"why": "claims", "window": [0, 3600]}
        run["figures"] = [one for one in run["figures"] if "owned" in one["rows"]]
        run["lorenz"] = run["lorenz"][:2]

    return changed(change)


def empty_windows():
    return {"decided": 0, "verdicts": [], "digest": "0" * 64}


def with_nobody_alone():
    """Let no job of anybody fit at home."""

    def change(run):
        run["sizing"] = run["completion"] = None
        for row in run["waiting"]:
            row |= {
                "alone": dict.fromkeys(row["alone"]),
                "alone_wait": dict.fromkeys(row["alone_wait"]),
                "rho": dict.fromkeys(row["rho"]),
                "later": dict.fromkeys(row["later"]),
                "only_in_pool": row["jobs"],
            }
        for one in run["figures"]:
            if one["name"].startswith(("rho", "unfair", "jain")):
                one |= {"value": None, "rows": dict.fromkeys(one["rows"])}

    return changed(change)


def with_overload():
    """Ask for a third more than there is, over the whole span."""

    def change(run):
        run["stream"]["load"]["gpu_milli"] = 1.33

    return changed(change)


def without_sizing():
    """Leave the other pool sizes out."""
    return changed(lambda run: run.update(sizing=None))


def with_no_safe_size():
    """Let somebody be worse off at every size in every order, and so in this run."""

    def change(run):
        run["waiting"][3]["rho"] = {"strict_fifo": 1.77, "skip_fifo": 1.85}
        for row in run["sizing"]["rows"]:
            row.update(worst_rho=row["worst_rho"] + 1, worst_rho_range=None)
        for row in run["sizing"]["fewest"]:
            row.update(dict.fromkeys(FOUND))

    return changed(change)


def with_whole_pool_only():
    """Let only the whole pool serve everybody, and only in virtual finish order; not in this run."""

    def change(run):
        run["waiting"][3]["rho"] = {"strict_fifo": 1.77, "skip_fifo": 1.85}
        for row in run["sizing"]["rows"]:
            if row["percent"] < 100 or row["discipline"] != "virtual_finish":
                row.update(worst_rho=row["worst_rho"] + 1, worst_rho_range=None)
        for row in run["sizing"]["fewest"]:
            if row["discipline"] == "virtual_finish":
                row |= {"percent": 100, "gpus": 1504, "worst_rho": 0.9}
            else:
                row.update(dict.fromkeys(FOUND))

    return changed(change)


def with_impossible_jobs():
    """Let two jobs be larger than the pool."""

    def change(run):
        run["stream"]["impossible"] = 2
        next(one for one in run["figures"] if one["name"] == "unfinished")["value"] = 2

    return changed(change)


def with_many_members(count=450):
    """Let so many members share the pool that neither charts nor tables can show all."""

    def change(run):
        names = [f"member{k:04d}" for k in range(count)]
        of = lambda rows: [rows[k % len(rows)] | {"member": name} for k, name in enumerate(names)]  # noqa: E731  # two words
        run["pool"] |= {"members": count, "owners": of(run["pool"]["owners"])}
        run["waiting"] = of(run["waiting"])
        run["demand"]["rows"] = of(run["demand"]["rows"])
        run["plan"]["members"] = of(run["plan"]["members"])
        wide = lambda rows: [[row[k % len(row)] for k in range(count)] for row in rows]  # noqa: E731  # two words
        line = run["timeline"]
        line |= {"members": names, "used": wide(line["used"]), "queued": wide(line["queued"])}
        run["completion"]["members"] = of(run["completion"]["members"])

    return changed(change)


def with_payments():
    """Let the plan be a sale to two members, with a note."""

    def change(run):
        paid = [{"member": "cluster01", "paid": 12_500_000}, {"member": "cluster07", "paid": "3000000"}]
        run["plan"]["payments"] = {"denominator": 1_000_000, "members": paid}
        run["plan"]["notes"] = ["outside the core: cluster02 could pay 3 more than is paid now, and gain no less"]

    return changed(change)


def with_hostile_names():
    """Let names try to be markup."""
    evil = "<script>alert('x')</script>&\"{n}"
    return json.loads(
        json.dumps(sample())
        .replace("Ten clusters, one pool", json.dumps(evil)[1:-1])
        .replace("cluster03", json.dumps(evil)[1:-1])
    )


def with_several_resources():
    """Add memory to the pool, and a resource that nobody translated."""

    def change(run):
        for name, label in (("memory_milli_gib", "memory GiB"), ("res:fpga_milli", "fpga")):
            run["pool"]["resources"].append({"name": name, "label": label})
            run["pool"]["capacity"].append({"flavor": "gpu-8x", "resource": name, "amount": "96256.5"})
            run["demand"]["scarcity"].append({"resource": name, "asked": 12.25, "capacity": "96256.5", "ratio": 0.0001})
            for owner in run["pool"]["owners"]:
                owner["amount"][name] = owner["entitlement"][name] = "9625.65"
            for row in run["demand"]["rows"]:
                row["asked"][name] = 1.225
            for row in run["plan"]["members"]:
                row["share"][name] = 0.00001

    return changed(change)


def with_nobody_waiting():
    """Let every job start when it is submitted."""

    def change(run):
        run["timeline"]["queued"] = [[0.0] * len(row) for row in run["timeline"]["queued"]]
        for job in run["timeline"]["busiest"]["jobs"]:
            job["start_s"] = job["submit_s"]

    return changed(change)


def of_an_earlier_version():
    """Take away what run.json did not hold at first: the queue, the busiest time, and how completion times are spread."""

    def change(run):
        del run["completion"], run["timeline"]["queued"], run["timeline"]["busiest"]

    return changed(change)


def with_nothing_gained():
    """Let the pool be exactly as good as home for cluster04, and let the whole pool be needed for it."""

    def change(run):
        run["waiting"][3]["rho"] = {"strict_fifo": 1.0, "skip_fifo": 1.0}
        for row in run["sizing"]["fewest"]:
            row.update(percent=100, gpus=1504, worst_rho=1.0)
        for row in run["sizing"]["rows"]:
            row.update(worst_rho=1.0 if row["percent"] == 100 else 1 + row["worst_rho"], worst_rho_range=None)

    return changed(change)


ALL = {
    "as it was": sample,
    "losers": with_losers,
    "broken promise": with_broken_promise,
    "claims only": with_claims_only,
    "nobody alone": with_nobody_alone,
    "overload": with_overload,
    "no sizing": without_sizing,
    "no safe size": with_no_safe_size,
    "whole pool only": with_whole_pool_only,
    "nothing gained": with_nothing_gained,
    "nobody waiting": with_nobody_waiting,
    "earlier version": of_an_earlier_version,
    "impossible jobs": with_impossible_jobs,
    "many members": with_many_members,
    "payments": with_payments,
    "hostile names": with_hostile_names,
    "several resources": with_several_resources,
}

OWNED = {("f", "bio"): (8000,), ("f", "phy"): (16_000,), ("f", "new"): (4000,)}
CLAIMS = tuple(
    Claim(name, name, tasks * MICRO, (1000,), (1.0,)) for name, tasks in (("bio", 20), ("phy", 12), ("new", 8))
)
LABORATORIES = Case({"bio": 1.0, "phy": 1.0, "new": 1.0}, {}, CLAIMS, OWNED, rule="contribution").pool()


def holding(**capability):
    """Three laboratories under their plan: who holds what, by a curve that they agreed on or by none."""
    pool = LABORATORIES.with_charter(replace(LABORATORIES.charter, capability=capability))
    situation = loop.assess(pool)
    plan = loop.decide(situation, loop.charter_rule(pool.charter))
    return held.held(History(pool, (situation,), (plan,)), situation)


def with_capability(**capability):
    """Tell who holds capability, as numbers that have been written and read."""
    return sample() | {"held": json.loads(json.dumps(holding(**capability)))}


CHAPTERS = {
    "no curve agreed": with_capability,
    "a curve agreed, scaled by member": lambda: with_capability(curve="log", scales="phy=2"),
    "a loss": lambda: with_capability(curve="power_floor"),
}


def with_advice(make, **other):
    """Let the sample carry advice on a planted pool, some of it changed."""
    with tempfile.TemporaryDirectory() as where:
        said = json.loads(json.dumps(told(advise(make(Path(where) / "pool")))))
    return sample() | {"advice": said | other}


def with_other_advice(**other):
    """Change the advice on a quiet pool."""
    run = with_advice(planted.quiet)
    said = run["advice"]
    said["best"] = next(row for row in said["tried"] if row["key"] == "passing") | {"worse_than_alone": ["a"]}
    return run | {"advice": said | other}


FRAGILE = {
    "tried": [["load", "0.95"], ["load", "1.05"]],
    "other": [["load", "1.05", "fair_share"]],
    "further": [[0.8, "first_come"]],
}
PRICED = [{"flavor": "a100", "value": 1.0, "by_price": None}, {"flavor": "v100", "value": 0.4, "by_price": None}]
FOR_MONEY = [row | {"by_price": row["value"] / 2} for row in PRICED]
TRIAL = {"change": -0.01, "low": -0.05, "high": 0.04, "verdict": "not shown", "blocks": 3, "block_s": 86_400}
ADVISED = {
    "change, sooner": lambda: with_advice(planted.by_turns, gains=["a"]),
    "change, safer": lambda: with_advice(planted.flooded, assumptions=3),
    "change, services": lambda: with_advice(planted.busy_service),
    "change, claims": lambda: with_advice(planted.unequal_claims),
    "change, fragile": lambda: with_advice(planted.by_turns, sturdy=FRAGILE, fewest=None, priced=PRICED),
    "keep, best": lambda: with_advice(planted.quiet, priced=FOR_MONEY),
    "keep, best, apart": lambda: with_advice(planted.full_queues),
    "keep, memory": lambda: with_advice(planted.short_of_memory),
    "change, rate": lambda: with_advice(planted.unequal_claims, reason="rate", gains=[], loses=[]),
    **{
        f"keep, {reason}{', apart' if apart else ''}": partial(
            with_other_advice, reason=reason, apart_today=apart, trial=TRIAL
        )
        for reason in ("harm", "small", "chance", "short")
        for apart in (False, True)
    },
}
