"""What goes wrong between the page and its server: a killed browser, a connection that breaks, a server that is another, a crowd."""

from contextlib import suppress

import psutil
import pytest
from playwright.sync_api import Error, expect

from tests.browsing import visited
from tests.served_page import served
from tests.steering import (
    REWARD,
    SEARCH,
    all_at_tick,
    at_tick,
    calms_down,
    past_tick,
    play_fast,
    processor_time,
    slider,
    steps,
    table_of,
    tick_of,
)
from tests.wire import wired

pytestmark = pytest.mark.browser
#: What a browser says of a connection that is away.
AWAY = r"console: (WebSocket connection|Failed to load resource|Cannot send)|failed: |error: Cannot send"
LONG = "?citizens=100&time.ticks=5000"
VIEWERS = 20


def test_a_page_goes_on_where_it_was_after_its_connection_was_cut(browser, laboratory):
    with wired(laboratory.address) as wire, visited(browser, wire.address, SEARCH, forgiven=AWAY) as page:
        at_tick(page, 0)
        page.evaluate("window.mark = 'not loaded again'")
        steps(page, 0, 2)
        slider(page, REWARD).focus()
        page.keyboard.press("End")
        expect(page.locator(".recorded li")).to_have_count(1)
        slider(page, REWARD).blur()
        before = table_of(page)
        wire.cut()
        expect(page.locator(".connection")).to_have_text(
            "The connection is interrupted. The page goes on where it is as soon as there is one again."
        )
        wire.mend()
        expect(page.locator(".connection")).to_have_text("", timeout=60_000)
        assert table_of(page) == before
        steps(page, 2, 3)
        all_at_tick(page, 3)
        expect(page.locator(".recorded li")).to_have_count(1)
        assert page.evaluate("window.mark") == "not loaded again"


@pytest.mark.slow
def test_worlds_that_play_go_on_after_each_of_several_short_cuts(browser, laboratory):
    with (
        wired(laboratory.address) as wire,
        visited(browser, wire.address, LONG, forgiven=AWAY) as page,
    ):
        at_tick(page, 0)
        page.keyboard.press("Space")
        for _ in range(4):
            past_tick(page, tick_of(page) + 5)
            wire.cut()
            wire.mend()
        past_tick(page, tick_of(page) + 5)
        page.keyboard.press("Space")
        expect(page.locator(".timeline")).to_have_attribute("data-state", "paused")
        page.wait_for_timeout(3000)
        all_at_tick(page, int(page.locator(".timeline").get_attribute("data-tick")))


@pytest.mark.slow
@pytest.mark.parametrize(("language", "said"), [("", "The connection is lost."), ("&lang=zh", "连接已断开")])
def test_where_the_server_is_another_the_page_says_so_and_its_address_brings_the_worlds_back(browser, laboratory, language, said):
    with wired(laboratory.address) as wire, visited(browser, wire.address, SEARCH + language, forgiven=AWAY) as page:
        at_tick(page, 0)
        steps(page, 0, 2)
        slider(page, REWARD).focus()
        page.keyboard.press("End")
        expect(page.locator(".recorded li")).to_have_count(1)
        slider(page, REWARD).blur()
        steps(page, 2, 4)
        before = table_of(page)
        with served("app.py") as other:
            wire.cut()
            wire.mend(int(other.address.rstrip("/").rsplit(":", 1)[1]))
            expect(page.locator(".connection .notice")).to_contain_text(said, timeout=60_000)
            for box in page.locator(".v-overlay, .v-dialog, .v-alert").all():
                expect(box).not_to_be_visible()
            page.locator(".connection a").click()
            all_at_tick(page, 4)
            expect(page.locator(".connection")).to_have_text("")
            expect(page.locator(".recorded li")).to_have_count(1)
            assert table_of(page) == before


def test_the_loop_of_a_killed_browser_ends_and_the_server_serves_others(browser, chromium, visit, laboratory):
    process, known = psutil.Process(laboratory.pid), processes()
    victim = browser.browser_type.launch(executable_path=chromium, args=["--no-sandbox"])
    page = victim.new_page()
    page.goto(laboratory.address + LONG)
    play_fast(page)
    past_tick(page, 20)
    busy = processor_time(process, 0.5)
    for one in processes() - known:
        with suppress(psutil.NoSuchProcess):
            one.kill()
    calms_down(process, busy)
    with suppress(Error):
        victim.close()
    with visit() as other:
        at_tick(other, 0)
        steps(other, 0, 1)
        assert tick_of(other) == 1


def processes() -> set[psutil.Process]:
    """Return the browsers that this process has started, and theirs."""
    return {one for one in psutil.Process().children(recursive=True) if "chrom" in one.name()}


def in_the_background(browser, address: str):
    """Open a page that takes its frames without drawing them, as a hidden tab does: this machine cannot draw for twenty."""
    context = browser.new_context()
    context.add_init_script("Object.defineProperty(document, 'hidden', { get: () => true })")
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(address)
    return page


@pytest.mark.slow
def test_twenty_viewers_at_once_each_get_their_worlds_and_leave_little_behind(browser):
    with served("app.py") as page, visited(browser, page.address, SEARCH) as first:
        at_tick(first, 0)
        steps(first, 0, 1)
        process = psutil.Process(page.pid)
        before, threads = process.memory_info().rss, process.num_threads()
        viewers = [in_the_background(browser, f"{page.address}?seed={number}&citizens=300&twin=1") for number in range(VIEWERS)]
        for viewer in viewers:
            expect(viewer.locator(".timeline")).to_have_attribute("data-state", "paused", timeout=120_000)
            viewer.keyboard.press("Space")
        for number, viewer in enumerate(viewers):
            viewer.wait_for_function("Number(document.querySelector('.network').dataset.tick) > 8", timeout=120_000)
            expect(viewer.locator(".facts")).to_contain_text(f"seed {number}")
        busy, most = processor_time(process, 0.5), process.memory_info().rss
        for viewer in viewers:
            viewer.context.close()
        calms_down(process, busy)
        after = process.memory_info().rss
        print(f"MB a viewer: {(most - before) / VIEWERS / 1e6:.1f}; left behind by each: {(after - before) / VIEWERS / 1e6:.1f}")
        print(f"threads before {threads}, after {process.num_threads()}; processor {2 * busy:.1f} of {psutil.cpu_count()}")
        assert (most - before) / VIEWERS < 60e6
        assert (after - before) / VIEWERS < 15e6  # the allocator keeps some, for who comes next; test_parts finds what is kept for good
        assert process.num_threads() < threads + 1.25 * VIEWERS  # each had two of ours; one of Solara's waits a while for others
        steps(first, 1, 2)
