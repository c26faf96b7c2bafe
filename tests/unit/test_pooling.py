"""What pooling is worth, from a pool to the words of the command line."""

import json
from dataclasses import replace

import numpy as np
import pytest

import apportion as ap
from apportion import loop
from apportion.cli.app import run_app
from apportion.domain.quantity import MICRO
from apportion.pooling import claims, joining, trace
from making import Case, Claim

GPU = (1000,)


def pool_of(tmp_path, **changes):
    assert run_app(["init", str(tmp_path / "pool")]) == 0
    for name, text in changes.items():
        (tmp_path / "pool" / f"{name}.csv").write_text(text)
    return tmp_path / "pool"


def two(poor=0, rich=3, tasks=(4, 2)):
    asked = tuple(
        Claim(f"c{k}", name, many * MICRO, GPU, (1.0,)) for k, (name, many) in enumerate(zip("ab", tasks, strict=True))
    )
    owned = {("gpu", "a"): (poor * 1000,), ("gpu", "b"): (rich * 1000,)}
    return Case({"a": 1.0, "b": 1.0}, {}, asked, owned, "contribution")


def test_a_member_with_nodes_and_one_with_claims():
    case = two()
    told = claims.alliance(case.pool(), case.situation(), "nucleolus")
    assert [row["alone"] for row in told["members"]] == pytest.approx([0, 2])
    assert [row["credit"] for row in told["members"]] == pytest.approx([0.5, 2.5])
    assert [row["rank"] for row in told["members"]] == [1, 1]
    assert told["gain"] == pytest.approx(1)
    assert told["leaving"][0]["status"] == "nobody"
    losses = {row["member"]: row for row in told["losses"]["members"]}
    assert losses["b"]["lost_if_nodes_fail"] == pytest.approx(3)
    assert losses["b"]["lost_to_all"] == pytest.approx(1)
    assert losses["a"]["lost_if_nodes_fail"] == 0
    assert told["losses"]["largest_owner"] == "b"
    assert told["centre"]["centre"] == pytest.approx(3)  # its GPUs are scarce: 6 tasks for 3


def test_a_plan_that_starves_a_member_makes_it_leave():
    case = two(poor=2, rich=2)
    situation = case.situation()
    plan = loop.decide(situation, loop.rule("equal"))
    starved = replace(plan, tasks_micro=np.array([[4 * MICRO], [0]]))
    told = claims.alliance(case.pool(), situation, plan=starved)
    under = {one["under"]: one for one in told["leaving"]}
    assert under["owen"]["status"] == "nobody"
    assert under["plan"]["status"] == "leaves"
    assert under["plan"]["members"] == ["b"]
    assert under["plan"]["gain"] == pytest.approx(2)
    assert under["plan"]["part"] is None  # of nothing
    assert [row["plan"] for row in told["members"]] == [4, 0]


@pytest.mark.parametrize("credit", ["owen", "shapley", "least_core", "nucleolus"])
@pytest.mark.parametrize(
    "case", [two(0, 0), two(tasks=(0, 0)), two(2, 2), Case({"a": 1.0}, {"gpu": GPU}, (), {}, "equal")]
)
def test_every_division_divides_all_there_is(case, credit):
    told = claims.alliance(case.pool(), case.situation(), credit)
    assert sum(row["credit"] for row in told["members"]) == pytest.approx(told["worth"])
    assert all(row["gain"] >= -1e-9 for row in told["members"])
    assert told["leaving"][0]["status"] == "nobody"


def test_concentration_ends_where_one_holds_all(tmp_path):
    found = joining.concentration(ap.read(pool_of(tmp_path)))
    assert found is not None
    assert [row["member"] for row in found["joined"]] == ["physics", "biology", "startup"]
    assert found["joined"][-1]["after"] == pytest.approx(10_000)
    assert found["hhi"] + sum(row["step"] for row in found["joined"]) == pytest.approx(10_000)
    assert found["pairs"][0]["members"] == ["biology", "physics"]
    assert found["pairs"][0]["change"] == pytest.approx(2e4 * (2 / 7) * (4 / 7))


def test_worth_by_replay_is_what_queues_save(tmp_path):
    """Two members of one GPU; one's two jobs come at once while the other's GPU is free: pooled, one hour is saved."""
    path = pool_of(
        tmp_path,
        members="id\na\nb\n",
        nodes="id,owner,flavor,cpu,memory_gib,gpu\nx,a,g,1,1,1\ny,b,g,1,1,1\n",
        claims="id,member,tasks,cpu,memory_gib,gpu\nc,a,1,1,1,1\n",
        jobs="id,member,submit_s,duration_s,workers,cpu,memory_gib,gpu\nj1,a,0,3600,1,1,1,1\nj2,a,0,3600,1,1,1,1\n",
    )
    told = trace.alliance(ap.read(path))
    assert told["worth"] == pytest.approx(1)
    assert [row["credit"] for row in told["members"]] == pytest.approx([0.5, 0.5])
    assert told["credit"]["epsilon"] == pytest.approx(-0.5)
    assert told["leaving"][0]["status"] == "nobody"


def test_replays_of_a_coalition_are_those_of_a_pool_of_its_nodes(tmp_path):
    """The whole game of the example against pools in which others' nodes and jobs do not exist."""
    from apportion.replays import simulate

    read = ap.read(pool_of(tmp_path))
    game = trace.Game(read, "strict_fifo", {})
    whole = simulate(read, "strict_fifo")
    home, pooled = whole.alone["strict_fifo"].end_s, whole.pooled.end_s
    both = (home >= 0) & (pooled >= 0)
    everyone = game.worths(np.ones((1, 3), dtype=bool))[0]
    assert everyone == pytest.approx((home - pooled)[both].sum() / 3600)
    again = trace.Game(read, "strict_fifo", {}, "any")
    assert np.isfinite(again.worths(np.ones((1, 3), dtype=bool))[0])


def test_draws_stand_in_for_all_coalitions(tmp_path):
    read = ap.read(pool_of(tmp_path))
    exact, drawn = trace.alliance(read), trace.alliance(read, samples=4, seed="x")
    for one, other in zip(exact["members"], drawn["members"], strict=True):
        assert other["credit"] == pytest.approx(one["credit"])  # three members: a draw goes through every order
    assert drawn["leaving"][0]["status"] == "not_shown"
    drawn = claims.alliance(read, loop.assess(read), "shapley", samples=4)
    assert drawn["credit"]["confidence"] == 0.95


def test_the_command_line_says_it(tmp_path, capsys):
    path = str(pool_of(tmp_path))
    capsys.readouterr()
    assert run_app(["-q", "alliance", path, "-o", "json", "--voting", "--quota", "4"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["voting"]["quota"] == 4
    assert [row["shapley_shubik"] for row in told["voting"]["members"]] == [0, 1, 0]
    assert run_app(["-q", "alliance", path, "--plot", str(tmp_path / "x.svg")]) == 0
    assert "Pooling is worth" in capsys.readouterr().out.replace("\n", " ")
    assert (tmp_path / "x.svg").read_text().count("<rect") >= 4


def test_a_core_without_a_margin_and_services_are_said(capsys):
    assert run_app(["-q", "alliance", "examples/services", "--from-trace"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "some division gives every coalition at least what it has by itself." in said
    assert "What services hold is not taken off" in said
    assert "-0" not in said


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--credit", "fair"], 2, "no division is called"),
        (["--quota", "2/3"], 2, "--voting"),
        (["--voting", "--quota", "9"], 2, "is no quota"),
        (["--voting", "--quota", "half"], 2, "is no quota"),
        (["--leaves", "nobody"], 3, "no member is called"),
        (["--from-trace", "--credit", "owen"], 2, "no Owen point"),
        (["--from-trace", "--discipline", "entitled"], 2, "plans for the whole pool"),
        (["--from-trace", "--leaves", "biology", "--plan", "P.json"], 2, "--leaves"),
        (["--from-trace", "--discipline", "none"], 3, "none"),
    ],
)
def test_wrong_use_is_told(tmp_path, capsys, words, code, said):
    path = str(pool_of(tmp_path))
    capsys.readouterr()
    assert run_app(["-q", "alliance", path, *words]) == code
    assert said in capsys.readouterr().err
