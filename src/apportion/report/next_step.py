"""What should be typed next? One step, with the exact command."""

from apportion.report import facts
from apportion.report.facts import Run
from apportion.report.finding import NEXT, Finding
from apportion.report.sizing_findings import Row, fewest_anywhere
from apportion.report.telling import Value


def next_step(run: Run) -> list[Finding]:
    """Choose the step by what is most wrong: a broken promise, no jobs, too much demand, nothing to compare, no sizes."""
    pool, sized = facts.pool_path(run), run["sizing"]
    if facts.broken(run):
        return [_step("next_broken", *_plan_and_prove(run, pool))]
    if not run["waiting"]:
        return [_step("next_jobs", f"apportion run {pool}")]
    if facts.overloaded(run):
        return [_step("next_overload", f"apportion assess {pool}")]
    beside_services = facts.figure(run, "slo_attainment") is not None  # (where no other sizes are tried)
    if not facts.worst_by_home(run) or (not sized and beside_services):
        return [_step("next_compare", f"apportion simulate {pool} --discipline skip_fifo")]
    if not sized:
        return [_step("next_sizing", f"apportion run {pool} --sizing --out {facts.run_path(run)}")]
    return [_at_size(sized, pool, losers=bool(facts.losers(run)))]


def _step(key: str, *commands: str) -> Finding:
    return Finding(key, NEXT, {}, commands)


def _plan_and_prove(run: Run, pool: str) -> tuple[str, ...]:
    """Plan the window that is shown again, and let the checkers at it."""
    start, end = run["demand"]["window"]
    window = f" --window {start}..{end}" if run["stream"] else ""
    proofs = " ".join(f"--proof {proof}" for proof in facts.broken(run))
    return (
        f"apportion plan {pool} --policy {run['policy']}{window} --out PLAN.json",
        f"apportion prove {pool} PLAN.json {proofs}",
    )


def _at_size(sized: Row, pool: str, *, losers: bool) -> Finding:
    """Look at the gentlest order: on the whole pool if that is needed or somebody loses now, else on the fewest machines."""
    best = fewest_anywhere(sized)
    if best is None:
        return _step("next_unsafe", f"apportion simulate {pool} --discipline skip_fifo")
    settings = "".join(f" --set {name}={value}" for name, value in best.get("parameters", {}).items())
    command = f"apportion simulate {pool} --discipline {best['discipline']}{settings}"
    values = {
        "gpus": Value("units", (best["gpus"], sized["resource"])),
        "discipline": Value("discipline", (best["discipline"], best["variant"])),
    }
    if losers:
        return Finding("next_switch", NEXT, values, (command,))
    if best["percent"] == 100:
        return Finding("next_hold", NEXT, values, (command,))
    return Finding("next_try", NEXT, values, (f"{command} --percent {best['percent']}",))
