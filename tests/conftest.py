"""What holds for all tests.

Where continuous integration runs, every test must run: a skip there is a failure, with the name of what is missing. There
hypothesis also tries the same examples each time, so that a change is judged by what it changed; elsewhere it tries new ones.
And it tells a failing example as it found it: looking for a smaller one can take longer than all other tests together.
How long examples take to draw fails no test: that depends on what else the machine does.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("usual", patient)
settings.register_profile("ci", patient, max_examples=50, derandomize=True, phases=[Phase.explicit, Phase.generate])
settings.load_profile("usual")
if os.environ.get("CI") == "true":
    settings.load_profile("ci")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, which CI does not allow: {report.longrepr}"
    return report
