"""Does a sweep replay every case once, whatever interrupts it and however many processes work?"""

import json
from dataclasses import replace
from math import ceil

import numpy as np
import polars as pl
import pytest

import apportion as ap
from apportion import loop, sweeps
from apportion.cli.app import run_app
from apportion.cli.replayed import case_rows
from apportion.errors import BadInput
from apportion.ledger import sweep_file
from apportion.simulation.services.scaling import wishes

CASES = sweeps.grid(["strict_fifo", "skip_fifo"], percents=(100, 50), loads=(1.0, 2.0), seeds=("", "other"))


JOBS = [(i * 50, 100 + 37 * i % 400, 1 + i % 3, "ab"[i % 2]) for i in range(40)]


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    home = tmp_path_factory.mktemp("sweep")
    (home / "charter.toml").write_text('name = "Two"\n[policy]\nname = "max_min"\n[entitlements]\nrule = "equal"\n')
    (home / "members.csv").write_text("id\na\nb\n")
    (home / "nodes.csv").write_text("id,owner,flavor,gpu\nn1,a,gpu,4\nn2,b,gpu,4\n")
    rows = "".join(f"j{i},{m},{at},{lasts},{gpu}\n" for i, (at, lasts, gpu, m) in enumerate(JOBS))
    (home / "jobs.csv").write_text("id,member,submit_s,duration_s,gpu\n" + rows)
    return ap.read(home)


@pytest.fixture(scope="module")
def by(pool):
    return loop.charter_rule(pool.charter)


def test_every_combination_is_a_case_once():
    assert len(CASES) == len(set(CASES)) == 16


def test_a_case_is_the_replay_of_the_changed_pool(pool, by):
    for case, told in sweeps.sweep(pool, by, CASES[:4]):
        alone = ap.simulate(sweeps.changed(pool, case), case.discipline)
        if case.percent == 100:
            ended = alone.pooled.finished
            jct = (alone.pooled.end_s - sweeps.changed(pool, case).jobs.submit_s)[ended]
            assert told["mean_jct_s"] == np.mean(jct)


def test_what_is_known_is_not_played_again(pool, by, monkeypatch):
    first = dict(zip(sweeps.keys_of(pool, by, CASES), (told for _, told in sweeps.sweep(pool, by, CASES)), strict=True))
    monkeypatch.setattr(sweeps, "play", lambda *_: pytest.fail("played again"))
    assert [told for _, told in sweeps.sweep(pool, by, CASES, first)] == list(first.values())


def test_keys_depend_on_the_jobs_the_rule_and_the_case(pool, by):
    keys = sweeps.keys_of(pool, by, CASES)
    assert len(set(keys)) == len(keys)
    other = sweeps.changed(pool, sweeps.Case("skip_fifo", load=2.0))
    assert not set(keys) & set(sweeps.keys_of(other, by, CASES))
    assert not set(keys) & set(sweeps.keys_of(pool, loop.rule("equal", {}), CASES))


def test_keys_depend_on_what_only_metrics_tell_of(pool, by):
    keys = sweeps.keys_of(pool, by, CASES)
    watts = replace(pool, nodes=replace(pool.nodes, max_milli_watts=pool.nodes.max_milli_watts + 1))
    regions = replace(pool, members=replace(pool.members, region=pool.members.region + "x"))
    served = ap.read("examples/services")
    slower = replace(served, services=replace(served.services, service_micro_s=served.services.service_micro_s + 1))
    assert not set(keys) & set(sweeps.keys_of(watts, by, CASES))
    assert not set(keys) & set(sweeps.keys_of(regions, by, CASES))
    assert not set(sweeps.keys_of(served, by, CASES)) & set(sweeps.keys_of(slower, by, CASES))


def test_what_services_reserve_is_a_part_of_their_busiest_hour():
    served = ap.read("examples/services")
    busiest = wishes(served.services).max(axis=0)
    assert sweeps.changed(served, sweeps.Case("skip_fifo")) is served
    all_day = sweeps.changed(served, sweeps.Case("skip_fifo", reserve=100)).services
    assert (wishes(all_day) == busiest).all()
    third = sweeps.changed(served, sweeps.Case("skip_fifo", reserve=33)).services
    least = served.services.replicas_min
    assert third.replicas_min.tolist() == [max(a, ceil(0.33 * b)) for a, b in zip(least, busiest, strict=True)]


def test_nothing_is_reserved_where_there_is_no_service(pool):
    with pytest.raises(BadInput, match="no services"):
        sweeps.changed(pool, sweeps.Case("skip_fifo", reserve=50))


def test_a_table_of_cases_shows_what_was_varied_and_what_is_known(pool, by):
    rows = case_rows(list(sweeps.sweep(pool, by, CASES[:4])))
    assert list(rows[0])[:2] == ["load", "seed"]
    assert not {"cost", "energy kWh", "answered in time %", "finished", "percent"} & set(rows[0])
    assert [row["mean wait s"] for row in rows] == [
        told["mean_wait_s"] for _, told in sweeps.sweep(pool, by, CASES[:4])
    ]


def test_an_interrupted_sweep_goes_on_where_it_was(pool, by, tmp_path):
    kept, keys = sweep_file.opened(tmp_path / "s.parquet"), sweeps.keys_of(pool, by, CASES)
    under_way = sweeps.sweep(pool, by, CASES, keep=kept.keep)
    for _ in range(5):
        next(under_way)
    under_way.close()
    (kept.parts / f"{keys[1]}.json").write_text("{cut off")
    assert set(kept.known(keys)) == {keys[0], *keys[2:5]}
    found = list(sweeps.sweep(pool, by, CASES, kept.known(keys), keep=kept.keep))
    kept.close([row for pair in found for row in sweeps.rows(*pair)])
    frame = pl.read_parquet(kept.path)
    assert frame.height == len(CASES) * (1 + len(pool.members))
    assert not kept.parts.exists()
    straight = [row for pair in sweeps.sweep(pool, by, CASES) for row in sweeps.rows(*pair)]
    assert json.dumps(frame.to_dicts()) == json.dumps(pl.DataFrame(straight, infer_schema_length=None).to_dicts())


def test_two_processes_come_to_the_same(pool, by, monkeypatch):
    monkeypatch.setattr(sweeps, "WORTH_A_PROCESS", 0)
    assert list(sweeps.sweep(pool, by, CASES[:4], workers=2)) == list(sweeps.sweep(pool, by, CASES[:4]))


@pytest.mark.parametrize("wrong", ["skip_fifo:reservation", "skip_fifo:unknown=1"])
def test_parameters_that_cannot_be_read_are_refused(wrong):
    with pytest.raises(BadInput):
        sweeps.grid([wrong])


def test_a_file_of_no_known_format_is_refused(tmp_path):
    with pytest.raises(BadInput, match="format"):
        sweep_file.opened(tmp_path / "s.xlsx")


def test_who_interrupts_a_sweep_is_told_what_is_kept(tmp_path, monkeypatch, capsys):
    played = sweeps.play

    def until_the_third(pool, by, case, carbon=None):
        if len(list(tmp_path.glob("s.parquet.parts/*"))) == 2:
            raise KeyboardInterrupt
        return played(pool, by, case, carbon)

    monkeypatch.setattr(sweeps, "play", until_the_third)
    ways = [word for name in ("strict_fifo", "skip_fifo", "srtf") for word in ("--discipline", name)]
    given = ["-q", "simulate", "examples/services", *ways, "--out", str(tmp_path / "s.parquet")]
    assert run_app(given) == 130
    assert "goes on from there" in capsys.readouterr().err
    assert not (tmp_path / "s.parquet").exists()
    monkeypatch.setattr(sweeps, "play", played)
    assert run_app(given) == 0
    assert "2 of them known from before" in capsys.readouterr().out
