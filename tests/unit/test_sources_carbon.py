"""Are tables of carbon intensity read exactly, and refused with what is wrong in them?"""

from pathlib import Path

import numpy as np
import pytest

from apportion.errors import BadInput
from apportion.sources._carbon import read_intensity

PUBLISHED = (
    "Datetime (UTC),Country,Zone Name,Zone Id,Carbon Intensity gCO₂eq/kWh (direct),Carbon Intensity gCO₂eq/kWh (LCA),"
    "Low Carbon Percentage,Renewable Percentage,Data Source,Data Estimated,Data Estimation Method\n"
)


def published(*hours, zone="XX"):
    rows = (f"2022-01-01 {h:02}:00:00,Nowhere,Nowhere,{zone},{h}.25,{10 + h},1,1,made.up,false,\n" for h in hours)
    return PUBLISHED + "".join(rows)


def written(home, *tables):
    paths = [home / f"hours{i}.csv" for i in range(len(tables))]
    for path, content in zip(paths, tables, strict=True):
        Path(path).write_text(content, "utf-8")
    return paths


def fault(home, *tables, start=None):
    with pytest.raises(BadInput) as caught:
        read_intensity(written(home, *tables), start)
    assert all(one.what and one.where and one.mend for one in caught.value.faults)
    return str(caught.value)


def test_a_plain_table_is_read_exactly_in_any_order(tmp_path):
    table, notices = read_intensity(written(tmp_path, "hour,g_per_kwh\n8,0.125\n7,400\n9,30.5\n"))
    assert table.regions == ("",)
    assert table.direct.tolist() == [[400_000], [125], [30_500]]
    assert table.lifecycle is None
    assert not notices


def test_regions_may_come_in_one_file_or_several(tmp_path):
    one = "hour,region,g_per_kwh,lifecycle_g_per_kwh\n0,b,1,5\n1,b,2,6\n0,a,3,7\n1,a,4,8\n"
    several = [
        f"hour,region,g_per_kwh,lifecycle_g_per_kwh\n{rows}" for rows in ("0,b,1,5\n1,b,2,6\n", "0,a,3,7\n1,a,4,8\n")
    ]
    for tables in ([one], several):
        table, _ = read_intensity(written(tmp_path, *tables))
        assert table.regions == ("a", "b")
        assert table.direct.tolist() == [[3000, 1000], [4000, 2000]]
        assert table.lifecycle.tolist() == [[7000, 5000], [8000, 6000]]


def test_a_published_file_is_read_as_it_is(tmp_path):
    table, _ = read_intensity(written(tmp_path, published(0, 1, 2)))
    assert table.regions == ("XX",)
    assert table.direct.tolist() == [[250], [1250], [2250]]
    assert table.lifecycle.tolist() == [[10_000], [11_000], [12_000]]
    later = (
        published(0, 1, 2).replace("Zone Id", "Zone id").replace("Intensity", "intensity").replace("LCA", "Life cycle")
    )
    again, _ = read_intensity(written(tmp_path, later))
    assert np.array_equal(again.lifecycle, table.lifecycle)


@pytest.mark.parametrize("start", ["2022-01-01 02:00", "2022-01-01T02:00:00", "2022-01-01 03:00+01:00"])
def test_a_date_may_be_second_0(tmp_path, start):
    table, _ = read_intensity(written(tmp_path, published(0, 1, 2)), start)
    assert table.direct.ravel().tolist() == [2250, 250, 1250]


def test_a_number_may_be_second_0(tmp_path):
    table, _ = read_intensity(written(tmp_path, "hour,g_per_kwh\n5,1\n6,2\n7,3\n"), "6")
    assert table.direct.ravel().tolist() == [2000, 3000, 1000]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("hour,g_per_kwh\n", "tells no hour"),
        ("hour,g_per_kwh\n0,1\n2,1\n", "hour 0, missing behind it"),
        ("hour,g_per_kwh\n0,1\n0,1\n", "hour 0, told twice"),
        ("hour,g_per_kwh\n0,\n", "the cell is empty"),
        ("hour,g_per_kwh\n0,-1\n", "is negative"),
        ("hour,g_per_kwh\n0,100000.001\n", "more than 100 kg"),
        ("hour,grams\n0,1\n", 'no column "g_per_kwh"'),
        ("when,grams\n0,1\n", "no table of carbon intensity"),
        ("hour,region,g_per_kwh\n0,a,1\n1,a,1\n0,b,1\n", 'region "b" tells other hours than region "a"'),
        (published(0, 2), "hour 2022-01-01 00:00, missing behind it"),
        (published(0).replace("00:00:00", "00:30:00"), "is no full hour"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path, table, said):
    assert said in fault(tmp_path, table)


@pytest.mark.parametrize(
    ("start", "said"), [("9", "hours 5 to 6"), ("soon", "is no hour"), ("2022-01-01", "hours 5 to 6")]
)
def test_a_start_that_is_not_in_the_table_is_refused(tmp_path, start, said):
    assert said in fault(tmp_path, "hour,g_per_kwh\n5,1\n6,2\n", start=start)


def test_files_that_tell_different_things_are_refused(tmp_path):
    plain, life = "hour,region,g_per_kwh\n0,a,1\n", "hour,region,g_per_kwh,lifecycle_g_per_kwh\n0,b,1,2\n"
    assert "life cycle" in fault(tmp_path, plain, life)
