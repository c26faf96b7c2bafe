"""On how few machines is nobody worse off, by each discipline? Any pool, every discipline, one seed.

    python benchmarks/fewest.py [POOL] [--percents 100,95,90,88,85,82,80,78,76,73,70] [--at 78] [--without entitled]

Alone, every member keeps its whole entitlement. The fewest is the smallest size of the grid down to which the worst member's
ρ is at most 1 at all larger ones. Beside it the part of single jobs later than alone there, and the same at one size whatever
ρ is. All are compared with members who alone would queue by strict FIFO (--home), and with --own by the same discipline.
"""

import argparse
from itertools import takewhile

import apportion as ap
from apportion import registry
from apportion.loop import charter_rule
from apportion.sizing import PERCENTS, Sweep, Variant

EVERY = (
    Variant("strict_fifo"),
    Variant("skip_fifo"),
    Variant("skip_fifo", "reservation", (("reservation", True),)),
    Variant("priority", "preemptive", (("preemptive", True),)),
    Variant("sjf"),
    Variant("srtf"),
    Variant("srtf", "by work", (("by", "work"),)),
    Variant("las"),
    Variant("round_robin", "quantum 1 h", (("quantum_s", 3600),)),
    Variant("themis"),
    Variant("fair_share"),
    Variant("entitled"),
    Variant("virtual_finish"),
    Variant("virtual_finish", "member_mean", (("estimate", "member_mean"),)),
    Variant("virtual_finish", "preemptive", (("preemptive", True),)),
    Variant("never_later"),
    Variant("never_later", "attained", (("order", "attained"),)),
    Variant("never_later", "attained, 10 h", (("order", "attained"), ("quantum_s", 36_000))),
    Variant("never_later", "learned", (("order", "learned"),)),
)


def main() -> None:
    flags = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flags.add_argument("pool", nargs="?", default="examples/itp")
    flags.add_argument("--percents", default=",".join(map(str, PERCENTS)))
    flags.add_argument("--at", type=int, default=78, help="also tell what holds at this size")
    flags.add_argument("--home", default="strict_fifo", help="what members would do alone")
    flags.add_argument("--own", action="store_true", help="also compare with the same discipline alone")
    flags.add_argument("--without", action="append", default=[], help="leave a discipline out")
    chosen = flags.parse_args()
    pool = ap.read(chosen.pool)
    sweep = Sweep(pool, charter_rule(pool.charter))
    percents = sorted({*map(int, chosen.percents.split(",")), chosen.at}, reverse=True)
    print(f"{pool.charter.name}: {len(sweep.jobs):,} jobs, mean demand {100 * sweep.jobs.load[sweep.resource]:.1f} %\n")
    at = f"at {chosen.at} %: worst ρ · later · mean JCT s"
    print(f"| discipline | alone | fewest, % | worst ρ | later | mean JCT s | {at} |")
    print("|---|---|--:|--:|--:|--:|--:|")
    for variant in EVERY:
        if variant.discipline in chosen.without:
            continue
        homes = list(
            dict.fromkeys((chosen.home, *(registry.discipline(variant.discipline).ALONE if chosen.own else ())))
        )
        rows = [row for percent in percents for row in sweep.rows(variant, percent, 1, homes)]
        for home in homes:
            print(_line(variant, home, [row for row in rows if row["alone"] == home], chosen.at), flush=True)


def _line(variant: Variant, home: str, rows: list[dict], at: int) -> str:
    name = " ".join(filter(None, (variant.discipline, variant.name)))
    serving = list(takewhile(_serves, rows))
    there = _said(next(row for row in rows if row["percent"] == at), " · ")
    fewest = f"{serving[-1]['percent']} | {_said(serving[-1], ' | ')}" if serving else "none | – | – | –"
    return f"| {name} | {home} | {fewest} | {there} |"


def _serves(row: dict) -> bool:
    return row["worst_rho"] is not None and row["worst_rho"] <= 1 and not row["unfinished"]


def _said(row: dict, between: str) -> str:
    rho = "–" if row["worst_rho"] is None else f"{row['worst_rho']:.2f}"
    later = "–" if row["later"] is None else f"{100 * row['later']:.1f} %"
    return between.join((rho, later, f"{row['mean_jct_s']:,.0f}"))


if __name__ == "__main__":
    main()
