"""What other rules would give: each figure against the plan, the measure or the arithmetic it stands for."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

import apportion as ap
from apportion import loop, registry
from apportion.cli.compare import _guardrails
from apportion.comparison import compare
from apportion.comparison.difference import difference
from apportion.domain.charter import Charter, Entitlements
from apportion.domain.history import History
from apportion.domain.plan import Shares
from apportion.domain.situation import Window
from apportion.errors import BadInput, NotFound
from apportion.ledger.plan_file import plan_json
from apportion.report.charts.compared import Row, compared
from making import MICRO, Case, Claim


def pool():
    claims = (
        Claim("ca", "a", 6 * MICRO, (1000,), (1.0, 2.0)),
        Claim("cb", "b", 9 * MICRO, (1000,), (1.0, 1.0), priority=1),
    )
    owned = {("x", "a"): (4000,), ("x", "b"): (2000,), ("y", "b"): (3000,)}
    return Case({"a": 1.0, "b": 1.0}, {}, claims, owned, rule="contribution").pool()


def flat():
    """One flavor, so that every rule can decide."""
    claims = tuple(Claim(f"c{m}", m, n * MICRO, (1000,), (1.0,)) for m, n in (("a", 6), ("b", 9), ("c", 2)))
    owned = {("x", "a"): (6000,), ("x", "b"): (3000,), ("x", "c"): (1000,)}
    return Case({"a": 1.0, "b": 1.0, "c": 1.0}, {}, claims, owned, rule="contribution").pool()


def test_each_row_is_that_members_part_of_that_rules_plan():
    one = flat()
    found = compare(one, ["drf", "equal"])
    frame = found.to_frame()
    assert frame.shape[0] == 6
    for name in ("drf", "equal"):
        shares = Shares(loop.assess(one), ap.plan(one, name))
        rows = [row for row in frame.iter_rows(named=True) if row["rule"] == name]
        assert [row["tasks"] for row in rows] == [int(n) / MICRO for n in shares.tasks_micro]
        assert [row["rate"] for row in rows] == shares.rate.tolist()
        assert [row["dominant_share"] for row in rows] == shares.dominant.tolist()


def test_concentration_before_and_after_is_what_the_measures_say():
    one = flat()
    (rule,) = compare(one, ["drf"]).rules
    history = History(one, (loop.assess(one),), (ap.plan(one, "drf"),))
    for name in ("hhi", "gini", "effective_number"):
        rows = registry.measure(name).measure(history)[0].rows
        assert (rule[f"{name}_before"], rule[f"{name}_after"]) == (rows["owned"], rows["granted"])
    assert rule["hhi_before"] == pytest.approx(10_000 * (0.36 + 0.09 + 0.01))


def test_the_price_of_fairness_is_the_rate_given_up_and_its_yardstick_is_named():
    found = compare(pool(), ["equal", "demand_priority"])
    totals = {row["rule"]: row["total_rate"] for row in found.rules}
    assert found.best is not None
    name, best = found.best
    assert len(set(totals.values())) == 2
    assert best >= max(totals.values())
    assert name in totals or name in registry.names("policy")
    for row in found.rules:
        assert row["price_of_fairness"] == pytest.approx((best - row["total_rate"]) / best)


def test_a_rule_that_declines_is_shown_with_its_reason_beside_those_that_decide(monkeypatch):
    monkeypatch.setattr(registry.policy("equal"), "GUARDS", frozenset())
    guarded = Charter("held", guardrails={"largest_share": 0.6}, policy="equal")
    found = compare(pool(), ["equal", guarded])
    declined = [row for row in found.rules if row["declined"]]
    assert [row["rule"] for row in declined] == ["held"]
    assert "largest_share" in declined[0]["declined"]
    assert declined[0]["total_rate"] is None
    assert found.to_frame().filter(rule="held")["tasks"].to_list() == [None, None]
    assert "held" not in str(found.plot())


def test_parameters_and_charters_can_be_compared():
    equal = Charter("ours", policy="proportional", entitlements=Entitlements("equal"))
    found = compare(flat(), ["proportional:to=demand", "proportional", equal, "proportional"])
    labels = [row["rule"] for row in found.rules]
    assert labels == ["proportional:to=demand", "proportional", "ours", "proportional (2)"]
    parts = {(row["rule"], row["member"]): row["entitled"] for row in found.members}
    assert parts["ours", "a"] == pytest.approx(1 / 3)
    assert parts["proportional", "a"] == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("rules", "kind", "said"),
    [
        ([], BadInput, "no rule"),
        (["drff"], NotFound, "drf"),
        (["proportional:too=size"], BadInput, "no parameter"),
        (["proportional:to"], BadInput, "K=V"),
    ],
)
def test_wrong_names_are_errors_and_not_declined(rules, kind, said):
    with pytest.raises(kind, match=said):
        compare(flat(), rules)


def test_capability_is_scaled_by_each_members_own_factor():
    """Firms with A = a·C^½: a as in the source article's data, so that at C = (10, 20, 5) they have A = (0.2, 0.3, 0.1)."""
    names, compute, capability = "abc", (10, 20, 5), (0.2, 0.3, 0.1)
    scales = ",".join(f"{m}={big / c**0.5!r}" for m, c, big in zip(names, compute, capability, strict=True))
    claims = tuple(Claim(m, m, c * MICRO, (1000,), (1.0,)) for m, c in zip(names, compute, strict=True))
    one = Case(dict.fromkeys(names, 1.0), {"x": (35_000,)}, claims).pool()
    curved = replace(one.charter, capability={"curve": "power_law", "exponent": 0.5, "scales": scales})
    found = compare(one.with_charter(curved), ["equal"])
    assert [row["capability"] for row in found.members] == pytest.approx(capability)
    assert found.rules[0]["total_capability"] == pytest.approx(sum(capability))


def test_what_is_paid_is_compared_where_something_is_sold():
    """Vickrey: of three that want the one unit, the highest bidder pays the second highest bid."""
    claims = tuple(Claim(m, m, MICRO, (1000,), (bid,)) for m, bid in (("a", 5.0), ("b", 3.0), ("c", 2.0)))
    pool = Case(dict.fromkeys("abc", 1.0), {"x": (1000,)}, claims).pool()
    assert "pays" not in compare(pool, ["equal"]).to_frame().columns
    found = compare(pool, ["equal", "auction:kind=vcg"]).to_frame()
    assert found.filter(rule="auction:kind=vcg")["pays"].to_list() == [3.0, 0.0, 0.0]
    assert found.filter(rule="equal")["pays"].to_list() == [None, None, None]


def test_a_total_that_is_as_large_costs_nothing():
    """Thirds add up to a little less or more than the whole they came from."""
    claims = tuple(Claim(m, m, MICRO, (1000,), (0.1,)) for m in "abcdefg")
    pool = Case(dict.fromkeys("abcdefg", 1.0), {"x": (7000,)}, claims).pool()
    found = compare(pool, ["equal", "drf", "nash"])
    assert found.best[0] == "utilitarian"
    assert [row["price_of_fairness"] for row in found.rules] == [0.0, 0.0, 0.0]


def test_capability_is_the_charters_curve_of_what_is_granted_and_below_the_frontier():
    one = flat()
    assert "capability" not in compare(one, ["drf"]).to_frame().columns
    curved = one.with_charter(replace(one.charter, capability={"curve": "power_law", "exponent": 0.5}))
    found = compare(curved, ["drf", "proportional:to=demand", "equal"])
    for row in found.members:
        assert row["capability"] == pytest.approx(row["tasks"] ** 0.5)  # a task is one GPU-like unit at speed 1
    best = max(point["total_capability"] for point in found.frontier)
    assert all(rule["total_capability"] <= best + 1e-6 for rule in found.rules)
    assert [p["unevenness"] for p in found.frontier] == sorted(p["unevenness"] for p in found.frontier)


def test_the_price_of_a_guardrail_is_what_the_objective_loses(monkeypatch):
    """A rule with a guardrail it can hold, played by `equal` with half the grants."""
    equal = registry.policy("equal")

    class Guarded:
        GUARDS = frozenset({"largest_share"})

        @staticmethod
        def divide(situation):
            plan = equal.divide(situation)
            held = plan.tasks_micro // (2 if situation.guardrails else 1)
            return replace(plan, tasks_micro=held, objective=float(held.sum()))

    one = flat()
    charter = Charter("held", policy="equal", guardrails={"largest_share": 0.5})
    monkeypatch.setattr(loop, "charter_rule", lambda _: loop.Rule("guarded", Guarded))
    (row,) = compare(one, [charter]).rules
    assert row["guardrail_price"] == pytest.approx(5 * MICRO, abs=2)
    assert row["guardrail_price_rate"] == pytest.approx(5.0, abs=1e-5)


def test_the_drawing_is_svg_and_hides_nobody():
    names = ["a<b", "ä & ö", "成员"]
    claims = tuple(Claim(f"c{k}", name, 4 * MICRO, (1000,), (1.0,)) for k, name in enumerate(names))
    one = Case(dict.fromkeys(names, 1.0), {"x": (6000,)}, claims).pool()
    drawing = ap.compare(one, ["drf", "equal", "proportional"]).plot()
    root = ET.fromstring(str(drawing))  # noqa: S314  # our own words
    said = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert said >= {*names, "drf", "equal", "proportional"}
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 3 + 9
    assert "var(" not in str(drawing)
    assert drawing._repr_svg_() == str(drawing)


def test_the_drawing_is_written_where_it_is_wanted(tmp_path):
    path = ap.compare(flat(), ["drf"]).plot().write(tmp_path / "drawing.svg")
    assert path.read_text("utf-8").startswith("<svg")


def test_jobs_are_compared_in_one_window(tmp_path):
    (tmp_path / "charter.toml").write_text('name = "t"\nwindow_s = 60\n')
    (tmp_path / "members.csv").write_text("id\na\nb\n")
    (tmp_path / "nodes.csv").write_text("id,owner,flavor,gpu\n1,a,f,4\n2,b,f,4\n")
    (tmp_path / "jobs.csv").write_text(
        "id,member,submit_s,duration_s,workers,gpu\nj1,a,0,60,1,4\nj2,b,60,60,2,4\nj3,a,60,60,1,4\n"
    )
    one = ap.read(tmp_path)
    other = Charter("longer windows", window_s=600)
    found = compare(one, ["equal", other])
    assert [outcome.situation.window for outcome in found.outcomes] == [Window(60, 120)] * 2
    assert compare(one, ["equal"], Window(0, 60)).members[0]["asked_tasks"] == 1.0


def shown(policy):
    one = flat()
    situation = loop.assess(one)
    return plan_json(situation, loop.decide(situation, loop.rule(policy)))


def test_a_plan_does_not_differ_from_itself():
    found = difference(shown("drf"), shown("drf"))
    assert found["same"]
    assert found["claims"] == []
    assert all(row["change"] == 0 for row in found["members"])


def test_the_difference_is_told_member_by_member_and_claim_by_claim():
    before, after = shown("drf"), shown("demand_priority")
    found = difference(before, after)
    assert not found["same"]
    old, new = ({row["member"]: row["tasks"] for row in plan["members"]} for plan in (before, after))
    for row in found["members"]:
        assert row["change"] == pytest.approx(new[row["member"]] - old[row["member"]])
    assert sum(row["change"] for row in found["claims"]) == pytest.approx(
        sum(row["change"] for row in found["members"])
    )
    assert found["policy"] == ["drf", "demand_priority"]


def test_a_claim_or_member_that_came_or_went_is_told():
    before, after = shown("drf"), shown("drf")
    after["grants"] = [grant for grant in after["grants"] if grant["member"] != "c"]
    after["members"] = [row for row in after["members"] if row["member"] != "c"]
    found = difference(before, after)
    (gone,) = [row for row in found["members"] if row["member"] == "c"]
    assert gone["tasks_after"] == 0.0
    assert gone["dominant_share_after"] is None
    assert [row["claim"] for row in found["claims"]] == ["cc"]


def test_one_micro_task_is_a_difference():
    before, after = shown("drf"), shown("drf")
    after["grants"][0]["tasks_micro"] += 1
    assert not difference(before, after)["same"]


def test_no_two_of_forty_rules_have_the_same_mark():
    rules = [f"rule {k}" for k in range(40)]
    drawn = str(compared("Pool", rules, [Row("a", 0.5, [0.1] * 40)]))
    marks = re.findall(r'<(circle|path)[^>]*?(?: d="([^"]*)")?[^>]*class="(dot s.)"><title>a, rule', drawn)
    shapes = {(kind, re.sub(r"[0-9.]+", "", path), _turned(path), colour) for kind, path, colour in marks}
    assert (len(marks), len(shapes)) == (40, 40)


def _turned(path):
    """Where the corners of an outline stand beside its first, whatever its place."""
    corners = [tuple(map(float, corner.split())) for corner in path.strip("MZ").split("L")] if path else []
    return tuple((round(x - corners[0][0]), round(y - corners[0][1])) for x, y in corners)


def test_guardrails_that_leave_more_of_the_total_rate_are_not_said_to_cost_less_than_nothing():
    assert (
        _guardrails("nash", 0.5, -2.0)
        == "The guardrails of nash cost 0.5 of the objective; the total rate is 2 higher."
    )
    assert _guardrails("equal", None, -2.0) == "With the guardrails of equal the total rate is 2 higher."
    assert _guardrails("equal", None, 0.0) == "The guardrails of equal cost nothing of the total rate."
