"""The page in a real Chromium: what a viewer sees and does, and that nothing leaves the machine."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from dashboard.curves import CURVES
from dashboard.levers import LEVERS
from dashboard.messages import SPEEDS
from model.institutions.reading import preset_names
from model.society import Society

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parent.parent
SMALL = {"citizens": 80, "time.ticks": 300, "time.burn_in": 3}
ADDRESS = "?seed=5&citizens=80&time.ticks=300&time.burn_in=3"
REWARD = "scheme.reporting_reward"


@pytest.fixture(scope="module")
def server():
    """Serve the page as the Makefile does, on a free port, in a process group of its own; yield (address, process id)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["-m", "solara", "run", "app.py", "--host", "127.0.0.1", "--port", str(port)]
    options = ["--production", "--no-open", "--no-check-version"]
    # Where the network would be asked for a script, there is none.
    environment = os.environ | {"SOLARA_ASSETS_CDN": "http://127.0.0.1:9/"}
    process = subprocess.Popen([sys.executable, *command, *options], cwd=ROOT, env=environment, start_new_session=True)
    try:
        await_answer(f"http://127.0.0.1:{port}/readyz", process)
        yield f"http://127.0.0.1:{port}/", process.pid
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def await_answer(address: str, process: subprocess.Popen) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.1)


@pytest.fixture(scope="module")
def browser(chromium):
    """Start Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def visit(browser, server):
    """Open the page as a new viewer and close it again; anything the browser complains of, or asks elsewhere for, is an error."""

    @contextmanager
    def open_page(address: str = ADDRESS, width: int = 1280, height: int = 720):
        complaints = []
        context = browser.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("console", lambda message: message.type == "error" and complaints.append(f"console: {message.text}"))
        page.on("response", lambda answer: answer.status >= 400 and complaints.append(f"{answer.status} {answer.url}"))
        page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
        ours = (server[0], server[0].replace("http", "ws"), "blob:", "data:")
        for kind in ("request", "websocket"):
            page.on(kind, lambda it: it.url.startswith(ours) or complaints.append(f"elsewhere: {it.url}"))
        page.goto(server[0] + address)
        yield page
        context.close()
        assert complaints == []

    return open_page


@pytest.fixture
def page(visit):
    """Show one small world, before its first week."""
    with visit() as page:
        at_tick(page, 0)
        yield page


def at_tick(page: Page, tick: int) -> None:
    expect(page.locator(".chart")).to_have_attribute("data-tick", str(tick), timeout=30_000)


def tick_of(page: Page) -> int:
    return int(page.locator(".chart").get_attribute("data-tick"))


def past_tick(page: Page, tick: int) -> None:
    page.wait_for_function(f"Number(document.querySelector('.chart').dataset.tick) > {tick}")


def holds(page: Page) -> bool:
    """Tell whether time stands still; what was under way when it stopped may still come in."""
    page.wait_for_timeout(300)
    before = tick_of(page)
    page.wait_for_timeout(400)
    return tick_of(page) == before


def values(page: Page) -> dict[str, float]:
    """Return the values at the ends of the lines, and check that the labels say the same."""
    read = "all => all.map(one => [one.dataset.curve, one.dataset.value, one.textContent])"
    labels = page.locator(".chart .label").evaluate_all(read)
    for _, value, text in labels:
        assert text.endswith(f" {float(value):.2f}")
    return {name: float(value) for name, value, _ in labels}


def slider(page: Page, name: str):
    return page.locator(f".lever[data-name='{name}'] input")


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def of_curves(society: Society) -> dict[str, float]:
    last = society.last()
    return {curve.outcome.name: last[curve.outcome.name] for curve in CURVES}


def test_the_page_says_what_it_shows(page):
    expect(page).to_have_title("Social credit lab")
    expect(page.locator(".facts")).to_contain_text("80 citizens")
    expect(page.locator(".facts")).to_contain_text("rongcheng from week 4")
    expect(page.locator(".condition")).to_contain_text("in this model")
    expect(page.locator(".clock")).to_have_text("Before the first week no scheme yet")
    expect(page.locator(".note.start")).to_have_text("rongcheng starts")
    for tick in range(1, 5):
        button(page, "Step").click()
        at_tick(page, tick)
    expect(page.locator(".clock")).to_have_text("Year 1, week 4 under rongcheng")
    assert values(page) == of_curves(Society(rng=5, **SMALL).run(4))
    shown = page.locator(".chart .label").all_text_contents()
    assert {text.rsplit(" ", 1)[0] for text in shown} == {curve.label for curve in CURVES}
    page.get_by_text("What the lines show").click()
    for curve in CURVES:
        expect(page.locator(".legend")).to_contain_text(curve.outcome.meaning)


def test_play_pause_and_step(page):
    button(page, "Play").click()
    past_tick(page, 3)
    button(page, "Pause").click()
    expect(button(page, "Play")).to_be_visible()
    assert holds(page)
    before = tick_of(page)
    button(page, "Step").click()
    at_tick(page, before + 1)
    assert holds(page)
    assert tick_of(page) == before + 1


def test_keys(page):
    page.keyboard.press("ArrowRight")
    at_tick(page, 1)
    page.keyboard.press("ArrowRight")
    at_tick(page, 2)
    page.keyboard.press("Space")
    past_tick(page, 3)
    page.keyboard.press("Space")
    expect(button(page, "Play")).to_be_visible()
    assert holds(page)
    # A slider that has the focus keeps its arrow, a text field all keys; a button that was clicked keeps none.
    before = tick_of(page)
    slider(page, REWARD).focus()
    page.keyboard.press("ArrowRight")
    expect(slider(page, REWARD)).to_have_value("1")
    page.locator(".chooser input").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert holds(page)
    assert tick_of(page) == before
    button(page, "Step").click()
    at_tick(page, before + 1)
    page.keyboard.press("Space")
    past_tick(page, before + 2)


def test_speed_and_the_end(page):
    page.locator(".speed").get_by_text(str(SPEEDS[-1]), exact=True).click()
    expect(page.get_by_label(str(SPEEDS[-1]), exact=True)).to_be_checked()
    page.keyboard.press("Space")
    at_tick(page, SMALL["time.ticks"])
    expect(button(page, "Ended")).to_be_disabled()
    expect(button(page, "Step")).to_be_disabled()
    assert values(page) == of_curves(Society(rng=5, **SMALL).run())


def test_a_lever_is_recorded_as_policy_and_changes_the_run(visit):
    with visit() as twin, visit() as page:
        for one in (twin, page):
            at_tick(one, 0)
            for tick in range(1, 6):
                one.keyboard.press("ArrowRight")
                at_tick(one, tick)
        assert values(page) == values(twin)
        slider(page, REWARD).focus()
        page.keyboard.press("End")
        highest = slider(page, REWARD).get_attribute("aria-valuetext")
        expect(page.locator(".live")).to_have_text("The new setting acts from the next week on.")
        expect(page.locator(".policy li")).to_have_count(0)
        slider(page, REWARD).blur()
        for one in (page, twin):
            for tick in range(6, 16):
                one.keyboard.press("ArrowRight")
                at_tick(one, tick)
        assert highest == "10,000 points"
        expect(page.locator(".policy li")).to_have_text("Year 1, week 6 Snitching rewards 0 → 10000", use_inner_text=True)
        expect(page.locator(".note.change")).to_have_text("Snitching rewards 0 → 10000")
        changed = Society(rng=5, policy=[(5, REWARD, 10_000)], **SMALL).run(15)
        plain = Society(rng=5, **SMALL).run(15)
        assert values(page) == of_curves(changed) != of_curves(plain) == values(twin)


def test_a_slider_dragged_by_mouse_leaves_the_keys_to_the_page(page):
    box = slider(page, "scheme.exemption").bounding_box()
    page.mouse.move(box["x"] + 10, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 20, box["y"] + box["height"] / 2)
    page.mouse.up()
    expect(slider(page, "scheme.exemption")).to_have_attribute("aria-valuetext", "1 share")
    page.keyboard.press("ArrowRight")
    at_tick(page, 1)
    expect(page.locator(".policy li")).to_contain_text("Official exemption 0 → 1")


def test_reset_and_another_seed(page):
    slider(page, REWARD).focus()
    page.keyboard.press("End")
    slider(page, REWARD).blur()
    page.keyboard.press("ArrowRight")
    at_tick(page, 1)
    first = values(page)
    button(page, "Reset").click()
    at_tick(page, 0)
    expect(slider(page, REWARD)).to_have_value("0")
    expect(page.locator(".policy li")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    at_tick(page, 1)
    assert values(page) == first  # before the scheme starts, its levers change nothing
    seed = page.get_by_label("Seed")
    seed.fill("6")
    seed.press("Enter")
    at_tick(page, 0)
    expect(page.locator(".facts")).to_contain_text("seed 6")
    seed.fill("six")
    seed.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("seed = 'six' is not allowed: expected a whole number")
    expect(seed).to_have_value("6")


def test_without_a_scheme_the_levers_are_disabled(page):
    assert page.get_by_label("Scheme").locator("option").all_text_contents() == preset_names()
    page.get_by_label("Scheme").select_option("none")
    for lever in LEVERS:
        expect(slider(page, lever.name)).to_be_disabled()
    expect(page.locator(".live")).to_contain_text("There is no scheme in this world")
    expect(page.locator(".note.start")).to_have_count(0)
    page.get_by_label("Scheme").select_option("rongcheng")
    for lever in LEVERS:
        expect(slider(page, lever.name)).to_be_enabled()


def test_the_sliders_are_as_declared(page):
    for lever in LEVERS:
        declared, part = lever.declaration, page.locator(f".lever[data-name='{lever.name}']")
        expect(part).to_contain_text(lever.label)
        expect(part).to_contain_text(lever.meaning)
        expect(part).to_contain_text(lever.source)
        for key, bound in (("Home", declared.low), ("End", declared.high)):
            slider(page, lever.name).press(key)
            assert slider(page, lever.name).get_attribute("aria-valuetext") == f"{bound:,g} {declared.unit}"


def test_each_viewer_has_a_world_and_its_loop_ends_when_the_viewer_leaves(visit, server):
    process = psutil.Process(server[1])
    with visit() as other:
        at_tick(other, 0)
        with visit("?citizens=2000&time.ticks=100000") as page:
            at_tick(page, 0)
            page.locator(".speed").get_by_text(str(SPEEDS[-1]), exact=True).click()
            page.keyboard.press("Space")
            past_tick(page, 20)
            busy = processor_time(process, 0.5)
            assert tick_of(other) == 0
        until = time.monotonic() + 8
        while processor_time(process, 0.5) > 0.2 * busy:
            assert time.monotonic() < until, "the loop of a viewer who has left goes on"
        other.keyboard.press("ArrowRight")
        at_tick(other, 1)


def processor_time(process: psutil.Process, seconds: float) -> float:
    """Return the processor time that a process takes within some seconds."""
    before = process.cpu_times()
    time.sleep(seconds)
    after = process.cpu_times()
    return after.user + after.system - before.user - before.system


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("?seed=abc", "seed = 'abc' is not allowed: expected a whole number"),
        ("?citizens=0", "population.citizens = 0 is not allowed: expected a whole number from 3"),
    ],
)
def test_a_senseless_address_is_answered_with_one_sentence(visit, address, said):
    with visit(address) as page:
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text(said)
        expect(alert.get_by_role("link")).to_have_attribute("href", "?")  # the way out: the default world
        assert "Traceback" not in page.locator("body").inner_text()


def test_the_page_fits_every_screen(page):
    page.keyboard.press("ArrowRight")
    at_tick(page, 1)
    for width, height in ((1920, 1080), (1280, 720), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        labels = [label.bounding_box() for label in page.locator(".chart .label").all()]
        assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in labels)
        tops = sorted(box["y"] for box in labels)
        assert all(b - a > 10 for a, b in pairwise(tops))  # no label covers another
        for part in (".chart", ".transport"):
            box = page.locator(part).bounding_box()
            assert box["y"] + box["height"] <= height
