"""Does a part of kernels refuse politely what it cannot do, and do kernels still contain it?"""

import numpy as np
import pytest

from apportion.simulation.compiled import compiled, part


@part
def doubled(numbers):
    return numbers[0] * 2


@compiled
def kernel(numbers):
    return doubled(numbers) + 1


def test_a_kernel_contains_its_parts():
    assert kernel(np.array([3])) == 7


def test_a_part_called_from_python_says_what_to_do_instead_of_crashing():
    with pytest.raises(TypeError, match=r"doubled is a part of kernels .*@compiled"):
        doubled(np.array([3]))
