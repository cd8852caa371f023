"""Every control of the page, by mouse and by keyboard, as far as test_page.py does not use it."""

import re

import pytest
from playwright.sync_api import expect

from tests.steering import REWARD, all_at_tick, at_tick, button, export, scrub, slider, steps, tick_of

pytestmark = pytest.mark.browser
LEGENDS = ("Trust in strangers", "Score", "Grade", "Grievance", "Each circle")


@pytest.fixture(scope="module")
def opened(visit):
    """Open a small world, once: to open a page takes longer than most of what is done on it here."""
    with visit() as page:
        yield page


@pytest.fixture
def page(opened):
    """Show it before its first week, as a chart of the page says."""
    opened.locator("h1").click()
    scrub(opened, 0)
    all_at_tick(opened, 0)
    return opened


def pressed(page, key: str) -> str | None:
    """Return whether a button of the bar is pressed."""
    return page.locator(f".bar [data-key={key}]").get_attribute("aria-pressed")


def drag_axis(page, start: int, end: int) -> None:
    """Drag along the axis of time, in weeks."""
    box = page.locator(".timeline-axis").bounding_box()
    across = (box["width"] - 20) / int(page.locator(".timeline-axis").get_attribute("aria-valuemax"))
    y = box["y"] + box["height"] - 20
    page.mouse.move(box["x"] + 10 + start * across, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 10 + end * across, y, steps=4)
    page.mouse.up()


def test_the_axis_of_time_by_mouse_and_by_keyboard(page):
    button(page, "One week on").click()
    all_at_tick(page, 1)
    button(page, "One week on").focus()
    page.keyboard.press("Enter")
    all_at_tick(page, 2)
    button(page, "One week back").click()
    all_at_tick(page, 1)
    drag_axis(page, 20, 60)
    expect(page.locator(".charts")).to_have_attribute("data-tick", re.compile("^(5[5-9]|6[0-5])$"))
    tick = tick_of(page)
    axis = page.locator(".timeline-axis")
    axis.focus()
    page.keyboard.press("ArrowDown")
    at_tick(page, tick - 1)
    page.keyboard.press("End")
    at_tick(page, 300)
    page.keyboard.press("Home")
    at_tick(page, 0)
    scrub(page, 30)
    expect(page.locator(".charts")).not_to_have_attribute("data-tick", "0")
    button(page, "Back to the start").focus()
    page.keyboard.press("Enter")
    at_tick(page, 0)
    page.locator(".timeline-speed input").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".timeline-speed input").nth(1)).to_be_checked()
    assert tick_of(page) == 0


def test_levers_and_their_sides_by_mouse_and_by_keyboard(page):
    lever = page.locator(f".lever[data-name='{REWARD}']")
    page.locator(".levers .sides").get_by_text("as it is").click()
    box = slider(page, REWARD).bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".recorded li")).to_contain_text("As it is")
    assert float(lever.get_attribute("data-value")) > 0
    page.locator(".levers .sides input[value=left]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".levers .sides input[value=both]")).to_be_checked()
    for name in ("scheme.contact_weight", "scheme.exemption"):
        slider(page, name).focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator(f".lever[data-name='{name}']")).not_to_have_attribute("data-value", "0")
    expect(page.locator(".recorded li")).to_have_count(3)


def test_one_world_becomes_two_and_one_again_amid_a_run(page):
    """The page is told of the second world before its first frame: the chart of the difference waits (an error would be complained of)."""
    scrub(page, 20)
    all_at_tick(page, 20)
    for panels in (0, 1, 0, 1):
        page.keyboard.press("c")
        expect(page.locator(".charts-panel[data-panel=difference]")).to_have_count(panels)
        all_at_tick(page, 20)


def test_levers_rest_at_the_end_of_a_run_and_say_so(page):
    """No week is left in which a change could act: a lever that moves would show a value that is not in force."""
    scrub(page, 300)
    expect(page.locator(".levers .live")).to_contain_text("The run is over")
    expect(page.locator(".lever input").first).to_be_disabled()
    button(page, "One week back").click()
    expect(page.locator(".lever input").first).to_be_enabled()
    expect(page.locator(".levers .live")).not_to_contain_text("over")


def test_the_bar_by_mouse_and_by_keyboard(page):
    """The last on that page, which shows other worlds then, in Chinese."""
    for key in ("twin", "projector", "drawer"):
        before = pressed(page, key)
        page.locator(f".bar [data-key={key}]").click()
        expect(page.locator(f".bar [data-key={key}]")).not_to_have_attribute("aria-pressed", before)
        if key == "drawer":
            page.keyboard.press("Escape")
        else:
            page.locator(f".bar [data-key={key}]").focus()
            page.keyboard.press("Enter")
        expect(page.locator(f".bar [data-key={key}]")).to_have_attribute("aria-pressed", before)
    lab, dark = page.locator(".lab"), page.locator(".bar [data-key=dark]")
    dark.click()
    expect(lab).to_have_attribute("data-dark", "")
    dark.focus()
    page.keyboard.press("Enter")
    expect(lab).not_to_have_attribute("data-dark", "")
    page.keyboard.press("?")
    expect(page.locator(".over.help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".over.help")).not_to_be_visible()
    page.locator(".bar [data-key=help]").click()
    expect(page.locator(".over.help")).to_be_visible()
    page.keyboard.press("Escape")
    for digit, legend in reversed([*enumerate(LEGENDS, 1)]):
        page.keyboard.press(str(digit))
        expect(page.locator(".network-legend")).to_contain_text(legend)
    page.locator(".bar [data-key=citizens]").fill("60")
    page.keyboard.press("Enter")
    expect(page.locator(".facts")).to_contain_text("60 citizens")
    page.locator(".bar [data-key=seed]").fill("8")
    page.locator("h1").click()
    expect(page.locator(".facts")).to_contain_text("seed 8")
    page.locator(".bar [data-key=preset]").select_option("none")
    expect(page.locator(".facts")).to_contain_text("no scheme")
    page.locator(".bar [data-key=language]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".lab")).to_have_attribute("lang", "zh")


@pytest.mark.slow
def test_pictures_and_a_film_are_saved(visit):
    with visit() as page:
        at_tick(page, 0)
        assert_pictures_and_a_film_are_saved(page)


def assert_pictures_and_a_film_are_saved(page) -> None:
    names = []
    page.on("download", lambda saved: names.append(saved.suggested_filename))
    export(page, 0)
    page.wait_for_function("() => document.querySelector('.network').dataset.frame")
    with page.expect_download(lambda saved: saved.suggested_filename.endswith(".webm")):
        export(page, 2)
        expect(page.locator(".network")).to_have_attribute("data-filming", "social-credit-lab-0")
        steps(page, 0, 2)
        page.locator(".bar details.export summary").focus()
        page.keyboard.press("Enter")
        page.locator(".bar details.export [role=menuitem]").nth(2).focus()
        page.keyboard.press("Enter")
    assert sorted(names) == ["social-credit-lab-0-charts.png", "social-credit-lab-0.png", "social-credit-lab-0.webm"]


@pytest.mark.slow
def test_scripts_name_no_source_maps_elsewhere(visit):
    with visit("?seed=none") as page:
        scripts = page.evaluate(
            "Promise.all(performance.getEntriesByType('resource').filter((one) => ['script', 'link', 'css'].includes(one.initiatorType))"
            ".map(async (one) => [one.name, await (await fetch(one.name)).text()]))"
        )
        assert len(scripts) > 5
        assert [name for name, text in scripts if re.search(r"sourceMappingURL=\s*(https?:)?//", text)] == []
