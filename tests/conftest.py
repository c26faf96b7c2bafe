"""What holds for all tests.

Where continuous integration runs, every test must run: a skip there is a failure, with the name of what is missing. There
hypothesis also tries the same examples each time, so that a change is judged by what it changed; elsewhere it tries new ones.
"""

import os

import pytest
from hypothesis import settings

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI") == "true":
    settings.load_profile("ci")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, which CI does not allow: {report.longrepr}"
    return report
