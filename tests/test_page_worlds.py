"""Twin worlds on the page: the same society and the same luck, whose past can be gone back to and whose link brings all of it back."""

import pytest
from playwright.sync_api import expect

from dashboard.charts.panels import csv_of
from dashboard.view import split
from dashboard.worlds.choice import choice_from
from dashboard.worlds.twins import LEFT, RIGHT, Twins
from tests.steering import REWARD, SEARCH, all_at_tick, at_tick, button, link_of, scrub, slider, steps, table_of, tick_of

pytestmark = pytest.mark.browser
POLICY = "&right=40:scheme.reporting_reward:10000"


def digests(twins: Twins) -> tuple[str, str]:
    return twins.society(LEFT).digest(), twins.society(RIGHT).digest()


def twins_at(address: str) -> Twins:
    """Build what an address says, at its week."""
    twins = Twins(choice_from(split(address)[0]))
    twins.to(twins.facts.choice.tick)
    return twins


def table(twins: Twins) -> str:
    return csv_of({side: twins.series(side) for side in (LEFT, RIGHT)})


def reward(page) -> None:
    """Give the right world the highest reward from the next week on."""
    slider(page, REWARD).focus()
    page.keyboard.press("End")
    expect(page.locator(".recorded li")).to_have_count(1)
    slider(page, REWARD).blur()


def years(page, tick: int, number: int) -> None:
    """Go on by years."""
    for year in range(1, number + 1):
        page.keyboard.press("Shift+ArrowRight")
        at_tick(page, tick + 52 * year)


def sides_of(table: str) -> tuple[list[str], list[str]]:
    """Return the rows of the left and of the right world in a saved table, without their side."""
    rows = table.splitlines()[1:]
    left, right = ([row.removeprefix(f"{side},") for row in rows if row.startswith(f"{side},")] for side in (LEFT, RIGHT))
    assert len(left) == len(right) == len(rows) / 2
    return left, right


def test_twins_without_a_difference_of_policy_are_equal_for_ever():
    same = Twins(choice_from(SEARCH + POLICY + "&left=40:scheme.reporting_reward:10000"))
    bare = Twins(choice_from(SEARCH))
    for tick in (0, 1, 40, 41, 42, 150, 300):
        for twins in (same, bare):
            while twins.tick < tick:
                twins.step()
            left, right = digests(twins)
            assert left == right
        assert (left == digests(same)[0]) == (tick <= 40)


def test_twins_part_in_the_week_of_the_policy_and_the_left_one_is_as_if_alone():
    twins, alone = Twins(choice_from(SEARCH + POLICY)), Twins(choice_from(SEARCH))
    for tick in range(44):
        left, right = digests(twins)
        assert left == alone.society().digest()
        assert (left == right) == (tick <= 40), tick
        twins.step()
        alone.step()


def test_scrubbing_brings_back_the_exact_state_and_the_exact_series():
    twins, known = Twins(choice_from(SEARCH + POLICY)), {}
    there = (299, 0, 53, 52, 51, 41, 40, 260, 3)
    while not twins.ended:
        if twins.tick in there:
            known[twins.tick] = digests(twins)
        twins.step()
    whole = table(twins)
    for tick in there:
        twins.to(tick)
        assert digests(twins) == known[tick]
    twins.to(300)
    assert table(twins) == whole


@pytest.mark.slow
def test_on_the_page_twins_part_with_the_lever_and_scrubbing_there_and_back_gives_the_same_table(visit):
    with visit() as page:
        at_tick(page, 0)
        steps(page, 0, 2)
        reward(page)
        years(page, 2, 2)
        saved = table_of(page)
        left, right = sides_of(saved)
        assert len(left) == 106
        assert left[:2] == right[:2]
        assert left[2:] != right[2:]
        link = link_of(page)
        scrub(page, 20)
        expect(page.locator(".charts")).not_to_have_attribute("data-tick", "106")
        back = tick_of(page)
        assert 10 < back < 30
        assert sides_of(table_of(page)) == (left[:back], right[:back])
        page.locator(".timeline-axis").focus()
        page.keyboard.press("Home")
        at_tick(page, 0)
        steps(page, 0, 2)
        years(page, 2, 2)
        assert table_of(page) == saved
        assert link_of(page) == link
    assert table(twins_at(link)) == saved


def shown(page) -> dict:
    """Return all that a link has to bring back, as it is on the page."""
    return {
        "table": table_of(page),
        "recorded": page.locator(".recorded").inner_text(),
        "levers": page.locator(".lever").evaluate_all("all => all.map((one) => [one.dataset.name, one.dataset.value])"),
        "events": page.locator(".timeline-events").inner_text(),
        "camera": page.locator(".network").get_attribute("data-camera"),
        "legend": page.locator(".network-legend").inner_text(),
        "page": page.locator(".lab").evaluate("one => [one.lang, one.dataset.dark, one.dataset.projector]"),
        "world": page.locator(".bar .world :is(select, input)").evaluate_all("all => all.map((one) => one.value)"),
        "facts": page.locator(".facts").inner_text(),
    }


@pytest.mark.slow
def test_the_link_brings_the_whole_page_back(visit):
    with visit() as page:
        at_tick(page, 0)
        steps(page, 0, 2)
        reward(page)
        steps(page, 2, 4)
        page.keyboard.press("4")
        expect(page.locator(".network-legend")).to_contain_text("Grievance")
        box = page.locator(".network-stage canvas").bounding_box()
        page.mouse.move(box["x"] + 100, box["y"] + 100)
        page.mouse.wheel(0, -300)
        page.keyboard.press("d")
        button(page, "中文").click()
        expect(page.locator(".lab")).to_have_attribute("lang", "zh")
        expect(page.locator(".lab")).to_have_attribute("data-dark", "")
        page.wait_for_timeout(600)  # until the movement is over and told
        all_at_tick(page, 4)
        link, before = link_of(page), shown(page)
    assert all(word in link for word in ("lang=zh", "dark=1", "colour=grievance", "camera=", "tick=4", "right=2:"))
    with visit(link) as again:
        all_at_tick(again, 4)
        after = shown(again)
        camera, kept = after.pop("camera"), before.pop("camera")
        assert after == before
        assert camera is None or [float(f"{float(one):.4g}") for one in kept.split(",")] == [float(one) for one in camera.split(",")]
        assert link_of(again) == link


@pytest.mark.slow
def test_what_one_viewer_does_is_nothing_to_another_in_the_same_browser_or_not(visit):
    with visit() as page, visit() as elsewhere:
        at_tick(page, 0)
        tab = page.context.new_page()
        tab.goto(page.url)
        others = (tab, elsewhere)
        for other in others:
            at_tick(other, 0)
        steps(page, 0, 1)
        reward(page)
        button(page, "中文").click()
        expect(page.locator(".lab")).to_have_attribute("lang", "zh")
        page.close()
        for other in others:
            assert tick_of(other) == 0
            expect(other.locator(".recorded li")).to_have_count(0)
            expect(other.locator(".lab")).to_have_attribute("lang", "en")
            other.keyboard.press("ArrowRight")
            at_tick(other, 1)
        assert table_of(tab) == table_of(elsewhere) == table(twins_at(SEARCH + "&tick=1"))
