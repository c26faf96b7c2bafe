"""What does a plan look like in another program's words?"""

from dataclasses import dataclass

from apportion.errors import Fault


@dataclass(frozen=True)
class Written:
    """One file, and what of the plan it cannot say.

    Parameters
    ----------
    name : of the file, such as ``kueue.yaml``
    text : its content
    losses : what is left out or rounded down, each with how much and what could be done; also in comments of the file
    """

    name: str
    text: str
    losses: tuple[Fault, ...] = ()
