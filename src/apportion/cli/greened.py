"""What does a sweep over slack show? What waiting for greener hours saved, and what that cost in time and in money."""

from collections.abc import Sequence
from typing import Any

from apportion import sweeps
from apportion.cli.replayed import KILO, KIND

Found = Sequence[tuple[Any, dict[str, Any]]]


def rows(found: Found, waiting_price: float | None) -> list[dict[str, Any]]:
    """Show what the slack of each case saved and cost beside the same case without slack.

    Of both kinds of intensity it tells the one that decides about the hours: life-cycle where the table has it.
    """
    kind = _kind(found)
    priced = sweeps.slack_priced(found, waiting_price)
    several = [name for name in ("variant", *sweeps.VARIED) if len({getattr(case, name) for case, _ in found}) > 1]
    shown = []
    for (case, told), one in zip(found, priced, strict=True):
        head = {"discipline" if name == "variant" else name: getattr(case, name) for name in several}
        row = head | {"greener": case.greener} | _figures(told, one, kind)
        shown.append(row if waiting_price is None else row | {"waiting worth": one["waiting_worth"]})
    return shown


def _figures(told: dict[str, Any], priced: dict[str, float | None], kind: str) -> dict[str, Any]:
    grams, saved = told["carbon_g"][kind], priced[f"saved_g.{kind}"]
    row = {
        f"CO2e kg {KIND[kind]}": None if grams is None else grams / KILO,
        "saved kg": None if saved is None else saved / KILO,
        "saved %": 100 * saved / (grams + saved) if saved is not None and grams is not None and grams + saved else None,
        "mean JCT s": told["mean_jct_s"],
        "later s": priced["later_s"],
    }
    return row if told["cost"] is None else row | {"nodes cost": told["cost"], "more": priced["cost_more"]}


def sentence(found: Found, waiting_price: float | None) -> str:
    """Say what the columns are compared with, and what is missing for them."""
    if all(case.greener for case, _ in found):
        return "Add --greener 0 to see what is saved, and what that costs."
    said = ["Saved, later and more: beside the same without slack."]
    if any(told["cost"] is not None for _, told in found):
        said.append("Nodes cost: all of them, from the first submission to the last end.")
    if waiting_price is not None:
        said.append(f"Waiting worth: the hours by which all jobs together end later, at {waiting_price:g} an hour.")
    return " ".join(said)


def _kind(found: Found) -> str:
    known = [kind for kind in ("lifecycle", "direct") if any(told["carbon_g"][kind] is not None for _, told in found)]
    return known[0] if known else "direct"
