"""The charts and the axis of time in a real Chromium, on made-up series: what a viewer sees and does."""

import csv
import io
import json
from contextlib import contextmanager
from itertools import combinations, pairwise

import numpy as np
import pytest
from playwright.sync_api import expect

from dashboard.charts.panels import PANELS
from dashboard.charts.view import words
from tests.browsing import visited
from tests.charts_seen import PAINTED, TICKS, apart, at, axis, charts, go, paint_anew, panel, place, repainted, told, values, x_of
from tests.made_up_weeks import BURN_IN, CHANGED, made_up
from tests.served_page import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SMALL = f"?ticks={TICKS}&runs=3"


@pytest.fixture(scope="module")
def address():
    with served("tests/charts_page.py") as page:
        yield page.address


@pytest.fixture(scope="module")
def visit(browser, address):
    """Open the page as a new viewer and close it again."""

    @contextmanager
    def open_page(search: str = SMALL, **options):
        with visited(browser, address, search, **options) as page:
            expect(page.locator(".charts")).to_have_attribute("data-tick", "0")
            yield page

    return open_page


@pytest.fixture(scope="module")
def only_page(visit):
    with visit() as page:
        yield page


@pytest.fixture
def page(only_page):
    """Show the worlds anew, before their first week."""
    world = int(charts(only_page).get_attribute("data-world"))
    only_page.get_by_text("Anew").click()
    only_page.mouse.move(5, 5)
    expect(charts(only_page)).to_have_attribute("data-world", str(world + 1))
    at(only_page, 0)
    return only_page


def test_every_panel_shows_both_worlds(page):
    go(page, 200)
    assert [one.get_attribute("data-panel") for one in page.locator(".charts-panel").all()] == [panel.name for panel in PANELS]
    for one in PANELS:
        for line in one.lines:
            expected = told(200, line.quantity)
            if one.kind == "difference":
                expected = [expected[1] - expected[0]]
            np.testing.assert_allclose(values(page, one.name)[line.quantity], expected, atol=1e-7)
    assert sum(pair[0] for pair in values(page, "scores").values()) == pytest.approx(1, abs=1e-6)
    left, right = told(200, "exchange_rate")
    expect(panel(page, "placed").get_by_role("img")).to_have_attribute(
        "aria-label", f"Trust placed, Year 4, week 44: {left:.2f} on the left, {right:.2f} on the right."
    )
    expect(charts(page)).to_have_attribute("data-runs", "3")
    assert page.locator(".charts-key span:has(i)").all_text_contents() == [
        "as it is",
        "with the change",
        "80 % of 3 background runs",
        "too small to matter",
    ]


def test_before_the_first_week_there_is_nothing_to_show(page):
    expect(panel(page, "trust").get_by_role("img")).to_have_attribute("aria-label", "Trust: nothing to show yet.")
    expect(page.locator(".timeline-week")).to_have_text("Before the first week")
    expect(page.get_by_label("One week back")).to_be_disabled()


def test_play_and_pause_leave_no_gap(page):
    page.locator(".timeline-speed").get_by_text("208", exact=True).click()
    page.keyboard.press("Space")
    page.wait_for_function("Number(document.querySelector('.charts').dataset.tick) > 60")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.wait_for_timeout(300)
    reached = int(charts(page).get_attribute("data-tick"))
    for tick in (1, 30, reached):
        go(page, tick)
        np.testing.assert_allclose(values(page, "trust")["generalized_trust"], told(tick, "generalized_trust"), atol=1e-7)
    page.keyboard.press("Space")
    page.wait_for_function(f"Number(document.querySelector('.charts').dataset.tick) === {TICKS}")
    expect(page.get_by_role("button", name="Ended")).to_be_disabled()
    expect(page.get_by_label("One week on")).to_be_disabled()


@pytest.mark.parametrize("lost", [1, 3])
def test_a_lost_frame_is_asked_for(visit, lost):
    search = f"{SMALL}&lose={lost}"
    with visit(search) as page:
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Space")
        page.wait_for_function("Number(document.querySelector('.charts').dataset.tick) > 8")
        page.keyboard.press("Space")
        go(page, 5)
        np.testing.assert_allclose(values(page, "ties")["degree"], told(5, "degree"), atol=1e-6)


def test_keys_move_along_the_axis(page):
    page.keyboard.press("ArrowRight")
    at(page, 1)
    page.keyboard.press("Shift+ArrowRight")
    at(page, 53)
    expect(axis(page)).to_have_attribute("aria-valuetext", "Year 2, week 1")
    page.keyboard.press("ArrowLeft")
    at(page, 52)
    for _ in range(3):
        page.keyboard.press("ArrowLeft")  # faster than the answers come
    at(page, 49)
    page.keyboard.press("End")  # the page's own, unless the axis has the focus
    page.keyboard.press("Shift+ArrowLeft")
    at(page, 0)
    axis(page).focus()
    page.keyboard.press("End")
    at(page, TICKS)
    expect(axis(page)).to_have_attribute("aria-valuenow", str(TICKS))
    page.keyboard.press("Home")
    at(page, 0)
    page.keyboard.press("ArrowUp")
    at(page, 1)
    expect(page.locator(".timeline")).to_have_attribute("data-reached", str(TICKS))


def test_a_control_keeps_its_keys(page):
    speeds = page.locator(".timeline-speed input")
    speeds.nth(1).focus()
    page.keyboard.press("ArrowRight")
    expect(speeds.nth(2)).to_be_checked()
    page.get_by_label("One week on").focus()
    page.keyboard.press("Space")  # presses the button, and does not play
    at(page, 1)
    page.keyboard.press("ArrowRight")
    at(page, 2)
    page.get_by_label("One week back").click()
    at(page, 1)
    page.keyboard.press("Space")  # what was clicked has given the key back
    page.wait_for_function("Number(document.querySelector('.charts').dataset.tick) > 4")


def test_the_axis_is_dragged_along(page):
    go(page, 240)
    page.mouse.move(*place(page, 200))
    page.mouse.down()
    for tick in range(200, 99, -5):
        page.mouse.move(*place(page, tick))
    page.mouse.up()
    at(page, 100)
    expect(page.locator(".timeline")).to_have_attribute("data-reached", "240")
    expect(page.locator(".charts-key")).to_contain_text("recorded, not yet replayed")
    reached, tick = (page.locator(f".timeline .{kind}").bounding_box()["width"] for kind in ("filled", "gone"))
    assert tick / reached == pytest.approx(100 / 240, abs=0.02)


def test_pointing_shows_an_earlier_week_in_every_panel(page):
    go(page, 250)
    page.mouse.move(*x_of(page, "silence", 0.4))
    page.wait_for_function("document.querySelector('.charts').dataset.shown !== '250'")
    shown = int(charts(page).get_attribute("data-shown"))
    assert 0 < shown < 250
    for name, quantity in (("silence", "self_censorship"), ("ties", "degree")):
        np.testing.assert_allclose(values(page, name)[quantity], told(shown, quantity), atol=1e-6)
    expect(page.locator(".charts-key b")).to_have_text(f"Year {(shown - 1) // 52 + 1}, week {(shown - 1) % 52 + 1}")
    at(page, 250)
    page.mouse.move(5, 5)
    expect(charts(page)).to_have_attribute("data-shown", "250")
    expect(page.locator(".charts-key b")).to_be_empty()


def test_a_drag_in_a_panel_goes_there(page):
    go(page, 250)
    page.mouse.move(*x_of(page, "trust", 0.5))
    page.mouse.down()
    for share in (0.45, 0.4, 0.35, 0.3):
        page.mouse.move(*x_of(page, "trust", share))
    page.mouse.up()
    page.wait_for_function("Number(document.querySelector('.charts').dataset.tick) < 250")
    page.mouse.move(5, 5)
    page.wait_for_timeout(300)
    tick = int(charts(page).get_attribute("data-tick"))
    assert 40 < tick < 200
    np.testing.assert_allclose(values(page, "trust")["bonding_trust"], told(tick, "bonding_trust"), atol=1e-7)


def test_a_panel_is_enlarged_and_put_back(page):
    go(page, 200)
    grid = page.locator(".charts-grid").bounding_box()
    small = panel(page, "placed").bounding_box()
    title = panel(page, "placed").get_by_role("button")
    title.focus()
    page.keyboard.press("Enter")
    expect(title).to_have_attribute("aria-expanded", "true")
    assert panel(page, "placed").bounding_box()["width"] == pytest.approx(grid["width"], abs=1)
    expect(panel(page, "trust")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(title).to_have_attribute("aria-expanded", "false")
    expect(title).to_be_focused()
    assert panel(page, "placed").bounding_box() == small
    panel(page, "difference").get_by_role("button").click()
    expect(panel(page, "placed")).to_be_hidden()
    panel(page, "difference").get_by_role("button").click()
    expect(panel(page, "placed")).to_be_visible()


def test_what_is_painted_week_by_week_looks_as_if_painted_at_once(page):
    panel(page, "reports").get_by_role("button").click()
    page.mouse.move(5, 5)
    page.locator(".timeline-speed").get_by_text("208", exact=True).click()
    page.keyboard.press("Space")
    expect(charts(page)).to_have_attribute("data-state", "ended")
    assert paint_anew(page)["reports"] < 0.0004
    go(page, 100)
    assert repainted(page)["reports"] > 0.01
    page.keyboard.press("Escape")


def test_a_world_that_goes_on_otherwise_after_going_back_is_painted_so(page):
    panel(page, "reports").get_by_role("button").click()
    page.mouse.move(5, 5)
    go(page, 240)
    go(page, 100)
    page.get_by_text("Otherwise").click()
    at(page, 101)
    left, right = told(101, "isolates")
    np.testing.assert_allclose(values(page, "outcasts")["isolates"], [left, 1 - right], atol=1e-6)
    expect(charts(page)).to_have_attribute("data-have", "101")  # the left world still has its 240 weeks
    for tick in range(102, 112):
        page.keyboard.press("ArrowRight")
        at(page, tick)
    assert paint_anew(page)["reports"] < 0.00005
    page.keyboard.press("Escape")


def test_axes_grow_by_round_steps_and_never_shrink(page):
    def range_of(name: str) -> list[float]:
        return json.loads(panel(page, name).get_attribute("data-range"))

    go(page, 60)
    before = range_of("reports")
    go(page, TICKS)
    grown = range_of("reports")
    assert grown[0] == before[0] == 0
    assert grown[1] >= max(told(tick, "true_reports")[1] for tick in range(1, TICKS + 1))
    assert float(f"{grown[1]:.1e}"[:3]) in (1, 1.5, 2, 3, 4, 5, 6, 8)
    assert range_of("trust") == [0, 1]
    low, high = range_of("difference")
    assert low == -high
    go(page, 60)
    assert range_of("reports") == grown


def test_what_happened_stands_on_the_axis(page):
    notes = page.locator(".timeline .note")
    assert notes.all_text_contents()[:3] == ["rongcheng starts", "reporting reward 0 → 10", "citizen 12 loses office"]
    for one, other in combinations([note.bounding_box() for note in notes.all()], 2):
        assert apart(one, other)
    listed = page.locator(".timeline-events li").all_text_contents()
    assert f"Year {CHANGED // 52 + 1}, week {CHANGED % 52 + 1}: reporting reward 0 → 10" in listed
    assert sum("scandal" in text for text in listed) == 3  # though there is room for fewer words
    marks = page.locator(".timeline .event.introduced.both").bounding_box()
    assert marks["x"] == pytest.approx(place(page, BURN_IN)[0], abs=1)


def test_the_table_and_the_picture_are_saved(page):
    go(page, 100)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Table (CSV)").click()
    rows = list(csv.DictReader(io.StringIO(saved.value.path().read_text())))
    assert len(rows) == 200
    assert [float(row["degree"]) for row in rows[:100]] == made_up(5, TICKS, False)["degree"][:100].tolist()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Picture (PNG)").click()
    assert saved.value.suggested_filename == "charts.png"
    from matplotlib.image import imread

    picture = imread(saved.value.path())
    grid = page.locator(".charts-grid").bounding_box()
    assert picture.shape[1] > 2 * grid["width"]
    assert picture.shape[0] > 2 * grid["height"]
    assert (picture[..., :3].std(axis=2) > 0.1).mean() > 0.002  # coloured lines on paper
    assert (picture[..., :3].mean(axis=2) > 0.95).mean() > 0.7


@pytest.mark.parametrize(("width", "height", "columns"), [(1920, 1080, 5), (900, 700, 3), (390, 844, 1), (1080, 720, 4), (1280, 720, 5)])
def test_the_charts_fit_the_screen(page, width, height, columns):
    page.set_viewport_size({"width": width, "height": height})
    expect(charts(page)).to_have_attribute("data-columns", str(columns))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [one.bounding_box() for one in page.locator(".charts-panel").all()]
    assert all(box["width"] > 200 and box["height"] > 120 for box in boxes)
    if columns == 1:  # one at a time is swiped to
        assert len({round(box["y"]) for box in boxes}) == 1
        panel(page, "silence").scroll_into_view_if_needed()
        assert panel(page, "silence").bounding_box()["x"] < width / 2
        return
    rows = {}
    for box in boxes:
        rows.setdefault(round(box["y"]), []).append(box)
    ends = [max(box["x"] + box["width"] for box in row) for row in rows.values()]
    assert max(ends) - min(ends) < 2  # every row is full
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)


def test_a_finger_swipes_and_goes_to_a_week_by_a_tap(visit):
    with visit(width=390, height=844, has_touch=True) as page:
        go(page, 250)
        page.touchscreen.tap(*x_of(page, "trust", 0.4))
        page.wait_for_function("Number(document.querySelector('.charts').dataset.tick) < 250")
        assert 0 < int(charts(page).get_attribute("data-tick")) < 200


def test_one_world_has_no_difference(visit):
    with visit(f"{SMALL}&sides=1") as page:
        expect(page.locator(".charts-panel")).to_have_count(8)
        expect(panel(page, "difference")).to_have_count(0)
        go(page, 50)
        assert values(page, "trust")["generalized_trust"] == pytest.approx(told(50, "generalized_trust")[:1])
        expect(page.locator(".charts-key")).not_to_contain_text("as it is")


def test_the_charts_wear_the_colours_of_the_page(visit):
    night = {"paper": "#171716", "ink": "#eceae4", "rule": "#3d3b37", "shade": "#262522"}
    with visit() as page:
        go(page, 200)
        assert page.evaluate(PAINTED, ["silence", "#1b1b1b"]) > 150
        assert page.evaluate(PAINTED, ["silence", night["ink"]]) < 150
        page.locator(".lab").evaluate(
            "(lab, night) => Object.entries(night).forEach(([name, is]) => lab.style.setProperty(`--${name}`, is))", night
        )
        page.wait_for_function(f"({PAINTED})(['silence', '{night['ink']}']) > 150")
        assert page.evaluate(PAINTED, ["silence", "#1b1b1b"]) < 20
        assert page.evaluate(PAINTED, ["silence", night["shade"]]) > 200


def test_a_projector_shows_large_words(visit):
    with visit(f"{SMALL}&projector=1", width=1920, height=1080) as page:
        go(page, 100)
        assert float(charts(page).get_attribute("data-words")) >= 24  # pixels: 18 points
        for part in (".charts-title", ".charts-key", ".charts-foot", ".timeline-week", ".timeline .number", ".timeline .play"):
            assert page.locator(part).first.evaluate("part => parseFloat(getComputedStyle(part).fontSize)") >= 24


def test_all_words_can_be_chinese(visit):
    with visit(f"{SMALL}&language=zh") as page:
        go(page, 60)
        assert page.locator(".charts-title").all_text_contents() == [words("zh")[f"charts.panels.{one.name}"] for one in PANELS]
        expect(axis(page)).to_have_attribute("aria-valuetext", "第 2 年第 8 周")
        expect(panel(page, "silence").get_by_role("img")).to_have_attribute(
            "aria-label", f"自我审查，第 2 年第 8 周：{told(60, 'self_censorship')[0]:.2f}。"
        )


def test_years_stand_below_the_axis(page):
    numbers = page.locator(".timeline .number")
    assert numbers.all_text_contents() == ["year 0", "1", "2", "3", "4", "5"]
    places = [box["x"] + box["width"] / 2 for box in (one.bounding_box() for one in numbers.all())]
    assert all(b - a == pytest.approx(place(page, 52)[0] - place(page, 0)[0], rel=0.15) for a, b in pairwise(places))
