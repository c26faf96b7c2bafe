"""Does any pool that can be, written down, read back the same?"""

from dataclasses import fields

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.domain.arrays import floats, ints, text
from apportion.domain.charter import Charter, Entitlements
from apportion.domain.pool import pool
from apportion.domain.tables import Claims, Jobs, Members, Nodes
from apportion.sources import directory

names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=5)
words = st.just("") | names
decimals = st.decimals(0, 10**6, places=3, allow_nan=False).map(float)
maybe = st.just(float("nan")) | decimals
amounts = st.integers(0, 10**7)
speeds = st.sampled_from([0.0, 1.0, 0.5, 1e-9, 123456.789])


def column(draw, each, n):
    return draw(st.lists(each, min_size=n, max_size=n))


def table(draw, each, n, width):
    return ints([column(draw, each, width) for _ in range(n)]).reshape(n, width)


def different(draw, least, most):
    return text(draw(st.lists(names, min_size=least, max_size=most, unique=True)))


@st.composite
def pools(draw):
    ids, flavors = different(draw, 1, 3), different(draw, 1, 3)
    n = len(ids)
    assets = {name: floats(column(draw, maybe, n)) for name in draw(st.sets(names, max_size=2))}
    members = Members(
        ids,
        ints([draw(st.integers(-1, i - 1)) for i in range(n)]),
        *(floats(column(draw, each, n)) for each in (maybe, st.just(float("nan")), maybe)),
        *(text(column(draw, words, n)) for _ in range(2)),
        assets,
    )
    return pool(
        draw(charters()),
        ("cpu_milli", "gpu_milli", "fpga_milli"),
        tuple(flavors.tolist()),
        members,
        draw(nodes(n, len(flavors))),
        draw(claims(n, len(flavors))),
        draw(jobs(n, len(flavors))),
    )


@st.composite
def nodes(draw, members, flavors):
    n = draw(st.integers(flavors, 4))
    flavor = [*range(flavors), *column(draw, st.integers(0, flavors - 1), n - flavors)]
    memory, runtime = column(draw, amounts, flavors), column(draw, words, flavors)
    return Nodes(
        text([f"n{i}" for i in range(n)]),
        ints(column(draw, st.integers(-1, members - 1), n)),
        ints(flavor),
        ints(table(draw, amounts, n, 3) + 1),
        ints([memory[f] for f in flavor]),
        text([runtime[f] for f in flavor]),
        *(ints(column(draw, amounts, n)) for _ in range(3)),
        text(column(draw, words, n)),
    )


@st.composite
def claims(draw, members, flavors):
    ids = different(draw, 0, 3)
    m = len(ids)
    tasks = ints(column(draw, amounts, m))
    return Claims(
        ids,
        ints(column(draw, st.integers(0, members - 1), m)),
        text(column(draw, words, m)),
        tasks,
        ints([draw(st.integers(0, int(most))) for most in tasks]),
        table(draw, amounts, m, 3),
        ints(column(draw, amounts, m)),
        text(column(draw, words, m)),
        ints(column(draw, st.integers(-(10**9), 10**9), m)),
        floats(column(draw, decimals, m)),
        floats([column(draw, speeds, flavors) for _ in range(m)]).reshape(m, flavors),
    )


@st.composite
def jobs(draw, members, flavors):
    ids = different(draw, 0, 3)
    m = len(ids)
    workers = ints(column(draw, st.integers(1, 9), m))
    return Jobs(
        ids,
        ints(column(draw, st.integers(0, members - 1), m)),
        text(column(draw, words, m)),
        *(ints(column(draw, amounts, m)) for _ in range(2)),
        workers,
        ints([draw(st.integers(1, int(most))) for most in workers]),
        table(draw, amounts, m, 3),
        ints(column(draw, amounts, m)),
        text(column(draw, words, m)),
        *(ints(column(draw, st.integers(-1, 10**9), m)) for _ in range(2)),
        floats([column(draw, speeds, flavors) for _ in range(m)]).reshape(m, flavors),
        *(text(column(draw, words, m)) for _ in range(2)),
    )


single = st.one_of(
    st.booleans(),
    st.integers(-(2**60), 2**60),
    decimals,
    decimals.map(lambda x: -x),
    st.text(st.characters(codec="utf-8")),
)
values = st.recursive(
    single,
    lambda each: st.lists(each, max_size=3) | st.dictionaries(names, each, max_size=2),
    max_leaves=4,
)


@st.composite
def charters(draw):
    anything = st.text(st.characters(codec="utf-8"), max_size=8)
    return Charter(
        name=draw(anything),
        policy=draw(anything),
        parameters=draw(st.dictionaries(names.filter(lambda name: name != "name"), values, max_size=3)),
        window_s=draw(st.integers(1, 2**62)),
        entitlements=Entitlements("equal"),
        guardrails=draw(st.sampled_from([{}, {"largest_share": 1.0}, {"largest_share": 1.0, "hhi": 10_000.0}])),
        capability=draw(st.dictionaries(names, values, max_size=2)),
        assumptions=draw(st.dictionaries(anything, anything, max_size=3)),
        seed=draw(anything),
    )


def content(table):
    return {field.name: repr(_plain(getattr(table, field.name))) for field in fields(table)}


def _plain(part):
    return {name: one.tolist() for name, one in sorted(part.items())} if isinstance(part, dict) else part.tolist()


@given(pools())
@settings(deadline=None, max_examples=60)
def test_every_pool_reads_back_the_same(tmp_path_factory, written):
    where = tmp_path_factory.getbasetemp() / "any"
    directory.write(written, where, replace=True)
    read = directory.read(where)
    assert read.charter == written.charter
    assert read.flavors == written.flavors
    assert read.resources == written.resources
    for name in ("members", "nodes", "claims", "jobs"):
        assert content(getattr(read, name)) == content(getattr(written, name))


def test_a_large_table_is_compressed_and_reads_back(tmp_path):
    n = 10_001
    none = text([""] * n)
    many = Claims(
        text([f"c{i}" for i in range(n)]),
        ints(np.zeros(n)),
        none,
        ints(np.arange(n)),
        ints(np.zeros(n)),
        ints(np.ones((n, 1))),
        ints(np.zeros(n)),
        none,
        ints(np.zeros(n)),
        floats(np.ones(n)),
        floats(np.ones((n, 1))),
    )
    one = text(["one"])
    nan, zero = floats([np.nan]), ints([0])
    who = Members(one, ints([-1]), nan, nan, nan, text([""]), text([""]), {})
    what = Nodes(one, zero, zero, ints([[8000]]), zero, text([""]), zero, zero, zero, text([""]))
    directory.write(pool(Charter(), ("gpu_milli",), ("x",), who, what, many), tmp_path / "large")
    assert sorted(path.name for path in (tmp_path / "large").iterdir()) == [
        "charter.toml",
        "claims.csv.gz",
        "members.csv",
        "nodes.csv",
    ]
    assert content(directory.read(tmp_path / "large").claims)["tasks_micro"] == repr(
        sorted(range(n), key=lambda i: f"c{i}")
    )
