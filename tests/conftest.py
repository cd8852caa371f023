"""Hypothesis repeats itself from run to run, and browser tests find Chromium."""

import os
import shutil

import pytest
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

# An assertion in these says as much when it fails as one in a test.
pytest.register_assert_rewrite(
    "tests.anew",
    "tests.browsing",
    "tests.command_line",
    "tests.declared",
    "tests.network_files",
    "tests.same_run",
    "tests.stand_in_browser",
    "tests.steering",
)

set_hypothesis_home_dir(".cache/hypothesis")
# No deadline: the first call of a compiled rule may compile it. To search further: make test ARGS=--hypothesis-profile=explore
settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=25, print_blob=True)
settings.register_profile("thorough", derandomize=True, deadline=None, max_examples=100, print_blob=True)  # make test-all
settings.register_profile("explore", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile("repeatable")


@pytest.fixture(scope="session", autouse=True)
def _nothing_waits_for_the_disk():
    """No test lives through a power cut, and each run of an experiment would wait for the disk a dozen times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium. Without one the test is skipped, but in CI it fails."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    if os.environ.get("CI") == "true":
        pytest.fail("no Chromium in CI, where browser tests must run")
    pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")


@pytest.fixture(scope="session")
def browser(chromium):
    """Start Chromium, once for all tests of a process: each viewer has a context of its own in it."""
    from tests.browsing import chrome

    with chrome(chromium) as browser:
        yield browser


@pytest.fixture(scope="session")
def laboratory():
    """Serve the page of `app.py`."""
    from tests.served_page import served

    with served("app.py") as page:
        yield page


@pytest.fixture(scope="session")
def visit(browser, laboratory):
    """Return how to open the page as a new viewer, with some address, and close it again."""
    from tests.browsing import visited
    from tests.steering import SEARCH

    def open_page(search: str = SEARCH, **options):
        return visited(browser, laboratory.address, search, **options)

    return open_page


@pytest.fixture(scope="session")
def picture_pages():
    """Serve the pages with nothing but the picture of the ties; yield their address."""
    from tests.served_page import served

    with served("tests/network_page.py") as page:
        yield page.address
