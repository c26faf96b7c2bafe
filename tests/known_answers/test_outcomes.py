"""Do outcomes by group come out as another library printed them?

Fairlearn 0.15.0, `MetricFrame(metrics=mean_prediction, …)` with the columns below as `y_pred` and sensitive features:
by_group, difference(), ratio(), group_min(), group_max(), overall, and both with method="to_overall".
"""

import numpy as np
import pytest

from apportion.concentration.outcomes import bootstrap, crossed, fared
from apportion.domain.arrays import text

OUTCOME = np.array([3, 5, 8, 2, 9, 4, 7, 1, 6, 10, 12, 11], dtype=np.float64)
LETTER = text(list("aabbccabcabc"))
OTHER = text(["x", "y"] * 6)


def test_one_grouping():
    found = fared(OUTCOME, LETTER)
    assert found.group.tolist() == ["a", "b", "c"]
    assert found.mean.tolist() == [6.25, 5.75, 7.5]
    assert found.count.tolist() == [4, 4, 4]
    assert (found.difference, found.group_min, found.group_max, found.overall) == (1.75, 5.75, 7.5, 6.5)
    assert found.ratio == pytest.approx(0.766667, abs=5e-7)
    assert found.difference_to_overall == 1.0
    assert found.ratio_to_overall == pytest.approx(0.866667, abs=5e-7)


def test_two_groupings_crossed():
    found = fared(OUTCOME, crossed([LETTER, OTHER]))
    assert found.mean.tolist() == [5.0, 7.5, 10.0, 1.5, 7.5, 7.5]
    assert (found.difference, found.ratio, found.group_min, found.group_max) == (8.5, 0.15, 1.5, 10.0)
    assert (found.worst(low_is_better=False), found.worst(low_is_better=True)) == ("b × y", "b × x")


def test_the_standard_error_of_a_mean_of_many():
    """Of 400 rows with standard deviation 1 the mean is known to ±1.96/20, whatever the group."""
    x = np.tile([-1.0, 1.0], 400)
    found = bootstrap(x + 10, text(["a"] * 400 + ["b"] * 400), 4000, 1)
    assert found.mean == pytest.approx(np.array([[10 - 0.098, 10 + 0.098]] * 2), abs=0.006)
