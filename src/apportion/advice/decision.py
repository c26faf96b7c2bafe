"""Is the best of the charters that were tried worth a change, and why?"""

from collections.abc import Sequence
from dataclasses import dataclass

from apportion.advice import choice
from apportion.advice.outcome import Outcome
from apportion.domain.arrays import Floats
from apportion.trial import Trial

WORST = 0.05  # by how much the worst member's burden over that alone has to fall to be a reason to change


@dataclass(frozen=True, eq=False, kw_only=True)
class Decision:
    """What to do, and why.

    Attributes
    ----------
    kind : ``change`` or ``keep``
    reason : why: ``sooner``, ``safer``, ``services``, ``rate``, or for keeping ``best``, ``harm``, ``small``, ``chance``,
        ``short``
    best : what does best by the rule of `choice`, also where the present charter is kept
    rival : where the reason is ``harm``, what members would gain most by, some of them being worse off than alone
    now, chosen, others : outcomes; where the charter is kept, `chosen` is `now`
    tried : all that was replayed, or divided, the present charter first
    trial : of `best` against `now`; None for claims, or where they are the same
    """

    kind: str
    reason: str
    best: Outcome
    rival: Outcome | None
    now: Outcome
    chosen: Outcome
    others: tuple[Outcome, ...]
    tried: tuple[Outcome, ...]
    trial: Trial | None

    @property
    def finalists(self) -> list[Outcome]:
        """The present charter, the best, and the others that are named."""
        return [self.now, *([] if self.best is self.now else [self.best]), *self.others]


def decided(tried: Sequence[Outcome], best: Outcome, found: Trial | None, weight: Floats) -> Decision:
    """Decide between the present charter, which was tried first, and the best; `found` compares them."""
    now = tried[0]
    rival = choice.spared(tried, weight) if best is now else None
    kind, reason = ("keep", "harm") if rival else _worth(now, best, found, weight)
    chosen = best if kind == "change" else now
    return Decision(
        kind=kind,
        reason=reason,
        best=best,
        rival=rival,
        now=now,
        chosen=chosen,
        others=tuple(choice.others(tried, chosen, weight)),
        tried=tuple(tried),
        trial=found,
    )


def _worth(now: Outcome, best: Outcome, found: Trial | None, weight: Floats) -> tuple[str, str]:
    """Say whether the best is worth a change, and why."""
    if best is now:
        return "keep", "best"
    if found is not None and not found.enough:
        return "keep", "short"
    return _changed_for(now, best, found, weight)


def _changed_for(now: Outcome, best: Outcome, found: Trial | None, weight: Floats) -> tuple[str, str]:
    if now.answered is not None and best.answered is not None and best.answered > now.answered + choice.SLO:
        return "change", "services"
    safer = choice.worst(now, weight) > choice.SAFE and choice.worst(now, weight) - choice.worst(best, weight) > WORST
    if safer and (found is None or found.gainers):
        return "change", "safer"
    if best.gain(now, weight) < choice.LEAST:
        return "keep", "small"
    if found is not None and found.whole.verdict != "sooner" and not found.gainers:
        return "keep", "chance"
    return "change", "sooner" if found else "rate"
