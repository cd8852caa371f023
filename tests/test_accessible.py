"""The page for everyone: the rules of axe-core in every state that it can be in, the keyboard, and less motion for who asks for it."""

from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from dashboard.worlds.choice import choice_from
from dashboard.worlds.twins import Twins
from tests.browsing import visited
from tests.network_browsing import Place

pytestmark = pytest.mark.browser
SEARCH = "?seed=5&citizens=60&time.ticks=120&time.burn_in=3&twin=1&tick=8"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
STOPS = 80  # of the keyboard: more than there are


@pytest.fixture(scope="module")
def page(browser, laboratory):
    """Show two small worlds to all tests of this file, to a viewer who wants little motion: what fades would be judged half faded."""
    with visited(browser, laboratory.address, SEARCH, reduced_motion="reduce") as page:
        for part in (".charts", ".network"):
            expect(page.locator(part)).to_have_attribute("data-tick", "8", timeout=30_000)
        page.evaluate(Axe().axe_script)
        yield page


def faults(page: Page) -> list[str]:
    """Return what axe finds fault with: the rule, where, and why."""
    found = page.evaluate("rules => axe.run({ runOnly: rules, resultTypes: ['violations'], preload: false })", RULES)
    assert len(found["passes"]) > 15, "axe has looked at next to nothing"
    told = [(rule["id"], node) for rule in found["violations"] for node in rule["nodes"]]
    return [f"{rule}: {' '.join(node['target'])}: {node['failureSummary']}" for rule, node in told]


def switched(page: Page, key: str, name: str, on: bool = True) -> None:
    page.keyboard.press(key)
    expect(page.locator(f".lab[data-{name}]")).to_have_count(int(on))


def test_axe_finds_faults(page):
    page.locator(".head h1").evaluate("one => { one.style.color = '#bbb'; }")
    page.locator(".bar [data-key=help]").evaluate("one => one.insertAdjacentHTML('afterend', '<button></button>')")
    found = faults(page)
    page.locator(".head h1").evaluate("one => one.removeAttribute('style')")
    page.locator(".bar [data-key=help] + button").evaluate("one => one.remove()")
    assert sorted(fault.split(":")[0] for fault in found) == ["button-name", "color-contrast"]


def test_at_the_start(page):
    assert faults(page) == []


@pytest.mark.slow
def test_on_a_dark_page_for_a_projector(page):
    switched(page, "d", "dark")
    assert faults(page) == []
    switched(page, "p", "projector")
    switched(page, "d", "dark", on=False)
    assert faults(page) == []
    switched(page, "p", "projector", on=False)


@pytest.mark.slow
def test_in_chinese(page):
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh")
    assert faults(page) == []
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_with_all_parameters_open_and_with_help(page):
    page.get_by_role("button", name="All parameters").click()
    expect(page.locator(".parameter[data-name='exchange.gain']")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("?")
    expect(page.locator(".help dl")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".help dl")).to_be_hidden()


@pytest.mark.slow
def test_with_a_citizen_on_a_phone_too(page):
    page.mouse.click(*Place(page, Twins(choice_from(SEARCH)).society()).of(7, 0))
    expect(page.locator(".person .why, .person .ties").first).to_be_visible()
    assert faults(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".charts")).to_have_attribute("data-columns", "1")
    assert faults(page) == []
    page.set_viewport_size({"width": 1280, "height": 720})
    page.locator(".person button.close").dispatch_event("click")
    expect(page.locator(".person h2")).to_have_count(0)


def test_an_address_that_is_refused(browser, laboratory):
    with visited(browser, laboratory.address, "?seed=abc&lang=zh") as page:
        expect(page.locator(".notice")).to_be_visible()
        page.evaluate(Axe().axe_script)
        assert faults(page) == []
        assert page.locator("html").get_attribute("lang") == "zh"


# ---- the keyboard ----

FOCUSED = """() => {
  const here = document.activeElement;
  if (here === document.body) return null;
  const ring = [here, here.closest("label")].filter(Boolean).map((one) => getComputedStyle(one));
  const box = (here.closest("label") ?? here).getBoundingClientRect();
  return {
    what: here.outerHTML.slice(0, 120),
    part: ["head", "stage", "side", "time"].findIndex((name) => here.closest(`.frame > .${name}`)),
    ringed: ring.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
    slides: here.matches("input[type=range]"),
    left: box.left + scrollX, top: box.top + scrollY, bottom: box.bottom + scrollY,
  };
}"""


def stops(page: Page) -> list[dict]:
    """Go through the page with Tab, and return where the focus was."""
    page.locator(".head h1").evaluate("one => { one.tabIndex = -1; one.focus(); one.removeAttribute('tabindex'); }")  # where it begins
    found = []
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            return found
        found.append(stop)
    pytest.fail("the keyboard does not leave the page")


@pytest.fixture(scope="module")
def reached(page) -> list[dict]:
    """Where the keyboard comes by Tab."""
    return stops(page)


def test_the_keyboard_comes_by_everything_in_the_order_of_reading(reached):
    assert len(reached) > 25
    parts = [stop["part"] for stop in reached]
    assert parts == sorted(parts)
    assert set(parts) == {0, 1, 2, 3}
    for before, after in pairwise(reached):
        if before["part"] != after["part"]:
            continue
        below = after["top"] >= before["bottom"] - 2
        beside = after["left"] > before["left"] and after["bottom"] > before["top"]
        assert below or beside, f"{before['what']} comes before {after['what']}"


def test_the_focus_is_seen_wherever_it_is(page, reached):
    assert [stop["what"] for stop in reached if not stop["ringed"] and not stop["slides"]] == []
    slider = page.locator(".lever input").first
    slider.focus()  # after Tab, so that it counts as the keyboard's
    with_ring = slider.screenshot()
    slider.blur()
    assert slider.screenshot() != with_ring


@pytest.mark.slow
def test_nothing_fades_for_who_wants_little_motion(page):
    moving = """() => [...document.querySelectorAll(".lab, .lab *")].map((one) => [one, getComputedStyle(one)])
      .filter(([, style]) => style.animationName !== "none" || !style.transitionDuration.split(", ").every((time) => time === "0s"
                                                              || style.transitionProperty === "none"))
      .map(([one]) => one.className)"""
    assert page.evaluate(moving) == []
    assert page.evaluate("document.getAnimations().length") == 0
