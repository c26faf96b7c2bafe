"""Is a number written so that it cannot be misread?"""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.report.charts.scales import linear, log_times, logarithmic, nice_top, spread, ticks, time_ticks
from apportion.report.numbers import time_unit
from apportion.report.table import amounts, parts, ratios
from apportion.report.telling import telling

EN, ZH = telling("en").numbers, telling("zh").numbers


def plain(text):
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (0, "0 s", "0 秒"),
        (45, "45 s", "45 秒"),
        (59.99, "60.0 s", "60.0 秒"),
        (60, "1 min", "1 分"),
        (149, "2 min 29 s", "2 分 29 秒"),
        (12_000, "3 h 20 min", "3 小时 20 分"),
        (3_599.6, "1 h", "1 小时"),
        (7_170, "2 h", "2 小时"),
        (183_600, "2 d 3 h", "2 天 3 小时"),
        (5_173_337, "60 days", "60 天"),
        (None, "–", "–"),
    ],
)
def test_durations(seconds, english, chinese):
    assert plain(EN.duration(seconds)) == english
    assert plain(ZH.duration(seconds)) == chinese


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (0, "0 %"), (0.004, "under 1 %"), (0.2134, "21 %"), (0.995, "over 99 %"), (1, "100 %"), (1.8, "180 %"), (None, "–"),
    ],
)  # fmt: skip
def test_percentages_never_round_to_none_or_all(part, text):
    assert plain(EN.percent(part)) == text


@pytest.mark.parametrize(
    ("rho", "text"),
    [(0.9123, "0.91"), (1, "1.00"), (1.004, "1.004"), (0.99996, "0.99996"), (0.997, "0.997"), (None, "–")],
)
def test_a_ratio_that_is_not_one_never_reads_one(rho, text):
    assert EN.ratio(rho) == text


@settings(deadline=None)
@given(st.floats(1e-3, 1e3))
def test_a_ratio_is_on_the_side_of_one_that_it_reads(rho):
    read = float(EN.ratio(rho).replace(",", ""))
    assert (read > 1) == (rho > 1) or abs(rho - 1) < 5e-7


def test_a_column_has_as_many_digits_as_its_closest_ratio():
    assert [cell.text for cell in ratios([0.997, 2.5, None], EN)] == ["0.997", "2.500", "–"]
    assert [cell.tone for cell in ratios([0.997, 2.5, None], EN)] == ["", "bad", ""]


def test_columns_of_amounts_and_parts_share_their_digits():
    assert amounts([8.0, 1504.0, None], EN) == ["8", "1,504", "–"]
    assert amounts([0.0, 1248.27], EN) == ["0.0", "1,248.3"]
    assert parts([0.5, 0.0712], EN) == ["50.0", "7.1"]
    assert parts([0.004, None], EN) == ["0.40", "–"]


def test_signs_separators_and_moments():
    assert EN.decimal(-1234.5, 1) == "−1,234.5"
    assert EN.decimal(-0.001, 2) == "0.00"
    assert plain(EN.moment(33 * 86_400 + 7 * 3600)) == "day 34, 07:00"
    assert EN.figure(1504) == "1,504"
    assert EN.figure(1.30952) == "1.310"
    assert EN.figure(3.2e-9) == "3.200e-09"


def test_one_unit_for_a_column_of_times():
    assert time_unit([None, 0, 40, 50]) == ("second", 1)
    assert time_unit([7200, 300, 9000]) == ("hour", 3600)
    assert time_unit([]) == ("second", 1)


@settings(deadline=None)
@given(st.floats(1e-6, 1e12))
def test_axes_have_round_ends_and_few_steps(value):
    top = nice_top(value)
    assert value <= top * (1 + 1e-9) <= value * 2.6
    marks = ticks(top)
    assert 2 <= len(marks) <= 7
    assert marks[-1] <= top * (1 + 1e-9)


def test_scales_hit_their_ends():
    assert [linear(0, 10, 100, 200)(v) for v in (0, 5, 10)] == [100, 150, 200]
    scale = logarithmic(1, 100, 0, 2)
    assert [scale(v) for v in (1, 10, 100, 0)] == pytest.approx([0, 1, 2, 0])


@settings(deadline=None)
@given(st.lists(st.floats(0, 300), min_size=1, max_size=8))
def test_labels_never_overlap(wanted):
    placed = sorted(spread(wanted, 17, 0, 300))
    assert all(b - a >= 17 - 1e-6 for a, b in pairwise(placed))
    assert placed[-1] <= 300 + 1e-6


@given(st.integers(60, 10**9))
@settings(deadline=None)
def test_time_axes_begin_at_zero_and_have_few_whole_steps(span_s):
    _, length, times = time_ticks(span_s)
    steps = {later - earlier for earlier, later in pairwise(times)}
    assert times[0] == 0
    assert times[-1] <= span_s
    assert len(times) <= 9
    assert len(steps) <= 1
    assert all(step % length == 0 or length % step == 0 for step in steps)


@given(st.floats(1, 1e7), st.floats(2, 1e6))
@settings(deadline=None)
def test_logarithmic_time_axes_show_something_and_not_too_much(low, factor):
    times = log_times(low, low * factor)
    assert all(low <= at <= low * factor for at in times)
    assert len(times) <= 10
    assert times or factor < 3


def test_the_figures_of_an_axis_have_their_digits_in_common():
    assert EN.alike([0, 2.5, 5, 7.5]) == ["0.0", "2.5", "5.0", "7.5"]
    assert EN.alike([0, 500, 1000]) == ["0", "500", "1,000"]
    assert EN.alike([0, 0.25, 0.5]) == ["0.00", "0.25", "0.50"]
