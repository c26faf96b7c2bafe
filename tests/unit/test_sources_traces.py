"""Do the readers of traces take the files for what they mean? Each by its made-up sample, worked out by hand."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.errors import BadInput
from apportion.sources import acme, directory, gavel, helios, itp, openb, pai, philly, philly_log, swf
from apportion.sources._derived import gangs, nodes_for

DATA = Path(__file__).parents[1] / "data"
BUNDLE = Path(__file__).parents[2] / "examples" / "itp"


def column(pool, name):
    return dict(zip(pool.jobs.id.tolist(), getattr(pool.jobs, name).tolist(), strict=True))


def told(pool):
    return "\n".join(map(str, pool.notices))


def test_itp_derives_nodes_from_the_load_of_the_whole_trace():
    pool = itp.read(DATA / "itp", load=0.5)
    span = 1100  # from 0, in the second file, to 1100
    first = 4000 * 8 + 900 * 1 + 5000 * 12
    second = 9000 * 16 + 600 * 2 + 7000 * 4
    owned = np.bincount(pool.nodes.owner).tolist()
    assert owned == [math.ceil(work / (0.5 * span * 8)) for work in (first, second)]
    assert pool.charter.assumptions["load"].startswith("each cluster's jobs keep 0.5 of its own nodes busy")
    assert pool.charter.assumptions["H"].startswith("1100 s")


def test_itp_gives_every_member_nodes_enough_for_its_largest_gang():
    pool = itp.read(DATA / "itp", load=1000)
    assert np.bincount(pool.nodes.owner).tolist() == [2, 2]  # gangs of 12 and 16


def test_itp_orders_jobs_by_time_then_file_and_names_what_two_clusters_share():
    pool = itp.read(DATA / "itp")
    assert pool.jobs.id.tolist() == ["1a", "0a", "0b", "cluster02/both", "cluster01/both", "1e7"]
    assert column(pool, "workers")["cluster01/both"] == 12
    assert pool.jobs.gang[:, 0].tolist() == [16_000, 8_000, 1_000, 2_000, 12_000, 4_000]


@pytest.mark.parametrize("load", [0.0, -0.5, math.nan, math.inf, 1e-12])
def test_itp_refuses_a_load_that_cannot_be(load):
    with pytest.raises(BadInput, match="option load"):
        itp.read(DATA / "itp", load=load)


def test_itp_names_file_row_and_column_of_what_is_wrong(tmp_path):
    (tmp_path / "cluster01.csv").write_text("job_id,submission_time,duration,num_gpu\na,0,x,1\na,,5,1\n")
    (tmp_path / "cluster02.csv").write_text("job_id,duration,num_gpu\nb,5,1\n")
    with pytest.raises(BadInput) as caught:
        itp.read(tmp_path)
    assert [str(fault).split(":")[0] for fault in caught.value.faults] == ["cluster02.csv"]
    (tmp_path / "cluster02.csv").unlink()
    with pytest.raises(BadInput) as caught:
        itp.read(tmp_path)
    assert [fault.where for fault in caught.value.faults] == [
        "cluster01.csv:3, column job_id",
        "cluster01.csv:3, column submission_time",
        "cluster01.csv:2, column duration",
    ]


def test_the_bundled_trace_is_all_ten_clusters():
    pool = directory.read(BUNDLE)
    assert len(pool.members) == 10
    assert len(pool.jobs) == 69_351
    assert pool.capacity.tolist() == [[1_504_000]]
    span = int(np.ptp(pool.jobs.submit_s))
    work = int((pool.jobs.gang[:, 0] * pool.jobs.duration_s).sum())
    assert round(work / 3_600_000) == 1_632_720
    for m in range(10):
        own = pool.jobs.member == m
        asked = int((pool.jobs.gang[own, 0] * pool.jobs.duration_s[own]).sum()) // 1000
        largest = int(pool.jobs.gang[own, 0].max()) // 1000
        assert (pool.nodes.owner == m).sum() == max(-(-asked * 10 // (8 * span * 8)), -(-largest // 8))


def test_the_bundled_trace_is_what_writing_it_gives(tmp_path):
    directory.write(directory.read(BUNDLE), tmp_path / "again")
    for name in ("charter.toml", "members.csv", "nodes.csv", "jobs.csv.gz"):
        assert (tmp_path / "again" / name).read_bytes() == (BUNDLE / name).read_bytes()


@given(st.lists(st.integers(0, 300), min_size=1, max_size=20), st.integers(1, 16))
@settings(deadline=None)
def test_a_gang_is_one_worker_where_a_node_can_hold_it_and_else_one_a_gpu(gpus, most):
    workers, each = gangs(np.array(gpus), most)
    for gang, w, g in zip(gpus, workers.tolist(), each.tolist(), strict=True):
        assert w * g == gang
        assert w == 1 if gang <= most else g == 1


@given(st.integers(0, 10**15), st.integers(1, 10**7), st.integers(0, 100), st.sampled_from([0.8, 0.75, 1.0, 0.1]))
@settings(deadline=None)
def test_the_nodes_for_a_load_are_as_few_as_can_be(work, span, largest, load):
    try:
        count = nodes_for(work, span, largest, load)
    except BadInput:
        assert work / (load * span * 8) > 999_999
        return
    percent = round(load * 100)
    assert work * 100 <= percent * span * 8 * count
    assert largest <= 8 * count
    assert count == 1 or work * 100 > percent * span * 8 * (count - 1) or largest > 8 * (count - 1)


def test_philly_leaves_out_clusters_without_nodes_and_says_so():
    pool = philly.read(DATA / "philly")
    assert "virtual clusters without nodes were left out: ffffff (1 jobs)" in told(pool)
    assert pool.charter.assumptions["left_out"].endswith("ffffff (1 jobs)")
    assert pool.members.id.tolist() == ["11cb48", "6214e9"]
    assert np.bincount(pool.nodes.owner).tolist() == [1, 4]


def test_philly_counts_seconds_from_the_first_job_and_rounds_durations():
    pool = philly.read(DATA / "philly")
    assert pool.jobs.id.tolist() == ["row-4", "row-3", "row-5", "row-2"]
    day = 86_400
    second = 8 * day + 6 * 3600 + 13 * 60 + 3
    assert pool.jobs.submit_s.tolist() == [0, second, second, 8 * day + 7 * 3600 + 1 * 60 + 55]
    assert pool.jobs.duration_s.tolist() == [1, 2952, 10, 66]
    assert pool.jobs.workers.tolist() == [1, 24, 1, 1]


def test_philly_keeps_the_jobs_of_a_time():
    pool = philly.read(DATA / "philly", since="2017-10-09", until="2017-10-09 07:01:55")
    assert pool.jobs.id.tolist() == ["row-3", "row-5"]
    assert pool.jobs.submit_s.tolist() == [0, 0]
    assert "ffffff" not in told(pool)
    assert pool.charter.assumptions["filter"] == "jobs from 2017-10-09 to before 2017-10-09 07:01:55"


@pytest.mark.parametrize("said", ["yesterday", "2017-13-01", "2017-10-01T00:00:00+08:00"])
def test_philly_refuses_a_moment_that_is_none(said):
    with pytest.raises(BadInput, match="option since"):
        philly.read(DATA / "philly", since=said)


def test_philly_wants_both_tables(tmp_path):
    (tmp_path / "jobs.csv").write_text("timestamp,duration,num_gpus,cluster\n")
    with pytest.raises(BadInput, match="one table of jobs and one of nodes"):
        philly.read(tmp_path / "jobs.csv")


def test_helios_gives_a_cluster_the_most_gpus_it_had_on_nodes_of_eight_and_a_rest():
    pool = helios.read(DATA / "helios")
    assert pool.nodes.id.tolist() == ["vcOne-n001", "vcOne-n002", "vcTwo-n001", "vcTwo-n002"]
    assert pool.nodes.amount[:, 0].tolist() == [8_000, 4_000, 8_000, 8_000]
    last = helios.read(DATA / "helios", date="2020-09-01")
    assert last.nodes.amount[:, 0].tolist() == [4_000, 8_000, 8_000]
    with pytest.raises(BadInput, match=r'no day "2020-09-02"(.|\n)*2020-09-01'):
        helios.read(DATA / "helios", date="2020-09-02")


def test_helios_takes_run_times_and_leaves_out_what_used_no_gpu_or_owned_none():
    pool = helios.read(DATA / "helios")
    assert pool.jobs.id.tolist() == ["505", "501", "502"]
    assert pool.jobs.submit_s.tolist() == [0, 61, 91]
    assert pool.jobs.duration_s.tolist() == [30, 3600, 100]
    assert pool.jobs.workers.tolist() == [1, 1, 16]
    assert pool.jobs.user.tolist() == ["uAAAA", "uAAAA", "uBBBB"]
    assert "left out: 2" in told(pool)
    assert len(helios.read(DATA / "helios", since="2020-06-09 18:41:01", until="2020-06-09 18:41:02").jobs) == 1


def test_helios_wants_both_tables(tmp_path):
    log = (DATA / "helios" / "cluster_log.csv").read_text()
    (tmp_path / "cluster_log.csv").write_text(log.replace("2020-06-09 18:42:00,2020", "yesterday,2020"))
    with pytest.raises(BadInput, match="one log of jobs and one table of GPUs"):
        helios.read(tmp_path)
    (tmp_path / "cluster_gpu_number.csv").write_text("date,vcOne\n2020-06-01,8\n")
    with pytest.raises(BadInput, match=r'cluster_log\.csv:4, column submit_time: "yesterday" is not a moment'):
        helios.read(tmp_path)


def test_acme_compares_moments_of_different_zones():
    pool = acme.read(DATA / "acme")
    assert pool.jobs.id.tolist() == ["902", "901", "904"]  # 16:18:02, 16:18:22 and 17:18:02 by UTC
    assert pool.jobs.submit_s.tolist() == [0, 20, 3600]
    assert pool.jobs.kind.tolist() == ["Evaluation", "Pretrain", "Evaluation"]
    assert pool.members.id.tolist() == ["Evaluation", "Pretrain"]
    assert acme.read(DATA / "acme", member="user").members.id.tolist() == ["uaaaa", "ubbbb"]
    assert acme.read(DATA / "acme", since="2023-02-28 16:18:20").jobs.id.tolist() == ["901", "904"]
    with pytest.raises(BadInput, match="option member"):
        acme.read(DATA / "acme", member="owner")


def test_acme_derives_nodes_unless_their_number_is_said():
    work, span = 117 * 8 + 600 * 12 + 10, 3600
    assert len(acme.read(DATA / "acme", load=0.05).nodes) == math.ceil(work / (0.05 * span * 8))
    assert len(acme.read(DATA / "acme", load=100).nodes) == 2  # the gang of 12
    assert len(acme.read(DATA / "acme", nodes=286).nodes) == 286


def test_philly_log_adds_attempts_up_and_leaves_out_what_was_not_seen_to_end():
    pool = philly_log.read(DATA / "philly_log")
    assert pool.jobs.id.tolist() == ["application_1_2", "application_1_1"]
    assert pool.jobs.submit_s.tolist() == [0, 99]
    assert pool.jobs.duration_s.tolist() == [600, 74 + 3600]
    assert pool.jobs.gang[:, 0].tolist() == [10_000, 2_000]
    assert pool.members.id.tolist() == ["6214e9", "aaaaaa"]
    assert pool.flavors == ("gpu-12g", "gpu-24g")
    assert pool.capacity[:, 0].tolist() == [2_000, 8_000]
    assert pool.flavor_gpu_memory.tolist() == [12_000, 24_000]
    assert "left out: 3" in told(pool)


def test_philly_log_takes_both_files_by_name_and_says_which_job_is_wrong(tmp_path):
    machines = DATA / "philly_log" / "cluster_machine_list"
    log = json.loads((DATA / "philly_log" / "cluster_job_log").read_text())
    log[1]["attempts"][0]["detail"] = 3
    del log[2]["vc"]
    (tmp_path / "log.json").write_text(json.dumps(log))
    with pytest.raises(BadInput) as caught:
        philly_log.read(tmp_path / "log.json", machines)
    assert [fault.where for fault in caught.value.faults] == ["log.json, job 2", "log.json, job 3"]
    with pytest.raises(BadInput, match="name both files"):
        philly_log.read(tmp_path / "log.json")


def test_pai_makes_a_gang_of_every_task_with_a_worker_an_instance():
    pool = pai.read(DATA / "pai")
    assert pool.jobs.id.tolist() == ["job-b/tensorflow", "job-a/ps", "job-a/worker"]
    assert pool.jobs.submit_s.tolist() == [400, 1000, 1000]  # when the job was submitted
    assert pool.jobs.duration_s.tolist() == [50, 990, 970]  # as long as the task ran
    assert pool.jobs.workers.tolist() == [1, 1, 2]
    assert pool.resources == ("cpu_milli", "memory_milli_gib", "gpu_milli")
    assert pool.jobs.bundle.tolist() == [[6_000, 29_297, 1_000], [6_000, 29_297, 0], [4_000, 10_000, 500]]
    assert pool.jobs.speed.tolist() == [[1, 1, 1]] * 3
    assert pool.members.id.tolist() == ["user-x", "user-y"]
    assert "left out: 2" in told(pool)


def test_pai_pins_tasks_to_the_type_they_were_given_if_asked():
    pool = pai.read(DATA / "pai", pinned=True)
    assert pool.flavors == ("CPU", "MISC", "T4")
    assert pool.jobs.speed.tolist() == [[0, 1, 0], [1, 1, 1], [0, 0, 1]]


def test_pai_reads_tables_with_headers_and_names_rows_as_they_stand_in_the_file(tmp_path):
    for path in (DATA / "pai").iterdir():
        (tmp_path / path.name).write_text(path.read_text())
    jobs = tmp_path / "pai_job_table.csv"
    jobs.write_text(jobs.read_text().replace("400.0,500.0", "soon,500.0"))
    with pytest.raises(BadInput, match=r"pai_job_table\.csv:2, column start_time"):
        pai.read(tmp_path)
    jobs.write_text("job_name,inst_id,user,status,start_time,end_time\n" + jobs.read_text())
    with pytest.raises(BadInput, match=r"pai_job_table\.csv:3, column start_time"):
        pai.read(tmp_path)


def test_openb_makes_flavors_of_models_and_members_of_classes():
    pool = openb.read(DATA / "openb")
    assert pool.flavors == ("P100", "V100M32", "cpu")
    assert pool.members.id.tolist() == ["BE", "LS"]
    assert pool.resources == ("cpu_milli", "memory_milli_gib", "gpu_milli")
    assert pool.capacity.tolist() == [[64_000, 256_000, 2_000], [96_000, 384_000, 8_000], [32_000, 256_000, 0]]
    assert pool.standing.weight.tolist() == [1, 1]


def test_openb_runs_pods_from_scheduling_to_deletion_where_their_spec_allows():
    pool = openb.read(DATA / "openb")
    assert pool.jobs.id.tolist() == ["pod-1", "pod-0", "pod-2"]
    assert pool.jobs.submit_s.tolist() == [0, 5, 20]
    assert pool.jobs.duration_s.tolist() == [900, 1190, 60]
    assert pool.jobs.bundle.tolist() == [[3152, 5470, 460], [12_000, 16_000, 1000], [6000, 1000, 0]]  # 5601 MiB, up
    assert pool.jobs.speed.tolist() == [[1, 0, 0], [1, 1, 1], [1, 1, 1]]
    assert "pods that never ran were left out: 1" in told(pool)


def test_openb_takes_two_files_nodes_first():
    pool = openb.read(DATA / "openb" / "openb_node_list_all_node.csv", DATA / "openb" / "openb_pod_list_default.csv")
    assert len(pool.nodes) == 3
    with pytest.raises(BadInput):
        openb.read(DATA / "openb" / "openb_pod_list_default.csv", DATA / "openb" / "openb_node_list_all_node.csv")


def test_swf_reads_columns_by_number_and_the_header():
    pool = swf.read(DATA / "swf")
    assert pool.jobs.id.tolist() == ["1", "4", "2"]
    assert pool.jobs.duration_s.tolist() == [100, 9, 30]
    assert pool.jobs.workers.tolist() == [4, 1, 2]  # job 2 names only what it requested
    assert pool.nodes.amount[:, 0].tolist() == [3000, 3000, 2000]
    assert "left out: 1" in told(pool)


@pytest.mark.parametrize(
    ("member", "names"),
    [
        ("group", ["group-1", "group-2", "group-unknown"]),
        ("user", ["user-7", "user-8", "user-unknown"]),
        ("queue", ["queue-2", "queue-short"]),
    ],
)
def test_swf_takes_members_from_the_column_that_is_chosen(member, names):
    assert swf.read(DATA / "swf", member=member).members.id.tolist() == names


def test_swf_derives_nodes_where_the_header_names_none(tmp_path):
    lines = [line for line in (DATA / "swf" / "sample.swf").read_text().splitlines() if not line.startswith(";")]
    (tmp_path / "bare.swf").write_text("\n".join(lines))
    pool = swf.read(tmp_path / "bare.swf", load=0.1)
    work, span = 100 * 4 + 30 * 2 + 9, 60
    assert len(pool.nodes) == math.ceil(work / (0.1 * span * 16))
    assert "0.1 x H x 16" in pool.charter.assumptions["nodes"]


def test_swf_names_the_line_of_what_is_wrong(tmp_path):
    path = tmp_path / "bad.swf"
    path.write_text("; a header\n\n1 2 3\n")
    with pytest.raises(BadInput, match=r"bad\.swf:3: has 3 fields"):
        swf.read(path)
    path.write_text(";\n" + " ".join(["1", "0", "0", "1.5"] + ["1"] * 14) + "\n")
    with pytest.raises(BadInput, match=r"bad\.swf:2, column 4: \"1\.5\" is not a whole number"):
        swf.read(path)
    with pytest.raises(BadInput, match="option member"):
        swf.read(path, member="grop")


def test_gavel_makes_a_claim_of_every_job_type_and_scale():
    pool = gavel.read(DATA / "gavel", gpus="8, 4,2")
    assert pool.claims.id.tolist() == ["Run x1", "Walk (batch size 16) x1", "Walk (batch size 16) x2"]
    assert pool.members.id.tolist() == ["Run", "Walk"]
    assert pool.flavors == ("k80", "p100", "v100")
    assert pool.capacity[:, 0].tolist() == [2000, 4000, 8000]
    assert pool.claims.bundle[:, 0].tolist() == [1000, 1000, 2000]
    assert pool.claims.tasks_micro.tolist() == [1_000_000] * 3
    assert pool.claims.speed.tolist() == [[0.5, 1, 3], [1.25, 4, 12.5], [0, 7.5, 20.1234567890123]]


def test_gavel_takes_the_rates_of_gangs_that_are_spread_out():
    pool = gavel.read(DATA / "gavel", consolidated=False)
    assert pool.claims.speed.tolist() == [[0, 0, 11]]


@pytest.mark.parametrize("gpus", ["36,36", "36,36,x", "-1,2,3", "0,0,0", "1e3,1,1", ""])
def test_gavel_refuses_numbers_of_gpus_that_cannot_be(gpus):
    with pytest.raises(BadInput, match="option gpus"):
        gavel.read(DATA / "gavel", gpus=gpus)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"v100": 3, "p100": {}, "k80": {}}',
        '{"v100": {"x(": {}}, "p100": {}, "k80": {}}',
        '{"v100": {"(1, 1)": {"null": 2}}, "p100": {}, "k80": {}}',
        '{"v100": {"("a", 1)": {"null": -2}}, "p100": {}, "k80": {}}',
        '{"v100": {"("a", 1)": {"null": NaN}}, "p100": {}, "k80": {}}',
    ],
)
def test_gavel_refuses_a_file_that_is_no_table_of_throughputs(content, tmp_path):
    (tmp_path / "simulation_throughputs.json").write_text(content)
    with pytest.raises(BadInput):
        gavel.read(tmp_path)
