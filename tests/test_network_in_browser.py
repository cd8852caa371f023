"""The picture of the ties in a real Chromium: what a viewer sees and does."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from playwright.sync_api import Page, expect, sync_playwright

from dashboard.network.colours import coloured, difference, tables
from dashboard.network.layout import lay_out
from dashboard.network.protocol import Channel, Cuts, Picture, Scene, Side, Ties
from dashboard.network.view import FRONT, words
from tests.network_mirror import Mirror
from tests.network_page import FILMING, PRESETS, TITLES, society

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parent.parent
PICTURE = ".network-stage canvas"
HEAD, GAP = 26, 12  # pixels above a panel, and between two


@pytest.fixture(scope="module")
def server():
    """Serve the pages on a free port; yield their address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["-m", "solara", "run", "tests/network_page.py", "--host", "127.0.0.1", "--port", str(port)]
    options = ["--production", "--no-open", "--no-check-version"]
    environment = os.environ | {"SOLARA_ASSETS_CDN": "http://127.0.0.1:9/", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, *command, *options], cwd=ROOT, env=environment, start_new_session=True)
    try:
        until = time.monotonic() + 120
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
                break
            except OSError:
                assert process.poll() is None, "the server ended"
                assert time.monotonic() < until, "the server does not answer"
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def visit(browser, server):
    """Open a page as a new viewer; anything the browser complains of, or asks elsewhere for, is an error."""

    @contextmanager
    def open_page(show: str, width: int = 1280, height: int = 800, **options):
        complaints = []
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **options)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("console", lambda message: message.type == "error" and complaints.append(f"console: {message.text}"))
        page.on("request", lambda it: it.url.startswith((server, "blob:", "data:")) or complaints.append(f"elsewhere: {it.url}"))
        page.goto(f"{server}?show={show}")
        page.wait_for_selector(".network[data-frame]")
        yield page
        context.close()
        assert complaints == []

    return open_page


@pytest.fixture
def page(visit):
    with visit("twins") as page:
        yield page


def data(page: Page) -> dict[str, str]:
    return page.locator(".network").evaluate("one => ({ ...one.dataset })")


def heard(page: Page, text: str) -> None:
    expect(page.locator("output.heard")).to_have_text(text)


def at_tick(page: Page, tick: int) -> None:
    expect(page.locator(".network")).to_have_attribute("data-tick", str(tick))


class Place:
    """Where things are on a page with two worlds, from what the layout and the camera say."""

    def __init__(self, page: Page, camera=(0.5, 0.5, 1.0)):
        self.world = society(PRESETS[0])
        self.layout = lay_out(self.world.graph, self.world.world.citizens.region)
        self.box, self.camera = page.locator(PICTURE).bounding_box(), camera
        self.width = (self.box["width"] - 2 * GAP) / 3

    def of(self, citizen: int, column: int) -> tuple[float, float]:
        """Return where a citizen stands in a panel, on the page."""
        height = self.box["height"] - HEAD
        scale = min(self.width, height) * self.camera[2]
        x, y = self.layout.position[citizen].tolist()
        left = self.box["x"] + column * (self.width + GAP) + self.width / 2
        return left + (x - self.camera[0]) * scale, self.box["y"] + HEAD + height / 2 + (y - self.camera[1]) * scale

    def inside(self, column: int, room: float = 20) -> list[int]:
        """Return the citizens that can be seen in a panel."""
        left, top = self.box["x"] + column * (self.width + GAP), self.box["y"] + HEAD
        right, bottom = left + self.width, self.box["y"] + self.box["height"]
        places = [self.of(i, column) for i in range(80)]
        return [
            i for i, (x, y) in enumerate(places) if left + room < x < right - room and top + room < y < min(bottom, 790) - room
        ]  # fmt: skip


def seen(page: Page, places) -> np.ndarray:
    """Return the colours (0-255) of some places of the page, shape (places, 3)."""
    page.wait_for_timeout(300)  # until all is drawn
    image = np.round(255 * imread(BytesIO(page.screenshot()))[:, :, :3])
    return np.array([image[round(y), round(x)] for x, y in places])


# --- what is seen ---------------------------------------------------------------------------------------------------------------


def test_the_picture_follows_the_worlds(page):
    worlds = [society(preset) for preset in PRESETS]
    for tick in range(5):
        at_tick(page, tick)
        expect(page.locator(".network")).to_have_attribute("data-ties", ",".join(str(Ties.in_world(w.world).key.size) for w in worlds))
        page.get_by_role("button", name="Step").click()
        for world in worlds:
            world.step()
    assert data(page)["painter"] == "webgl2"
    assert data(page)["world"] == "1"
    titles = page.locator(".network-titles span").all_text_contents()
    assert titles == [TITLES[0], words("en")["panel.difference"], TITLES[1]]
    legend = page.locator(".network-legend").inner_text()
    for key in ("colour.trust", "colour.difference", "mark.official", "tie.cut.score", "tie.only.left"):
        assert words("en")[key] in legend
    assert words("en")["tie.cut.lot"] not in legend
    regions = page.locator(".network-regions span").all_text_contents()
    assert sorted(filter(None, regions)) == sorted(words("en")[f"region.{name}"] for name in ("urban", "rural", "special"))


def colours_on_the_page(page: Page, camera) -> None:
    """Check the colour of citizens in every panel against the tables."""
    worlds = [society(preset).run(6) for preset in PRESETS]
    place = Place(page, camera)
    shown = [coloured(world, "trust", place.layout.circle) for world in worlds]
    official = worlds[0].world.citizens.official == 1
    for column, (found, table) in enumerate([(shown[0], "sequential"), (difference(*worlds), "diverging"), (shown[1], "sequential")]):
        visible = [i for i in place.inside(column) if not official[i]]
        assert len(visible) >= 5
        wanted = tables()[table][0][found.bytes[visible]].astype(float)
        assert np.abs(seen(page, [place.of(i, column) for i in visible]) - wanted).max() < 8


def test_each_citizen_has_its_colour_where_it_stands(page):
    for tick in range(6):
        at_tick(page, tick)
        page.get_by_role("button", name="Step").click()
    at_tick(page, 6)
    page.get_by_role("button", name="Closer").click()
    expect(page.locator(".network")).to_have_attribute("data-camera", "0.4,0.3,5")
    colours_on_the_page(page, (0.4, 0.3, 5.0))


def test_without_webgl_the_same_is_seen(visit):
    with visit("plain") as page:
        assert data(page)["painter"] == "plain"
        for tick in range(6):
            at_tick(page, tick)
            page.get_by_role("button", name="Step").click()
        at_tick(page, 6)
        page.get_by_role("button", name="Closer").click()
        expect(page.locator(".network")).to_have_attribute("data-camera", "0.4,0.3,5")
        colours_on_the_page(page, (0.4, 0.3, 5.0))


def test_another_colouring_has_another_legend(page):
    page.get_by_role("button", name="By grade").click()
    names = [grade.name for grade in society("rongcheng").parameters.schemes[0].grade]
    expect(page.locator(".network-legend")).to_contain_text(words("en")["colour.grade"])
    assert names  # but on the left there is no scheme, whose legend is shown
    expect(page.locator(".network-legend")).to_contain_text(words("en")["mark.missing"])


def test_the_picture_takes_the_colours_of_the_page(page):
    corner = page.locator(PICTURE).bounding_box()
    place = [(corner["x"] + 3, corner["y"] + 40)]
    assert seen(page, place).tolist() == [[255, 254, 251]]  # the paper of custom.css
    page.locator(".lab").evaluate("one => one.setAttribute('style', '--paper: #14181c; --ink: #eceae4')")
    assert seen(page, place).tolist() == [[0x14, 0x18, 0x1C]]


def test_ties_are_drawn_as_they_are(page):
    place = Place(page)
    low, high = (society("none").graph.low, society("none").graph.high)
    region = place.world.world.citizens.region
    between = [(i, j) for i, j in zip(low.tolist(), high.tolist(), strict=True) if region[i] != region[j]]
    # Hover over nobody: the middle between the regions is crossed by ties, the corner of the panel by none.
    ends = np.array([[place.of(i, 0), place.of(j, 0)] for i, j in between])
    middle = ends.mean(axis=1)
    colours = seen(page, middle[:60])
    assert (np.abs(colours - [255, 254, 251]).max(axis=1) > 6).mean() > 0.9


# --- what the viewer does -------------------------------------------------------------------------------------------------------


def test_a_click_picks_who_stands_there_in_each_panel(page):
    place = Place(page)
    for column, world in ((0, 0), (1, -1), (2, 1)):
        for citizen in (3, 41):
            page.mouse.click(*place.of(citizen, column))
            heard(page, f"pick {world} {citizen}")
            expect(page.locator(".network")).to_have_attribute("data-picked", str(citizen))
    page.mouse.click(place.box["x"] + 4, place.box["y"] + place.box["height"] - 6)
    heard(page, "pick 0 -1")


def test_who_is_pointed_at_has_a_ring_and_its_ties(page):
    place = Place(page)
    x, y = place.of(3, 0)
    radius = 0.84 * place.layout.spacing * min(place.width, place.box["height"] - HEAD) / 2 + 4
    around = [(x + radius * np.cos(a), y + radius * np.sin(a)) for a in np.linspace(0, 6, 12)]
    before = seen(page, around)
    page.mouse.move(x, y)
    after = seen(page, around)
    assert after.mean() < before.mean() - 40  # ink
    assert page.locator(PICTURE).evaluate("one => one.style.cursor") == "pointer"
    page.mouse.move(place.box["x"] + 4, place.box["y"] + place.box["height"] - 6)
    assert np.abs(seen(page, around) - before).max() < 3


def test_wheel_drag_and_keys_move_the_camera_and_python_hears(page):
    before = np.array(Place(page).of(3, 0))
    x, y = np.round(before).tolist()  # a wheel tells whole pixels
    page.mouse.move(x, y)
    for _ in range(4):
        page.mouse.wheel(0, -100)
    expect(page.locator("output.camera")).not_to_have_text("0.5000 0.5000 1.0000")
    camera = tuple(float(value) for value in data(page)["camera"].split(","))
    assert camera[2] == pytest.approx(np.exp(1.2), rel=1e-3)
    close = np.array(Place(page, camera).of(3, 0))
    assert close - [x, y] == pytest.approx(camera[2] * (before - [x, y]), abs=0.1)  # what is under the pointer stays there
    page.mouse.down()
    page.mouse.move(x + 30, y + 20, steps=4)
    page.mouse.up()
    page.wait_for_timeout(100)
    moved = Place(page, tuple(float(value) for value in data(page)["camera"].split(",")))
    assert moved.of(3, 0) == pytest.approx(close + [30, 20], abs=0.1)
    assert page.locator("output.heard").inner_text() == ""  # a drag is no click
    page.locator(PICTURE).focus()
    page.keyboard.press("0")
    expect(page.locator("output.camera")).to_have_text("0.5000 0.5000 1.0000")
    page.keyboard.press("+")
    expect(page.locator("output.camera")).to_have_text("0.5000 0.5000 1.3500")
    page.keyboard.press("-")
    expect(page.locator("output.camera")).to_have_text("0.5000 0.5000 1.0000")
    page.keyboard.press("-")  # no further out
    expect(page.locator(".network")).to_have_attribute("data-camera", "0.5,0.5,1")


def test_two_fingers_zoom_and_one_picks(visit):
    with visit("twins", width=420, height=800, has_touch=True, is_mobile=True) as page:
        titles = [title.bounding_box() for title in page.locator(".network-titles span").all()]
        assert titles[0]["x"] == titles[1]["x"] == titles[2]["x"]  # on a narrow screen the panels stand below each other
        assert titles[0]["y"] < titles[1]["y"] < titles[2]["y"]
        box = page.locator(PICTURE).bounding_box()
        middle = (box["x"] + box["width"] / 2, box["y"] + HEAD + 60)
        wire = page.context.new_cdp_session(page)

        def touch(kind: str, *apart: float):
            points = [{"x": middle[0] + side * gap, "y": middle[1], "id": k} for gap in apart for k, side in enumerate((-1, 1))]
            wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        touch("touchStart", 20)
        for gap in (24, 32, 40):
            touch("touchMove", gap)
        touch("touchEnd")
        expect(page.locator("output.camera")).to_have_text(re.compile(r"^0\.5\d+ 0\.\d+ 2\.0\d+|^0\.5\d+ 0\.\d+ 1\.9\d+|^0\.4\d+ 0\.\d+ 2\.0"))
        page.touchscreen.tap(*middle)
        expect(page.locator("output.heard")).to_have_text(re.compile("pick 0 "))


# --- taking along, and what can go wrong ----------------------------------------------------------------------------------------


def test_a_picture_and_a_film_can_be_saved(page, tmp_path):
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Picture").click()
    waiting.value.save_as(tmp_path / "ties.png")
    image = imread(tmp_path / "ties.png")
    box = page.locator(PICTURE).bounding_box()
    assert image.shape[1] == round(box["width"])
    assert image.shape[0] > box["height"] + 20  # the legend stands below
    assert np.ptp(image[round(box["height"]) + 3 :, :, :3]) > 0.5  # and something is written there
    assert waiting.value.suggested_filename == "ties.png"
    heard(page, f"exported png {(tmp_path / 'ties.png').stat().st_size}")
    page.get_by_role("button", name=FILMING[0]).click()
    expect(page.locator(".network")).to_have_attribute("data-filming", "ties.webm")
    for tick in range(3):
        at_tick(page, tick)
        page.get_by_role("button", name="Step").click()
        page.wait_for_timeout(250)
    with page.expect_download() as waiting:
        page.get_by_role("button", name=FILMING[1]).click()
    waiting.value.save_as(tmp_path / "ties.webm")
    film = (tmp_path / "ties.webm").read_bytes()
    assert film[:4] == bytes.fromhex("1a45dfa3")
    assert b"webm" in film[:64]
    assert len(film) > 1000
    assert data(page).get("filming") is None


def test_the_picture_comes_back_after_the_graphics_were_lost(page):
    page.locator(PICTURE).evaluate("one => (window.lose = one.getContext('webgl2').getExtension('WEBGL_lose_context')).loseContext()")
    page.get_by_role("button", name="Step").click()
    at_tick(page, 1)  # frames are taken in and acknowledged meanwhile
    page.evaluate("window.lose.restoreContext()")
    for tick in range(1, 6):
        at_tick(page, tick)
        page.get_by_role("button", name="Step").click()
    at_tick(page, 6)
    page.get_by_role("button", name="Closer").click()
    expect(page.locator(".network")).to_have_attribute("data-camera", "0.4,0.3,5")
    colours_on_the_page(page, (0.4, 0.3, 5.0))


def test_the_browser_keeps_the_ties_as_the_protocol_says(browser):
    """Random worlds, told over a channel, leave the script's book of ties and the mirror of it in Python alike."""
    rng, citizens, line, mirror = np.random.default_rng(3), 40, Channel(), Mirror()
    world = society("none")
    layout = lay_out(world.graph, world.world.citizens.region)
    line.begin(Scene(1, layout, sides=2))
    low, high = np.triu_indices(citizens, 1)
    looks = coloured(world, "trust", layout.circle)
    told = []
    for _ in range(40):
        chosen = [np.flatnonzero(rng.random(low.size) < rng.choice([0.02, 0.3, 0.31])) for _ in range(2)]
        has = [Ties.of(low[k], high[k], rng.integers(0, 3, k.size)) for k in chosen]
        messages = line.offer(Picture(0, tuple(Side(looks, looks.bytes, ties, Cuts()) for ties in has)))
        for message in messages:
            answer = mirror.take(message)
            if message.header["what"] == "frame":
                told.append([[list(part) for part in message.buffers], message.header, [sorted((*p, k) for p, k in t.items()) for t in mirror.ties]])
        line.seen(answer["number"])
    page = browser.new_page()
    page.route("http://ties.test/*", lambda route: answer_with(route))
    page.goto("http://ties.test/")
    wrong = page.evaluate(CHECK_BOOK, [citizens, json.loads(json.dumps(told, default=int))])
    page.close()
    assert wrong == []


def answer_with(route) -> None:
    name = route.request.url.rsplit("/", 1)[1]
    if name:
        route.fulfill(body=(FRONT / name).read_text(), content_type="text/javascript")
    else:
        route.fulfill(body="<title>ties</title>", content_type="text/html")


CHECK_BOOK = """async ([citizens, told]) => {
  const { TieBook } = await import("http://ties.test/network_ties.js");
  const book = new TieBook(citizens);
  const integers = (bytes) => new Uint32Array(new Uint8Array(bytes).buffer);
  const wrong = [];
  told.forEach(([buffers, header, truth], frame) => {
    header.sides.forEach(({ full }, side) => {
      const [ends, kinds, goneEnds, causes] = buffers.slice(6 * side + 2, 6 * side + 6);
      book.take(side, { full, ends: integers(ends), kinds: new Uint8Array(kinds), goneEnds: integers(goneEnds), causes: new Uint8Array(causes) });
    });
    book.sweep();
    truth.forEach((ties, side) => {
      const found = [];
      for (let slot = 0; slot < book.size; slot++) {
        if (book.worlds[slot] & (1 << side)) found.push([book.low[slot], book.high[slot], book.kinds[side][slot]]);
      }
      found.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      if (JSON.stringify(found) !== JSON.stringify(ties) || book.count[side] !== ties.length) wrong.push([frame, side]);
    });
  });
  return wrong;
}"""


# --- in a page of Mesa's --------------------------------------------------------------------------------------------------------


def test_a_society_is_shown_in_solara_viz(visit):
    world = society("rongcheng")
    with visit("mesa") as page:
        at_tick(page, 0)
        for tick in range(1, 4):
            page.get_by_role("button", name="Step").click()
            world.step()
            at_tick(page, tick)
            expect(page.locator(".network")).to_have_attribute("data-ties", str(Ties.in_world(world.world).key.size))
        legend = page.locator(".network-legend")
        expect(legend).to_contain_text(words("zh")["colour.score"])
        expect(legend).to_contain_text("1,300 (分)")
        expect(legend).to_contain_text(words("zh")["tie.cut.unknown"])
        page.get_by_role("button", name="▶").click()
        page.wait_for_function("Number(document.querySelector('.network').dataset.tick) > 6")
        page.get_by_role("button", name="❚❚").click()
        page.locator(PICTURE).click(position={"x": 3, "y": 40})
        expect(page.locator("output.picked")).to_have_text("-1")
        page.get_by_role("button", name="Reset").click()
        expect(page.locator(".network")).to_have_attribute("data-world", "2")
        at_tick(page, 0)
