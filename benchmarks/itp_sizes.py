"""Ten clusters as one pool, honestly: every discipline at 100, 90, 85, 80 and 70 % of the GPUs, over seeds of the tie order.

    python benchmarks/itp_sizes.py [--pool examples/itp] [--seeds 5] [--members]

Alone, every member keeps its whole entitlement. Each figure is the charter's seed; brackets give the least and the most over
all seeds. Takes about a minute on one core; most of it plans every window of every `entitled` replay.
"""

import argparse

import apportion as ap
from apportion.loop import charter_rule
from apportion.sizing import SHOWN, VARIANTS, Sweep


def main() -> None:
    flags = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flags.add_argument("--pool", default="examples/itp")
    flags.add_argument("--seeds", type=int, default=5)
    flags.add_argument("--members", action="store_true", help="also every member's mean JCT, alone and pooled, and ρ")
    chosen = flags.parse_args()
    pool = ap.read(chosen.pool)
    sweep = Sweep(pool, charter_rule(pool.charter))
    load = sweep.jobs.load[sweep.resource]
    print(
        f"{pool.charter.name}: {len(sweep.jobs):,} jobs, mean demand {100 * load:.1f} % of the pool over the whole span\n"
    )
    print("| order of the queue | alone | GPUs | mean JCT s | worst ρ (over seeds) | member | jobs later than alone |")
    print("|---|---|--:|--:|--:|---|--:|")
    rows = [
        row
        for variant in VARIANTS
        for percent in SHOWN
        for row in sweep.rows(variant, percent, 1 if variant.seeds == 1 else chosen.seeds)
    ]
    for row in rows:
        print(_line(row))
    if chosen.members:
        _members(rows)


def _line(row: dict) -> str:
    low, high = row["worst_rho_range"]
    spread = f" ({low:.3f}–{high:.3f})" if row["seeds"] > 1 else ""
    name = " ".join(filter(None, (row["discipline"], row["variant"])))
    return (
        f"| {name} | {row['alone']} | {row['gpus']:,} ({row['percent']} %) | {row['mean_jct_s']:,.0f} "
        f"| {row['worst_rho']:.3f}{spread} | {row['worst_member']} | {100 * row['later']:.1f} % |"
    )


def _members(rows: list[dict]) -> None:
    for row in rows:
        print(f"\n{row['discipline']} {row['variant']} at {row['percent']} %, ρ against {row['alone']}:")
        for member, rho in row["rho"].items():
            alone, pooled = row["alone_mean_jct"][member], row["mean_jct"][member]
            print(f"  {member:<12} mean JCT {alone:>10,.0f} s alone, {pooled:>10,.0f} s pooled, ρ {rho:.3f}")


if __name__ == "__main__":
    main()
