"""What does each member owe, and for what?

At every instant a member *holds* what its jobs and services hold. Held beyond its entitlement is *borrowed*; of its
entitlement, what it does not hold is *lent* as far as others borrow it, and else *idle*. Together, at every instant and for
each class of nodes,

    Σ held + Σ idle = all there is,    Σ borrowed = Σ lent,    entitled = held − borrowed + lent + idle,

where *nobody* stands for what no member is entitled to, and for nodes that are down. Who lends is not known when several
have something to spare: each lends in proportion to what it has to spare. Everything is in whole thousandths of a resource,
and sums hold to the unit.

A member owes for what it holds, and for what lies idle in its entitlement: whoever borrows pays for what is lent.
"""

from apportion.statements.billing import statements
from apportion.statements.line import Line, Statements
from apportion.statements.months import Periods, periods

__all__ = ["Line", "Periods", "Statements", "periods", "statements"]
