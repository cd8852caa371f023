"""What a test sees of the charts and the axis of time in a browser, and what should be there: see tests/charts_page.py."""

import json

from playwright.sync_api import Page, expect

from dashboard.charts.panels import QUANTITIES, drawn
from tests.made_up_weeks import made_up

TICKS = 260
TRUTH = [drawn(made_up(5, TICKS, changed)) for changed in (False, True)]


def charts(page: Page):
    return page.locator(".charts")


def axis(page: Page):
    return page.locator(".timeline-axis")


def at(page: Page, tick: int) -> None:
    expect(charts(page)).to_have_attribute("data-tick", str(tick))
    expect(page.locator(".timeline")).to_have_attribute("data-tick", str(tick))


def go(page: Page, tick: int) -> None:
    """Click on the axis of time."""
    x, y = place(page, tick)
    page.mouse.click(x, y)
    at(page, tick)


def place(page: Page, tick: int) -> tuple[float, float]:
    """Return where a tick lies on the axis of time."""
    box = axis(page).locator("svg").bounding_box()
    start, end, height = page.locator(".timeline .rail").evaluate("rail => ['x1', 'x2', 'y1'].map(name => rail[name].baseVal.value)")
    return box["x"] + start + (end - start) * tick / TICKS, box["y"] + height


def panel(page: Page, name: str):
    return page.locator(f".charts-panel[data-panel='{name}']")


def values(page: Page, name: str) -> dict[str, list[float]]:
    return json.loads(panel(page, name).get_attribute("data-values"))


def told(tick: int, quantity: str) -> list[float]:
    """Return what both worlds have once so many weeks are over."""
    return [float(rows[tick - 1, list(QUANTITIES).index(quantity)]) for rows in TRUTH]


def x_of(page: Page, name: str, share: float) -> tuple[float, float]:
    box = panel(page, name).locator("canvas").bounding_box()
    return box["x"] + box["width"] * share, box["y"] + box["height"] / 2


def apart(one: dict, other: dict) -> bool:
    across = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
    return across or one["y"] + 0.75 * one["height"] <= other["y"] or other["y"] + 0.75 * other["height"] <= one["y"]


PAINTED = """([name, colour]) => {
  const canvas = document.querySelector(`[data-panel=${name}] canvas`);
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const is = [1, 3, 5].map((k) => parseInt(colour.slice(k, k + 2), 16));
  let count = 0;
  for (let k = 0; k < data.length; k += 4) count += is.every((part, j) => Math.abs(data[k + j] - part) < 3) && data[k + 3] > 250;
  return count;
}"""


CHANGED_SINCE = """() => {
  const [before, now, found] = [window.before ?? {}, {}, {}];
  for (const panel of document.querySelectorAll(".charts-panel:not([data-panel=scores])")) {
    const canvas = panel.querySelector("canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const name = panel.dataset.panel;
    now[name] = data;
    found[name] = data.reduce((count, part, k) => count + (Math.abs(part - before[name]?.[k]) > 60), 0) / data.length;
  }
  window.before = now;
  return found;
}"""


def repainted(page: Page) -> dict[str, float]:
    """Return how much of each panel of lines looks different from when this was last asked."""
    return page.evaluate(CHANGED_SINCE)


def paint_anew(page: Page) -> dict[str, float]:
    """Let everything be painted anew, and return how much of each panel changed by that. Where lines were painted on, their rims may."""
    repainted(page)
    page.locator(".lab").evaluate("lab => lab.style.setProperty('--blue', lab.style.getPropertyValue('--blue') ? '' : '#0072b3')")
    page.wait_for_timeout(200)
    return repainted(page)
