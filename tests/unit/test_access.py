"""Do chips and workloads mean what their names say?"""

import math

import numpy as np
import pytest

from apportion.capability.access import WORKLOADS, able, needed_s, seconds, workload
from apportion.capability.hardware import CHIPS, chip, peaks
from apportion.errors import BadInput


@pytest.mark.parametrize("one", CHIPS, ids=lambda one: one.name)
def test_every_chip_is_found_by_its_own_name(one):
    for name in (one.name, one.name.upper(), f"8x {one.name}", f"{one.name}-80g"):
        assert chip(name) == one


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("NVIDIA H100 80GB HBM3", "h100"),
        ("Tesla-V100-SXM2-32GB", "v100"),
        ("V100M16", "v100"),
        ("GeForce RTX 4090", "rtx-4090"),
        ("TPU v4", "tpu-v4"),
        ("gpu-8x", None),
        ("a1000", None),
        ("xa100", None),
        ("t40", None),
    ],
)
def test_a_chip_is_a_word_of_a_name(name, expected):
    found = chip(name)
    assert (found and found.name) == expected


def test_all_flavors_that_say_no_chip_are_told():
    with pytest.raises(BadInput) as caught:
        peaks(["one", "a100", "two"], {"three": "a100"})
    assert len(caught.value.faults) == 3
    assert peaks(["one", "a100"], {"one": "5e13"}) == (5e13, 3.12e14)


def test_time_and_rate_are_two_sides_of_one_count():
    asked = workload("1e20", "5d", 0.5)
    peak = np.array([0.0, asked.rate / 2, asked.rate, 3 * asked.rate])
    assert able(peak, asked).tolist() == [False, False, True, True]
    assert needed_s(peak, asked) == pytest.approx([math.inf, 10 * 86_400, 5 * 86_400, 5 * 86_400 / 3])
    assert np.isnan(needed_s(peak, WORKLOADS[2])).all()


def test_hours_of_a_chip_do_not_depend_on_utilisation():
    assert workload("500h@h100", "10h", 0.2).rate == pytest.approx(workload("500h@h100", "10h", 0.6).rate)


def test_a_service_has_no_end():
    assert workload("serve-100rps", "5d").within_s is None


@pytest.mark.parametrize(("said", "expected"), [("30d", 2_592_000), ("1.5h", 5400), ("90m", 5400), ("2w", 1_209_600)])
def test_times(said, expected):
    assert seconds(said) == expected
