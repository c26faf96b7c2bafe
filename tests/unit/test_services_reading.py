"""Is services.csv read exactly, refused where it cannot be meant, and written back the same?"""

import random
from dataclasses import fields

import numpy as np
import pytest

from apportion.errors import BadInput
from apportion.sources import directory

DAY = [f"rate:{hour}" for hour in range(24)]
WEEK = [f"rate:{hour}" for hour in range(168)]
NODES = "id,owner,flavor,cpu,gpu,region\nn1,a,x,16,8,edge\nn2,b,x,32,8,centre\nn3,,x,4,,\n"
GOOD = {
    "id": "chat",
    "member": "a",
    "gpu": "0.5",
    "cpu": "2",
    "service_s": "0.25",
    "p99_s": "2",
    "replicas_min": "1",
    "replicas_max": "12",
    "regions": "edge; centre",
    "delay_s:centre": "0.03",
    **dict.fromkeys(DAY, "1.5"),
}


def table(*rows):
    """Lay rows out as CSV, under the columns of the first."""
    lines = [
        ",".join(rows[0]),
        *(",".join(f'"{cell}"' if "," in cell else cell for cell in row.values()) for row in rows),
    ]
    return "\n".join(lines) + "\n"


def written(where, services, nodes=NODES):
    where.mkdir(exist_ok=True)
    (where / "charter.toml").write_text('name = "p"\n', "utf-8")
    (where / "members.csv").write_text("id\na\nb\n", "utf-8")
    (where / "nodes.csv").write_text(nodes, "utf-8")
    (where / "services.csv").write_text(services, "utf-8")
    return where


def read(where, *rows, nodes=NODES):
    return directory.read(written(where, table(*rows), nodes))


def faults(where, *rows, nodes=NODES):
    with pytest.raises(BadInput) as caught:
        read(where, *rows, nodes=nodes)
    assert all(fault.what and fault.mend for fault in caught.value.faults)
    return [str(fault) for fault in caught.value.faults]


def test_every_column_is_read_exactly(tmp_path):
    pool = read(tmp_path, {**GOOD, "rate:7": "0.001", "service_s": "0.000001"}, {**GOOD, "id": "asr", "regions": ""})
    services = pool.services
    assert services.id.tolist() == ["asr", "chat"]
    assert pool.members.id[services.member].tolist() == ["a", "a"]
    assert services.bundle[:, pool.resources.index("gpu_milli")].tolist() == [500, 500]
    assert services.service_micro_s.tolist() == [250_000, 1]
    assert services.p99_micro_s.tolist() == [2_000_000, 2_000_000]
    assert services.replicas_min.tolist() == [1, 1]
    assert services.replicas_max.tolist() == [12, 12]
    assert services.regions == ("", "centre", "edge")
    assert services.rank.tolist() == [[-1, -1, -1], [-1, 1, 0]]
    assert services.delay_micro_s.tolist() == [[0, 30_000, 0]] * 2
    assert services.rate_milli.shape == (2, 24)
    assert services.rate_milli[:, 6:9].tolist() == [[1500, 1500, 1500], [1500, 1, 1500]]
    assert services.load[6, 0] == 1500 * 250_000 / 1e9
    assert pool.notices == ()


def test_a_service_prefers_its_list_and_without_one_what_is_near(tmp_path):
    services = read(tmp_path, GOOD, {**GOOD, "id": "near", "regions": ""}).services
    assert services.preference.tolist() == [[2, 1, -1], [0, 2, 1]]


def test_a_week_has_168_columns_in_the_order_of_their_numbers(tmp_path):
    rates = {name: str(hour) for hour, name in enumerate(WEEK)}
    week = {name: cell for name, cell in GOOD.items() if name not in DAY} | rates
    services = read(tmp_path, week).services
    assert services.rate_milli[0].tolist() == [1000 * hour for hour in range(168)]


def test_least_is_one_replica_where_nothing_is_said(tmp_path):
    assert read(tmp_path, {**GOOD, "replicas_min": ""}).services.replicas_min.tolist() == [1]


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        *(("member", cell, "member") for cell in ("", "c")),
        *(("gpu", cell, "") for cell in ("-1", "NaN", "0.0001")),
        *(("service_s", cell, "service_s") for cell in ("", "0", "-1", "nan", "0.0000001", "1e400")),
        ("service_s", "0", "0.000001 or more"),
        *(("p99_s", cell, "p99_s") for cell in ("", "0", "soon")),
        *(("replicas_min", cell, "replicas_min") for cell in ("-1", "1.5", "13")),
        *(("replicas_max", cell, "replicas_max") for cell in ("", "0", "2.5", "1000001", "9223372036854775807")),
        ("regions", "edge;moon", '"moon" is the region of no node'),
        ("regions", "edge;;centre", '"" is the region of no node'),
        ("regions", "edge;edge", "names a region twice"),
        *(("delay_s:centre", cell, "delay_s:centre") for cell in ("-1", "x")),
        *(("rate:23", cell, "rate:23") for cell in ("", "-1", "0.0001", "many", "inf")),
    ],
)
def test_a_cell_that_cannot_be_meant_is_named(column, cell, says, tmp_path):
    found = faults(tmp_path, {**GOOD, column: cell})
    assert len(found) == 1
    assert found[0].startswith(f"services.csv:2, column {column}: ")
    assert says in found[0]


def test_all_faults_are_told_together(tmp_path):
    bad = {**GOOD, "id": "b", "member": "c", "service_s": "0", "replicas_min": "20", "regions": "moon", "rate:3": "-1"}
    found = faults(tmp_path, GOOD, bad)
    assert len(found) == 5
    assert all(one.startswith("services.csv:3, column ") for one in found)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"rate:24": "1"}, '"rate:24" is no hour'),
        ({"rate:noon": "1"}, '"rate:noon" is no hour'),
        ({"rate:5": None}, "no column rate:5"),
        (dict.fromkeys(DAY), "no column rate:0"),
    ],
)
def test_rates_are_those_of_a_day_or_of_a_week(change, says, tmp_path):
    row = {name: cell for name, cell in {**GOOD, **change}.items() if cell is not None}
    (found,) = faults(tmp_path, row)
    assert says in found


def test_a_delay_from_nowhere_is_a_fault(tmp_path):
    (found,) = faults(tmp_path, {**GOOD, "delay_s:edgy": "1"})
    assert 'did you mean "edge"?' in found


@pytest.mark.parametrize("column", ["service_s", "replicas_max"])
def test_what_64_bits_do_not_hold_is_a_fault(column, tmp_path):
    large = {"service_s": {"service_s": "9000000000000", "rate:0": "9000000000000000"}, "replicas_max": {"cpu": "9e15"}}
    (found,) = faults(tmp_path, {**GOOD, **large[column]})
    assert found.startswith(f"services.csv:2, column {column}: ")


def test_what_is_odd_is_told(tmp_path):
    rows = (
        GOOD,
        {**GOOD, "id": "hasty", "p99_s": "1.1"},
        {**GOOD, "id": "busy", "rate:9": "48"},
        {**GOOD, "id": "huge", "gpu": "8.5"},
        {**GOOD, "id": "wide", "cpu": "20", "regions": "edge"},
    )
    said = "\n".join(map(str, read(tmp_path, *rows).notices))
    assert (
        "miss their target with any number of replicas: where nobody waits, 99 % of the requests still take 4.61"
        in said
    )
    assert '1 ("hasty")' in said
    assert 'more requests in some hour than all their replicas can answer: 1 ("busy")' in said
    assert 'larger than any node in their regions: 2 ("huge", "wide")' in said


def test_a_pool_of_services_asks_for_something(tmp_path):
    assert read(tmp_path, GOOD).notices == ()


def same(one, other):
    for field in fields(one):
        left, right = getattr(one, field.name), getattr(other, field.name)
        assert (left == right) if isinstance(left, tuple) else np.array_equal(left, right), field.name


def test_what_is_written_reads_back_the_same_and_the_order_of_rows_does_not_matter(tmp_path):
    rows = [
        GOOD,
        {**GOOD, "id": "007", "regions": "centre", "rate:5": "0", "delay_s:centre": ""},
        {**GOOD, "id": "1e5", "regions": "", "member": "b", "replicas_min": "0", "p99_s": "12.345678"},
    ]
    pool = read(tmp_path / "pool", *rows)
    for copy in ("one", "two"):
        directory.write(pool, tmp_path / copy)
    again = directory.read(tmp_path / "one")
    same(again.services, pool.services)
    assert (tmp_path / "one" / "services.csv").read_bytes() == (tmp_path / "two" / "services.csv").read_bytes()
    random.Random(1).shuffle(rows)  # noqa: S311  # a shuffle, not a secret
    same(read(tmp_path / "mixed", *rows).services, pool.services)
