"""What does the command line tell of services beside a replay, in every format, and what is refused?"""

import json
from pathlib import Path

import pytest
import yaml

import apportion as ap
from apportion.simulation.services import serve

POOL = Path(__file__).parents[2] / "examples" / "services"
REPLAY = ("-q", "simulate", POOL, "--discipline", "skip_fifo")


def test_every_service_has_a_row_with_who_answers_it(run):
    below = run(*REPLAY)[1].split("Services, over one cycle of hours\n")[1].splitlines()
    rows = {line.split()[0]: line.rstrip() for line in below[1:-1] if not line.startswith(" ")}
    assert list(rows) == ["dictation", "permits", "questions", "triage", "tutor"]
    assert rows["tutor"].endswith("centre 100 %")
    assert "–" in rows["dictation"]  # overloaded for an hour: no worst p99
    assert below[-1].startswith("Lent to jobs of what they hold at their most: ")


def test_what_is_told_of_services_adds_up(run):
    told = json.loads(run(*REPLAY, "-o", "json")[1])
    pool = ap.read(POOL)
    for r, name in enumerate(pool.resources):
        assert sum(row["lent_h"][name] for row in told["services"]) == serve(pool).lent[:, r].sum() / 1000
    for row in told["services"]:
        assert sum(row["regions"].values()) == pytest.approx(1.0)
    assert yaml.safe_load(run(*REPLAY, "-o", "yaml")[1]) == told


def test_headroom_costs_the_jobs_and_only_what_differs_is_shown(run):
    said = run(*REPLAY, "--reserve", "0", "--reserve", "40")[1].splitlines()
    assert said[0] == "Services at the edge and in the centre: 2 replays by skip_fifo"
    assert said[1].split("  ")[0] == "reserve"
    rows = json.loads(run(*REPLAY, "--reserve", "0", "--reserve", "40", "-o", "json")[1])
    waits = {row["reserve"]: row["mean_wait_s"] for row in rows if not row["member"]}
    assert waits[40] > waits[0]


def test_a_pool_without_services_can_reserve_nothing(run):
    assert run("init", "pool")[0] == 0
    code, said, complained = run("simulate", "pool", "--discipline", "skip_fifo", "--reserve", "10")
    assert (code, said) == (2, "")
    assert "no services" in complained
    assert run(*REPLAY, "--reserve", "101")[0] == 2
