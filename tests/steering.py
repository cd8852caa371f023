"""What a viewer does with the page of twin worlds, for tests."""

import time
from pathlib import Path

import psutil
from playwright.sync_api import Page, expect

#: A small world, quickly built.
SEARCH = "?seed=5&citizens=80&time.ticks=300&time.burn_in=3&twin=1"
REWARD = "scheme.reporting_reward"


def at_tick(page: Page, tick: int) -> None:
    """Wait until the charts show a week."""
    expect(page.locator(".charts")).to_have_attribute("data-tick", str(tick), timeout=30_000)


def all_at_tick(page: Page, tick: int) -> None:
    """Wait until every part of the page shows a week."""
    for part in (".charts", ".network", ".timeline"):
        expect(page.locator(part)).to_have_attribute("data-tick", str(tick), timeout=30_000)


def tick_of(page: Page) -> int:
    return int(page.locator(".charts").get_attribute("data-tick"))


def past_tick(page: Page, tick: int) -> None:
    page.wait_for_function(f"Number(document.querySelector('.charts').dataset.tick) > {tick}")


def slider(page: Page, name: str):
    return page.locator(f".lever[data-name='{name}'] input")


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def steps(page: Page, first: int, last: int) -> None:
    """Step from a week to a later one."""
    for tick in range(first + 1, last + 1):
        page.keyboard.press("ArrowRight")
        at_tick(page, tick)


def scrub(page: Page, tick: int) -> None:
    """Press on the axis of time where a week is."""
    box = page.locator(".timeline-axis").bounding_box()
    across = page.evaluate("[...document.querySelectorAll('.timeline-axis .rail')].map(r => [r.x1.baseVal.value, r.x2.baseVal.value])[0]")
    ticks = int(page.locator(".timeline-axis").get_attribute("aria-valuemax"))
    page.mouse.click(box["x"] + across[0] + (across[1] - across[0]) * tick / ticks, box["y"] + box["height"] - 20)


def export(page: Page, number: int) -> None:
    """Choose from the menu: the picture, the series, the film, the link."""
    page.locator(".bar details.export summary").click()
    page.locator(".bar details.export [role=menuitem]").nth(number).click()


def table_of(page: Page) -> str:
    """Save the series, and return the file."""
    with page.expect_download() as saved:
        export(page, 1)
    return Path(saved.value.path()).read_text(encoding="utf-8")


def link_of(page: Page) -> str:
    """Copy the link, and return the address that the page has then."""
    export(page, 3)
    expect(page.locator(".told")).not_to_be_empty()
    return page.evaluate("location.search")


def play_fast(page: Page) -> None:
    """Play at the highest speed."""
    page.locator(".timeline-speed label").last.click()
    page.keyboard.press("Space")


def processor_time(process: psutil.Process, seconds: float) -> float:
    """Return the processor time that a process takes within some seconds."""
    before = process.cpu_times()
    time.sleep(seconds)
    after = process.cpu_times()
    return after.user + after.system - before.user - before.system


def calms_down(process: psutil.Process, busy: float) -> None:
    """Wait until a process takes little of the processor time that it took in half a second before."""
    until = time.monotonic() + 20
    while processor_time(process, 0.5) > 0.3 * busy:
        assert time.monotonic() < until, "the loop of a viewer who has left goes on"
