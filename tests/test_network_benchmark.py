"""The picture's frames are counted in a real browser, and nothing is claimed where there is none."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks import network_view
from benchmarks.subjects import QUICK


@pytest.mark.slow
@pytest.mark.browser
def test_frames_and_clicks_are_measured(chromium):
    with ThreadPoolExecutor(1) as elsewhere:  # in this thread the browser of the other tests is at work
        figures = elsewhere.submit(network_view.network_view, QUICK).result()
    found = {(figure.section, figure.what): figure for figure in figures}
    assert len(found) == 6
    assert {section for section, _ in found} == {
        "the picture of the ties, two worlds of 60",
        "a network of 30 in SolaraViz at its own pace (a step each 100 ms), 20 ties each",
    }
    for figure in found.values():
        assert figure.value > 0
        assert figure.value == figure.wall
        assert figure.goal is None
        assert figure.note.startswith("wall clock, headless")


def test_nothing_is_measured_without_chromium(monkeypatch):
    monkeypatch.setattr(network_view.shutil, "which", lambda _: None)
    assert network_view.network_view(QUICK) == []
