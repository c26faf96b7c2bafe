"""Does a charter say in what order waiting jobs start, and is that what happens?"""

import numpy as np
import pytest

from apportion import record, replays
from apportion.domain.charter import Charter, Queueing
from apportion.errors import BadInput
from apportion.loop import charter_rule
from apportion.simulation.services import serve
from apportion.sources import directory
from apportion.sources._charter import read_charter
from apportion.sources._charter_text import charter_text
from apportion.sources._findings import Findings

JOBS = "id,member,submit_s,duration_s,gpu\nlong,a,0,100,2\nmore,a,0,100,2\nb1,b,1,10,2\nb2,b,2,10,1\n"


def pool_of(where, queue, jobs=JOBS, **tables):
    where.mkdir(exist_ok=True)
    (where / "charter.toml").write_text(queue, "utf-8")
    (where / "members.csv").write_text("id\na\nb\n", "utf-8")
    (where / "nodes.csv").write_text("id,owner,flavor,gpu\nn1,a,x,2\nn2,b,x,2\n", "utf-8")
    (where / "jobs.csv").write_text(jobs, "utf-8")
    for name, text in tables.items():
        (where / f"{name}.csv").write_text(text, "utf-8")
    return directory.read(where)


def starts(pool, **options):
    return dict(zip(pool.jobs.id.tolist(), replays.simulate(pool, **options).pooled.start_s.tolist(), strict=True))


def test_the_charter_names_the_discipline(tmp_path):
    pool = pool_of(tmp_path, '[queue]\ndiscipline = "strict_fifo"\n')
    assert starts(pool) == {"long": 0, "more": 0, "b1": 100, "b2": 100}
    assert replays.simulate(pool).discipline == "strict_fifo"
    assert replays.simulate(pool, "sjf").discipline == "sjf"


def test_members_who_do_not_share_run_as_alone(tmp_path):
    pool = pool_of(tmp_path, '[queue]\ndiscipline = "skip_fifo"\npooled = false\n')
    replay = replays.simulate(pool)
    assert dict(zip(pool.jobs.id, replay.pooled.start_s.tolist(), strict=True)) == {
        "long": 0,
        "more": 100,
        "b1": 1,
        "b2": 11,
    }
    assert replay.pooled.end_s.tolist() == replay.alone["skip_fifo"].end_s.tolist()
    assert replay.held.used.tolist() == [[(2 * 200 + 2 * 10 + 10) * 1000]]


def test_a_limit_keeps_a_member_within_its_part(tmp_path):
    pool = pool_of(tmp_path, '[queue]\ndiscipline = "skip_fifo"\nmember_limit = 0.5\n')
    assert starts(pool) == {"long": 0, "more": 100, "b1": 1, "b2": 11}


def test_a_run_starts_jobs_as_the_charter_says(tmp_path):
    text = '[queue]\ndiscipline = "skip_fifo"\nmember_limit = 0.5\n'
    pool = pool_of(tmp_path, text)
    done = record.go(pool, charter_rule(pool.charter), "simulated")
    assert done.history.replay.pooled.start_s.tolist() == replays.simulate(pool).pooled.start_s.tolist()
    assert done.history.replay.discipline == "skip_fifo"
    apart = pool_of(tmp_path, '[queue]\ndiscipline = "skip_fifo"\npooled = false\n')
    with pytest.raises(BadInput, match="nothing to divide"):
        record.go(apart, charter_rule(apart.charter), "simulated")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('[queue]\ndiscipline = "strict_fofo"\n', "strict_fofo"),
        ('[queue]\ndiscipline = "las"\nmood = "2d"\n', 'has no parameter "mood"'),
        ("[queue]\npooled = false\n", "follows plans"),
        ("[queue]\nmember_limit = 0.5\n", "know no limit"),
        ('[queue]\ndiscipline = "skip_fifo"\nmember_limit = 0.5\nplacement = "any"\n', "not kept by placement"),
    ],
)
def test_a_queue_that_cannot_be_is_refused_where_it_stands(tmp_path, text, what):
    with pytest.raises(BadInput, match=what):
        replays.simulate(pool_of(tmp_path, text))


def test_every_fault_of_a_queue_is_told_at_once(tmp_path):
    (tmp_path / "charter.toml").write_text(
        '[queue]\ndiscipline = 3\nplacement = "sideways"\npooled = "no"\nmember_limit = 1.5\nservices = "last"\n',
        "utf-8",
    )
    findings = Findings()
    read_charter(tmp_path, findings)
    with pytest.raises(BadInput) as raised:
        findings.raise_any()
    assert [fault.where for fault in raised.value.faults] == [
        f"charter.toml, queue.{key}" for key in ("discipline", "placement", "pooled", "member_limit", "services")
    ]


def test_a_queue_is_read_back_as_it_was_written(tmp_path):
    queue = Queueing("las", {"mode": "tiresias"}, "consolidated", pooled=False, member_limit=0.25, services="own")
    charter = Charter(queue=queue)
    (tmp_path / "charter.toml").write_text(charter_text(charter), "utf-8")
    assert read_charter(tmp_path, Findings()) == charter
    assert "[queue]" not in charter_text(Charter())


def test_services_keep_to_the_nodes_of_their_member(tmp_path):
    rates = ",".join(f"rate:{hour}" for hour in range(24))
    head = f"id,member,gpu,service_s,p99_s,replicas_min,replicas_max,{rates}\n"
    table = head + "s,a,1,0.5,5,1,4," + ",".join(["6"] * 24) + "\n"
    first = serve(pool_of(tmp_path, "", services=table))
    own = serve(pool_of(tmp_path, '[queue]\nservices = "own"\n', services=table))

    assert first.on_node[0, :, 0].tolist() == [2000, 2000]
    assert own.on_node[0, :, 0].tolist() == [2000, 0]
    assert own.attainment[0, 0] < first.attainment[0, 0]
    assert np.array_equal(own.wished, first.wished)
