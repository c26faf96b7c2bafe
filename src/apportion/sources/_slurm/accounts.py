"""Who is above whom, and with which part? Accounts in what ``sacctmgr show assoc`` printed."""

from dataclasses import dataclass, field
from fractions import Fraction

import polars as pl

from apportion.sources._findings import Findings
from apportion.sources._owners import ROOT
from apportion.sources._slurm.printed import ACCOUNTS, COMMANDS, Printed
from apportion.sources._slurm.rows import LINE, read_rows

WANTED = {
    "cluster": ("cluster",),
    "account": ("account",),
    "user": ("user",),
    "parent": ("parentname", "parent name"),
    "share": ("share", "rawshares", "fairshare"),
}


@dataclass
class Account:
    """One account: who is above it, its fair share among its siblings, and those of its users."""

    parent: str = ""
    share: int = 1
    users: list[int] = field(default_factory=list)


def read_accounts(printed: Printed, findings: Findings) -> dict[str, dict[str, Account]]:
    """Read accounts by cluster and name, in the order in which they stand.

    Who is above whom is in the column ``ParentName``, or in the blanks before names that ``sacctmgr show assoc tree``
    prints. ``Share=parent`` counts as one share.
    """
    rows, broken = read_rows(printed, WANTED, findings)
    named = "parent" in rows.columns
    blanks = [] if named else _blanks(printed)
    found: dict[str, dict[str, Account]] = {}
    above: list[str] = []
    odd = []
    for row in rows.iter_rows(named=True):
        said = row.get("share") or "parent"
        share = "1" if said == "parent" else str(said)
        name = (row["account"] or "").strip()
        if not name or not share.isdigit():
            odd.append(row[LINE])
            continue
        of_cluster = found.setdefault(row.get("cluster") or "", {})
        account = of_cluster.setdefault(name, Account())
        if row.get("user"):
            account.users.append(int(share))
            continue
        account.share = int(share)
        depth = blanks[row[LINE] - printed.line] if blanks else 0
        above = [*above[:depth], name]
        account.parent = (row["parent"] or "") if named else (above[-2] if len(above) > 1 else _beside(name))
    broken.tell(pl.Series(odd, dtype=pl.Int64), "they name no account, or a Share that is no number", "print it again")
    if "share" not in rows.columns:
        findings.notice(
            "fair shares are not said: each counts one", printed.name, f"print it with: {COMMANDS[ACCOUNTS]}"
        )
    if not named and not any(blanks):
        what = "who is above whom is not said: all accounts stand side by side"
        findings.notice(what, printed.name, f"print it with ParentName: {COMMANDS[ACCOUNTS]}")
    return found


def _beside(name: str) -> str:
    return "" if name == ROOT else ROOT


def _blanks(printed: Printed) -> list[int]:
    """Count the blanks before each account."""
    at = printed.header.index("account")
    cells = [line.split("|") for line in printed.below().decode("utf-8", "replace").split("\n")]
    names = [line[at] if len(line) > at else "" for line in cells]
    return [len(name) - len(name.lstrip(" ")) for name in names]


def weights(accounts: dict[str, Account]) -> dict[str, Fraction]:
    """Give each account its part of the cluster: what comes down the tree to its own users.

    At each account the part that reaches it is divided by fair share among its own users and the accounts below it, as
    Slurm's normalized shares are. An account with neither keeps what reaches it; one with accounts below and no users
    has none itself.
    """
    below: dict[str, list[str]] = {}
    for name, account in accounts.items():
        below.setdefault(account.parent if account.parent in accounts and account.parent != name else "", []).append(
            name
        )
    found: dict[str, Fraction] = {}
    tops = [name for name in below.get("", []) if name == ROOT] or below.get("", [])
    shares = sum(accounts[name].share for name in tops)
    todo = [(name, Fraction(accounts[name].share, shares)) for name in tops if shares]
    while todo:
        name, part = todo.pop()
        own = sum(accounts[name].users) if name != ROOT else 0
        total = own + sum(accounts[one].share for one in below.get(name, []))
        found[name] = part * Fraction(own, total) if total else part
        todo += [(one, part * Fraction(accounts[one].share, total)) for one in below.get(name, []) if total]
    return found
