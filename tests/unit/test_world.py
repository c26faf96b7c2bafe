"""Are shares, bounds, access and what-if those that one works out by hand?"""

import numpy as np
import pytest

from apportion.capability.workload import rate_needed
from apportion.domain.arrays import text
from apportion.domain.holdings import Holdings
from apportion.errors import BadInput
from apportion.world.access import H100, access, workloads
from apportion.world.measured import attributed, measured
from apportion.world.reach import reach
from apportion.world.told import changed_rows, finite, rows, shown, whole, without_rows
from apportion.world.what_if import change, read_changes


def table(**more):
    """Four holders in two countries, and somebody nobody knows."""
    return Holdings(
        text(["a", "b", "c", "Other", ""]),
        np.array([4.0, 3.0, 2.0, 1.0, 10.0]),
        "EFLOP/s at 16 bit",
        is_other=np.array([False, False, False, True, False]),
        groups={"country": text(["X", "X", "Y", "Y", "Y"]), "sector": text(["Private", "Public", "", "", ""])},
        **more,
    )


def test_shares_are_of_what_is_attributed():
    found = measured(table(), "owner")
    assert list(found.holdings.holder) == ["a", "b", "c", "Other"]
    assert found.share.tolist() == [0.4, 0.3, 0.2, 0.1]
    assert found.unnamed == 0.5
    assert found.holdings.filters == ("rows without an owner are left out (1 rows, 50.0 % of the whole)",)


def test_other_is_bounded_both_ways():
    one, crowd = measured(table(), "owner").hhi
    assert one == pytest.approx(3000)
    assert crowd == pytest.approx(2900, abs=0.01)
    merged, spread_out = measured(table(), "owner", ["c"]).hhi
    assert merged == pytest.approx(1e4 * (0.16 + 0.09 + 0.09))
    assert spread_out == pytest.approx(2500, abs=0.1)


def test_by_country():
    found = measured(table(), "country")
    assert dict(zip(found.holdings.holder, found.share.tolist(), strict=True)) == {"Y": 13 / 20, "X": 7 / 20}


def test_names_and_columns_that_are_not_there():
    with pytest.raises(BadInput, match='no column "town"'):
        measured(table(), "town")
    with pytest.raises(BadInput, match='nobody is called "z"'):
        measured(table(), "owner", ["z"])


def test_bounds_of_nothing_change_nothing():
    amount = table().amount
    found = measured(table(low=amount, high=amount), "owner", draws=20)
    for doubt in (found.independent, found.together):
        assert np.allclose(doubt.share, found.share)
        assert doubt.one == pytest.approx((3000, 3000, 3000))
        assert doubt.crowd == pytest.approx((2900, 2900, 2900))


def test_what_all_share_cancels_where_all_are_as_uncertain():
    amount = table().amount
    found = measured(table(low=amount / 2, high=amount * 2), "owner", draws=200, seed=3)
    assert np.ptp(found.together.share, axis=0) == pytest.approx(0.0, abs=1e-12)
    assert np.ptp(found.independent.share, axis=0).min() > 0.05


def test_rows_beyond_the_largest_are_added_up():
    told = shown(rows(measured(table(), "owner")), 2)
    assert [row["owner"] for row in told] == ["a", "b", "2 others in the table"]
    assert told[-1]["share %"] == pytest.approx(30)


def test_a_filter_is_told_in_points():
    found = measured(table(), "owner")
    smaller = measured(table().where(table().holder != "b", "not b"), "owner")
    (row,) = without_rows(["b"], found, [smaller])
    assert (row["with it %"], row["points"]) == pytest.approx((40, 4 / 7 * 100 - 40))


def test_no_number_is_written_as_none():
    assert finite({"x": [float("nan"), 1.0, {"y": float("inf")}]}) == {"x": [None, 1.0, {"y": None}]}
    assert whole(measured(table(), "owner"))["hhi"] == pytest.approx(3000)


def test_a_workload_by_hand():
    """10²⁴ FLOP in 90 days at 40 %: 10²⁴ / (90 · 86,400 · 0.4) = 3.215 · 10¹⁷ FLOP/s, 325 H100."""
    assert rate_needed(1e24, 90) == pytest.approx(3.2150e17, rel=1e-4)
    (small, large) = access(np.array([324.0, 326.0, 40_000.0]), "H100 equivalents", workloads([], 0.4))
    assert small.needs == pytest.approx(1e24 / (90 * 86_400 * 0.4) / H100)
    assert (small.enough, large.enough, small.holders) == (2, 1, 3)
    assert small.share == pytest.approx(2 / 3)
    assert access(np.array([1.0]), "TFLOP/s of LINPACK, 64 bit", workloads([], 0.4)) == []


@pytest.mark.parametrize(
    ("said", "utilisation"), [(["1e24"], 0.4), (["soon@90", "1@x"], 0.4), (["1e24@0"], 0.4), (["1e24@90"], 1.5)]
)
def test_what_is_no_workload(said, utilisation):
    with pytest.raises(BadInput, match="workload"):
        workloads(said, utilisation)


CHANGES = """
[[supply_cut]]
country = "X"
factor = 0.5
[[new]]
name = "d"
amount = 1.5
country = "Y"
[[public_pool]]
name = "commons"
amount = 3
country = "Y"
[[merger]]
holders = ["a", "b"]
name = "ab"
"""


def changed(said, tmp_path, by="owner"):
    path = tmp_path / "changes.toml"
    path.write_text(said, "utf-8")
    kept, _ = attributed(table(), by)
    return kept, change(kept, by, read_changes(path))


def test_what_if_by_hand(tmp_path):
    """a 2, b 1.5, c 2, Other 1, d 1.5, commons 3: in all 11; a and b act as one with 3.5."""
    kept, after_all = changed(CHANGES, tmp_path)
    before, after = measured(kept, "owner"), measured(after_all.holdings, "owner")
    held = dict(zip(after.holdings.holder, after.holdings.amount.tolist(), strict=True))
    assert held == {"ab": 3.5, "commons": 3.0, "c": 2.0, "d": 1.5, "Other": 1.0}
    merged = after_all.mergers["ab"]
    assert merged.change == pytest.approx(2e4 * 2 * 1.5 / 121)
    assert merged.share == pytest.approx(3.5 / 11)
    assert merged.presumed  # a share above 30 %, and a change above 100
    assert after.hhi[0] == pytest.approx(1e4 * (3.5**2 + 3**2 + 2**2 + 1.5**2 + 1) / 121)
    points = {row["owner"]: row["points"] for row in changed_rows(before, after)}
    assert points["c"] == pytest.approx(100 * (2 / 11 - 0.2))
    assert points["a"] == pytest.approx(-40)


def test_a_public_pool_counts_for_those_of_its_country(tmp_path):
    """Four units are needed: before, a has them; after, c has 2 and the pool 3, d 1.5 and the pool 3, ab 3.5 alone."""
    kept, after_all = changed(CHANGES, tmp_path)
    before, after = measured(kept, "owner"), measured(after_all.holdings, "owner")
    needs_four = workloads([f"{4e18 * 86_400 * 0.4:.0f}@1"], 0.4)
    ((first, second),) = reach(kept, after_all, "holder", before, after, needs_four)
    assert (first.enough, first.holders) == (1, 3)
    assert (second.enough, second.holders) == (2, 3)


def test_a_public_pool_without_a_country_is_open_to_all(tmp_path):
    kept, after_all = changed('[[public_pool]]\nname = "p"\namount = 9\n', tmp_path)
    before, after = measured(kept, "owner"), measured(after_all.holdings, "owner")
    ((_, second),) = reach(kept, after_all, "holder", before, after, workloads([f"{1e19 * 86_400 * 0.4:.0f}@1"], 0.4))
    assert second.enough == 3


def test_a_pool_stays_open_to_a_country_that_merges(tmp_path):
    """X has 7, Y 13 and the pool of Y 5: as one they have 20 and may use 5 more."""
    said = '[[public_pool]]\nname = "p"\namount = 5\ncountry = "Y"\n[[merger]]\nholders = ["X", "Y"]\n'
    kept, after_all = changed(said, tmp_path, by="country")
    before, after = measured(kept, "country"), measured(after_all.holdings, "country")
    held = float(after.holdings.amount[0])
    needs = workloads([f"{(held + 5) * 1e18 * 86_400 * 0.4:.0f}@1"], 0.4)
    ((_, second),) = reach(kept, after_all, "country", before, after, needs)
    assert (second.enough, second.holders) == (1, 1)


def test_countries_may_merge(tmp_path):
    kept, after_all = changed('[[merger]]\nholders = ["X", "Y"]\n', tmp_path, by="country")
    assert measured(after_all.holdings, "country").hhi[0] == pytest.approx(10_000)
    assert after_all.mergers["X + Y"].before == pytest.approx(measured(kept, "country").hhi[0])


def test_all_faults_of_a_file_of_changes_are_told_at_once(tmp_path):
    path = tmp_path / "changes.toml"
    path.write_text(
        '[[merge]]\nholders = ["a"]\n[[merger]]\nholders = ["a", "a"]\nas = "x"\n[[supply_cut]]\nfactor = -1\n'
        '[[new]]\nname = ""\n[public_pool]\nname = "p"\n',
        "utf-8",
    )
    with pytest.raises(BadInput) as caught:
        read_changes(path)
    assert len(caught.value.faults) == 8
    assert all(fault.where and fault.mend for fault in caught.value.faults)


def test_all_names_that_nobody_has_are_told_at_once(tmp_path):
    said = '[[merger]]\nholders = ["a", "z"]\n[[supply_cut]]\nsector = "Publc"\nfactor = 0\n[[new]]\nname = "b"\namount = 1\n'
    with pytest.raises(BadInput) as caught:
        changed(said, tmp_path)
    assert sorted(fault.where for fault in caught.value.faults) == ["[[merger]] 1", "[[new]] 1", "[[supply_cut]] 1"]


@pytest.mark.parametrize("said", ["", "merger = 1", "[[merger", "\x00"])
def test_what_is_no_file_of_changes(said, tmp_path):
    path = tmp_path / "changes.toml"
    path.write_text(said, "utf-8")
    with pytest.raises(BadInput):
        read_changes(path)
    with pytest.raises(BadInput, match="no such file"):
        read_changes(tmp_path / "nothing.toml")
