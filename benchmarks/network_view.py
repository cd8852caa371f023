"""How fast the dashboard's picture of the ties is, from Python to the screen and back, in a headless Chromium; beside it Mesa's SolaraViz.

Without a graphics processor, Chromium draws with the processor: what is measured is the slowest machine that shows the picture at all.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from agents.compiling import ROOT
from benchmarks.measure import Figure
from benchmarks.subjects import Effort

PAGE = "benchmarks/network_page.py"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")

#: Citizens in each of two worlds, and how many frames a second there should be.
TWINS: dict[int, float | None] = {100: None, 1000: 20.0, 10_000: 15.0}

#: Nodes of the network that is compared with Mesa's; clicks of which the median counts; seconds to warm up.
NODES, CLICKS, WARM_UP = 200, 9, 6.0

#: Counts how often what is shown changes: the frames of our picture; the steps of Mesa's page, whose number it writes with each drawing.
COUNT_CHANGES = """ofPicture => {
  window.changes = 0;
  const steps = () => [...document.querySelectorAll("span, div, p")].find((one) => !one.children.length && /^Time: /.test(one.textContent));
  const shown = () => (ofPicture ? document.querySelector(".network")?.dataset.frame : steps()?.textContent);
  let before = shown();
  const look = () => {
    const now = shown();
    if (now !== undefined && now !== before) window.changes++;
    before = now;
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
}"""

#: Notes how long after a click the picture has its ring, and how long after it the answer of Python is on the page.
TIME_PICKS = """() => {
  window.ring = []; window.answer = [];
  const picture = document.querySelector(".network");
  let clicked = 0;
  document.addEventListener("pointerup", (event) => (clicked = event.timeStamp), true);
  new MutationObserver(() => requestAnimationFrame(() => window.ring.push(performance.now() - clicked)))
    .observe(picture, { attributes: true, attributeFilter: ["data-picked"] });
  const titles = picture.querySelector(".network-titles");
  let before = titles.textContent;
  new MutationObserver(() => {
    if (titles.textContent === before) return;
    before = titles.textContent;
    window.answer.push(performance.now() - clicked);
  }).observe(titles, { childList: true });
}"""


def network_view(effort: Effort) -> list[Figure]:
    """Measure frames a second and clicks of twin worlds, and a society of our own in SolaraViz beside Mesa's network in it.

    Nothing is measured, and nothing returned, where there is no Chromium.
    """
    chromium = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if chromium is None:
        return []
    quick = effort.rounds == 1
    sizes: dict[int, float | None] = {60: None} if quick else TWINS
    seconds, warm_up = (0.5, 0.5) if quick else (8.0, WARM_UP)
    found: list[Figure] = []
    with _served() as address, _browser(chromium) as browser:
        for citizens, goal in sizes.items():
            found += _twins(browser, f"{address}?show=twins&citizens={citizens}", citizens, goal, seconds, warm_up)
        found += _beside_mesa(browser, address, NODES if not quick else 30, seconds, warm_up)
    return found


def _twins(browser: Any, address: str, citizens: int, goal: float | None, seconds: float, warm_up: float) -> list[Figure]:
    with _page(browser, address, ".network[data-frame]") as page:
        rate = _rate(page, True, seconds, warm_up)
        page.evaluate(TIME_PICKS)
        box = page.locator(".network-stage canvas").bounding_box()
        for click in range(CLICKS):
            page.mouse.click(box["x"] + box["width"] * (0.08 + 0.018 * click), box["y"] + box["height"] * 0.32)
            page.wait_for_timeout(250)
        ring, answer = page.evaluate("[window.ring, window.answer]")
    section, note = f"the picture of the ties, two worlds of {citizens:,}", "wall clock, headless"
    figures = [_figure(section, "frames a second, 1 % of the ties changing in each", rate, "1/s", goal, note, more_is_better=True)]
    for what, times in (("a click, to the ring around the citizen", ring), ("a click, to Python and back", answer)):
        if times:
            figures.append(_figure(section, what, median(times), "ms", None, f"{note}, median of {len(times)}"))
    return figures


def _beside_mesa(browser: Any, address: str, nodes: int, seconds: float, warm_up: float) -> list[Figure]:
    section, rates = f"a network of {nodes} in SolaraViz at its own pace (a step each 100 ms), 20 ties each", {}
    for show, ready in (("component", ".network[data-frame]"), ("mesa", ".v-window img")):
        with _page(browser, f"{address}?show={show}&citizens={nodes}", ready) as page:
            page.get_by_role("button", name="▶").click()
            rates[show] = _rate(page, show == "component", seconds, warm_up)
    note = "wall clock, headless"
    return [
        _figure(section, "weeks shown a second, our component", rates["component"], "1/s", None, note),
        _figure(section, "steps shown a second, Mesa's example and renderer", rates["mesa"], "1/s", None, note),
        _figure(section, "times as many", rates["component"] / max(rates["mesa"], 1e-9), "x", None, note),
    ]


def _figure(section: str, what: str, value: float, unit: str, goal: float | None, note: str, more_is_better: bool = False) -> Figure:
    return Figure(section, what, value, unit, value, goal, more_is_better, note)


def _rate(page: Any, of_picture: bool, seconds: float, warm_up: float) -> float:
    """Return how many times a second what is shown changes."""
    page.wait_for_timeout(1000 * warm_up)
    page.evaluate(COUNT_CHANGES, of_picture)
    begin, first = page.evaluate("[performance.now(), window.changes]")
    page.wait_for_timeout(1000 * seconds)
    end, last = page.evaluate("[performance.now(), window.changes]")
    return 1000 * (last - first) / (end - begin)


@contextmanager
def _page(browser: Any, address: str, ready: str) -> Iterator[Any]:
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.set_default_timeout(120_000)
    page.goto(address)
    page.wait_for_selector(ready)
    yield page
    page.context.close()


@contextmanager
def _browser(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def _served() -> Iterator[str]:
    """Serve the pages on a free port of this machine; yield their address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "solara", "run", PAGE, "--host", "127.0.0.1", "--port", str(port)]
    options = ["--production", "--no-open", "--no-check-version"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [*command, *options], cwd=ROOT, env=environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
                break
            except OSError:
                if process.poll() is not None:
                    raise RuntimeError(f"the pages of {PAGE} could not be served") from None
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
