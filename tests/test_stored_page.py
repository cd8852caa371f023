"""Stored experiments in a real Chromium, on a page of their own: what a viewer sees, clicks and types, and that nothing hostile runs."""

import shutil
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import visited
from tests.served_page import served
from tests.stored_results import GRID, change_manifest, stored

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HOSTILE = (
    "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='30' onload='top.ran = 1'><script>top.ran = 1</script>"
    "<rect width='9' height='9'/></svg>"
)
#: The page of the test: the shelf, then what is opened, then what was asked for.
APP = """
from pathlib import Path

import solara
from solara.alias import rv

from dashboard.page import Layout
from dashboard.serving import ASSETS, prepare
from dashboard.stored.experiment import StoredExperiment
from dashboard.stored.shelf import root_of, shelved
from dashboard.stored.shelf_view import Shelf

prepare()


@solara.component
def Page():
    opened, open_ = solara.use_state(None)
    wish, ask = solara.use_state("")
    solara.Style((ASSETS / "stored.css").read_text())
    with rv.Html(tag="main", class_="lab"):
        if opened is None:
            Shelf(shelved(root_of()), open_)
        else:
            StoredExperiment(opened, lambda asked: ask(f"{asked.reference} {asked.arm} {asked.point} {asked.replication}"))
        rv.Html(tag="p", class_="asked", children=[wish])


__all__ = ["Layout", "Page"]
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A grid with a hostile figure, one with hatched cells and many seeds, and a folder with a hostile name."""
    root = tmp_path_factory.mktemp("page") / "results"
    stored(root / "grid", GRID)
    (root / "grid" / "figures" / "regime-exchange-rate.svg").write_text(HOSTILE)
    shutil.copytree(root / "grid", root / "many")
    stored(root / "one", GRID, replications=1)
    shutil.copy(root / "one" / "responses.csv", root / "many" / "responses.csv")  # one seed gives no interval
    shutil.rmtree(root / "one")
    change_manifest(root / "many", replications=300, spec=lambda spec: spec.replace("Where it turns", "Many seeds"))
    (root / "<img src=x onerror=top.ran=1>").mkdir()
    return root


@pytest.fixture(scope="module")
def server(root):
    """Serve the page."""
    app = root.parent / "shown.py"
    app.write_text(APP)
    with served(str(app), SOCIAL_CREDIT_LAB_RESULTS=str(root)) as page:
        yield page


@pytest.fixture(scope="module")
def visit(browser, server):
    """Open the page as a new viewer, and an experiment on it."""

    @contextmanager
    def open_page(title=""):
        with visited(browser, server.address, height=900) as page:
            if title:
                page.get_by_role("button", name=title, exact=True).click()
                expect(page.locator(".experiment h2")).to_have_text(title)
            yield page
            assert page.evaluate("window.ran") is None  # nothing that a folder brings along has run

    return open_page


def cell(page: Page, point: int):
    return page.locator(f".regime-map .cell[data-point='{point}']")


def colour(page: Page, point: int) -> tuple[float, ...]:
    """Return the colour of a cell as red, green and blue from 0 to 255, painted and read back."""
    script = """(one) => {
      const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
      pen.fillStyle = getComputedStyle(one).backgroundColor;
      pen.fillRect(0, 0, 1, 1);
      return [...pen.getImageData(0, 0, 1, 1).data];
    }"""
    return tuple(cell(page, point).evaluate(script)[:3])


def test_the_shelf_shows_what_can_be_opened_and_hostile_names_as_text(visit):
    with visit() as page:
        expect(page.locator(".shelf button.open")).to_have_text(["Where it turns", "Many seeds"])
        expect(page.locator(".faulty b")).to_have_text("<img src=x onerror=top.ran=1>")


def test_a_map_is_read_clicked_and_walked_by_keys(visit, tmp_path):
    with visit("Where it turns") as page:
        expect(page.locator(".regime-map .cell")).to_have_count(4)
        expect(cell(page, 1)).to_have_text("+0.070+")
        red, _, blue = colour(page, 1)
        assert blue > red + 40  # raises: blue
        red, _, blue = colour(page, 2)
        assert red > blue + 40  # erodes: vermillion
        top, left = (cell(page, point).bounding_box() for point in (1, 0))
        assert top["y"] < left["y"]  # the higher level is drawn above
        assert top["x"] == left["x"]
        cell(page, 3).hover()
        reading = page.locator(".regime-map .reading")
        expect(reading).to_have_text("weight of contacts 0.3, exemption 1: −0.030 [−0.030, −0.030], erodes")
        cell(page, 3).click()
        expect(page.locator(".asked")).to_have_text("none scheme 3 0")
        expect(cell(page, 3)).to_have_attribute("aria-current", "true")
        page.keyboard.press("ArrowLeft")
        expect(cell(page, 1)).to_be_focused()
        expect(page.locator(".claim .place")).to_have_text("With weight of contacts 0, exemption 1")
        expect(page.locator("select[name='level.0'] option:checked")).to_have_text("0")
        expect(page.locator(".asked")).to_have_text("none scheme 3 0")  # an arrow only chooses
        page.keyboard.press("ArrowUp")  # there is nothing above
        expect(cell(page, 1)).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".asked")).to_have_text("none scheme 1 0")
        page.screenshot(path=tmp_path / "map.png", full_page=True)


def test_a_figure_with_a_script_is_shown_and_does_nothing(visit):
    with visit("Where it turns") as page:
        image = page.locator(".experiment figure img")
        expect(image).to_be_visible()
        page.wait_for_function("document.querySelector('.experiment figure img').naturalWidth === 40")
        assert page.evaluate("document.querySelectorAll('.experiment figure svg').length") == 0


def test_what_is_uncertain_is_hatched(visit):
    with visit("Many seeds") as page:
        expect(cell(page, 0)).to_have_class("cell up hatched chosen")
        assert "repeating-linear-gradient" in cell(page, 0).evaluate("one => getComputedStyle(one).backgroundImage")
        expect(cell(page, 0)).to_have_text("+0.050")


def test_worlds_point_and_seed_are_chosen_from_lists_and_by_number(visit):
    with visit("Many seeds") as page:
        seed = page.locator("input[name=seed]")
        expect(seed).to_have_value("3")
        for typed, kept in (("999", "3"), ("2", "3"), ("4.5", "3"), ("", "3"), ("302", "302")):  # 300 seeds from 3 on
            seed.fill(typed)
            seed.press("Tab")
            expect(seed).to_have_value(kept)
        page.locator("select[name='level.1']").select_option("1")
        expect(cell(page, 1)).to_have_attribute("aria-current", "true")
        page.locator("select[name=left]").select_option(label="none: one world")
        expect(page.locator("select[name=left] option:checked")).to_have_text("none: one world")
        page.get_by_role("button", name="Show this run").click()
        expect(page.locator(".asked")).to_have_text(" scheme 1 299", use_inner_text=False)
