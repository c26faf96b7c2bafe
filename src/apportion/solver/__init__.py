"""What is optimal, and what proves it?"""

from apportion.solver.solve import solve

__all__ = ["solve"]
