"""Is a policy that another package brings found, usable and tested without a change here?"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
POLICY = '''"""Whoever is first in the order of ties takes what it can, then the next."""

import numpy as np

from apportion.domain.plan import Plan
from apportion.solver.plans.filled import filled_plan
from apportion.solver.filling.rates import by_demand

GUARDS = frozenset()


def divide(situation) -> Plan:
    return filled_plan(situation, "by_lot", by_demand(situation), situation.member_order[situation.claims.member])


def promises(situation) -> tuple[str, ...]:
    return ("feasible", "non_wasteful")
'''


@pytest.fixture
def installed(tmp_path):
    """A package `lots` beside ours, with the policy "by_lot", as an installer would leave it."""
    (tmp_path / "lots.py").write_text(POLICY)
    about = tmp_path / "lots-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: lots\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[apportion.policy]\nby_lot = lots\n")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(TESTS)])}


def told(environment, *command):
    done = subprocess.run(
        [sys.executable, *command], env=environment, cwd=TESTS.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


SCRIPT = """
import json
from apportion import registry
from making import granted, situation_of
situation = situation_of([3], [(1,), (1,)], tasks=[2, 2])
plan = registry.policy("by_lot").divide(situation)
print(json.dumps([registry.names("policy"), registry.summary("policy", "by_lot"), sorted(granted(plan))]))
"""


def test_it_is_listed_described_and_divides(installed):
    names, summary, grants = json.loads(told(installed, "-c", SCRIPT))
    assert "by_lot" in names
    assert "drf" in names
    assert summary.startswith("Whoever is first")
    assert grants == [1, 2]


def test_it_goes_through_the_conformance_suite(installed):
    suite = str(TESTS / "conformance" / "test_policies.py")
    report = told(installed, "-m", "pytest", suite, "-k", "by_lot", "-vv", "-p", "no:cacheprovider")
    passed = [line for line in report.splitlines() if "PASSED" in line]
    assert any("test_every_promised_proof_holds[by_lot]" in line for line in passed)
    assert len(passed) >= 10
    assert all("by_lot" in line for line in passed)


def test_a_name_that_exists_is_refused(installed, tmp_path):
    (tmp_path / "lots-1.0.dist-info" / "entry_points.txt").write_text("[apportion.policy]\ndrf = lots\n")
    script = (
        "from apportion import registry\nfrom apportion.errors import BadInput\n"
        "try:\n    registry.names('policy')\nexcept BadInput as fault:\n    print(fault)"
    )
    assert "drf" in told(installed, "-c", script)
