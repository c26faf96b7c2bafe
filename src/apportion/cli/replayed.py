"""How is a replay told at a terminal, and how a sweep of them?"""

from collections.abc import Sequence
from typing import Any

from apportion.assessment import label
from apportion.domain.charter import Charter
from apportion.sweeps import VARIED

KILO = 1000
JOULES_A_KWH = 3_600_000
KIND = {"direct": "direct", "lifecycle": "life-cycle"}
Told = dict[str, Any]
Row = dict[str, Any]


def title(charter: Charter, told: Told, policy: str) -> str:
    """Say what was replayed, and how."""
    follows = f" following {policy}" if told["discipline"] == "entitled" else ""
    limit = charter.queue.member_limit
    within = "" if limit is None else f", no member above {100 * limit:g} %"
    apart = "" if charter.queue.pooled else ", every member by itself"
    return f"{charter.name}: {told['discipline']}{follows}, placement {told['placement']}{within}{apart}"


def members(told: Told) -> list[Row]:
    """Show each member."""
    return [
        {
            "member": row["member"],
            "jobs": row["jobs"],
            "mean JCT s": row["mean_jct_s"],
            "mean wait s": row["mean_wait_s"],
            "ρ": row["rho"],
            "jobs later than alone %": _percent(row["unfair_fraction"]),
            **{f"ρ against {home}": value for home, value in row["rho_against"].items()},
            "only in the pool": row["only_in_pool"],
        }
        for row in told["members"]
    ]


def groups(told: Told, together: str) -> list[Row]:
    """Show members together that have something in common."""
    home = told["alone"][0]
    return [
        {
            together: row["name"] or "(none)",
            "members": row["members"],
            "jobs": row["jobs"],
            "mean JCT s": row["mean_jct_s"],
            "mean wait s": row["mean_wait_s"],
            "ρ": row[f"rho.{home}"],
            "jobs later than alone %": _percent(row[f"unfair_fraction.{home}"]),
            "used %": _percent(row["used_share"]),
            "entitled %": _percent(row["entitled_share"]),
        }
        for row in told["groups"]
        if row["by"] == together
    ]


def sentence(told: Told, with_carbon: bool) -> str:
    """Say what the jobs, the services and the machines came to."""
    return " ".join(filter(None, [_ran(told), _met(told), _answered(told), _drew(told), _emitted(told, with_carbon)]))


def _ran(told: Told) -> str:
    if not told["finished"]:
        return f"{told['jobs']:,} jobs, none of which ended."
    left = told["jobs"] - told["finished"]
    never = f" {left:,} never started: larger than the pool." if left else ""
    if told["node_down_h"] is not None:
        never = f" {left:,} never ended: larger than the pool, or than what stayed up of it." if left else ""
        never += f" Nodes were down for {told['node_down_h']:,.1f} hours in all."
    return (
        f"{told['finished']:,} jobs finished, mean JCT {told['mean_jct_s']:,.0f} s, mean wait {told['mean_wait_s']:,.0f} s, "
        f"utilisation {100 * told['utilisation']:.1f} %, Jain index of 1/ρ {_number(told['jain_rho'])}."
        f"{never}"
    )


def _met(told: Told) -> str:
    met = told["deadlines_met"]
    return "" if met is None else f"{100 * met:.1f} % of deadlines met."


def _answered(told: Told) -> str:
    """Say how the services fare beside which the jobs ran."""
    hours, part = told["service_overload_h"], told["slo_attainment"]
    if not told["services"] or part is None:
        return ""
    late = f"Services: {100 * part:.1f} % of requests answered in time"
    return late + (f", hours in overload: {hours:,.0f}." if hours else ".")


def _drew(told: Told) -> str:
    """Say what all machines drew and cost from the first submission to the last end, where nodes say it."""
    joules, cost = told["energy_j"], told["cost"]
    drew = "" if joules is None else f"Energy {joules / JOULES_A_KWH:,.1f} kWh, estimated."
    return " ".join(filter(None, [drew, "" if cost is None else f"All nodes cost {cost:,.2f} over that time."]))


def _emitted(told: Told, with_carbon: bool) -> str:
    """Say how much CO2e the machines stood for."""
    if not with_carbon:
        return ""
    known = [f"{g / KILO:,.1f} kg {KIND[kind]}" for kind, g in told["carbon_g"].items() if g is not None]
    return f"CO2e {', '.join(known)}." if known else "CO2e is not known: give nodes idle_watts and max_watts."


def services(told: Told) -> list[Row]:
    """Show each service."""
    return [
        {
            "service": row["service"],
            "member": row["member"],
            "p99 wanted s": row["p99_s"],
            "worst p99 s": row["worst_p99_s"],
            "in time %": _percent(row["slo_attainment"]),
            "overload h": row["overload_h"],
            "replicas": f"{row['replicas_least']} to {row['replicas_most']}",
            "answered from": ", ".join(
                f"{region or 'the pool'} {100 * part:.0f} %" for region, part in row["regions"].items() if part
            ),
        }
        for row in told["services"]
    ]


def of_services(told: Told) -> str:
    """Say over which time services are told."""
    return (
        "Services, over one cycle of hours" if told["node_down_h"] is None else "Services, over the time of the replay"
    )


def lent(told: Told) -> str:
    """Say how much of what services hold at their most they leave to jobs."""
    amounts = {name: sum(row["lent_h"][name] for row in told["services"]) for name in told["capacity"]}
    known = [f"{hours:,.0f} {label(name)}-hours" for name, hours in amounts.items() if hours]
    return f"Lent to jobs of what they hold at their most: {', '.join(known)}." if known else "Nothing is lent to jobs."


def of_one(cases: Sequence[Any], policy: str) -> str:
    """Name the discipline of a sweep that has one only, and the policy that it follows."""
    names = {case.variant for case in cases}
    follows = f" following {policy}" if all(case.discipline == "entitled" for case in cases) else ""
    return f" by {names.pop()}{follows}" if len(names) == 1 else ""


def case_rows(found: Sequence[tuple[Any, Told]]) -> list[Row]:
    """Show each case of a sweep: what was varied, and of the figures those that are known of any case."""
    rows = [_figures(case, told) for case, told in found]
    same = {
        "discipline": len({case.variant for case, _ in found}) == 1,
        "finished": all(told["finished"] == told["jobs"] for _, told in found),
        **{name: len({getattr(case, name) for case, _ in found}) == 1 for name in VARIED},
    }
    shown = [name for name in rows[0] if not same.get(name) and any(row.get(name) is not None for row in rows)]
    return [{name: row.get(name) for name in shown} for row in rows]


def _figures(case: Any, told: Told) -> Row:
    grams = {f"CO2e kg {KIND[kind]}": None if g is None else g / KILO for kind, g in told["carbon_g"].items()}
    return {
        "discipline": case.variant,
        **{name: getattr(case, name) for name in VARIED},
        "finished": told["finished"],
        "mean JCT s": told["mean_jct_s"],
        "mean wait s": told["mean_wait_s"],
        "deadlines met %": _percent(told["deadlines_met"]),
        "answered in time %": _percent(told["slo_attainment"]),
        **grams,
        "energy kWh": None if told["energy_j"] is None else told["energy_j"] / JOULES_A_KWH,
        "cost": told["cost"],
        "unusable %": _percent(told["fragmentation"]),
        "p99 JCT s": told["p99_jct_s"],
        "utilisation %": _percent(told["utilisation"]),
        "worst ρ": told["worst_rho"],
        "later than alone %": _percent(told["unfair_fraction"]),
        "stops": told["preemptions"],
    }


def _percent(part: float | None) -> float | None:
    return None if part is None else 100 * part


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
