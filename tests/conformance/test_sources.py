"""Does every source read what it names, and does what it reads survive being written?"""

import random
from dataclasses import fields
from pathlib import Path

import pytest

from apportion import registry
from apportion.domain.pool import Pool
from apportion.domain.situation import Situation, Window, situation
from apportion.domain.window import busiest, stream
from apportion.errors import ApportionError, BadInput, NotFound
from apportion.sources import directory

SAMPLES = Path(__file__).parents[1] / "data"
SOURCES = registry.names("source")


def content(pool: Pool) -> dict[str, object]:
    """All that a pool says, as plain values; NaN is written, so that it equals itself."""
    tables = {
        name: {field.name: repr(_plain(getattr(table, field.name))) for field in fields(table)}
        for name in ("members", "nodes", "claims", "jobs")
        if (table := getattr(pool, name)) is not None
    }
    return {"charter": pool.charter, "resources": pool.resources, "flavors": pool.flavors, **tables}


def _plain(column):
    return {name: part.tolist() for name, part in column.items()} if isinstance(column, dict) else column.tolist()


def situations(pool: Pool) -> list[Situation]:
    found = []
    if pool.claims is not None:
        found.append(situation(pool, pool.claims, Window(0, 3600)))
    if pool.jobs is not None:
        found.append(stream(pool).offered(busiest(pool, pool.jobs)))
    return found


def read_sample(name: str) -> Pool:
    return registry.source(name).read(SAMPLES / name)


def shuffle(pool_directory: Path, table: str, seed: int) -> None:
    path = pool_directory / f"{table}.csv"
    if path.exists():
        header, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        random.Random(seed).shuffle(rows)  # noqa: S311  # a shuffle, not a secret
        path.write_text("".join([header, *rows]), encoding="utf-8")


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_reads_its_sample(name):
    pool = read_sample(name)
    assert len(pool.members)
    assert len(pool.nodes)
    assert pool.capacity.sum() > 0
    assert pool.claims is not None or pool.jobs is not None
    assert all(sum(one.standing.weight.tolist()) > 0 for one in situations(pool))


@pytest.mark.parametrize("name", SOURCES)
def test_what_is_written_reads_back_the_same(name, tmp_path):
    pool = read_sample(name)
    directory.write(pool, tmp_path / "copy")
    again = directory.read(tmp_path / "copy")
    assert content(again) == content(pool)
    assert [one.digest for one in situations(again)] == [one.digest for one in situations(pool)]


@pytest.mark.parametrize("name", SOURCES)
def test_writing_twice_gives_the_same_bytes(name, tmp_path):
    for copy in ("first", "second"):
        directory.write(read_sample(name), tmp_path / copy)
    assert _bytes(tmp_path / "first") == _bytes(tmp_path / "second")


def _bytes(pool_directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(pool_directory.iterdir())}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", SOURCES)
def test_the_order_of_rows_does_not_matter(name, seed, tmp_path):
    pool = read_sample(name)
    directory.write(pool, tmp_path / "copy")
    for table in ("members", "nodes", "claims"):
        shuffle(tmp_path / "copy", table, seed)
    again = directory.read(tmp_path / "copy")
    assert [one.digest for one in situations(again)] == [one.digest for one in situations(pool)]


@pytest.mark.parametrize("name", SOURCES)
def test_a_path_that_is_not_there_is_an_error_with_a_place(name, tmp_path):
    with pytest.raises((BadInput, NotFound)) as caught:
        registry.source(name).read(tmp_path / "nothing")
    assert "nothing" in str(caught.value)
    assert all(fault.mend for fault in caught.value.faults)


@pytest.mark.parametrize("name", SOURCES)
def test_an_empty_directory_is_an_error_with_a_mend(name, tmp_path):
    with pytest.raises(ApportionError) as caught:
        registry.source(name).read(tmp_path)
    assert all(fault.mend for fault in caught.value.faults)


@pytest.mark.parametrize("name", SOURCES)
def test_no_path_at_all_is_an_error(name):
    with pytest.raises(BadInput):
        registry.source(name).read()


@pytest.mark.parametrize("name", SOURCES)
def test_files_of_noise_are_errors_and_never_tracebacks(name, tmp_path):
    for path in (SAMPLES / name).iterdir():
        (tmp_path / path.name).write_bytes(random.Random(path.name).randbytes(300))  # noqa: S311  # noise, not a secret
    with pytest.raises(BadInput):
        registry.source(name).read(tmp_path)


@pytest.mark.parametrize("name", SOURCES)
def test_files_that_stop_in_the_middle_are_read_or_refused(name, tmp_path):
    for path in (SAMPLES / name).iterdir():
        raw = path.read_bytes()
        for end in range(0, len(raw), max(1, len(raw) // 10)):
            _copy(SAMPLES / name, tmp_path)
            (tmp_path / path.name).write_bytes(raw[:end])
            try:
                registry.source(name).read(tmp_path)
            except ApportionError as error:
                assert error.faults  # noqa: PT017  # either outcome is right; which one depends on where the file stops


def _copy(sample: Path, to: Path) -> None:
    for path in sample.iterdir():
        (to / path.name).write_bytes(path.read_bytes())
