"""The picture of the ties in a real Chromium, for tests: how a page is visited, where things are on it, and what can be seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import numpy as np
from matplotlib.image import imread
from playwright.sync_api import Browser, Page, expect

from dashboard.network.colours import coloured, difference, tables
from dashboard.network.layout import lay_out
from model.society import Society
from tests.browsing import visited
from tests.network_page import PRESETS, society

PICTURE = ".network-stage canvas"
HEAD, GAP = 26, 12  # pixels above a panel, and between two


@contextmanager
def watched(browser: Browser, address: str, show: str, height: int = 800, motion: str = "reduce", **options) -> Iterator[Page]:
    """Open a page with the picture as a new viewer."""
    with visited(browser, address, f"?show={show}", height=height, reduced_motion=motion, **options) as page:
        page.wait_for_selector(".network[data-frame]")
        yield page


def data(page: Page) -> dict[str, str]:
    return page.locator(".network").evaluate("one => ({ ...one.dataset })")


def heard(page: Page, text: str) -> None:
    expect(page.locator("output.heard")).to_have_text(text)


def at_tick(page: Page, tick: int) -> None:
    expect(page.locator(".network")).to_have_attribute("data-tick", str(tick))


class Place:
    """Where things are on a page with two worlds, from what the layout and the camera say."""

    def __init__(self, page: Page, shown: Society | None = None, camera=(0.5, 0.5, 1.0)):
        self.world = shown or society(PRESETS[0])
        self.layout = lay_out(self.world.graph, self.world.world.citizens.region)
        self.box, self.camera = page.locator(PICTURE).bounding_box(), camera
        self.width = (self.box["width"] - 2 * GAP) / 3

    def of(self, citizen: int, column: int) -> tuple[float, float]:
        """Return where a citizen stands in a panel, on the page."""
        height = self.box["height"] - HEAD
        scale = min(self.width, height) * self.camera[2]
        x, y = self.layout.position[citizen].tolist()
        left = self.box["x"] + column * (self.width + GAP) + self.width / 2
        return left + (x - self.camera[0]) * scale, self.box["y"] + HEAD + height / 2 + (y - self.camera[1]) * scale

    def inside(self, column: int, room: float = 20) -> list[int]:
        """Return the citizens that can be seen in a panel."""
        left, top = self.box["x"] + column * (self.width + GAP), self.box["y"] + HEAD
        right, bottom = left + self.width, self.box["y"] + self.box["height"]
        places = [self.of(i, column) for i in range(80)]
        return [
            i for i, (x, y) in enumerate(places) if left + room < x < right - room and top + room < y < min(bottom, 790) - room
        ]  # fmt: skip


def screen(page: Page) -> np.ndarray:
    """Return the colours (0-255) of the page."""
    page.wait_for_timeout(300)  # until all is drawn
    return np.round(255 * imread(BytesIO(page.screenshot()))[:, :, :3])


def seen(page: Page, places) -> np.ndarray:
    """Return the colours (0-255) of some places of the page, shape (places, 3)."""
    image = screen(page)
    return np.array([image[round(y), round(x)] for x, y in places])


def colours_on_the_page(page: Page, camera) -> None:
    """Check the colour of citizens in every panel against the tables."""
    worlds = [society(preset).run(6) for preset in PRESETS]
    place = Place(page, camera=camera)
    shown = [coloured(world, "trust", place.layout.circle) for world in worlds]
    official = worlds[0].world.citizens.official == 1
    for column, (found, table) in enumerate([(shown[0], "sequential"), (difference(*worlds), "diverging"), (shown[1], "sequential")]):
        visible = [i for i in place.inside(column) if not official[i]]
        assert len(visible) >= 5
        wanted = tables()[table][0][found.bytes[visible]].astype(float)
        assert np.abs(seen(page, [place.of(i, column) for i in visible]) - wanted).max() < 8


def pink(page: Page) -> int:
    """Count the pixels above the legend that have about the colour of a tie cut after an informer was exposed."""
    bottom = round(page.locator(".network-legend").bounding_box()["y"])
    image = np.round(255 * imread(BytesIO(page.screenshot()))[:bottom, :, :3])
    return int(((image[..., 0] - image[..., 1] > 25) & (image[..., 2] - image[..., 1] > 10)).sum())
