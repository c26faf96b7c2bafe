"""Does the page begin with what is true, also where that is unwelcome?"""

import pytest

import report_runs
from apportion.report.finding import BAD, GOOD, NEXT, NOTE
from apportion.report.findings import findings
from apportion.report.telling import LANGUAGES, telling


def told(run, language="en"):
    """Return key → tone and the words, without no-break spaces."""
    tell = telling(language)
    return {
        one.key: (
            one.tone,
            " ".join(tell.text(f"findings.{one.key}.{part}", **one.values) for part in ("lead", "more")),
        )
        for one in findings(run)
    }


def said(run, key):
    return told(run)[key][1].replace("\u00a0", " ")


def test_the_good_case_in_order():
    assert [(one.key, one.tone) for one in findings(report_runs.sample())] == [
        ("all_better", GOOD),
        ("spare", GOOD),
        ("orders_agree", NOTE),
        ("later", NOTE),
        ("load_peaks", NOTE),
        ("next_try", NEXT),
    ]


def test_every_number_of_the_good_case_is_in_the_run():
    run = report_runs.sample()
    worst = {home: max(row["rho"][home] for row in run["waiting"]) for home in ("strict_fifo", "skip_fifo")}
    text = said(run, "all_better")
    assert all(f"{rho:.2f}" in text for rho in worst.values())
    best = min((row for row in run["sizing"]["fewest"] if row["alone"] == "strict_fifo"), key=lambda row: row["gpus"])
    assert said(run, "spare").startswith(f"{best['gpus']:,} of 1,504 GPUs would do ({best['percent']} %).")
    assert f"{100 * best['later']:.0f} %" in said(run, "later")


def test_the_gain_is_split_into_parts_that_make_the_whole():
    run = report_runs.sample()
    steps = [step["mean_jct_s"] for step in run["sizing"]["decomposition"][0]["steps"]]
    saved = steps[0] - steps[3]
    text = said(run, "all_better")
    assert f"{100 * (steps[1] - steps[2]) / saved:.0f} % of that is pooling" in text
    assert f"{100 * (steps[0] - steps[1]) / saved:.0f} % backfilling" in text


def test_no_split_where_a_step_makes_it_worse():
    def change(run):
        run["sizing"]["decomposition"][0]["steps"][3]["mean_jct_s"] += 10_000

    assert "backfilling" not in said(report_runs.changed(change), "all_better")


def test_members_who_lose_are_named_and_counted_and_come_first():
    run = report_runs.with_losers()
    first = findings(run)[0]
    assert (first.key, first.tone) == ("some_worse", BAD)
    assert said(run, "some_worse").startswith(
        "4 members would do better alone: cluster02, cluster07, cluster08 and 1 more."
    )
    assert "1.25" in said(run, "some_worse")


def test_only_the_comparisons_that_are_lost_are_named():
    text = said(report_runs.with_losers(), "some_worse")
    assert "1.25 (skip FIFO at home)" in text
    assert "strict FIFO at home" not in text


def test_as_good_as_home_is_not_better():
    run = report_runs.with_nothing_gained()
    assert "none_worse" in told(run)
    assert "all_better" not in told(run)
    assert findings(run)[-1].key == "next_hold"


def test_one_in_ten_thousand_worse_off_is_worse_off():
    def change(run):
        run["waiting"][0]["rho"]["strict_fifo"] = 1.0001

    assert said(report_runs.changed(change), "some_worse").startswith("1 member would do better alone: cluster01.")


def test_a_broken_promise_comes_before_everything():
    run = report_runs.with_broken_promise()
    first = findings(run)[0]
    assert (first.key, first.tone) == ("broken_promise", BAD)
    assert "in 3 windows of 1,440" in said(run, "broken_promise")
    assert first.commands == ("apportion prove examples/itp out/run/PLAN.json --proof pareto",)
    assert findings(run)[-1].commands == (
        "apportion plan examples/itp --policy max_min --window 1398799..1402399 --out PLAN.json",
        "apportion prove examples/itp PLAN.json --proof pareto",
    )


def test_a_promise_broken_only_in_the_plan_shown():
    def change(run):
        run["verdicts"][2] |= {"status": "refuted"}

    assert findings(report_runs.changed(change))[0].key == "broken_promise_shown"


def test_a_property_that_was_not_promised_is_no_alarm():
    def change(run):
        run["verdicts"][0] |= {"status": "refuted", "promised": False}

    assert findings(report_runs.changed(change))[0].key == "all_better"


def test_claims_only():
    run = report_runs.with_claims_only()
    assert list(told(run)) == ["claims_only", "claims_over", "next_jobs"]
    granted = {row["member"]: row["share"]["gpu_milli"] * 1504 for row in run["plan"]["members"]}
    asked = {row["member"]: row["asked"]["gpu_milli"] for row in run["demand"]["rows"] if row["asked"]["gpu_milli"]}
    full = sum(granted[member] >= amount * (1 - 1e-6) for member, amount in asked.items())
    assert f"Granted in full: {full} of {len(asked)} members who ask." in said(run, "claims_only")


def test_nobody_can_run_alone():
    run = report_runs.with_nobody_alone()
    assert list(told(run)) == ["nobody_alone", "load_peaks", "next_compare"]
    assert "69,351 jobs" in said(run, "nobody_alone")


def test_jobs_that_only_the_pool_can_run_are_counted():
    def change(run):
        run["waiting"][3]["only_in_pool"] = 7

    assert "7 jobs could never have run at home" in said(report_runs.changed(change), "all_better")


def test_more_is_asked_for_than_there_is():
    run = report_runs.with_overload()
    assert told(run)["overload"][0] == BAD
    assert "133 %" in said(run, "overload")
    assert findings(run)[0].key == "overload"
    assert "spare" not in told(run), "what spares machines relative to an overloaded home spares nothing"
    assert findings(run)[-1].commands == ("apportion assess examples/itp",)


def test_enough_at_every_time():
    def change(run):
        run["demand"]["scarcity"][0]["ratio"] = 0.99

    assert "load_fits" in told(report_runs.changed(change))


def test_no_sizing():
    run = report_runs.without_sizing()
    assert {"no_sizing", "next_sizing"} <= set(told(run))
    assert "--sizing" in findings(run)[-1].commands[0]


def test_beside_services_no_other_sizes_are_promised():
    run = report_runs.without_sizing()
    answered = {"name": "slo_attainment", "value": 0.9, "unit": "", "better": "high", "definition": "", "rows": {}}
    run["figures"] = [one for one in run["figures"] if one["name"] != "slo_attainment"] + [answered]
    assert findings(run)[-1].key == "next_compare"
    assert "--sizing" not in findings(run)[-1].commands[0]


def test_no_size_serves_everybody():
    run = report_runs.with_no_safe_size()
    assert told(run)["never_safe"][0] == BAD
    assert "orders_agree" not in told(run)
    assert findings(run)[-1].key == "next_unsafe"


def test_only_the_whole_pool_serves_everybody():
    run = report_runs.with_whole_pool_only()
    assert "orders_differ_at_once" in told(run)
    assert "1,504 GPUs" in said(run, "no_spare")
    assert findings(run)[-1].key == "next_switch"


def test_a_size_that_another_order_of_ties_makes_unsafe_is_not_sold_as_safe():
    def change(run):
        best = min(
            (row for row in run["sizing"]["fewest"] if row["alone"] == "strict_fifo"), key=lambda row: row["gpus"]
        )
        for row in run["sizing"]["rows"]:
            if all(row[key] == best[key] for key in ("discipline", "variant", "alone", "percent")):
                row["worst_rho_range"] = [0.98, 1.016]

    assert "reaches 1.02" in said(report_runs.changed(change), "spare")


def test_a_simpler_order_that_is_gentler_is_said_to_be():
    run = report_runs.sample()
    rho = {
        (row["discipline"], row["percent"]): row["worst_rho"]
        for row in run["sizing"]["rows"]
        if row["alone"] == "strict_fifo"
    }
    assert rho["strict_fifo", 80] < rho["fair_share", 80]
    assert "strict FIFO is gentler than fair share, though simpler" in said(run, "orders_agree")


def test_jobs_larger_than_the_pool():
    assert said(report_runs.with_impossible_jobs(), "impossible").startswith("2 jobs can never start.")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", report_runs.ALL)
def test_every_finding_has_words_in_every_case(name, language):
    for _, text in told(report_runs.ALL[name](), language).values():
        assert "None" not in text
        assert "nan" not in text
        assert "  " not in text
        if "hostile" not in name:
            assert "{" not in text


@pytest.mark.parametrize("name", report_runs.ALL)
def test_three_to_seven_sentences_and_one_next_step(name):
    said_tones = [one.tone for one in findings(report_runs.ALL[name]())]
    assert 3 <= len(said_tones) <= 7
    assert said_tones.count(NEXT) == 1
    assert said_tones[-1] == NEXT
    bad = [k for k, tone in enumerate(said_tones) if tone == BAD]
    assert bad == list(range(len(bad))), "what is bad comes first"
