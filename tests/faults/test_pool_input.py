"""Does every bad pool give a clear error, and every odd one the right answer?"""

import gzip
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apportion.domain.pool import Pool
from apportion.errors import ApportionError, BadInput, NotFound
from apportion.sources import directory

GOOD = {
    "charter.toml": 'name = "p"\n',
    "members.csv": "id,size,weight\na,1,1\nb,2,2\n",
    "nodes.csv": "id,owner,flavor,cpu,gpu\nn1,a,x,16,8\nn2,b,y,32,\n",
    "claims.csv": "id,member,tasks,gpu\nc1,a,4,1\nc2,b,2.5,0.5\n",
    "jobs.csv": "id,member,submit_s,duration_s,workers,cpu,gpu\nj1,a,0,60,1,,8\nj2,b,5,60,1,1,\n",
}


def written(where: Path, **changes: str | bytes | None) -> Path:
    """Write the good pool with some files changed (``claims_csv=…``), or left out (``claims_csv=None``)."""
    files: dict[str, str | bytes | None] = {**GOOD}
    for name, content in changes.items():
        files[name.replace("__", ".").replace("_", ".")] = content
    where.mkdir(exist_ok=True)
    for name, content in files.items():
        if content is not None:
            (where / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return where


def read(where: Path, **changes: str | bytes | None) -> Pool:
    return directory.read(written(where, **changes))


def faults(where: Path, **changes: str | bytes | None) -> list[str]:
    with pytest.raises(BadInput) as caught:
        read(where, **changes)
    assert all(fault.what and fault.mend for fault in caught.value.faults)
    return [str(fault) for fault in caught.value.faults]


def notices(pool: Pool) -> str:
    return "\n".join(map(str, pool.notices))


def test_the_good_pool_is_good(tmp_path):
    pool = read(tmp_path)
    assert pool.resources == ("cpu_milli", "gpu_milli")
    assert pool.capacity.tolist() == [[16_000, 8_000], [32_000, 0]]
    assert pool.claims.tasks_micro.tolist() == [4_000_000, 2_500_000]
    assert pool.notices == ()


NUMBERS = ["-1", "NaN", "inf", "1e400", "9223372036854775808", "0.0001", "8 GPUs", "1,5", "²"]


@pytest.mark.parametrize("number", NUMBERS)
def test_an_amount_that_cannot_be_meant_is_named_by_file_row_and_column(number, tmp_path):
    found = faults(tmp_path, nodes_csv=f'id,owner,flavor,gpu\nn1,a,x,8\nn2,b,y,"{number}"\n')
    assert len(found) == 1
    assert found[0].startswith("nodes.csv:3, column gpu: ")
    assert number in found[0]


@pytest.mark.parametrize(
    ("table", "column", "number"),
    [
        *(("members", "weight", number) for number in ("-1", "nan", "1e400", "0.1234567890123456")),
        *(("claims", "tasks", number) for number in ("", "-1", "NaN", "1e400", "0.0000001", "9223372036854.775808")),
        *(("claims", "min_tasks", number) for number in ("-1", "5")),
        *(("claims", "value", number) for number in ("-1", "inf")),
        *(("jobs", "submit_s", number) for number in ("", "-1", "1.5", "9223372036854775808")),
        *(("jobs", "duration_s", number) for number in ("", "-60", "0.5")),
        *(("jobs", "workers", number) for number in ("0", "-1", "1.5")),
        *(("jobs", "workers_min", number) for number in ("0", "3")),
    ],
)
def test_every_column_refuses_what_it_cannot_take(table, column, number, tmp_path):
    rows = {
        "members": {"id": "a", "weight": "1"},
        "claims": {"id": "c", "member": "a", "tasks": "4", "min_tasks": "0", "value": "1"},
        "jobs": {"id": "j", "member": "a", "submit_s": "0", "duration_s": "1", "workers": "2", "workers_min": "1"},
    }[table] | {column: number}
    content = f"{','.join(rows)}\n{','.join(rows.values())}\n"
    changes = {"members_csv": "id\na\nb\n", f"{table}_csv": content}
    if table == "members":
        changes["members_csv"] = content + "b,1\n"
    found = faults(tmp_path, **changes)
    assert [one.split(": ")[0] for one in found] == [f"{table}.csv:2, column {column}"]


def test_all_faults_of_all_files_are_told_together(tmp_path):
    found = faults(
        tmp_path,
        charter_toml="window_s = 0\n[guardrails]\nhhi = 20000\n",
        members_csv="id,weight\na,x\na,1\n",
        nodes_csv="id,owner,flavor,gpu\nn1,zed,x,-8\n",
        claims_csv="id,member,tasks\nc1,nobody,4\n",
        jobs_csv=None,
    )
    places = [one.split(": ")[0] for one in found]
    assert places == [
        "charter.toml, window_s",
        "charter.toml, guardrails.hhi",
        "nodes.csv:2, column gpu",
        "members.csv:3, column id",
        "members.csv:2, column weight",
        "nodes.csv:2, column owner",
        "claims.csv:2, column member",
    ]


@pytest.mark.parametrize("curve", ["powr_law", "powr_law exponent=0.5"])
def test_a_curve_that_there_is_not_is_a_fault_under_any_policy(curve, tmp_path):
    (found,) = faults(tmp_path, charter_toml=f'[capability]\ncurve = "{curve}"\n')
    assert found.startswith('charter.toml, capability.curve: there is no curve "powr_law"')
    assert 'did you mean "power_law"' in found


def test_a_long_list_of_faults_shows_some_of_every_column_and_how_many_more(tmp_path):
    rows = "".join(f"c{i},nobody,-1,x\n" for i in range(1000))
    found = faults(tmp_path, claims_csv="id,member,tasks,gpu\n" + rows)
    assert len(found) <= 51
    assert {one.split("column ")[1].split(":")[0] for one in found[:-1]} == {"member", "tasks", "gpu"}
    assert found[-1].startswith(f"and {3000 - len(found) + 1:,} more")


@pytest.mark.parametrize("table", ["members", "nodes", "claims", "jobs"])
def test_an_id_that_is_used_twice_is_told_with_both_rows(table, tmp_path):
    header, first, *rest = GOOD[f"{table}.csv"].splitlines(keepends=True)
    found = faults(tmp_path, **{f"{table}_csv": "".join([header, first, *rest, first])})
    assert [one for one in found if one.startswith(f"{table}.csv:4, column id: ") and "row 2 already" in one]


@pytest.mark.parametrize("name", ["6214e9", "007", "1e5", "1E5", "1.0", "+1", "inf", "NaN", "null", "北大-1"])
def test_ids_are_kept_as_they_are_written(name, tmp_path):
    pool = read(
        tmp_path,
        members_csv=f"id\n{name}\nb\n",
        nodes_csv=f"id,owner,flavor,gpu\n{name},{name},{name},8\n",
        claims_csv=f"id,member,tasks,speed:{name}\n{name},{name},4,1\n",
        jobs_csv=None,
    )
    assert name in pool.members.id.tolist()
    assert pool.nodes.id.tolist() == pool.claims.id.tolist() == list(pool.flavors) == [name]
    assert pool.members.id[pool.claims.member[0]] == name


def test_ids_that_look_like_numbers_are_told(tmp_path):
    said = notices(read(tmp_path, members_csv="id\na\nb\n6214e9\n007\n1e5\n"))
    assert '3 ("007", "1e5", "6214e9")' in said


@pytest.mark.parametrize("column", ["member", "owner", "parent"])
def test_a_name_that_is_no_member_suggests_the_nearest(column, tmp_path):
    changes = {
        "member": {"claims_csv": "id,member,tasks\nc1,univ-aa,4\n"},
        "owner": {"nodes_csv": "id,owner,flavor,gpu\nn1,univ-aa,x,8\n"},
        "parent": {"members_csv": "id,parent\nuniv-a,univ-aa\n"},
    }[column]
    others = {"members_csv": "id\nuniv-a\n", "nodes_csv": "id,flavor,gpu\nn,x,8\n", "jobs_csv": None}
    found = faults(tmp_path, **(others | changes))
    assert any('did you mean "univ-a"' in one and f"column {column}" in one for one in found)


def test_a_speed_of_an_unknown_flavor_is_a_fault(tmp_path):
    found = faults(tmp_path, claims_csv="id,member,tasks,speed:z\nc1,a,1,1\n")
    assert found[0].startswith("claims.csv, column speed:z: no node has the flavor")


def test_nodes_of_one_flavor_must_agree_on_what_fits(tmp_path):
    header = "id,owner,flavor,gpu,gpu_memory_gib,runtime\n"
    found = faults(tmp_path, nodes_csv=header + "n1,a,x,8,80,cuda\nn2,b,x,8,40,rocm\nn3,b,x,8,80,cuda\n")
    assert [one.split(": ")[0] for one in found] == [
        "nodes.csv:3, column gpu_memory_gib",
        "nodes.csv:3, column runtime",
    ]
    assert 'node "n1"' in found[0]


def test_members_in_a_circle_of_parents_are_a_fault(tmp_path):
    found = faults(tmp_path, members_csv="id,parent\na,b\nb,c\nc,b\n")
    assert [one.split(": ")[0] for one in found] == ["members.csv:3, column parent", "members.csv:4, column parent"]


@pytest.mark.parametrize("table", ["members", "nodes"])
def test_members_and_nodes_are_needed(table, tmp_path):
    assert any(f"no table of {table}" in one for one in faults(tmp_path / "none", **{f"{table}_csv": None}))
    header = GOOD[f"{table}.csv"].splitlines()[0]
    assert any("has no rows" in one for one in faults(tmp_path / "empty", **{f"{table}_csv": header}))


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("members", "id"),
        *(("nodes", column) for column in ("id", "flavor")),
        *(("claims", column) for column in ("id", "member", "tasks")),
        *(("jobs", column) for column in ("id", "member", "submit_s", "duration_s")),
    ],
)
def test_a_missing_column_is_told_with_those_there_are(table, column, tmp_path):
    header, *rows = GOOD[f"{table}.csv"].splitlines()
    renamed = ",".join("no_such" if name == column else name for name in header.split(","))
    found = faults(tmp_path, **{f"{table}_csv": "\n".join([renamed, *rows])})
    mine = [one for one in found if one.startswith(f'{table}.csv: no column "{column}"')]
    assert len(mine) == 1
    assert "no_such" in mine[0]


def test_a_column_that_nothing_reads_is_told_with_the_nearest(tmp_path):
    said = notices(read(tmp_path, claims_csv="id,member,tasks,priorty\nc1,a,4,9\n"))
    assert 'nothing reads the column "priorty"' in said
    assert 'did you mean "priority"' in said


@pytest.mark.parametrize("table", ["claims", "jobs"])
def test_no_claims_and_no_jobs_are_right(table, tmp_path):
    header = GOOD[f"{table}.csv"].splitlines()[0]
    pool = read(tmp_path, **{f"{table}_csv": header})
    assert len(getattr(pool, table)) == 0


def test_a_pool_of_which_nothing_is_asked_is_told(tmp_path):
    pool = read(tmp_path, claims_csv=None, jobs_csv=None)
    assert pool.claims is None
    assert pool.jobs is None
    assert "nothing is asked" in notices(pool)


def test_a_claim_that_uses_nothing_up_is_told(tmp_path):
    pool = read(tmp_path, claims_csv="id,member,tasks,gpu\nc1,a,4,\n")
    assert pool.claims.bundle.sum() == 0
    assert "use nothing up" in notices(pool)


def test_a_member_without_nodes_is_told(tmp_path):
    said = notices(read(tmp_path, members_csv="id\na\nb\nguest\n"))
    assert 'no standing: they are served from what the others leave: 1 ("guest")' in said


def test_a_job_larger_than_the_pool_is_told_with_its_row(tmp_path):
    jobs = "id,member,submit_s,duration_s,workers,gpu\nj1,a,0,1,1,1\n\nj2,a,1,1,2,8\nj3,a,9,1,1,9\n"
    said = notices(read(tmp_path, jobs_csv=jobs))
    assert "jobs are larger than all they may run on: 2 (4, 5)" in said


def test_a_worker_larger_than_any_node_is_told(tmp_path):
    nodes = "id,owner,flavor,gpu\nn1,a,x,2\nn2,b,x,2\nn3,b,x,6\n"
    jobs = "id,member,submit_s,duration_s,workers,gpu\nj1,a,0,1,1,8\nj2,a,99,1,1,6\n"
    assert "jobs have workers larger than any node: 1 (2)" in notices(read(tmp_path, nodes_csv=nodes, jobs_csv=jobs))


def test_demand_over_capacity_is_told(tmp_path):
    jobs = "id,member,submit_s,duration_s,gpu\nj1,a,0,100,8\nj2,a,50,33,8\nj3,a,100,0,8\n"
    said = notices(read(tmp_path, jobs_csv=jobs))
    assert "jobs ask for 133% of the gpu there is (8) over the 100 s" in said


def test_a_clock_that_jumps_back_is_told(tmp_path):
    jobs = "id,member,submit_s,duration_s,gpu\nj1,a,50,1,1\nj2,a,10,1,1\nj3,a,60,1,1\n"
    assert "submitted before the row above them: 1 (3)" in notices(read(tmp_path, jobs_csv=jobs))


def test_jobs_without_length_and_twins_are_told(tmp_path):
    jobs = "id,member,submit_s,duration_s,gpu\nj1,a,0,0,1\nj2,a,9,2,1\nj3,a,9,2,1\n"
    said = notices(read(tmp_path, jobs_csv=jobs))
    assert "jobs take no time: 1 (2)" in said
    assert "repeat another in everything but the id: 1 (4)" in said


def test_durations_in_milliseconds_are_suspected(tmp_path):
    rows = "".join(f"j{i},a,{5000 * i},40000,8\n" for i in range(21))
    said = notices(read(tmp_path, jobs_csv="id,member,submit_s,duration_s,gpu\n" + rows))
    assert "840% of the gpu" in said
    longer = notices(read(tmp_path, jobs_csv="id,member,submit_s,duration_s,gpu\n" + rows.replace("40000", "90000")))
    assert "not milliseconds" in longer
    assert "not milliseconds" not in said


def test_claims_that_fit_nowhere_are_told(tmp_path):
    claims = "id,member,tasks,gpu,gpu_memory_gib,speed:x,speed:y\nc1,a,1,1,80,1,1\nc2,a,1,1,,,\nc3,a,1,1,,1,\n"
    nodes = "id,owner,flavor,gpu,gpu_memory_gib\nn1,a,x,8,40\nn2,b,y,8,40\n"
    said = notices(read(tmp_path, claims_csv=claims, nodes_csv=nodes))
    assert 'claims fit no flavor, by speed, GPU memory or runtime: 2 ("c1", "c2")' in said


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"nodes_csv": f"id,owner,flavor,gpu\nn1,a,x,{9 * 10**15}\nn2,b,x,{9 * 10**15}\n"}, "nodes.csv, column gpu"),
        ({"claims_csv": f"id,member,tasks\nc1,a,{9 * 10**12}\nc2,a,{9 * 10**12}\n"}, "claims.csv, column tasks"),
        (
            {"jobs_csv": f"id,member,submit_s,duration_s,workers,gpu\nj1,a,0,1,{10**10},{10**10}\n"},
            "jobs.csv:2, column gpu",
        ),
        (
            {"jobs_csv": f"id,member,submit_s,duration_s,gpu\nj1,a,0,{2**62},0\nj2,a,0,{2**62},0\n"},
            "jobs.csv, column duration_s",
        ),
        ({"jobs_csv": f"id,member,submit_s,duration_s,gpu\nj1,a,0,{10**10},{10**10}\n"}, "jobs.csv, column gpu"),
    ],
)
def test_sums_and_products_beyond_64_bits_are_refused(changes, place, tmp_path):
    assert [one.split(": ")[0] for one in faults(tmp_path, **changes)] == [place]


def test_the_largest_numbers_that_fit_are_read(tmp_path):
    nodes = f"id,owner,flavor,gpu\nn1,a,x,{2**62 // 1000}\nn2,b,x,{2**62 // 1000}\n"
    pool = read(tmp_path, nodes_csv=nodes, claims_csv=None, jobs_csv=None)
    assert pool.capacity.tolist() == [[2 * (2**62 // 1000) * 1000]]


def test_a_byte_order_mark_windows_line_ends_and_blank_lines_change_nothing(tmp_path):
    plain = read(tmp_path / "plain")
    bytes_of = {name.replace(".", "_"): text for name, text in GOOD.items()}
    windows = {
        name: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode() + b"\r\n\r\n" for name, text in bytes_of.items()
    }
    other = read(tmp_path / "windows", **windows)
    assert other.charter == plain.charter
    for table in ("members", "nodes", "claims"):
        assert getattr(other, table).leaves == getattr(plain, table).leaves
    assert other.jobs.id.tolist() == plain.jobs.id.tolist()


def test_rows_are_numbered_as_in_the_file_also_after_blank_lines(tmp_path):
    found = faults(tmp_path, nodes_csv="id,owner,flavor,gpu\n\nn1,a,x,8\n\n,,,\nn2,b,y,-1\n")
    assert found[0].startswith("nodes.csv:6, column gpu")


@pytest.mark.parametrize("kind", ["csv.gz", "parquet"])
def test_compressed_and_parquet_tables_read_the_same(kind, tmp_path):
    plain = read(tmp_path / "plain")
    where = written(tmp_path / "other")
    for table in ("members", "nodes", "claims", "jobs"):
        csv = where / f"{table}.csv"
        if kind == "csv.gz":
            (where / f"{table}.csv.gz").write_bytes(gzip.compress(csv.read_bytes()))
        else:
            pl.read_csv(csv).write_parquet(where / f"{table}.parquet")
        csv.unlink()
    other = directory.read(where)
    for table in ("members", "nodes", "claims"):
        assert getattr(other, table).leaves == getattr(plain, table).leaves
    assert other.jobs.bundle.tolist() == plain.jobs.bundle.tolist()


def test_a_table_in_two_files_is_a_fault(tmp_path):
    where = written(tmp_path)
    (where / "jobs.csv.gz").write_bytes(gzip.compress(GOOD["jobs.csv"].encode()))
    with pytest.raises(BadInput, match=r"jobs\.csv and jobs\.csv\.gz both hold"):
        directory.read(where)


def test_ids_stored_as_floats_are_refused_and_as_integers_read(tmp_path):
    where = written(tmp_path, claims_csv=None)
    frame = pl.DataFrame({"id": [1e5, 2.0], "member": ["a", "b"], "tasks": [0.1, 3.0]})
    frame.write_parquet(where / "claims.parquet")
    with pytest.raises(BadInput, match=r"claims\.parquet, column id: holds binary floats"):
        directory.read(where)
    frame.with_columns(pl.col("id").cast(pl.Int64)).write_parquet(where / "claims.parquet")
    pool = directory.read(where)
    assert pool.claims.id.tolist() == ["100000", "2"]
    assert pool.claims.tasks_micro.tolist() == [100_000, 3_000_000]


LARGE = ("id,member,submit_s,duration_s\n" + "".join(f"j{i},a,{i * i},9\n" for i in range(2000))).encode()


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("jobs.csv.gz", gzip.compress(LARGE)[:-1000], "stops in the middle"),
        ("jobs.csv.gz", gzip.compress(LARGE)[:-4], "stops in the middle"),
        ("jobs.csv.gz", LARGE, "is not gzip"),
        ("jobs.csv.gz", gzip.compress(LARGE)[:500] + b"\0" * 500, "gzip"),
        ("jobs.csv", "id,member,submit_s,duration_s\n中文,a,0,1\n".encode("gbk"), "not UTF-8"),
        ("jobs.csv", "id,member,submit_s,duration_s\nj,a,0,1\n".encode("utf-16"), "not UTF-8"),
        ("jobs.csv", b"", "no header"),
        ("jobs.csv", b"\n\n", "no header"),
        ("jobs.csv", b'id,member,submit_s,duration_s\n"j,a,0,1\n', "not CSV"),
        ("jobs.csv", b"id,member,submit_s,duration_s\nj,a,0\n", "cells here: 3"),
        ("jobs.csv", b"id,member,submit_s,duration_s\nj,a,0,1,5\n", "cells here: 5"),
        ("jobs.csv", b"id,member,member,submit_s,duration_s\nj,a,a,0,1\n", "two columns"),
        ("jobs.csv", b"id,member,submit_s,duration_s,\nj,a,0,1,x\n", "column 5 has values and no name"),
        ("jobs.parquet", b"PAR1" + bytes(100) + b"PAR1", "not Parquet"),
        ("jobs.parquet", b"", "not Parquet"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_by_name(name, content, what, tmp_path):
    where = written(tmp_path, jobs_csv=None)
    (where / name).write_bytes(content)
    with pytest.raises(BadInput) as caught:
        directory.read(where)
    assert what in str(caught.value)
    assert name in caught.value.faults[0].where
    assert caught.value.faults[0].mend


def test_a_column_without_name_and_values_is_left_out(tmp_path):
    assert len(read(tmp_path, claims_csv="id,member,tasks,\nc1,a,4,\n").claims) == 1


def test_a_control_character_in_an_id_is_refused(tmp_path):
    found = faults(tmp_path, claims_csv='id,member,tasks\n"c\n1",a,4\n')
    assert "control character" in found[0]


CHINESE = {
    "members_csv": "编号,规模\n清华,3\n北大,2\n",
    "nodes_csv": "编号,成员,型号,显卡\nn1,清华,x,8\n",
    "claims_csv": "编号,成员,任务数,显卡\nc1,北大,4,1\n",
    "jobs_csv": None,
}
IN_TOML = """
"编号" = "id"
"规模" = "size"
"成员" = "member"
"型号" = "flavor"
"显卡" = "gpu"
"任务数" = "tasks"

[nodes]
"成员" = "owner"
"""


def test_chinese_headers_are_read_through_a_map(tmp_path):
    where = written(tmp_path / "pool", **CHINESE)
    headings = tmp_path / "map.toml"
    headings.write_text(IN_TOML, encoding="utf-8")
    pool = directory.read(where, map=headings)
    assert pool.members.id.tolist() == sorted(["清华", "北大"])
    assert pool.nodes.owner.tolist() == [pool.members.id.tolist().index("清华")]
    assert pool.claims.tasks_micro.tolist() == [4_000_000]
    with pytest.raises(BadInput, match='no column "id"'):
        directory.read(where)


def test_a_map_may_be_csv_and_faults_speak_in_their_headers(tmp_path):
    where = written(tmp_path / "pool", claims_csv="编号,成员,任务数\nc1,a,-4\n")
    headings = tmp_path / "map.csv"
    headings.write_text("编号,id\n成员,member\n任务数,tasks\n", encoding="utf-8-sig")
    with pytest.raises(BadInput, match=r"claims\.csv:2, column 任务数: \"-4\" is negative"):
        directory.read(where, map=headings)


def test_the_map_that_comes_as_an_example_can_be_used(tmp_path):
    where = written(tmp_path / "pool", members_csv="名称,规模\na,1\nb,2\n", nodes_csv="编号,所属,机型,显卡\nn1,a,x,8\n")
    pool = directory.read(where, map=Path(__file__).parents[2] / "examples" / "headers-zh.toml")
    assert pool.members.size.tolist() == [1, 2]
    assert pool.nodes.owner.tolist() == [0]


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("map.toml", '"编号" = "idd"\n', 'did you mean "id"'),
        ("map.toml", '[member]\n"编号" = "id"\n', 'no table "member"'),
        ("map.toml", '[nodes]\n"任务" = "tasks"\n', '"任务" stands for'),
        ("map.toml", "编号 = id\n", "is not TOML"),
        ("map.csv", "编号,id,x\n", "is not two cells"),
        ("map.csv", "size,id\n", 'two columns mean "id"'),
    ],
)
def test_a_map_that_cannot_be_meant_is_a_fault(name, content, what, tmp_path):
    where = written(tmp_path / "pool")
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        directory.read(where, map=tmp_path / name)
    assert what in str(caught.value)


@pytest.mark.parametrize(
    ("charter", "place", "mend"),
    [
        ("windows_s = 60", "charter.toml, windows_s", '"window_s"'),
        ("window_s = 0", "charter.toml, window_s", "3600"),
        ("window_s = -5", "charter.toml, window_s", "3600"),
        ("window_s = 1.5", "charter.toml, window_s", "3600"),
        ("window_s = true", "charter.toml, window_s", "3600"),
        ("name = 5", "charter.toml, name", 'name = "5"'),
        ("seed = 7", "charter.toml, seed", 'seed = "7"'),
        ('policy = "max_min"', "charter.toml, policy", "[policy]"),
        ("[policy]\nname = 3", "charter.toml, policy.name", 'name = "3"'),
        ("[policy]\nsince = 2020-01-01", "charter.toml, policy.since", "text"),
        ("[policy]\nx = nan", "charter.toml, policy.x", "2.5"),
        (f"[policy]\nx = {2**63}", "charter.toml, policy.x", "check"),
        ('[entitlements]\nrule = "contributions"', "charter.toml, entitlements.rule", '"contribution"'),
        ('[entitlements]\nrules = "equal"', "charter.toml, entitlements.rules", '"rule"'),
        ('[entitlements]\nrule = "table"', "charter.toml, entitlements", "[entitlements.shares]"),
        (
            '[entitlements]\nrule = "table"\nshares = {a = 1, z = 2}',
            "charter.toml, entitlements.shares.z",
            "known: a, b",
        ),
        ('[entitlements]\nrule = "table"\nshares = {a = -1}', "charter.toml, entitlements.shares.a", "zero or more"),
        ('[entitlements]\nrule = "table"\nshares = {a = 0}', "charter.toml, entitlements.shares", "somebody"),
        ("[guardrails]\nlargest_shares = 0.4", "charter.toml, guardrails.largest_shares", '"largest_share"'),
        ("[guardrails]\nlargest_share = 1.5", "charter.toml, guardrails.largest_share", "at most 1"),
        ("[guardrails]\nlargest_share = 0", "charter.toml, guardrails.largest_share", "above 0"),
        ("[guardrails]\nlargest_share = 0.4", "charter.toml, guardrails.largest_share", "0.5 or more"),
        ("[guardrails]\nhhi = 4999", "charter.toml, guardrails.hhi", "5000 or more"),
        ("[guardrails]\nhhi = 10001", "charter.toml, guardrails.hhi", "at most 10000"),
        ('[guardrails]\nhhi = "low"', "charter.toml, guardrails.hhi", "write 0.5"),
        ("[assumptions]\nload = 0.8", "charter.toml, assumptions.load", 'load = "0.8"'),
        ("name = ", "charter.toml", "line"),
    ],
)
def test_a_charter_that_cannot_be_meant_is_told_by_key(charter, place, mend, tmp_path):
    found = faults(tmp_path, charter_toml=charter)
    assert [one.split(": ")[0] for one in found] == [place]
    assert mend in found[0]


def test_a_pool_without_charter_names_the_command_that_writes_one(tmp_path):
    assert "apportion init" in faults(tmp_path, charter_toml=None)[0]


def test_shares_may_stand_in_place_of_a_rule(tmp_path):
    pool = read(tmp_path, charter_toml="[entitlements]\nrule = {a = 0.75, b = 0.25}\n")
    assert pool.charter.entitlements.rule == "table"
    assert pool.standing.weight.tolist() == [3, 1]


def test_a_rule_that_the_members_cannot_follow_is_a_fault_of_reading(tmp_path):
    found = faults(tmp_path, charter_toml='[entitlements]\nrule = "size"\n', members_csv="id,size\na,1\nb,\n")
    assert found[0].startswith("members.csv, column size: no size for b")


def test_tables_of_later_versions_are_told(tmp_path):
    where = written(tmp_path)
    (where / "usage.parquet").write_bytes(b"")
    said = notices(directory.read(where))
    assert "does not use usage yet" in said


def test_a_pool_that_is_not_there_or_is_a_file(tmp_path):
    with pytest.raises(NotFound, match="no such pool"):
        directory.read(tmp_path / "none")
    with pytest.raises(BadInput, match="is a file"):
        directory.read(written(tmp_path) / "jobs.csv")


def test_many_claims_are_read_exactly(tmp_path):
    n = 50_000
    rng = np.random.default_rng(0)
    tasks, gpu = rng.integers(1, 10**9, n), rng.integers(1, 8000, n)
    rows = "".join(f"c{i},a,{t / 10**6:.6f},{g / 1000}\n" for i, (t, g) in enumerate(zip(tasks, gpu, strict=True)))
    pool = read(tmp_path, claims_csv="id,member,tasks,gpu\n" + rows)
    order = np.argsort([f"c{i}" for i in range(n)])
    assert np.array_equal(pool.claims.tasks_micro, tasks[order])
    assert np.array_equal(pool.claims.bundle[:, pool.resources.index("gpu_milli")], gpu[order])


def test_writing_does_not_touch_what_is_there(tmp_path):
    pool = read(tmp_path / "pool")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    with pytest.raises(BadInput, match="something already"):
        directory.write(pool, tmp_path / "full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["notes.txt"]
    (tmp_path / "empty").mkdir()
    directory.write(pool, tmp_path / "empty")
    assert len(directory.read(tmp_path / "empty").jobs) == 2


def test_replacing_a_pool_takes_its_tables_and_leaves_other_files(tmp_path):
    pool = read(tmp_path / "pool")
    old = written(tmp_path / "old", claims_csv="broken")
    (old / "jobs.csv").rename(old / "jobs.csv.gz")
    (old / "LICENSE").write_text("mine")
    directory.write(pool, old, replace=True)
    assert sorted(path.name for path in old.iterdir()) == sorted([*GOOD, "LICENSE"])
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_write_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    pool = read(tmp_path / "pool")
    old = written(tmp_path / "old")
    before = {path.name: path.read_bytes() for path in old.iterdir()}

    def full(_: Path, __: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ApportionError, match="No space left"):
        directory.write(pool, old, replace=True)
    assert {path.name: path.read_bytes() for path in old.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


cells = st.one_of(
    st.sampled_from(
        ["", "a", "b", "1", "0.5", "-1", "1e400", "NaN", '"', "x\ny", "6214e9", " ", "9" * 30, "\x00", "\ufeff"]
    ),
    st.text(st.characters(codec="utf-8"), max_size=5),
)


@given(st.sampled_from(["members", "nodes", "claims", "jobs"]), st.lists(st.lists(cells, max_size=5), max_size=4))
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_table_gives_a_traceback(tmp_path, table, rows):
    header = GOOD[f"{table}.csv"].splitlines()[0]
    content = "\n".join([header, *(",".join(row) for row in rows)])
    try:
        read(tmp_path, **{f"{table}_csv": content})
    except ApportionError as error:
        assert error.faults  # noqa: PT017  # a pool or faults: which of them depends on the cells drawn


@given(st.text(st.characters(codec="utf-8"), max_size=60))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_charter_gives_a_traceback(tmp_path, content):
    try:
        read(tmp_path, charter_toml=content)
    except ApportionError as error:
        assert error.faults  # noqa: PT017  # likewise
