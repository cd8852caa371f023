"""The story and stored experiments on the page, in a real Chromium: what a viewer reads, chooses and sees."""

import re

import pytest
from playwright.sync_api import Page, expect

from dashboard.replayed import wish_of
from dashboard.story.story import chapters
from dashboard.words.words import words
from model.society import Society
from tests.browsing import visited
from tests.served_page import served
from tests.steering import at_tick, button, link_of
from tests.stored_results import GRID, stored

pytestmark = pytest.mark.browser
EN = words("en")
FIRST, SECOND = chapters()[:2]


@pytest.fixture
def story(browser, laboratory):
    """Open the first chapter."""
    with visited(browser, laboratory.address, "?story=1") as page:
        at_tick(page, 0)
        yield page


def answer(page: Page, key: str):
    return page.locator(f".chapter [data-key='answer-{key}']")


def test_a_chapter_is_predicted_played_and_revealed(story):
    expect(story.locator(".chapter h2")).to_have_text(FIRST.title.en)
    expect(story.locator(".chapter")).to_contain_text(FIRST.paragraphs[0].en)
    expect(story.locator(".chapter .hint")).to_have_text(EN["story.predict"])
    expect(story.locator(".chapter .happened")).to_have_count(0)
    expect(story.locator(".chapter")).not_to_contain_text("null")
    answer(story, "recovered").click()
    expect(answer(story, "recovered")).to_have_attribute("aria-checked", "true")
    expect(story.locator(".chapter .hint")).to_have_text(EN["story.wait"].format(week=FIRST.stop))
    story.locator(".timeline-speed").get_by_text("208", exact=True).click()
    button(story, "Play").click()
    at_tick(story, FIRST.stop)  # time halts where the question can be answered
    expect(button(story, "Play")).to_be_enabled()
    expect(story.locator(".chapter .right")).to_have_count(0)
    expect(button(story, EN["story.reveal"])).to_be_in_viewport(ratio=1)
    story.evaluate("scrollTo(0, 0)")
    button(story, EN["story.reveal"]).dispatch_event("click")  # a click would scroll to it
    expect(story.locator(".chapter .right")).to_have_count(1)
    expect(story.locator(".happened .numbers").first).to_be_in_viewport(ratio=1)  # and the worlds stay where they are
    expect(story.locator(".network canvas").first).to_be_in_viewport(ratio=1)
    mine = answer(story, "recovered").get_attribute("class").split()
    verdict = EN["story.as_expected" if "right" in mine else "story.otherwise"]
    expect(story.locator(".chapter .verdict")).to_have_text(verdict)
    expect(story.locator(".happened .numbers")).to_have_count(len(FIRST.outcomes) + 2)
    expect(story.locator(".happened")).to_contain_text(FIRST.look.en)
    expect(answer(story, "lost")).to_be_disabled()
    button(story, "Back to the start").click()
    at_tick(story, 0)
    story.locator(".person [data-key=look-at]").fill("7")
    story.keyboard.press("Enter")
    story.locator(".person button[data-key=office]").dispatch_event("click")
    expect(story.locator(".happened")).to_have_count(0)  # of another past the answer is yet to be asked for
    story.locator(".timeline-axis").focus()
    story.keyboard.press("End")
    expect(button(story, EN["story.reveal"])).to_be_visible(timeout=60_000)


def test_chapters_follow_each_other_and_the_story_can_be_left(story):
    button(story, EN["story.next"]).click()
    expect(story.locator(".chapter h2")).to_have_text(SECOND.title.en)
    at_tick(story, SECOND.choice.tick)
    expect(story.get_by_label("Scheme")).to_have_value("sesame")
    expect(story).to_have_url(re.compile(r"/\?story=2$"))  # loading the page again brings the chapter back
    assert "story=2" in link_of(story)
    button(story, EN["story.back"]).click()
    expect(story.locator(".chapter h2")).to_have_text(FIRST.title.en)
    story.locator(".chapter .reported summary").click()
    expect(story.locator(".chapter .facts-told li")).to_have_text([f"{fact.text.en} {fact.sources[0].key}" for fact in FIRST.facts])
    at_tick(story, 0)
    button(story, EN["bar.story"]).click()
    expect(story.locator(".chapter")).to_be_hidden()
    expect(story.locator(".facts")).to_contain_text("300 citizens")
    expect(story).to_have_url(re.compile(r"/\?seed=1.*preset=none.*&twin=1(?!.*story)"))


# --- stored experiments -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_stored_run_is_chosen_shown_and_equal(browser, tmp_path):
    stored(tmp_path / "results" / "grid", GRID, society=Society)
    with served("app.py", SOCIAL_CREDIT_LAB_RESULTS=str(tmp_path / "results")) as server:
        with visited(browser, server.address, "?citizens=60&time.ticks=30") as page:
            at_tick(page, 0)
            button(page, EN["bar.stored"]).click()
            page.get_by_role("button", name="Where it turns", exact=True).click()
            expect(page.locator(".regime-map .cell")).to_have_count(4)
            cells, levels = ([one.bounding_box() for one in page.locator(f".regime-map .{kind}").all()] for kind in ("cell", "ordinate"))
            assert [cell["x"] for cell in cells[:2]] == [cell["x"] for cell in cells[2:]]  # in columns, and beside its row each level
            assert all(level["x"] < cell["x"] for level, cell in zip(levels, cells[::2], strict=False))
            assert all(abs(level["y"] - cell["y"]) < cell["height"] for level, cell in zip(levels, cells[::2], strict=False))
            button(page, "Show this run").click()
            expect(page.locator(".replay-notes .which")).to_contain_text("Where it turns, weight of contacts")
            expect(page.locator(".over.wide")).to_be_hidden()
            page.locator(".timeline-axis").press("End")
            at_tick(page, 30)
            expect(page.locator(".replay-notes li.same")).to_have_count(2)
            expect(page.locator(".replay-notes li").first).to_contain_text("to the last bit")
            address = link_of(page)
        wish, tick = wish_of(address)
        assert (wish.folder, wish.arm, wish.reference, tick) == ("grid", "scheme", "none", 30)
        with visited(browser, server.address, address) as again:
            at_tick(again, 30)
            expect(again.locator(".replay-notes li.same")).to_have_count(2)
        with visited(browser, server.address, "?run=grid&arm=nobody") as refused:
            expect(refused.locator(".notices")).to_contain_text("nobody")
