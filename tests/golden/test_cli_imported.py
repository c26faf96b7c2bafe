"""Can what is imported, from every source there is, be assessed, planned and proved?"""

from pathlib import Path

import pytest

from apportion import registry

DATA = Path(__file__).parents[1] / "data"


@pytest.mark.parametrize("kind", sorted(set(registry.names("source")) - {"directory"}))
def test_what_is_imported_can_be_assessed_planned_and_proved(kind, tmp_path, run):
    code, _, err = run("-q", "import", kind, DATA / kind, "--out", tmp_path / "pool")
    assert code == 0, err
    plan = tmp_path / "PLAN.json"
    for verb, *rest in (["assess"], ["plan", "--out", plan], ["prove", plan]):
        code, _, err = run("-q", verb, tmp_path / "pool", *rest)
        assert code == 0, err
