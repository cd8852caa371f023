"""The page in a real Chromium: what a viewer sees and does, and that nothing leaves the machine."""

from io import BytesIO
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image
from playwright.sync_api import expect

from dashboard.charts.view import SPEEDS
from dashboard.worlds.choice import choice_from
from dashboard.worlds.twins import Twins
from tests.network_browsing import Place
from tests.steering import (
    REWARD,
    SEARCH,
    at_tick,
    button,
    calms_down,
    link_of,
    past_tick,
    processor_time,
    slider,
    tick_of,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def page(visit):
    """Show one small world, before its first week."""
    with visit() as page:
        at_tick(page, 0)
        yield page


# --- what only looks: one page, opened once ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def calm(visit):
    """Show one small world, in which nothing is done but to step on."""
    with visit() as page:
        at_tick(page, 0)
        yield page


def test_the_page_says_what_it_shows(calm):
    expect(calm).to_have_title("Social credit lab")
    expect(calm.locator(".facts")).to_contain_text("80 citizens · 300 weeks · Municipal grades from week 4 · seed 5")
    expect(calm.locator(".condition")).to_contain_text("in this model")
    expect(calm.locator(".network")).to_contain_text("With the change")
    expect(calm.locator(".timeline")).to_contain_text("Start: Municipal grades")
    for tick in range(1, 4):
        calm.keyboard.press("ArrowRight")
        at_tick(calm, tick)
    expect(calm.locator(".timeline-week")).to_have_text("Year 1, week 3")


def test_the_table_is_saved(calm):
    weeks = tick_of(calm)
    with calm.expect_download() as saved:
        calm.locator(".bar details.export summary").click()
        calm.get_by_role("menuitem", name="Series (CSV)").click()
    rows = Path(saved.value.path()).read_text().splitlines()
    assert len(rows) == 1 + 2 * weeks  # the head, and the weeks of each side
    assert rows[0].startswith("side,tick,generalized_trust")


def test_the_page_fits_every_screen(calm):
    for width, height in ((1920, 1080), (1280, 720), (390, 844)):
        calm.set_viewport_size({"width": width, "height": height})
        calm.wait_for_timeout(300)
        assert calm.evaluate("document.documentElement.scrollWidth") <= width
        expect(button(calm, "Play")).to_be_in_viewport()


def test_the_picture_is_seen_above_the_axis_of_time_that_covers_the_rest_of_it(calm):
    """Without a graphics card Chromium leaves out of a picture what something opaque covers, and takes it from the wrong end."""
    calm.set_viewport_size({"width": 390, "height": 844})
    calm.evaluate("scrollTo(0, 0)")
    calm.wait_for_timeout(500)
    box, bar = (calm.locator(one).first.bounding_box() for one in (".network canvas", ".time"))
    assert box["y"] + 150 < bar["y"] < box["y"] + box["height"]
    seen = np.asarray(Image.open(BytesIO(calm.screenshot())).convert("RGB"), int)
    top = seen[int(box["y"]) + 40 : int(box["y"]) + 150, int(box["x"]) : int(box["x"] + box["width"])]
    assert (np.abs(top - seen[2, 2]).max(axis=2) > 40).sum() > 200


def test_language_dark_and_projector(calm):
    calm.get_by_role("button", name="中文").click()
    expect(calm.locator("h1")).to_have_text("社会信用体系会增进信任，还是侵蚀信任？")
    expect(calm.locator(".timeline")).to_contain_text("播放")
    size = "parseFloat(getComputedStyle(document.querySelector('.lab')).fontSize)"
    before = calm.evaluate(size)
    calm.keyboard.press("p")
    calm.wait_for_function(f"{size} >= 24")
    assert before < 20
    calm.keyboard.press("d")
    expect(calm.locator(".lab")).to_have_attribute("data-dark", "")


# --- what does something ----------------------------------------------------------------------------------------------------------


def test_play_pause_speed_and_the_end(page):
    button(page, "Play").click()
    past_tick(page, 2)
    button(page, "Pause").click()
    expect(button(page, "Play")).to_be_visible()
    page.wait_for_timeout(400)  # what was under way comes in
    before = tick_of(page)
    page.wait_for_timeout(400)
    assert tick_of(page) == before
    page.locator(".timeline-speed").get_by_text(str(SPEEDS[-1]), exact=True).click()
    page.keyboard.press("Space")
    at_tick(page, 300)
    expect(button(page, "Ended")).to_be_disabled()


def test_a_lever_parts_the_worlds_and_the_link_brings_all_back(visit):
    with visit() as page:
        at_tick(page, 0)
        for tick in range(1, 6):
            page.keyboard.press("ArrowRight")
            at_tick(page, tick)
        slider(page, REWARD).focus()
        page.keyboard.press("End")
        expect(page.locator(".levers .live")).to_have_text("The new setting acts from the next week on.")
        slider(page, REWARD).blur()
        for tick in range(6, 10):
            page.keyboard.press("ArrowRight")
            at_tick(page, tick)
        expect(page.locator(".recorded li")).to_have_text(
            "Year 1, week 6, With the change Snitching rewards 0 → 10,000", use_inner_text=True
        )
        expect(page.locator(".timeline")).to_contain_text("Snitching rewards 0 → 10,000")
        address = link_of(page)
    choice = choice_from(address)
    assert (choice.tick, choice.left, choice.right) == (9, (), ((5, REWARD, 10_000.0),))
    twins = Twins(choice)
    twins.to(choice.tick)
    assert twins.society("left").digest() != twins.society("right").digest()
    with visit(address) as again:
        at_tick(again, 9)
        expect(again.locator(".recorded li")).to_contain_text("Snitching rewards 0 → 10,000")
        button(again, "Back to the start").click()
        at_tick(again, 0)
        again.keyboard.press("Shift+ArrowRight")
        at_tick(again, 52)


def test_a_citizen_is_looked_at_and_given_office(page):
    page.keyboard.press("ArrowRight")
    at_tick(page, 1)
    society = Twins(choice_from(SEARCH)).society()
    ordinary = int(np.flatnonzero(society.world.citizens.official == 0)[0])
    page.mouse.click(*Place(page, society).of(ordinary, 2))
    expect(page.locator(".person h2")).to_contain_text("With the change")
    expect(page.locator(".person .lead")).to_contain_text("holds no office")
    expect(page.locator(".person .why li").first).to_be_visible()
    assert page.locator(".person .ties tbody tr").count() > 0
    page.locator(".person button[data-key=office]").dispatch_event("click")  # the card may be drawn anew at any moment
    page.keyboard.press("ArrowRight")
    expect(page.locator(".person .lead")).to_contain_text("holds office")
    expect(page.locator(".recorded li")).to_contain_text("is given office")
    page.locator(".person button.close").dispatch_event("click")
    expect(page.locator(".person h2")).to_have_count(0)


def test_a_citizen_is_chosen_by_number_tied_and_left_by_keyboard(page):
    page.keyboard.press("ArrowRight")
    at_tick(page, 1)
    society = Twins(choice_from(SEARCH)).society()
    stranger = next(other for other in range(1, 80) if society.slot_of(0, other) < 0)
    number = page.locator(".person [data-key=look-at]")
    number.fill("0")
    number.press("Enter")
    expect(page.locator(".person h2")).to_have_text("Citizen 0 With the change")
    tied = page.locator(".person [data-key=tie-to]")
    tied.fill("x9999")
    expect(tied).to_have_value("9999")
    tied.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("9999")
    tied.fill(str(stranger))
    tied.press("Enter")
    expect(page.locator(".recorded li")).to_contain_text(f"citizens 0 and {stranger} become acquainted")
    page.keyboard.press("Escape")
    expect(page.locator(".person h2")).to_have_count(0)
    number.fill("80")
    number.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("citizen = 80 is not allowed: expected a whole number from 0 to 79")


def test_one_world_or_two_and_another_scheme(page):
    page.keyboard.press("c")
    expect(page.locator(".network")).to_contain_text("The society")
    expect(page.locator(".levers .sides")).to_have_count(0)
    page.get_by_label("Scheme").select_option("none")
    expect(page.locator(".levers .live")).to_contain_text("There is no scheme in this world")
    expect(slider(page, REWARD)).to_be_disabled()
    seed = page.get_by_label("Seed")
    seed.fill("six")
    seed.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("seed = 'six' is not allowed: expected a whole number")
    page.get_by_role("alert").get_by_role("button", name="Close").click()
    expect(page.get_by_role("alert")).to_have_text("")
    expect(seed).to_have_value("5")


def test_the_drawer_changes_any_parameter(page):
    button(page, "All parameters").click()
    search = page.get_by_role("searchbox")
    search.fill("gossip rate")
    field = page.locator(".parameter[data-name='learning.gossip_rate'] input")
    field.fill("0.9")
    field.press("Enter")
    expect(page.locator(".recorded li")).to_contain_text("gossip rate")
    expect(page.locator(".drawer .other")).to_have_text("the other world: 0.2")
    page.locator(".drawer .sides").get_by_text("as it is").click()
    expect(field).to_have_value("0.2")
    expect(page.locator(".drawer .other")).to_have_text("the other world: 0.9")
    page.locator(".drawer .sides").get_by_text("with the change").click()
    expect(field).to_have_value("0.9")
    field.fill("9")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("learning.gossip_rate = 9 is not allowed: expected a number from 0 to 1")
    search.fill("mean degree")
    degree = page.locator(".parameter[data-name='network.mean_degree'] input")
    degree.fill("6")
    degree.press("Enter")
    page.get_by_role("button", name="Start anew with 1 changes").click()
    expect(page.locator(".parameter[data-name='network.mean_degree'] input")).to_have_value("6")


def test_a_page_whose_scripts_come_late_has_all_its_parts(browser, laboratory):
    """Anywidget's own script of where its module is, for which Solara does not wait, comes last."""
    context = browser.new_context()
    page = context.new_page()
    late: list[str] = []
    page.route(
        "**/anywidget/extension.js*", lambda route: late.append(route.request.url) or (page.wait_for_timeout(2500), route.continue_())
    )
    missing: list[str] = []
    page.on("response", lambda answer: answer.status >= 400 and missing.append(answer.url))
    page.goto(laboratory.address + SEARCH)
    at_tick(page, 0)
    assert len(late) == 1
    assert missing == []
    context.close()


def test_each_viewer_has_worlds_and_its_loop_ends_when_the_viewer_leaves(visit, laboratory):
    process = psutil.Process(laboratory.pid)
    with visit() as other:
        at_tick(other, 0)
        with visit("?citizens=2000&time.ticks=10000") as page:
            at_tick(page, 0)
            page.locator(".timeline-speed").get_by_text(str(SPEEDS[-1]), exact=True).click()
            page.keyboard.press("Space")
            past_tick(page, 20)
            busy = processor_time(process, 0.5)
            assert tick_of(other) == 0
        calms_down(process, busy)
        other.keyboard.press("ArrowRight")
        at_tick(other, 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("?seed=abc", "seed = 'abc' is not allowed: expected a whole number"),
        ("?citizens=0", "population.citizens = 0 is not allowed: expected a whole number from 3"),
        ("?scheme.exemption=<script>alert(1)</script>", "is not allowed: expected a number from 0 to 1"),
        ("?lang=fr", "lang = 'fr' is not allowed: expected one of en, zh"),
        ("?twin=1&right=5:scheme.exemption:7", "expected a number from 0 to 1"),
    ],
)
def test_a_senseless_address_is_answered_with_one_sentence(visit, address, said):
    with visit(address) as page:
        expect(page.get_by_role("alert").or_(page.locator(".notices"))).to_contain_text(said)
        expect(page.get_by_role("link", name="Open the default world")).to_be_visible()
