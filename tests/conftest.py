"""Hypothesis repeats itself from run to run, and browser tests find Chromium."""

import os
import shutil

import pytest
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

set_hypothesis_home_dir(".cache/hypothesis")
# No deadline: the first call of a compiled rule may compile it. To search further: make test ARGS=--hypothesis-profile=explore
settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=50, print_blob=True)
settings.register_profile("explore", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium. Without one the test is skipped, but in CI it fails."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    if os.environ.get("CI") == "true":
        pytest.fail("no Chromium in CI, where browser tests must run")
    pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")


#: Long or thorough files: part of `make test-all`.
THOROUGH = {
    "test_engines", "test_same_luck", "test_parameters", "test_outcomes", "test_overriding", "test_mesa", "test_ties_phases",
    "test_reference", "test_adjudication", "test_conduct_and_reporting", "test_exchange_and_learning", "test_scoring",
}  # fmt: skip


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark the tests of thorough files as slow."""
    for item in items:
        if item.path.stem in THOROUGH:
            item.add_marker(pytest.mark.slow)
