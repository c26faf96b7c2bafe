"""explain, compare, plan --against and export, as a user meets them: what is printed, and with which exit code."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
import yaml

from apportion.cli.app import run_app
from apportion.cli.options import settings


@pytest.fixture
def run(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")

    def go(*arguments):
        settings.quiet = False
        code = run_app([*map(str, arguments)])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out.replace("\u00a0", " "), said.err

    return go


@pytest.fixture
def pool(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("init", "pool")[0] == 0
    assert run("plan", "pool", "--policy", "proportional", "--out", "PLAN.json")[0] == 0
    return Path("pool")


def lines(text):
    return [line.rstrip() for line in text.strip().splitlines()]


def test_explain_tells_what_binds_and_what_would_help(run, pool):
    code, said, _ = run("explain", pool, "PLAN.json", "biology")
    assert code == 0
    assert lines(said) == lines("""
biology: a member, under proportional, window 0..3600 s
claim    asked  granted  a task needs                 granted on      held back by
folding     20    10.67  4 CPU, 48 GiB memory, 1 GPU  gpu-node 10.67  used up: GPU of gpu-node
biology asked for 20 tasks and was granted 10.67 (53 %). biology holds 38.1 % of its dominant
resource and is entitled to 28.6 %, so it stands at level 1.333. GPU of gpu-node is used up (28 of
28); one more would bring biology 0.6667 of useful rate. Differences in weight decide here: were all
alike, this rule would divide otherwise.

Who is ahead
Nobody stands at a higher level. Level is the dominant share over the part entitled to.

What would have helped
change                                                     tasks  more tasks  more useful rate %
biology: bringing 4 CPU, 48 GiB memory, 1 GPU on gpu-node  11.33       0.667               6.250
biology: 15 % more weight                                  11.15       0.485               4.545
Each was tried: decided again by the same rule, all else as it is. Smallest change first.
""")


@pytest.mark.parametrize("name", ["physics", "lattice"])
def test_explain_in_every_format(run, pool, name):
    _, said, _ = run("explain", pool, "PLAN.json", name, "-o", "json")
    whole = json.loads(said)
    assert (whole["name"], whole["member"], whole["granted"]) == (name, "physics", 3.0)
    assert yaml.safe_load(run("explain", pool, "PLAN.json", name, "-o", "yaml")[1]) == json.loads(said)
    (row,) = csv.DictReader(io.StringIO(run("explain", pool, "PLAN.json", name, "-o", "csv")[1]))
    assert row["claim"] == "lattice"


def test_a_member_is_shown_itself_only(run, pool):
    for output in ("table", "wide", "json", "csv", "yaml"):
        code, said, complained = run("explain", pool, "PLAN.json", "startup", "--as", "startup", "-o", output)
        assert code == 0
        for word in ("biology", "physics", "folding", "lattice", "10.67", "12"):
            assert word not in (said + complained).replace("112", "")


def test_a_wide_plan_shows_where_grants_are_and_what_one_more_is_worth(run, pool):
    """All of 28 GPUs; physics holds all it asked for (12), so that 3/7 of the weight pays for the other 16: 0.0268 each."""
    said = lines(run("plan", pool, "--policy", "nash", "-o", "wide")[1])
    at = said.index("Where it is, by flavor")
    assert said[at + 1 : at + 5] == [
        "flavor    resource    there is  granted  price of one  biology  physics  startup",
        "gpu-node  CPU              224    112.0         0.000     42.7       48     21.3",
        "gpu-node  memory GiB     1,792    874.7         0.000    512.0      192    170.7",
        "gpu-node  GPU               28     28.0         0.027     10.7       12      5.3",
    ]
    assert re.fullmatch(r"Objective ([\d.]+); no division can reach more than \1\.", said[at + 5])
    assert "price of one" not in run("plan", pool, "--policy", "drf", "-o", "wide")[1]


def test_compare_shows_rules_side_by_side(run, pool):
    code, said, _ = run("compare", pool, "--policy", "drf", "--policy", "proportional:to=demand", "--plot", "c.svg")
    assert code == 0
    assert lines(said)[:5] == [
        "Three laboratories: dominant share, %",
        "member   entitled to %    drf  proportional:to=demand",
        "biology          28.57  38.10                      50",
        "physics          57.14  42.86                      30",
        "startup          14.29  19.05                      20",
    ]
    assert "Ownership before: HHI 4,286" in said
    assert Path("c.svg").read_text("utf-8").startswith("<svg")
    whole = json.loads(run("compare", pool, "--policy", "drf", "-o", "json")[1])
    assert {"members", "rules", "best"} == set(whole)
    assert yaml.safe_load(run("compare", pool, "--policy", "drf", "-o", "yaml")[1]) == whole
    rows = list(csv.DictReader(io.StringIO(run("compare", pool, "--policy", "drf", "-o", "csv")[1])))
    assert [row["member"] for row in rows] == ["biology", "physics", "startup"]


def test_a_rule_that_cannot_decide_is_shown_as_declined(run, pool):
    Path("heavy.toml").write_text('[policy]\nname = "proportional"\nto = "weight"\n')
    code, said, _ = run("compare", pool, "--policy", "equal", "--charter", "heavy.toml", "-o", "wide")
    assert code == 0
    assert "heavy declines: no weight for biology, physics, startup" in " ".join(said.split())


@pytest.fixture
def sale(pool):
    """Of 28 GPUs biology bids 1 for each of 20, startup 1 for each of 8 (one is its minimum), physics 2 for 3 times four.

    The first two win. Without biology physics would have 3 times four, worth 6. Without startup's seven that are sold,
    physics would have 2 times four, and biology one less: 3 more than now.
    """
    claims = pool / "claims.csv"
    rows = list(csv.DictReader(io.StringIO(claims.read_text("utf-8"))))
    with claims.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*rows[0], "value"])
        writer.writeheader()
        writer.writerows(row | {"value": 2 if row["member"] == "physics" else 1} for row in rows)
    return pool


PAYMENTS = "Payments a second, in the unit of value: "


def test_who_pays_what_is_shown_and_comes_back(run, sale):
    code, said, _ = run("plan", sale, "--policy", "auction", "--set", "kind=vcg", "--out", "SOLD.json")
    assert code == 0
    assert lines(said)[:5] == lines("""
Three laboratories: plan by auction, window 0..3600 s
member   tasks asked  tasks granted  pays a second  dominant share %  entitled to %
biology           20             20              6             71.43          28.57
physics            3              0              0              0.00          57.14
startup            8              8              3             28.57          14.29
""")
    sentence = PAYMENTS + "biology 6, startup 3; in all 9."
    assert sentence in lines(said)
    assert sentence in run("prove", sale, "SOLD.json")[1]
    assert "biology pays 6 a second for all it is granted" in run("explain", sale, "SOLD.json", "biology")[1]
    for target in ("slurm", "kueue", "csv"):
        assert sentence[1:-1] in run("export", target, sale, "SOLD.json")[2]
    code, said, _ = run("plan", sale, "--policy", "proportional", "--against", "SOLD.json", "-o", "csv")
    assert [row["pays before"] for row in csv.DictReader(io.StringIO(said))] == ["6.0", "0.0", "3.0"]
    code, said, _ = run("plan", sale, "--policy", "auction", "--against", "SOLD.json")
    assert (code, "Payments differ." in lines(said)) == (0, True)


def test_a_note_of_a_plan_is_shown_wherever_the_plan_is(run, sale):
    run("plan", sale, "--policy", "auction", "--out", "SOLD.json")
    raw = json.loads(Path("SOLD.json").read_text("utf-8"))
    Path("SOLD.json").write_text(json.dumps(raw | {"notes": ["outside the core: physics"]}), "utf-8")
    for verb in (["prove"], ["explain"], ["export", "csv"]):
        name = ["biology"] if verb == ["explain"] else []
        _, said, told = run(*verb, sale, "SOLD.json", *name)
        assert "utside the core: physics" in said + told
    assert "Then: outside the core: physics." in run("plan", sale, "--against", "SOLD.json")[1]
    _, said, told = run("explain", sale, "SOLD.json", "biology", "--as", "biology")
    assert "physics" not in said + told


def test_against_says_same_and_different_by_its_exit_code(run, pool):
    code, said, _ = run("plan", pool, "--policy", "proportional", "--against", "PLAN.json")
    assert (code, "granted the same" in said) == (0, True)
    code, said, _ = run("plan", pool, "--policy", "equal", "--against", "PLAN.json", "-o", "json")
    assert code == 1
    whole = json.loads(said)
    assert whole["same"] is False
    assert whole["policy"] == ["proportional", "equal"]
    assert {"claim", "member", "flavor", "tasks_before", "tasks_after", "change"} == set(whole["claims"][0])
    code, said, _ = run("plan", pool, "--policy", "equal", "--against", "PLAN.json", "-o", "wide")
    assert (code, "Claims whose grants differ" in said) == (1, True)


@pytest.mark.parametrize(("target", "file"), [("slurm", "slurm.sh"), ("kueue", "kueue.yaml"), ("csv", "plan.csv")])
def test_export_to_a_directory_and_to_standard_output_are_the_same(run, pool, target, file):
    code, said, told = run("export", target, pool, "PLAN.json")
    assert code == 0
    assert ("notice" in told) == (target != "csv")
    assert run("export", target, pool, "PLAN.json", "--out", "there")[1].strip() == str(Path("there") / file)
    assert (Path("there") / file).read_text("utf-8") == said


@pytest.mark.parametrize(
    ("arguments", "code", "match"),
    [
        (["explain", "POOL", "PLAN.json", "biologi"], 3, 'did you mean "biology"'),
        (["explain", "POOL", "PLAN.json", "folding", "--as", "startup"], 3, "known: chatbot, startup"),
        (["explain", "POOL", "PLAN.json", "startup", "--as", "stranger"], 3, "--as"),
        (["explain", "POOL", "none.json", "startup"], 3, "no plan file"),
        (["explain", "POOL", "pool/members.csv", "startup"], 2, "not JSON"),
        (["compare", "POOL"], 2, "no rule to compare"),
        (["compare", "POOL", "--policy", "drff"], 3, '"drf"'),
        (["compare", "POOL", "--policy", "proportional:too=size"], 2, "no parameter"),
        (["compare", "POOL", "--charter", "none.toml"], 3, "no charter none.toml"),
        (["compare", "POOL", "--charter", "pool/members.csv"], 2, "pool/members.csv"),
        (["plan", "POOL", "--against", "none.json"], 3, "no plan file"),
        (["export", "slurmm", "POOL", "PLAN.json"], 3, "slurm"),
        (["export", "kueue", "POOL", "PLAN.json", "--set", "api=v9"], 2, "v1beta2"),
        (["export", "kueue", "POOL", "PLAN.json", "--set", "lable=x"], 2, "label"),
        (["export", "slurm", "POOL", "PLAN.json", "--set", "types=x=y"], 2, "gpu-node"),
    ],
)
def test_wrong_use_gives_one_message_and_its_exit_code(run, pool, arguments, code, match):
    before = {path.name for path in Path().iterdir()}
    found, said, told = run(*[pool if word == "POOL" else word for word in arguments])
    assert found == code
    assert match in told
    assert said == ""
    assert {path.name for path in Path().iterdir()} == before


VERBS = {
    "against": ["plan", "pool", "--against", "BROKEN.json"],
    "explain": ["explain", "pool", "BROKEN.json", "biology"],
    "export": ["export", "csv", "pool", "BROKEN.json"],
}


def granted(micro):
    return lambda raw: raw["grants"][0].update(tasks_micro=micro, tasks=0)


@pytest.mark.usefixtures("pool")
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("change", "where", "match"),
    [
        (granted(1.5), "grants[0]", "1.5"),
        (granted("1"), "grants[0]", "'1'"),
        (granted(True), "grants[0]", "True"),
        (granted(2**70), "grants[0]", str(2**70)),
        (granted(-1), "", "a grant is negative"),
        (granted(2**61), "", "more than it asked for"),
        (lambda raw: raw["grants"].append(raw["grants"][0]), "grants[3]", "chatbot is granted twice on gpu-node"),
        (lambda raw: raw["grants"][0].update(member="physics"), "grants[0]", "of startup, not of physics"),
        (lambda raw: raw["grants"][0].update(claim="nothing"), "grants[0]", "nothing"),
        (lambda raw: raw["grants"][0].update(claim=["folding"]), "grants[0]", "list"),
        (lambda raw: raw["grants"].append(3), "grants", "no list of grants"),
        (lambda raw: raw.update(policy=[1]), "policy", "[1] is no name"),
        (lambda raw: raw.update(parameters="none"), "parameters", "'none' is no table"),
        (lambda raw: raw.update(gap="small"), "gap", "'small' is no number"),
        (lambda raw: raw.update(situation="0" * 64), "", "answers situation 000000000000…"),
    ],
)
def test_a_broken_plan_is_refused_by_every_verb_that_reads_one(run, verb, change, where, match):
    raw = json.loads(Path("PLAN.json").read_text("utf-8"))
    change(raw)
    Path("BROKEN.json").write_text(json.dumps(raw), "utf-8")
    code, said, told = run(*VERBS[verb])
    assert (code, said) == (2, "")
    assert told.startswith(f"apportion: BROKEN.json{', ' * bool(where)}{where}: ")
    assert match in told
    assert "    → " in told


@pytest.mark.usefixtures("pool")
@pytest.mark.parametrize("verb", VERBS)
def test_all_that_is_wrong_with_a_plan_is_told_at_once(run, verb):
    raw = json.loads(Path("PLAN.json").read_text("utf-8"))
    raw["grants"] = [{**raw["grants"][0], "tasks_micro": k + 0.5} for k in range(100)]
    Path("BROKEN.json").write_text(json.dumps(raw | {"policy": 3}), "utf-8")
    code, _, told = run(*VERBS[verb])
    assert (code, told.count("apportion: ")) == (2, 21)
    assert "and 81 more like these" in told


@pytest.mark.parametrize("verb", ["against", "explain", "export", "prove"])
def test_a_plan_among_members_that_are_not_here_is_refused_with_both_names(run, pool, verb):
    run("plan", pool, "--out", "BROKEN.json")
    for table in ("members", "nodes", "claims", "jobs"):
        file = pool / f"{table}.csv"
        content = file.read_text("utf-8")
        for old, new in (("biology", "north"), ("physics", "south"), ("startup", "east")):
            content = content.replace(old, new)
        file.write_text(content, "utf-8")
    code, said, told = run(*VERBS.get(verb, ["prove", "pool", "BROKEN.json"]))
    assert (code, said) == (2, "")
    assert "another pool's: it divides among biology, physics, startup, the members here are east, north, south" in told


def test_against_a_plan_of_the_pool_as_it_was_says_so(run, pool):
    claims = pool / "claims.csv"
    claims.write_text(claims.read_text("utf-8").replace("folding,biology,20", "folding,biology,19"), "utf-8")
    code, said, told = run("plan", pool, "--policy", "proportional", "--against", "PLAN.json")
    assert code in {0, 1}
    assert "another situation than then" in said
    assert "taken is the one kept beside the plan" in told


@pytest.mark.parametrize("verb", ["explain", "export"])
def test_a_plan_of_another_pool_is_refused(run, pool, verb):
    Path("alone").mkdir()
    plan = Path("alone/P.json")
    plan.write_text(Path("PLAN.json").read_text("utf-8"), "utf-8")
    claims = pool / "claims.csv"
    claims.write_text(claims.read_text().replace("folding,biology,20", "folding,biology,19"))
    words = [verb, pool, plan, "biology"] if verb == "explain" else [verb, "csv", pool, plan]
    code, said, told = run(*words)
    assert (code, said) == (2, "")
    assert "answers situation" in told


def test_a_table_in_a_pipe_is_as_wide_as_its_words(run, pool, monkeypatch):
    monkeypatch.delenv("COLUMNS")
    for table in ("members", "nodes", "claims", "jobs"):
        file = pool / f"{table}.csv"
        file.write_text(file.read_text("utf-8").replace("biology", "biology-" * 15), "utf-8")
    code, said, _ = run("compare", pool, "--policy", "drf", "--policy", "equal")
    assert code == 0
    assert any(line.startswith("biology-" * 15 + " ") for line in lines(said))
