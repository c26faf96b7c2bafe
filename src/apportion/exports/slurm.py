"""One shell script for Slurm's accounting: a limit and a fair share for each member's account, and its own undo.

For each member an account with ``GrpTRES`` (what the plan grants it, in whole GPUs, cores and MiB) and ``Fairshare`` (its
weight). The script first saves what was there, so that ``undo`` brings back exactly that. Limits act only where slurm.conf
has ``AccountingStorageEnforce=limits``, and GPUs are counted only with ``AccountingStorageTRES=gres/gpu``: the script
checks neither and says both. Source: the manual pages sacctmgr(1) and *Resource Limits* of Slurm 25.11.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from apportion.domain.arrays import Ints
from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.domain.written import Written
from apportion.errors import BadInput, Fault, nearest
from apportion.exports._grants import ONE, beside, counter, granted, loss
from apportion.exports._names import one_line, plain_names

ACCOUNT = r"(?!root$)[a-z0-9_][a-z0-9_.-]{0,62}"  # root is the account of the whole cluster
COUNTED = {  # resource → name of the TRES, steps a unit, what is counted
    "gpu_milli": ("gres/gpu", 1, "whole GPUs"),
    "cpu_milli": ("cpu", 1, "whole cores"),
    "memory_milli_gib": ("mem", 1024, "whole MiB"),
}
LARGEST_SHARE = 2**31 - 2


def write(situation: Situation, plan: Plan, cluster: str = "", types: str = "") -> Written:
    """Write the script: `sh slurm.sh` applies, `sh slurm.sh undo` takes back.

    Parameters
    ----------
    cluster : the Slurm cluster, where the database knows several
    types : ``flavor=type,…``, the GRES type of a flavor's GPUs, so that each is limited by itself (``gres/gpu:a100``)

    Raises
    ------
    BadInput
        if `types` names a flavor that does not exist, or two members would have one account.
    """
    of_flavor = _types(types, situation.flavors)
    accounts = plain_names(situation.members.id, ACCOUNT)
    limits, losses = _limits(situation, granted(situation, plan), of_flavor)
    losses += (*_untold(situation, of_flavor), *beside(situation, plan))
    rows = [
        _Account(accounts[name], name, _share(situation, m), ",".join(f"{tres}={n}" for tres, n in limits[m].items()))
        for m, name in enumerate(situation.members.id)
    ]
    return Written("slurm.sh", _script(plan, rows, cluster, losses), losses)


@dataclass(frozen=True)
class _Account:
    name: str
    member: str
    share: int
    limits: str


def _types(given: str, flavors: tuple[str, ...]) -> dict[int, str]:
    result = {}
    for part in filter(None, given.split(",")):
        flavor, equals, kind = part.partition("=")
        if flavor not in flavors or not equals or not kind.replace("_", "").replace("-", "").isalnum():
            raise BadInput(
                f'"{part}" is not flavor=type', "--set types", f"write flavor=type; {nearest(flavor, list(flavors))}"
            )
        result[flavors.index(flavor)] = kind
    return result


def _share(situation: Situation, m: int) -> int:
    weight, largest = int(situation.standing.weight[m]), int(situation.standing.weight.max(initial=1))
    return weight if largest <= LARGEST_SHARE else weight * LARGEST_SHARE // largest


def _limits(situation: Situation, held: Ints, types: dict[int, str]) -> tuple[list[dict[str, int]], tuple[Fault, ...]]:
    """Give each member's limit by TRES, and what rounding down loses of each resource."""
    limits: list[dict[str, int]] = [{} for _ in situation.members.id]
    losses: tuple[Fault, ...] = ()
    for r, resource in enumerate(situation.resources):
        if resource not in COUNTED:
            continue
        tres, steps, target = COUNTED[resource]
        count = counter(situation, r, steps)
        total = [int(amount) for amount in held[:, :, r].sum(axis=1)]
        for m, amount in enumerate(total):
            limits[m][tres] = count.count(m, amount)
        kept = sum(limit[tres] for limit in limits)
        losses += loss(resource, target, (sum(total) - kept * ONE // steps, sum(total)))
        if resource == "gpu_milli":
            for f, kind in types.items():
                for m in range(len(limits)):
                    limits[m][f"gres/gpu:{kind}"] = count.count(m, int(held[m, f, r]))
    return limits, losses


def _untold(situation: Situation, types: dict[int, str]) -> Iterator[Fault]:
    left_out = [name for name in situation.resources if name not in COUNTED]
    if left_out:
        yield Fault(
            f"Slurm is given no limit for {', '.join(left_out)}", mend="limit it by other means, if it is scarce"
        )
    flat = [name for f, name in enumerate(situation.flavors) if f not in types]
    if flat and len(situation.flavors) > 1:
        yield Fault(
            f"which flavor a member's GPUs are of is not said for {', '.join(map(one_line, flat))}: gres/gpu counts all",
            mend="name their GRES types: --set types=flavor=type,… (then track them in AccountingStorageTRES)",
        )


def described(member: str) -> str:
    """Keep of an id what sacctmgr, which reads quotes and equal signs in values, takes as it is."""
    return "".join(sign if sign.isalnum() or sign in " ._-" else "_" for sign in member)


def _script(plan: Plan, rows: list[_Account], cluster: str, losses: tuple[Fault, ...]) -> str:
    on = f" cluster={shlex.quote(cluster)}" if cluster else ""
    tres = [part.split("=")[0] for part in rows[0].limits.split(",") if part] if rows else []
    cleared = ",".join(f"{name}=-1" for name in tres)
    apply = "\n".join(
        f"  give {shlex.quote(row.name)} {shlex.quote(described(row.member))} {row.share} {shlex.quote(row.limits)}"
        for row in rows
    )
    notes = "\n".join(f"#   - {one_line(fault.what)}" for fault in losses) or "#   nothing"
    return _TEMPLATE.format(
        policy=one_line(plan.policy),
        situation=plan.situation,
        notes=notes,
        on=on,
        apply=apply,
        undo="\n".join(f"  take_back {shlex.quote(row.name)} {shlex.quote(cleared)}" for row in rows),
        names=shlex.quote(",".join(row.name for row in rows)),
    )


_TEMPLATE = """\
#!/bin/sh
# A plan by "{policy}" for Slurm's accounting.
#   sh slurm.sh          save what there is to $BEFORE, then create accounts and set their limits
#   sh slurm.sh undo     bring back what was saved; accounts that this script made are deleted
# Answers situation {situation}
#
# slurm.conf needs AccountingStorageEnforce=limits and AccountingStorageTRES=gres/gpu; users join an account by:
#   sacctmgr add user NAME account=ACCOUNT
# What this script cannot say:
{notes}
set -eu
BEFORE="${{BEFORE:-./slurm.before}}"
COLUMNS_KEPT=Account,User,Share,GrpTRES

saved() {{ sacctmgr -nP show association where account="$1" user={on} format="$COLUMNS_KEPT" | awk -F'|' '$2 == ""'; }}

give() {{ # account member fairshare limits
  if [ -z "$(saved "$1")" ]; then
    sacctmgr -i add account name="$1" description="$2" organization=apportion{on}
  fi
  sacctmgr -i modify account where name="$1"{on} set fairshare="$3" GrpTRES="$4"
}}

take_back() {{ # account limits-cleared
  old="$(awk -F'|' -v account="$1" '$1 == account' "$BEFORE" | head -n 1)"
  if [ -z "$old" ]; then
    sacctmgr -i delete account where name="$1"{on}
    return
  fi
  share="$(printf '%s' "$old" | cut -d'|' -f3)"
  limits="$(printf '%s' "$old" | cut -d'|' -f4)"
  sacctmgr -i modify account where name="$1"{on} set fairshare="${{share:-1}}" GrpTRES="$2"
  if [ -n "$limits" ]; then sacctmgr -i modify account where name="$1"{on} set GrpTRES="$limits"; fi
}}

case "${{1:-apply}}" in
apply)
  if [ -e "$BEFORE" ]; then
    echo "slurm.sh: $BEFORE exists: undo first, or set BEFORE to another file" >&2
    exit 1
  fi
  saved {names} >"$BEFORE"
{apply}
  ;;
undo)
{undo}
  rm "$BEFORE"
  ;;
*)
  echo "usage: sh slurm.sh [apply|undo]" >&2
  exit 2
  ;;
esac
"""
