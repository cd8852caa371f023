"""The picture of the ties in a real Chromium: what is seen."""

import json

import numpy as np
import pytest
from playwright.sync_api import expect

from dashboard.network.colours import coloured
from dashboard.network.layout import lay_out
from dashboard.network.protocol import Channel, Cuts, Picture, Scene, Side, Ties
from dashboard.network.view import words
from dashboard.parts import FRONT
from tests.network_browsing import HEAD, PICTURE, Place, at_tick, colours_on_the_page, data, pink, screen, seen, watched
from tests.network_mirror import Mirror
from tests.network_page import PRESETS, TITLES, society

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser, picture_pages):
    with watched(browser, picture_pages, "twins") as page:
        yield page


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


def assert_colours_six_weeks_on(page):
    for tick in range(6):
        at_tick(page, tick)
        page.get_by_role("button", name="Step").click()
    at_tick(page, 6)
    page.get_by_role("button", name="Closer").click()
    expect(page.locator(".network")).to_have_attribute("data-camera", "0.4,0.3,5")
    colours_on_the_page(page, (0.4, 0.3, 5.0))


@pytest.mark.slow
def test_each_citizen_has_its_colour_where_it_stands(page):
    assert_colours_six_weeks_on(page)


@pytest.mark.slow
def test_without_webgl_the_same_is_seen(browser, picture_pages):
    with watched(browser, picture_pages, "plain") as page:
        assert data(page)["painter"] == "plain"
        assert_colours_six_weeks_on(page)


@pytest.mark.slow
def test_another_colouring_has_another_legend(page):
    page.get_by_role("button", name="By grade").click()
    names = [grade.name for grade in society("rongcheng").parameters.schemes[0].grade]
    expect(page.locator(".network-legend")).to_contain_text(words("en")["colour.grade"])
    assert names  # but on the left there is no scheme, whose legend is shown
    expect(page.locator(".network-legend")).to_contain_text(words("en")["mark.missing"])


@pytest.mark.slow
def test_the_picture_takes_the_colours_of_the_page(page):
    corner = page.locator(PICTURE).bounding_box()
    place = [(corner["x"] + 3, corner["y"] + 40)]
    assert seen(page, place).tolist() == [[255, 254, 251]]  # the paper of custom.css
    page.locator(".lab").evaluate("one => one.setAttribute('style', '--paper: #14181c; --ink: #eceae4')")
    assert seen(page, place).tolist() == [[0x14, 0x18, 0x1C]]


@pytest.mark.slow
def test_every_tie_between_regions_leaves_ink_on_its_way(page):
    place, (low, high) = Place(page), (society("none").graph.low, society("none").graph.high)
    region = place.world.world.citizens.region
    image, bare = screen(page), 0
    between = [(i, j) for i, j in zip(low.tolist(), high.tolist(), strict=True) if region[i] != region[j]]
    for i, j in between:
        (x, y), (u, v) = place.of(i, 0), place.of(j, 0)
        for part in np.linspace(0.2, 0.8, 7):
            across, down = round(x + (u - x) * part), round(y + (v - y) * part)
            around = image[down - 1 : down + 2, across - 1 : across + 2].reshape(-1, 3)
            bare += np.ptp(around, axis=0).max() < 5 and (around.min() > 235)
    assert len(between) > 50
    assert bare == 0


@pytest.mark.slow
def test_a_picture_of_many_changes_is_the_picture_drawn_anew(page):
    for tick in range(12):
        at_tick(page, tick)
        page.get_by_role("button", name="Step").click()
    at_tick(page, 12)
    box = page.locator(PICTURE).bounding_box()
    rows = slice(round(box["y"]) + HEAD, round(box["y"] + box["height"]))
    changed = screen(page)[rows]
    page.get_by_role("button", name="Closer").click()
    expect(page.locator(".network")).to_have_attribute("data-camera", "0.4,0.3,5")
    assert np.abs(screen(page)[rows] - changed).max() > 100
    page.locator(PICTURE).focus()
    page.keyboard.press("0")
    page.locator(PICTURE).blur()
    assert (screen(page)[rows] == changed).all()


@pytest.mark.slow
@pytest.mark.parametrize(("motion", "flashes"), [("no-preference", True), ("reduce", False)])
def test_a_cut_tie_flashes_in_the_colour_of_its_cause_and_is_gone(browser, picture_pages, motion, flashes):
    with watched(browser, picture_pages, "twins", motion=motion) as page:
        assert pink(page) == 0
        most = 0
        for tick in range(8):  # ties are cut in some weeks only
            at_tick(page, tick)
            page.get_by_role("button", name="Step").click()
            at_tick(page, tick + 1)
            most = max(most, pink(page))
        page.wait_for_timeout(2500)
        assert (most > 30) == flashes
        assert pink(page) == 0


# --- what the browser keeps ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
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
                told.append(
                    [[list(part) for part in message.buffers], message.header, [sorted((*p, k) for p, k in t.items()) for t in mirror.ties]]
                )
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
      const gone = { goneEnds: integers(goneEnds), causes: new Uint8Array(causes) };
      book.take(side, { full, ends: integers(ends), kinds: new Uint8Array(kinds), ...gone });
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
