"""The presenter's room in a real Chromium: what who follows sees, and that they can do nothing, by no key, click or forged message."""

import json
import re

import pytest
from playwright.sync_api import expect

from dashboard.story.story import chapters
from dashboard.words.words import words
from tests.browsing import visited
from tests.served_page import served

pytestmark = pytest.mark.browser
SEARCH = "?seed=5&citizens=80&time.ticks=300&time.burn_in=3&twin=1"
PHONE = {"width": 390, "height": 844, "has_touch": True}
#: Keeps what the page sends to the server, and the way there.
TAPPED = """() => {
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) { window.line = this; (window.sent ??= []).push(data); send.call(this, data); };
}"""
#: What the presenter's page could be told to do, by somebody who knows how its parts talk.
FORGED = [
    {"do": "play"},
    {"do": "step"},
    {"do": "world", "seed": "9", "preset": "none", "citizens": "50"},
    {"do": "change", "side": "both", "name": "scheme.exemption", "value": 1},
    {"do": "twin", "on": False},
    {"do": "scrub", "tick": 200},
    {"do": "chapter", "number": 2},
    {"do": "reveal"},
    {"do": "expect", "answer": "lost"},
    {"do": "export", "kind": "png"},
    {"do": "stop showing"},
    {"do": "show", "at": "http://127.0.0.1/"},
]


@pytest.fixture(scope="module")
def hall():
    """Serve the page as to a network."""
    with served("tests/room_page.py") as page:
        yield page


@pytest.fixture
def presenter(browser, hall):
    with visited(browser, hall.address, SEARCH) as page:
        at_tick(page, 0)
        page.get_by_role("button", name="Audience").click()
        page.get_by_role("button", name="Let others follow on their own screens").click()
        expect(page.locator(".room .code svg")).to_be_visible()
        yield page


@pytest.fixture
def follow(browser, hall, presenter):
    """Open the address that the presenter is given, as its way is read here: the server listens on this machine alone."""
    link = presenter.locator(".room .link").inner_text()
    assert re.fullmatch(r"http://192\.0\.2\.1:\d+/\?room=[\w-]{22}", link)
    return lambda more="", **options: visited(browser, hall.address, "?" + link.split("?")[1] + more, **PHONE | options)


def at_tick(page, tick):
    expect(page.locator(".charts")).to_have_attribute("data-tick", str(tick), timeout=30_000)


@pytest.mark.slow
def test_who_follows_sees_time_move_and_goes_on_by_oneself(presenter, follow):
    with follow() as page:
        at_tick(page, 0)
        expect(page.locator(".following .line")).to_have_text("You see what the presenter shows.")
        expect(presenter.locator(".room .watching")).to_have_text("Following: 1")
        presenter.locator(".room .close").click()
        for tick in range(1, 5):
            presenter.keyboard.press("ArrowRight")
            at_tick(page, tick)
        presenter.locator(".lever[data-name='scheme.exemption'] input").focus()
        presenter.keyboard.press("End")
        expect(page.locator(".lever[data-name='scheme.exemption'] output")).to_contain_text("1")
        expect(page.locator(".lever[data-name='scheme.exemption'] input")).to_be_disabled()
        expect(page.locator(".recorded li")).to_contain_text("Official exemption")
        expect(page.locator(".timeline-week")).to_have_text("Year 1, week 4")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.get_by_role("link", name="Go on by yourself").click()
        at_tick(page, 4)
        expect(page.locator(".recorded li")).to_contain_text("Official exemption")
        page.keyboard.press("ArrowRight")
        at_tick(page, 5)
        at_tick(presenter, 4)


def test_who_follows_is_asked_and_sees_how_all_answered(browser, hall):
    chapter = chapters()[0]
    with visited(browser, hall.address, f"{chapter.choice.address()}&tick=400&story=1") as presenter:
        at_tick(presenter, 400)
        presenter.get_by_role("button", name="Audience").click()
        presenter.get_by_role("button", name="Let others follow on their own screens").click()
        link = presenter.locator(".room .link").inner_text()
        presenter.locator(".room .close").click()
        with visited(browser, hall.address, "?" + link.split("?")[1], **PHONE) as page:
            expect(page.locator(".chapter h2")).to_have_text("A village of trust")
            expect(page.locator(".chapter button")).to_have_count(4)  # the answers: no pages to turn, nothing to reveal
            page.locator("[data-key=answer-lost]").click()
            expect(page.locator("[data-key=answer-lost]")).to_have_attribute("aria-checked", "true")
            expect(presenter.locator(".chapter .voters")).to_have_text("Answers from the audience: 1")
            expect(presenter.locator(".chapter .votes")).to_have_count(0)
            presenter.keyboard.press("Shift+ArrowRight")
            at_tick(presenter, 452)
            at_tick(page, 452)
            expect(page.locator(".chapter .hint")).to_have_text("The presenter shows what happened.")
            expect(page.locator("[data-key=answer-lost]")).to_be_disabled()
            presenter.get_by_role("button", name="Show what happened").click()
            for screen in (presenter, page):
                expect(screen.locator("[data-key=answer-lost] .votes")).to_have_text("1")
                expect(screen.locator(".chapter .right")).to_have_count(1)
            expect(page.locator(".chapter .verdict")).to_have_text(re.compile("xpected"))
            assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.slow
def test_who_follows_can_do_nothing_to_the_worlds(presenter, follow):
    with follow("&dark=1", width=1280, height=720) as page:
        at_tick(page, 0)
        for key in ("Space", "ArrowRight", "Shift+ArrowRight", "c", "2", "End"):
            page.keyboard.press(key)
        page.locator(".timeline-axis").click(position={"x": 300, "y": 50}, force=True)
        page.locator(".charts canvas").first.click(position={"x": 120, "y": 40}, force=True)
        page.locator(".network canvas").first.click(position={"x": 120, "y": 120}, force=True)
        page.locator(".levers").get_by_text("as it is").click()
        for part in (".timeline-buttons", ".timeline-speed", ".bar", ".drawer", ".room"):
            expect(page.locator(part).locator("visible=true")).to_have_count(0)
        page.wait_for_timeout(500)
        at_tick(page, 0)
        expect(page.locator(".levers :checked")).to_have_value("left")  # that is one's own view
        presenter.locator(".room .close").click()
        presenter.keyboard.press("ArrowRight")
        at_tick(page, 1)
        expect(presenter.locator(".facts")).to_contain_text("80 citizens · 300 weeks · Municipal grades from week 4 · seed 5")


@pytest.mark.slow
def test_forged_messages_do_nothing(presenter, follow):
    with follow() as page:
        at_tick(page, 0)
        page.evaluate(TAPPED)
        presenter.locator(".room .close").click()
        presenter.keyboard.press("ArrowRight")
        at_tick(page, 1)
        page.wait_for_function("(window.sent ?? []).some((data) => data.includes('\"seen\"'))")
        heard = [data for data in page.evaluate("window.sent.filter((data) => typeof data === 'string')") if '"method":"custom"' in data]
        parts = {json.loads(data)["content"]["comm_id"]: json.loads(data) for data in heard}
        assert len(parts) >= 2  # the picture, the charts
        for message in parts.values():
            for order in FORGED:
                message["content"]["data"]["content"] = order
                page.evaluate("(data) => window.line.send(data)", json.dumps(message))
        page.wait_for_timeout(700)
        at_tick(page, 1)
        at_tick(presenter, 1)
        presenter.keyboard.press("ArrowRight")
        at_tick(page, 2)
        expect(presenter.locator(".recorded li")).to_have_count(0)
        expect(presenter.locator(".facts")).to_contain_text("80 citizens · 300 weeks · Municipal grades from week 4 · seed 5")


@pytest.mark.slow
def test_each_has_a_language_of_their_own(presenter, follow):
    with follow("&lang=zh") as chinese, follow() as english:
        for page, language in ((chinese, "zh"), (english, "en")):
            expect(page.locator(".following .line")).to_have_text(words(language)["room.following"])
        expect(presenter.locator(".room .watching")).to_have_text("Following: 2")
        english.locator(".following .language").click()
        english.locator(".following .dark").click()
        expect(english.locator(".following .line")).to_have_text(words("zh")["room.following"])
        expect(english.locator(".lab")).to_have_attribute("data-dark", "")
        expect(chinese.locator(".lab[data-dark]")).to_have_count(0)
        expect(presenter.locator("h1")).to_have_text(words("en")["question"])
        href = english.locator(".leave").get_attribute("href")
        assert {"lang=zh", "dark=1", "seed=5", "twin=1"} <= set(href.removeprefix("?").split("&"))


@pytest.mark.slow
def test_stop_showing_ends_it_and_the_address_opens_nothing_more(presenter, follow):
    with follow() as page:
        at_tick(page, 0)
        presenter.get_by_role("button", name="Stop showing").click()
        expect(page.locator(".following .line")).to_have_text(words("en")["room.left"])
        expect(presenter.get_by_role("button", name="Let others follow on their own screens")).to_be_visible()
        presenter.locator(".room .close").click()
        presenter.keyboard.press("ArrowRight")
        at_tick(presenter, 1)
        at_tick(page, 0)
    with follow() as late:
        expect(late.locator(".notice")).to_contain_text(words("en")["room.unknown"])


@pytest.mark.slow
def test_a_presenter_who_leaves_leaves_the_last_frame(browser, hall):
    with visited(browser, hall.address, SEARCH) as presenter:
        at_tick(presenter, 0)
        presenter.get_by_role("button", name="Audience").click()
        presenter.get_by_role("button", name="Let others follow on their own screens").click()
        link = presenter.locator(".room .link").inner_text()
        with visited(browser, hall.address, "?" + link.split("?")[1], **PHONE) as page:
            at_tick(page, 0)
            presenter.goto("about:blank")
            expect(page.locator(".following .line")).to_have_text(words("en")["room.left"])
            at_tick(page, 0)
            expect(page.locator(".network canvas").first).to_be_visible()


@pytest.mark.parametrize("token", ["unknown", "%3Cscript%3Ealert(1)%3C/script%3E", "x" * 5000])
def test_an_unknown_token_is_one_sentence(browser, laboratory, token):
    with visited(browser, laboratory.address, f"?room={token}") as page:
        expect(page.locator(".notice")).to_contain_text(words("en")["room.unknown"])
        expect(page.get_by_role("link", name="Open the default world")).to_be_visible()


@pytest.mark.slow
def test_a_page_for_this_machine_alone_has_no_audience(browser, laboratory):
    with visited(browser, laboratory.address, SEARCH) as page:
        at_tick(page, 0)
        expect(page.get_by_role("button", name="Dark")).to_be_visible()
        expect(page.get_by_role("button", name="Audience")).to_have_count(0)
        # The panel is there, hidden: what its button would tell is told in its place.
        page.evaluate("document.querySelector('.room .show').click()")
        page.wait_for_timeout(500)
        expect(page.locator(".room .link")).to_have_count(0)
