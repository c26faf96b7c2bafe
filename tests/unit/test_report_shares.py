"""Can the names under the columns of a picture of shares be read?"""

import itertools
import re

import pytest

from apportion.report.charts.shares import shares
from apportion.report.charts.stacked import Band
from apportion.report.charts.svg import wide


@pytest.mark.parametrize("many", [1, 2, 10, 16, 40])
@pytest.mark.parametrize("form", ["{}", "{}-12-31", "list of June {}"])
def test_names_of_moments_do_not_touch_and_the_last_is_there(many, form):
    moments = [form.format(2000 + k) for k in range(many)]
    drawn = str(shares(moments, [Band("all", "100 %", (1.0,) * many, "f0")], "t", "d", ["note"]))
    named = [
        (float(x), name) for x, name in re.findall(r'<text x="([\d.]+)"[^>]*text-anchor="middle"[^>]*>([^<]+)<', drawn)
    ]
    assert named[-1][1] == moments[-1]
    for (left, one), (right, other) in itertools.pairwise(named):
        assert right - left >= (wide(one) + wide(other)) / 2
