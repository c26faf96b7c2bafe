"""Write a pool for which pooling can do little: all members submit the same jobs in the same second, once a day.

    python benchmarks/all_at_once.py POOL && python benchmarks/fewest.py POOL --percents 100,95,90,80 --at 80

Eight members with 8 GPUs each; every day 20 gangs of 1 to 4 GPUs, lognormal durations, the same for all. Nobody is idle while
others are busy, so there is nothing to lend.
"""

import sys
from pathlib import Path

import numpy as np

MEMBERS, DAYS, GANGS = 8, 60, 20
CHARTER = 'name = "All at once"\n[policy]\nname = "max_min"\n[entitlements]\nrule = "contribution"\n'


def main(home: Path) -> None:
    home.mkdir(parents=True)
    chance = np.random.default_rng(1)
    lasts = chance.lognormal(8, 1.2, (DAYS, GANGS)).astype(int) + 1
    rows = [
        f"j{day}-{k}-{m},m{m},{day * 86_400},{lasts[day, k]},{1 + k % 4}\n"
        for day in range(DAYS)
        for k in range(GANGS)
        for m in range(MEMBERS)
    ]
    (home / "charter.toml").write_text(CHARTER)
    (home / "members.csv").write_text("id\n" + "".join(f"m{m}\n" for m in range(MEMBERS)))
    (home / "nodes.csv").write_text("id,owner,flavor,gpu\n" + "".join(f"n{m},m{m},gpu,8\n" for m in range(MEMBERS)))
    (home / "jobs.csv").write_text("id,member,submit_s,duration_s,gpu\n" + "".join(rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
