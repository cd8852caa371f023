"""The picture of the ties in a real Chromium: what the viewer does with it, and in a page of Mesa's."""

import re

import numpy as np
import pytest
from matplotlib.image import imread
from playwright.sync_api import expect

from dashboard.network.protocol import Ties
from dashboard.network.view import words
from tests.network_browsing import HEAD, PICTURE, Place, at_tick, colours_on_the_page, data, heard, seen, watched
from tests.network_page import FILMING, society

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser, picture_pages):
    with watched(browser, picture_pages, "twins") as page:
        yield page


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


@pytest.mark.slow
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


@pytest.mark.slow
def test_wheel_drag_and_keys_move_the_camera_and_python_hears(page):
    before = np.array(Place(page).of(3, 0))
    x, y = np.round(before).tolist()  # a wheel tells whole pixels
    page.mouse.move(x, y)
    for _ in range(4):
        page.mouse.wheel(0, -100)
    expect(page.locator("output.camera")).not_to_have_text("0.5000 0.5000 1.0000")
    camera = tuple(float(value) for value in data(page)["camera"].split(","))
    assert camera[2] == pytest.approx(np.exp(1.2), rel=1e-3)
    close = np.array(Place(page, camera=camera).of(3, 0))
    assert close - [x, y] == pytest.approx(camera[2] * (before - [x, y]), abs=0.1)  # what is under the pointer stays there
    page.mouse.down()
    page.mouse.move(x + 30, y + 20, steps=4)
    page.mouse.up()
    page.wait_for_timeout(100)
    moved = Place(page, camera=tuple(float(value) for value in data(page)["camera"].split(",")))
    assert moved.of(3, 0) == pytest.approx(close + np.array([30, 20]), abs=0.1)
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


@pytest.mark.slow
def test_two_fingers_zoom_and_one_picks(browser, picture_pages):
    with watched(browser, picture_pages, "twins", width=420, height=800, has_touch=True, is_mobile=True) as page:
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
        expect(page.locator("output.camera")).to_have_text(
            re.compile(r"^0\.5\d+ 0\.\d+ 2\.0\d+|^0\.5\d+ 0\.\d+ 1\.9\d+|^0\.4\d+ 0\.\d+ 2\.0")
        )
        page.touchscreen.tap(*middle)
        expect(page.locator("output.heard")).to_have_text(re.compile("pick 0 "))


# --- taking along, and what can go wrong ----------------------------------------------------------------------------------------


@pytest.mark.slow
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


@pytest.mark.slow
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


# --- in a page of Mesa's --------------------------------------------------------------------------------------------------------


def test_a_society_is_shown_in_solara_viz(browser, picture_pages):
    world = society("rongcheng")
    with watched(browser, picture_pages, "mesa") as page:
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
