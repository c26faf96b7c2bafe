"""Does every reader of tables of holders read what it names, say what it left out, and refuse what it cannot mean?"""

import hashlib
import random
import re
from pathlib import Path

import numpy as np
import pytest

from apportion import registry
from apportion.errors import ApportionError, BadInput
from apportion.holdings.published._snapshots import snapshots

SAMPLES = Path(__file__).parents[1] / "data" / "holdings"
READERS = registry.names("holding")
SHIPPED = {f"epoch_{kind}" for kind in snapshots()}


def files(name):
    return sorted((SAMPLES / name).iterdir())


def a_file(name, to):
    """One sample alone where a reader takes one file, else all."""
    for path in files(name):
        (to / path.name).write_bytes(path.read_bytes())
    return to


@pytest.mark.parametrize("name", READERS)
def test_a_reader_reads_its_sample(name):
    found = registry.holding(name).read(SAMPLES / name)
    assert len(found)
    assert np.isfinite(found.amount).all()
    assert (found.amount >= 0).all()
    assert found.unit
    assert all(len(column) == len(found) for column in (found.amount, *found.groups.values()))


@pytest.mark.parametrize("name", READERS)
def test_every_digest_is_that_of_a_file_and_what_was_left_out_is_said(name):
    found = registry.holding(name).read(SAMPLES / name)
    digests = re.findall(r"\b[0-9a-f]{64}\b", found.source)
    assert digests
    assert set(digests) <= {hashlib.sha256(path.read_bytes()).hexdigest() for path in files(name)}
    assert found.filters


@pytest.mark.parametrize("name", READERS)
def test_a_history_ends_with_what_is_read_alone(name):
    reader = registry.holding(name)
    *_, last = reader.over_time(SAMPLES / name).values()
    if name == "epoch_models":  # years are amounts of their own there, not what has come together by then
        assert last.total <= reader.read(SAMPLES / name).total
        return
    assert last.total == reader.read(SAMPLES / name).total


@pytest.mark.parametrize("name", READERS)
def test_a_path_that_is_not_there_is_an_error_with_a_place(name, tmp_path):
    with pytest.raises(BadInput, match="nothing") as caught:
        registry.holding(name).read(tmp_path / "nothing.csv")
    assert all(fault.mend for fault in caught.value.faults)


@pytest.mark.parametrize("name", READERS)
def test_an_empty_directory_is_an_error_with_a_mend(name, tmp_path):
    with pytest.raises(BadInput) as caught:
        registry.holding(name).read(tmp_path)
    assert all(fault.mend for fault in caught.value.faults)


@pytest.mark.parametrize("name", READERS)
def test_without_a_path_the_aggregate_is_read_or_a_path_asked_for(name):
    if name in SHIPPED:
        assert "the aggregate shipped with Apportion" in registry.holding(name).read().source
    else:
        with pytest.raises(BadInput, match="no file is named"):
            registry.holding(name).read()


@pytest.mark.parametrize("name", READERS)
def test_files_of_noise_are_errors_and_never_tracebacks(name, tmp_path):
    for path in files(name):
        (tmp_path / path.name).write_bytes(random.Random(path.name).randbytes(300))  # noqa: S311  # noise, not a secret
    with pytest.raises(BadInput):
        registry.holding(name).read(tmp_path)


@pytest.mark.parametrize("name", READERS)
def test_files_that_stop_in_the_middle_are_read_or_refused(name, tmp_path):
    for path in files(name):
        raw = path.read_bytes()
        for end in range(0, len(raw), max(1, len(raw) // 25)):
            a_file(name, tmp_path)
            (tmp_path / path.name).write_bytes(raw[:end])
            try:
                registry.holding(name).read(tmp_path)
            except ApportionError as error:
                assert error.faults  # noqa: PT017  # either outcome is right; which one depends on where the file stops


@pytest.mark.parametrize("name", READERS)
def test_files_in_another_encoding_are_refused(name, tmp_path):
    for path in files(name):
        if path.suffix == ".csv":
            (tmp_path / path.name).write_bytes(path.read_text("utf-8").replace("Acme", "Ácme").encode("latin-1"))
    with pytest.raises(BadInput, match="is not UTF-8 text"):
        registry.holding(name).read(tmp_path)


@pytest.mark.parametrize("name", READERS)
def test_a_web_page_instead_of_a_table_is_refused_with_the_columns_that_are_missing(name, tmp_path):
    page = tmp_path / "coreweave.csv"
    page.write_text("<!DOCTYPE html>\n<html>\n", "utf-8")
    with pytest.raises(BadInput, match="no column") as caught:
        registry.holding(name).read(page)
    assert str(caught.value).count('"') >= 4


@pytest.mark.parametrize("name", READERS)
def test_filters_that_do_not_exist_are_refused_together(name):
    with pytest.raises(BadInput) as caught:
        registry.holding(name).read(SAMPLES / name, without="nobody", also="nothing")
    assert len(caught.value.faults) == 2
