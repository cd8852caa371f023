"""Makes docs/images/ anew: stills of the page and a short recording, from the page as it is, in Chromium. Run it by `make pictures`.

Seeds, weeks and steps are fixed, and the recording goes on by the week, not by the clock, so that it is the same on any machine (but for
flashes that last a moment, and for how letters are drawn).
"""

import shutil
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from dashboard.worlds.choice import choice_from  # noqa: E402
from dashboard.worlds.twins import Twins  # noqa: E402
from tests.browsing import chrome, visited  # noqa: E402
from tests.network_browsing import Place  # noqa: E402
from tests.served_page import served  # noqa: E402

IMAGES = ROOT / "docs" / "images"
WORLDS = "?seed=7&citizens=1000&twin=1&preset=rongcheng"
PARTED = f"{WORLDS}&right=156:scheme.reporting_reward:1000;156:scheme.contact_weight:0.5&tick=364"
CITIZEN = 300  # who is clicked
RUNS = 20  # background runs, without which the bands would be another width each time
PATIENCE = 300_000  # milliseconds: a busy machine takes its time
COLOURS = 256  # of a still


class Still(NamedTuple):
    """A picture: its name, the window, the keys that are pressed before it and after it, and whether a citizen is looked at."""

    name: str
    width: int = 1440
    height: int = 900
    keys: str = ""
    citizen: bool = False


STILLS = (
    Still("dashboard"),
    Still("dashboard-dark", keys="d2"),  # by score
    Still("projector", 1280, 720, "p"),
    Still("phone", 390, 844),
    Still("citizen", citizen=True),
)

# ---- the recording: 1280 x 720, a frame for each step ----

FILM = f"{WORLDS}&tick=92"
FRAME, HOLD = 120, 1800  # milliseconds
LEVER, STOP = "scheme.reporting_reward", 0.8  # which one is moved, and how far along its slider
MOST_BYTES = 2_400_000
POINTER = """<svg id="pointer" viewBox="0 0 24 24" style="position: fixed; z-index: 99; width: 26px; pointer-events: none">
  <path d="M4 2v17l4.6-4 2.9 6.6 3-1.3-2.9-6.5H18z" fill="#fff" stroke="#000" stroke-width="1.4"/></svg>"""


def main() -> None:
    """Make all pictures, or those that are named."""
    wanted = sys.argv[1:] or [*(still.name for still in STILLS), "film"]
    IMAGES.mkdir(parents=True, exist_ok=True)
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        sys.exit("pictures: there is no Chromium; scripts/setup.sh browser installs it")
    with served("app.py", SOCIAL_CREDIT_LAB_BACKGROUND_RUNS=str(RUNS)) as page, chrome(path) as browser:
        if set(wanted) & {still.name for still in STILLS}:
            take([still for still in STILLS if still.name in wanted], browser, page.address)
        if "film" in wanted:
            save_film([image for _, image in film(browser, page.address)])


def take(stills: list[Still], browser: Browser, address: str) -> None:
    """Save stills of the same worlds, as PNGs of few colours."""
    with visited(browser, address, PARTED, reduced_motion="reduce") as page:
        ready(page, choice_from(PARTED).tick)
        for still in stills:
            page.set_viewport_size({"width": still.width, "height": still.height})
            for key in still.keys:
                page.keyboard.press(key)
            if still.citizen:
                page.wait_for_timeout(1000)
                page.mouse.click(*place_of_citizen(page, PARTED))
                expect(page.locator(".person .why li").first).to_be_visible(timeout=PATIENCE)
                page.mouse.move(0, 0)
            page.wait_for_timeout(2500)  # until all has its place, its fonts and its colours
            few = shot(page).quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
            few.save(IMAGES / f"{still.name}.png", optimize=True)
            for key in still.keys.replace("2", "1"):
                page.keyboard.press(key)


def film(browser: Browser, address: str) -> Iterator[tuple[str, Image.Image]]:
    """Yield the frames of the recording, each with what happens in it."""
    with visited(browser, address, FILM, width=1280, height=720) as page:
        tick = choice_from(FILM).tick
        ready(page, tick)
        page.evaluate("svg => document.body.insertAdjacentHTML('beforeend', svg)", POINTER)
        pointer = Pointer(page, 700, 560)
        for _ in range(20):  # the same worlds; in week 105 the scheme begins
            tick = step(page, tick, 1)
            yield "the same", shot(page)
        slider = page.locator(f".lever[data-name='{LEVER}'] input").bounding_box()
        assert slider is not None
        high = slider["y"] + slider["height"] / 2
        yield from (("to the lever", shot(page)) for _ in pointer.go(slider["x"] + 10, high, 5))
        page.mouse.down()
        yield from (("moving it", shot(page)) for _ in pointer.go(slider["x"] + STOP * slider["width"], high, 8))
        page.mouse.up()
        expect(page.locator(".recorded li")).to_have_count(1)
        tick = step(page, tick, 1)
        expect(page.locator(".charts")).not_to_have_attribute("data-runs", str(RUNS), timeout=PATIENCE)  # they begin anew
        ready(page, tick)
        for k in range(30):  # the worlds part
            tick = step(page, tick, 1 if k < 10 else 3)
            yield "parting", shot(page)
        yield from (("to a citizen", shot(page)) for _ in pointer.go(*place_of_citizen(page, FILM), 6))
        page.mouse.down()
        page.mouse.up()
        expect(page.locator(".person .why, .person .ties").first).to_be_visible()
        for _ in range(3):
            page.wait_for_timeout(150)
            yield "the citizen", shot(page)


def save_film(frames: list[Image.Image]) -> None:
    """Save the recording, as good as its size allows; its last frame stays for a while."""
    lengths = [FRAME] * (len(frames) - 1) + [HOLD]
    for quality in range(80, 20, -12):
        found = BytesIO()
        frames[0].save(found, "WEBP", save_all=True, append_images=frames[1:], duration=lengths, loop=0, quality=quality, method=4)
        if found.tell() < MOST_BYTES:
            break
    (IMAGES / "dashboard.webp").write_bytes(found.getvalue())


class Pointer:
    """The pointer of the mouse, which a screenshot lacks."""

    def __init__(self, page: Page, x: float, y: float):
        self.page, self.at = page, (x, y)
        self._move(x, y)

    def go(self, x: float, y: float, steps: int) -> Iterator[int]:
        """Go to a place in so many steps, slowing down."""
        (left, top) = self.at
        for k in range(1, steps + 1):
            share = 1 - (1 - k / steps) ** 2
            self._move(left + (x - left) * share, top + (y - top) * share)
            yield k

    def _move(self, x: float, y: float) -> None:
        self.at = (x, y)
        self.page.mouse.move(x, y)
        self.page.evaluate(
            "([x, y]) => Object.assign(document.querySelector('#pointer').style, { left: `${x - 4}px`, top: `${y - 2}px` })", [x, y]
        )


def ready(page: Page, tick: int) -> None:
    """Wait until the worlds are there, and what lies behind the lines."""
    page.set_default_timeout(PATIENCE)
    at_tick(page, tick)
    expect(page.locator(".charts")).to_have_attribute("data-runs", str(RUNS), timeout=PATIENCE)


def at_tick(page: Page, tick: int) -> None:
    """Wait until a week is drawn everywhere."""
    for part in (".charts", ".network"):
        expect(page.locator(part)).to_have_attribute("data-tick", str(tick), timeout=PATIENCE)


def step(page: Page, tick: int, weeks: int) -> int:
    """Go some weeks on, and return which one it is."""
    for _ in range(weeks):
        page.evaluate("document.activeElement.blur()")  # the levers keep the arrows for themselves
        page.keyboard.press("ArrowRight")
        tick += 1
        at_tick(page, tick)
    return tick


def shot(page: Page) -> Image.Image:
    """Return what the page shows."""
    return Image.open(BytesIO(page.screenshot())).convert("RGB")


def place_of_citizen(page: Page, search: str) -> tuple[float, float]:
    """Return where the chosen citizen stands in the world on the right."""
    return Place(page, Twins(choice_from(search)).society()).of(CITIZEN, 2)


if __name__ == "__main__":
    main()
