"""What loss does an amount of compute reach if it is split best between parameters and tokens?

A model of N parameters trained on D tokens needs C = 6 N D operations and reaches the loss

    L(N, D) = E + A / N^α + B / D^β.

For a given C the best split, and the loss that it reaches, are

    N = G (C/6)^(β/(α+β)),    D = G⁻¹ (C/6)^(α/(α+β)),    G = (α A / (β B))^(1/(α+β))
    L(C) = E + (A G^(−α) + B G^β) (C/6)^(−k),             k = α β / (α + β)

so along the best splits the surface is a power with a floor: from compute and loss alone no more than E, one factor and k
can be told, and a fit of all five needs N and D.
Source: Hoffmann et al., *Training compute-optimal large language models*, arXiv 2203.15556, section 3.3;
C = 6 N D: Kaplan et al., *Scaling laws for neural language models*, arXiv 2001.08361.
"""

from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Floats

OPERATIONS = 6.0  # a parameter and token: two forwards, four backwards


class Surface(NamedTuple):
    """Parameters of L(N, D); by default those of Hoffmann et al., as printed in their section 3.3."""

    E: float = 1.69
    A: float = 406.4
    B: float = 410.7
    alpha: float = 0.34
    beta: float = 0.28

    @property
    def ratio(self) -> float:
        """G."""
        return float((self.alpha * self.A / (self.beta * self.B)) ** (1 / (self.alpha + self.beta)))

    @property
    def exponent(self) -> float:
        """k, by which the loss falls with compute."""
        return self.alpha * self.beta / (self.alpha + self.beta)

    @property
    def scale(self) -> float:
        """What stands before C^(−k)."""
        G = self.ratio
        return float((self.A * G**-self.alpha + self.B * G**self.beta) * OPERATIONS**self.exponent)

    def loss(self, N: Floats, D: Floats) -> Floats:
        """L(N, D)."""
        return np.asarray(self.E + self.A * N**-self.alpha + self.B * D**-self.beta)

    def split(self, C: Floats) -> tuple[Floats, Floats]:
        """N and D of the least loss for C operations.

        >>> N, D = Surface().split(np.array(5.76e23))  # what Gopher was trained with
        >>> round(float(N) / 1e9, 1), round(float(D) / 1e12, 2)
        (32.2, 2.98)
        """
        each = C / OPERATIONS
        share = self.beta / (self.alpha + self.beta)
        return np.asarray(self.ratio * each**share), np.asarray(each ** (1 - share) / self.ratio)
