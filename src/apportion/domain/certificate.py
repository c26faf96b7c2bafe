"""What does a plan claim to have made as large as possible, and how does a stranger see that it did?

A certificate names the program, and with the plan's prices it bounds what any plan could reach. All that it states follows
by exact arithmetic from the situation, the grants and the prices, so nobody has to believe it.

    linear      max Σ_i w_i Σ_f v[i,f] · x[i,f]
    nash        max Σ_i w_i log z_i
    alpha_fair  max Σ_i w_i z_i^(1−α) / (1−α)
    leximin     the smallest z_i / n_i as large as possible, then the next, …

with z_i = Σ_f v[i,f] · x[i,f], x in tasks, and v by `gain`: ``speed``; ``runs``, 1 where the claim may run; ``dominant``, the
dominant share of a task where it may run. Claims whose weight (or n_i) is 0 stand outside the program.
"""

from dataclasses import dataclass

from apportion.domain.arrays import Ints

PROGRAMS = ("linear", "nash", "alpha_fair", "leximin")
GAINS = ("speed", "runs", "dominant")
WEIGHINGS = ("standing", "member", "priority", "value", "budget", "stated")


@dataclass(frozen=True, eq=False)
class Certificate:
    """The claim of one plan to be optimal.

    Attributes
    ----------
    program, gain : as in the module
    weighing : where the weight of claim i, of member m, comes from. ``standing``: W_m · d_i / Σ_{k∈m} d_k with
        d_i = tasks_i · dominant share of a task; ``member``: W_m; ``priority``, ``value``: the claim's column;
        ``budget``: as standing, with the member's budget in place of W_m; ``stated``: the integers in `stated`
        (leximin's n_i), in parts of which `per` are one; 0 stands for a million
    alpha : decimal text, for alpha_fair
    stated : (M,) integers, where the situation alone does not give them
    budget : (N,) integers, for ``budget``
    level_of : (M,) for leximin, the level whose prices hold claim i; −1 where its own cap does
    ceiling : most of its dominant resource that a member may hold for a guardrail's sake, in parts per billion of the
        pool; 0 is none. Claims' caps are lowered to it, all of one member in the same proportion
    objective, bound, gap : decimal texts, the objective rounded down, the others up; see docs/explanation/certificates.md
    """

    program: str
    gain: str = "speed"
    weighing: str = "standing"
    alpha: str = ""
    stated: Ints | None = None
    budget: Ints | None = None
    level_of: Ints | None = None
    ceiling: int = 0
    per: int = 0
    objective: str = ""
    bound: str = ""
    gap: str = ""
