"""Does the reader of Slurm's records take them for what they mean? By what a real Slurm printed, and by rows made up."""

import gzip
import os
import re
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.errors import BadInput
from apportion.sources import slurm
from apportion.sources._owners import Owner
from apportion.sources._slurm.accounts import Account, weights
from apportion.sources._slurm.nodes import hosts
from apportion.sources._slurm.tres import read_tres

REAL = Path(__file__).parents[1] / "data" / "slurm"
ALSO = Path(__file__).parents[1] / "data" / "slurm_printed"
NODES = "NodeName=n1 CPUTot=8 RealMemory=16384 Gres=gpu:a100:4(S:0-1) State=IDLE\n"
HEADER = "JobID|Account|User|Partition|Submit|Start|End|Elapsed|State|ReqTRES|AllocTRES|NNodes|Timelimit"
TRES = "cpu=2,gres/gpu:a100=1,gres/gpu=1,mem=4G,node=1"


def row(**said):
    cells = {
        "JobID": "7",
        "Account": "bio",
        "User": "ana",
        "Partition": "main",
        "Submit": "2025-03-01T10:00:00",
        "Start": "2025-03-01T10:01:00",
        "End": "2025-03-01T10:03:00",
        "Elapsed": "00:02:00",
        "State": "COMPLETED",
        "ReqTRES": TRES,
        "AllocTRES": TRES,
        "NNodes": "1",
        "Timelimit": "01:00:00",
    } | said
    return "|".join(cells[name] for name in HEADER.split("|"))


@pytest.fixture
def records(tmp_path):
    """Write rows below a header, and one node, as files; return what `read` makes of them."""

    def read(*rows, header=HEADER, nodes=NODES, **options):
        (tmp_path / "jobs.txt").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        (tmp_path / "nodes.txt").write_text(nodes, encoding="utf-8")
        return slurm.read(tmp_path / "jobs.txt", tmp_path / "nodes.txt", **options)

    return read


def column(pool, name):
    return dict(zip(pool.jobs.id.tolist(), getattr(pool.jobs, name).tolist(), strict=True))


def told(pool):
    return "\n".join(map(str, pool.notices))


def bundles(pool):
    return [dict(zip(pool.resources, bundle, strict=True)) for bundle in pool.jobs.bundle.tolist()]


# what a real Slurm 22.05 printed


def rows_of(path):
    header, *lines = path.read_text("utf-8").splitlines()
    return [dict(zip(header.split("|"), line.split("|"), strict=True)) for line in lines]


def test_every_account_held_as_much_as_a_sum_by_hand_says():
    pool = slurm.read(REAL, down="keep", waiting="out")
    by_hand = {}
    for said in rows_of(REAL / "jobs.txt"):
        amounts = dict(re.findall(r"([\w/:]+)=(\d+)", said["AllocTRES"]))
        for resource, name in (("cpu_milli", "cpu"), ("gpu_milli", "gres/gpu")):
            key = said["Account"], resource
            held = 1000 * int(said["ElapsedRaw"]) * int(amounts.get(name, 0))
            by_hand[key] = by_hand.get(key, 0) + held
    held = {}
    for job, of, lasted, gang in zip(pool.jobs.id, pool.jobs.member, pool.jobs.duration_s, pool.jobs.gang, strict=True):
        for resource in ("cpu_milli", "gpu_milli"):
            key = str(pool.members.id[of]), resource
            held[key] = held.get(key, 0) + int(lasted) * int(gang[pool.resources.index(resource)])
        assert "[" not in job
    assert held == by_hand


def test_the_tree_of_fair_shares_gives_weights_as_slurm_divides():
    pool = slurm.read(REAL)
    weight = dict(zip(pool.members.id.tolist(), pool.members.weight.tolist(), strict=True))
    # of 6 shares: university 3, of which physics 2 of 3 and biology 1 of 3; hospital 2; startup 1
    assert weight == {"biology": 1.0, "hospital": 2.0, "physics": 2.0, "startup": 1.0, "university": 0.0}
    parent = {name: pool.members.parent[i] for i, name in enumerate(pool.members.id)}
    assert {name for name in parent if parent[name] >= 0} == {"biology", "physics"}
    assert pool.charter.entitlements.rule == "weight"


def test_nodes_that_cannot_be_used_are_left_out_and_listed_or_kept():
    pool = slurm.read(REAL)
    assert pool.nodes.id.tolist() == ["a-n1", "a-n2"]
    assert "b-n1 MIXED+DRAIN, c-n1 DOWN+NOT_RESPONDING, c-n2 DOWN+NOT_RESPONDING" in told(pool)
    whole = slurm.read(REAL, down="keep")
    assert whole.nodes.id.tolist() == ["a-n1", "a-n2", "b-n1", "c-n1", "c-n2"]
    assert whole.flavors == ("a100", "cpu", "t4")
    assert dict(zip(whole.resources, whole.capacity.sum(axis=0).tolist(), strict=True)) == {
        "cpu_milli": 28_000,
        "memory_milli_gib": 2 * 1953 + 2929 + 2 * 3906,
        "gpu_milli": 10_000,
    }


def test_attempts_arrays_and_parts_of_a_job_are_what_slurm_made_of_them():
    pool = slurm.read(REAL, waiting="limit")
    lasted, workers = column(pool, "duration_s"), column(pool, "workers")
    attempts = [said for said in rows_of(REAL / "jobs.txt") if said["JobID"] == "273"]
    assert [said["State"] for said in attempts] == ["PREEMPTED", "COMPLETED"]
    assert lasted["273"] == sum(int(said["ElapsedRaw"]) for said in attempts)
    assert {name for name in lasted if name.startswith("244_")} == {f"244_{task}" for task in (3, 5, 9, 13, 17)}
    assert {name for name in lasted if name.startswith("282_")} == {f"282_{task}" for task in (1, 3, 5, 7)}
    assert lasted["282_1"] == 600  # it waits, and its limit is ten minutes
    assert {"254+0", "254+1"} <= set(lasted)
    assert workers["247"] == 2  # a gang on two nodes
    assert workers["251"] == 5  # five cores on two nodes do not divide: a worker a core
    assert "252" not in lasted  # cancelled before it began
    assert sum(said["State"] == "RUNNING" for said in rows_of(REAL / "jobs.txt")) == 3
    assert "jobs still run, and count as long as they have run up to now: 3" in told(pool)


def test_records_printed_in_another_way_say_the_same(tmp_path):
    pool = slurm.read(REAL)
    oneliner = slurm.read(REAL / "jobs.txt", REAL / "accounts.txt", ALSO / "nodes-oneliner.txt")
    tree = slurm.read(ALSO / "accounts-tree.txt", REAL / "nodes.txt", REAL / "jobs.txt")
    for other in (oneliner, tree):
        assert other.members.leaves == pool.members.leaves
        assert other.nodes.leaves == pool.nodes.leaves
        assert column(other, "duration_s") == column(pool, "duration_s")
    epoch = slurm.read(ALSO / "jobs-epoch.txt", REAL / "nodes.txt")
    assert column(epoch, "submit_s").keys() == column(pool, "submit_s").keys()
    both = slurm.read(REAL, ALSO / "jobs-epoch.txt")
    assert column(both, "submit_s") == column(pool, "submit_s")
    packed = tmp_path / "jobs.txt.gz"
    packed.write_bytes(gzip.compress((REAL / "jobs.txt").read_bytes()))
    assert column(slurm.read(packed, REAL / "nodes.txt"), "submit_s") == column(pool, "submit_s")


def test_accounts_without_their_parents_stand_side_by_side_and_that_is_said():
    pool = slurm.read(REAL / "jobs.txt", REAL / "nodes.txt", ALSO / "accounts-plain.txt")
    assert "who is above whom is not said" in told(pool)
    assert set(pool.members.parent.tolist()) == {-1}
    weight = dict(zip(pool.members.id.tolist(), pool.members.weight.tolist(), strict=True))
    assert weight == {"biology": 1.0, "hospital": 2.0, "physics": 2.0, "startup": 1.0, "university": 3.0}


def test_a_table_without_the_needed_columns_names_them_and_the_command():
    with pytest.raises(BadInput, match=r'no column "Submit", "ElapsedRaw" \(or "Start" and "End"\)') as caught:
        slurm.read(ALSO / "jobs-and-steps.txt", REAL / "nodes.txt")
    assert "sacct --allusers --allocations --duplicates --parsable2" in str(caught.value)


# rows made up


def test_amounts_are_exact_and_memory_is_rounded_down_alike_on_nodes_and_in_jobs(records):
    pool = records(row(AllocTRES="billing=9,cpu=3,gres/gpu=2,gres/gpu:a100=2,mem=62.50G,node=1"))
    assert bundles(pool) == [{"cpu_milli": 3000, "memory_milli_gib": 62_500, "gpu_milli": 2000}]
    whole = records(
        *(row(JobID=str(i), AllocTRES="cpu=1,mem=500M,node=1") for i in range(4)), nodes=NODES.replace("16384", "2000")
    )
    assert whole.jobs.bundle[:, 1].sum() <= whole.capacity[0, 1]  # four quarters of a node fit it


@settings(max_examples=60, deadline=None)
@given(
    cpu=st.integers(0, 10**6),
    mem=st.integers(0, 10**7),
    gpus=st.dictionaries(
        st.sampled_from(["a100", "h100.sxm", "nvidia_a100-pcie-40gb"]), st.integers(0, 99), max_size=3
    ),
    node=st.integers(1, 10**4),
)
def test_what_is_printed_as_tres_is_read_back(cpu, mem, gpus, node):
    parts = [f"cpu={cpu}", f"mem={mem}M", f"node={node}", "billing=3", "fs/disk=7"]
    parts += [f"gres/gpu:{name}={count}" for name, count in gpus.items()]
    found = read_tres(pl.Series([",".join(parts)])).row(0, named=True)
    assert (found["cpu"], found["memory_kib"], found["node"]) == (cpu, mem * 1024, node)
    assert found["gpu"] == sum(gpus.values())
    assert found["type"] == "+".join(sorted(name for name, count in gpus.items() if count))


@pytest.mark.parametrize("bad", ["cpu=4,mem=", "cpu", "cpu=x", "=4", "cpu=4,,mem=1M", "4"])
def test_text_that_is_no_tres_string_has_no_cores(bad):
    assert read_tres(pl.Series([bad])).row(0, named=True)["cpu"] is None


BROKEN = {
    "a bar in a name": (row(User="a|b"), "their number of cells is not the header's 13: 1 (line 3 has 14)"),
    "a cell too few": (row().rpartition("|")[0], "line 3 has 12"),
    "a day that is none": (row(Submit="2025-02-30T10:00:00"), "their Submit is no moment: 1 (line 3)"),
    "an end that is none": (row(End="tomorrow"), "their Start or End is no moment: 1 (line 3)"),
    "an end before the start": (row(End="2025-03-01T09:00:00"), "they end before they start: 1 (line 3)"),
    "no account": (row(Account=""), "they name no account: 1 (line 3)"),
    "no id": (row(JobID="seven"), "their JobID is none: 1 (line 3)"),
    "no state": (row(State="DREAMING"), "their State is none of Slurm's: 1 (line 3)"),
    "no amounts": (row(AllocTRES="cpu=4,mem="), "what they held is no TRES string: 1 (line 3)"),
    "no span": (row(Elapsed="a while", End="Unknown"), "how long they ran is not said: 1 (line 3)"),
    "an array cut off": (row(JobID="7_[1-"), "their JobID is none: 1 (line 3)"),
    "an array without a step": (row(JobID="7_[1-9:0]"), "their JobID is none: 1 (line 3)"),
    "two points": (row(AllocTRES="cpu=1,mem=4.5.6G"), "what they held is no TRES string: 1 (line 3)"),
    "too many digits": (
        row(AllocTRES="cpu=1,mem=99999999999999999999G"),
        "what they held is no TRES string: 1 (line 3)",
    ),
    "three centuries": (row(Elapsed="99999999999"), "how long they ran is not said: 1 (line 3)"),
    "another cluster": (row(State="REVOKED"), "they ran on another cluster of a federation: 1 (line 3)"),
    "lost": (
        row(State="RUNNING", End="Unknown", Elapsed="300-00:00:00"),
        "they are said to run, and are a day past their limit: 1 (line 3)",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_row_that_cannot_be_meant_is_left_out_and_told_with_its_line(what, records):
    broken, said = BROKEN[what]
    pool = records(row(JobID="1"), broken, row(JobID="2"))
    assert pool.jobs.id.tolist() == ["1", "2"]
    assert said in told(pool)


def test_if_no_row_is_left_it_is_an_error_that_says_why(records):
    with pytest.raises(BadInput, match=r"no job is left[\s\S]*they end before they start: 1"):
        records(row(End="2025-03-01T09:00:00"))
    with pytest.raises(BadInput, match="no job is left"):
        records()


def test_a_clock_set_back_while_a_job_ran_is_no_fault(records):
    pool = records(
        row(Start="2025-10-26T02:50:00", End="2025-10-26T02:20:00", Elapsed="00:30:00"), zone="Europe/Berlin"
    )
    assert pool.jobs.duration_s.tolist() == [1800]


def test_moments_are_by_the_clock_of_the_zone_that_is_said(records):
    rows = [row(JobID="1", Submit="2025-03-30T01:00:00"), row(JobID="2", Submit="2025-03-30T04:00:00")]
    assert records(*rows).jobs.submit_s.tolist() == [0, 3 * 3600]
    assert records(*rows, zone="Europe/Berlin").jobs.submit_s.tolist() == [0, 2 * 3600]
    with pytest.raises(BadInput, match="no time zone"):
        records(*rows, zone="Europe/Atlantis")


def test_states_with_more_words_and_old_ways_of_saying_never(records):
    pool = records(
        row(JobID="1", State="CANCELLED by 1000"),
        row(
            JobID="2",
            State="CANCELLED by 1000",
            Start="None",
            End="2025-03-01T10:00:30",
            Elapsed="00:00:00",
            AllocTRES="",
        ),
        row(
            JobID="3",
            State="CANCELLED",
            Start="2025-03-01T10:00:30",
            End="2025-03-01T10:00:30",
            Elapsed="00:00:00",
            AllocTRES="",
        ),
        row(JobID="4", State="OUT_OF_MEMORY"),
    )
    assert pool.jobs.id.tolist() == ["1", "4"]
    assert "jobs that ended before they began were left out: 2" in told(pool)


def test_jobs_that_wait_last_as_long_as_is_said(records):
    rows = [row(JobID="1"), row(JobID="2", Account="chem", Elapsed="00:30:00")]
    waits = {"Start": "Unknown", "End": "Unknown", "Elapsed": "00:00:00", "State": "PENDING", "AllocTRES": ""}
    rows += [row(JobID="3", **waits), row(JobID="4", **waits | {"Timelimit": "00:01:00"})]
    rows += [row(JobID="5", **waits | {"Timelimit": "UNLIMITED", "Account": "new"})]
    assert column(records(*rows), "duration_s") == {"1": 120, "2": 1800, "3": 120, "4": 60, "5": 960}
    assert column(records(*rows, waiting="limit"), "duration_s") == {"1": 120, "2": 1800, "3": 3600, "4": 60, "5": 960}
    assert list(column(records(*rows, waiting="out"), "duration_s")) == ["1", "2"]


def test_an_id_that_is_used_again_is_another_job(records):
    pool = records(row(), row(Submit="2025-04-01T10:00:00", Start="2025-04-01T10:00:00", End="2025-04-01T10:02:00"))
    assert pool.jobs.id.tolist() == ["7", "7#2"]
    assert pool.jobs.duration_s.tolist() == [120, 120]


def test_a_row_twice_counts_once_and_the_later_state_holds(records):
    running = row(State="RUNNING", End="Unknown", Elapsed="00:01:00")
    waiting = row(State="PENDING", Start="Unknown", End="Unknown", Elapsed="00:00:00", AllocTRES="")
    pool = records(row(), running, waiting, row(), HEADER)
    assert pool.jobs.duration_s.tolist() == [120]
    assert "rows that another row repeats, or tells the later state of, were left out: 3" in told(pool)


def test_steps_are_left_out_and_counted(records):
    pool = records(
        row(), row(JobID="7.batch"), row(JobID="7.0"), row(JobID="8_1"), row(JobID="8_1.extern"), row(JobID="9+1")
    )
    assert pool.jobs.id.tolist() == ["7", "8_1", "9+1"]
    assert "rows are steps of jobs, which are in their jobs already, and were left out: 3" in told(pool)


def test_older_columns_say_the_same_as_tres_strings(records):
    header = "JobID|Account|Submit|Start|End|State|AllocCPUS|ReqMem|NNodes|AllocGRES"
    cells = "7|bio|2025-03-01T10:00:00|2025-03-01T10:01:00|2025-03-01T10:03:00|COMPLETED|4|{memory}|2|gpu:1"
    for memory in ("2Gn", "1024Mc", "4G"):
        pool = records(cells.format(memory=memory), header=header)
        assert bundles(pool) == [{"cpu_milli": 2000, "memory_milli_gib": 2000, "gpu_milli": 1000}]
        assert pool.jobs.workers.tolist() == [2]


def test_names_of_any_kind_and_ends_of_lines_of_any_kind(records, tmp_path):
    pool = records(row(Account="生物-实验室 1", User="Ö"), row(JobID="8", Account='a"b,c'))
    assert pool.members.id.tolist() == ['a"b,c', "生物-实验室 1"]
    raw = "\r\n".join([HEADER + "|", row() + "|", "", row(JobID="8") + "|"])
    (tmp_path / "jobs.txt").write_bytes(b"\xef\xbb\xbf" + raw.encode() + b"\r\n")
    pool = slurm.read(tmp_path / "nodes.txt", tmp_path / "jobs.txt")
    assert pool.jobs.id.tolist() == ["7", "8"]
    (tmp_path / "jobs.txt").write_bytes((HEADER + "\n" + row(User="x") + "\n").encode().replace(b"|x|", b"|\xe9|"))
    assert len(slurm.read(tmp_path / "nodes.txt", tmp_path / "jobs.txt").jobs) == 1


def test_members_can_be_users_or_partitions(records):
    rows = [row(), row(JobID="8", User="ben", Partition="short", Account="")]
    assert records(*rows, member="user").members.id.tolist() == ["ana", "ben"]
    assert records(*rows, member="partition").members.id.tolist() == ["main", "short"]
    with pytest.raises(BadInput, match="option member"):
        records(*rows, member="queue")


def test_records_of_several_clusters_need_a_choice(records):
    header = HEADER + "|Cluster"
    rows = [row() + "|north", row(JobID="8") + "|south"]
    with pytest.raises(BadInput, match="several clusters: north, south"):
        records(*rows, header=header)
    assert records(*rows, header=header, cluster="south").jobs.id.tolist() == ["8"]
    with pytest.raises(BadInput, match='nothing of a cluster "east"'):
        records(*rows, header=header, cluster="east")


def test_types_of_gpus_are_flavors_and_jobs_keep_to_theirs_if_asked(records):
    two = (
        NODES
        + "NodeName=n2 CPUTot=8 RealMemory=16384 Gres=gpu:t4:2,gpu:v100:2 State=MIXED\n"
        + "NodeName=c CPUTot=4 RealMemory=9 State=IDLE"
    )
    rows = [
        row(JobID="1"),
        row(JobID="2", ReqTRES="cpu=2,gres/gpu=1,mem=4G,node=1"),
        row(JobID="3", ReqTRES="cpu=1,gres/gpu:v100=1"),
    ]
    free = records(*rows, nodes=two)
    assert free.flavors == ("a100", "cpu", "t4+v100")
    assert free.jobs.speed.tolist() == [[1.0] * 3] * 3
    assert "jobs that named a type of GPU may run on any here, at the same speed: 2" in told(free)
    kept = records(*rows, nodes=two, pinned=True)
    assert kept.jobs.speed.tolist() == [[1.0, 0.0, 0.0], [1.0, 1.0, 1.0], [0.0, 0.0, 1.0]]


def test_what_is_kept_for_the_system_is_not_divided_and_other_resources_are(records):
    node = "NodeName=n1 CPUTot=8 CPUEfctv=6 RealMemory=16384 MemSpecLimit=1024 Gres=gpu:2,shard:8,fpga:1 State=IDLE\n"
    pool = records(row(AllocTRES="cpu=1,gres/shard=2,mem=1G,node=1", ReqTRES="cpu=1"), nodes=node)
    held = dict(zip(pool.resources, pool.capacity[0].tolist(), strict=True))
    assert held == {"cpu_milli": 6000, "memory_milli_gib": 15_000, "gpu_milli": 2000, "shard_milli": 8000}
    assert pool.flavors == ("gpu",)


def test_memory_that_slurm_does_not_manage_is_left_out(records):
    pool = records(row(), nodes=NODES.replace("16384", "1"))
    assert pool.resources == ("cpu_milli", "gpu_milli")
    assert "Slurm does not manage memory here" in told(pool)


def test_nodes_can_come_as_slurm_conf_lists_them_and_odd_ones_are_told(records):
    node = "NodeName=n[01-03],m1 CPUs=4 RealMemory=8000 Gres=gpu:a100:2 State=UNKNOWN\n"
    node += "NodeName=odd CPUTot=many RealMemory=1\n"
    pool = records(row(), nodes=node, down="keep")
    assert pool.nodes.id.tolist() == ["m1", "n01", "n02", "n03"]
    assert "their CPUTot, RealMemory or Gres is no number: 1 (line 2)" in told(pool)
    assert hosts("r[1-2]c[0-1]") == ["r1c0", "r1c1", "r2c0", "r2c1"]


def test_arrays_of_which_only_a_part_is_listed_and_of_any_size_are_read(records):
    waits = {"Start": "Unknown", "End": "Unknown", "Elapsed": "00:00:00", "State": "PENDING", "AllocTRES": ""}
    pool = records(row(JobID="1"), row(JobID="8_[1-2,2,7-11:4,...%5]", **waits))
    assert pool.jobs.id.tolist() == ["1", "8_1", "8_2", "8_7", "8_11"]
    assert "arrays of which Slurm lists a part of the tasks only: 1" in told(pool)


def test_accounts_as_sshare_prints_them_and_without_shares(tmp_path):
    printed = "Account|User|RawShares|NormShares\nroot||||\n a||2|\n  a|ana|1|\n b||1|\n  b|ben|1|\n"
    (tmp_path / "shares.txt").write_bytes(b"\xef\xbb\xbf" + printed.replace("root||||", "root|||").encode())
    (tmp_path / "nodes.txt").write_bytes(b"\xef\xbb\xbf" + NODES.encode())
    pool = slurm.read(tmp_path)
    assert dict(zip(pool.members.id.tolist(), pool.members.weight.tolist(), strict=True)) == {"a": 2.0, "b": 1.0}
    (tmp_path / "shares.txt").write_text("Account|ParentName|User\nroot||\na|root|\nb|a|\n")
    pool = slurm.read(tmp_path)
    assert "fair shares are not said: each counts one" in told(pool)
    assert pool.members.parent.tolist() == [-1, 0]


def test_weights_come_down_the_tree_as_normalized_shares_do():
    accounts = {
        "root": Account(users=[1]),
        "a": Account("root", 3, [1, 1]),
        "a1": Account("a", 2, [1]),
        "b": Account("root", 1, [5]),
        "idle": Account("root", 0, []),
    }
    assert weights(accounts) == {
        "root": Fraction(0),
        "a": Fraction(3, 8),  # of its 3/4, two users of one share each beside two shares of a1
        "a1": Fraction(3, 8),
        "b": Fraction(1, 4),
        "idle": Fraction(0),
    }


# owners


def test_owners_map_nodes_and_accounts_and_name_what_is_left():
    owners = (
        Owner("a-n*", "univ-a"),
        Owner("physics", "univ-a"),
        Owner("b-*", "clinic"),
        Owner("hosp*", "clinic"),
        Owner("zz", "q"),
    )
    pool = slurm.read(REAL, down="keep", owners=owners)
    assert pool.members.id.tolist() == ["biology", "clinic", "startup", "univ-a", "university"]
    assert [pool.members.id[i] if i >= 0 else "" for i in pool.nodes.owner] == ["univ-a", "univ-a", "clinic", "", ""]
    assert pool.charter.entitlements.rule == "contribution"
    assert 'nothing fits the pattern "zz" of member "q"' in told(pool)
    assert "nodes that no pattern fits: 2 (c-n1, c-n2)" in told(pool)
    assert "accounts that no pattern fits: 3 (startup, university, biology)" in told(pool)


def test_accounts_that_are_mapped_bring_their_weights_together():
    pool = slurm.read(
        REAL, owners=(Owner("account:x", "n"), Owner("physics", "u", "account"), Owner("biology", "u", "account"))
    )
    weight = dict(zip(pool.members.id.tolist(), pool.members.weight.tolist(), strict=True))
    assert weight == {"u": 3.0, "hospital": 2.0, "startup": 1.0}  # nobody is below university any more


# files that are something else


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\x7fELF\x00\x01\x02", "is binary"),
        (b"JobID    JobName  Partition\n---- ----\n1  x  y\n", "cannot be told apart without --parsable2"),
        (b"   Cluster    Account       User\n---- ---\n", "cannot be told apart without --parsable2"),
        (b'{"jobs": []}', "is JSON"),
        (row().encode(), "was it printed with --noheader?"),
        (b"hello\n", "which none of Slurm's tools that are read here prints"),
        (b"\x1f\x8b\x08\x00damaged", "the compressed file is damaged"),
    ],
)
def test_a_file_that_is_something_else_says_what_it_may_be(content, said, tmp_path):
    (tmp_path / "odd").write_bytes(content)
    with pytest.raises(BadInput, match=re.escape(said)) as caught:
        slurm.read(tmp_path / "odd", REAL / "nodes.txt", REAL / "jobs.txt")
    assert all(fault.mend and fault.where == "odd" for fault in caught.value.faults)


def test_a_pipe_is_refused_before_it_is_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadInput, match="is no file, and must be read more than once"):
        slurm.read(tmp_path / "pipe")


def test_in_a_directory_a_file_that_is_something_else_is_told_and_left(tmp_path):
    for path in REAL.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "README").write_text("what this is\n")
    assert "README: begins with" in told(slurm.read(tmp_path))


def test_records_without_nodes_or_without_anybody_are_errors_and_nodes_with_owners_are_an_inventory():
    with pytest.raises(BadInput, match="which nodes there are"):
        slurm.read(REAL / "jobs.txt")
    with pytest.raises(BadInput, match="nodes alone do not say who there is"):
        slurm.read(REAL / "nodes.txt")
    pool = slurm.read(REAL / "nodes.txt", owners=(Owner("*", "us"),))
    assert pool.jobs is None
    assert pool.members.id.tolist() == ["us"]
    assert slurm.read(REAL / "nodes.txt", REAL / "accounts.txt").jobs is None


def test_no_node_that_can_be_used_is_an_error(records):
    with pytest.raises(BadInput, match="no node is left that can be used"):
        records(row(), nodes=NODES.replace("IDLE", "DOWN*+DRAIN"))
