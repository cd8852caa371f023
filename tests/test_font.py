"""The Chinese font of the page: it has every character that the page may show, and is what a browser takes."""

import tomllib
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from tests.browsing import visited

DASHBOARD = Path(__file__).resolve().parent.parent / "dashboard"
FONTS = DASHBOARD / "assets" / "fonts"
FILES = {400: "lab-han-regular.woff2", 700: "lab-han-bold.woff2"}


def shown() -> str:
    """Return all that the words and the story say, in one text."""
    paths = [*DASHBOARD.rglob("zh.toml"), *DASHBOARD.rglob("en.toml"), *(DASHBOARD / "story").rglob("*.toml")]
    assert len(paths) > 8
    return "".join(repr(tomllib.loads(path.read_text(encoding="utf-8"))) for path in paths)


CHINESE = [char for char in sorted(set(shown())) if ord(char) >= 0x2E80]  # behind all other scripts that the page uses


@pytest.mark.parametrize(("weight", "name"), FILES.items())
def test_the_font_has_every_chinese_character_that_the_page_uses(weight, name):
    font = TTFont(FONTS / name)
    assert font["OS/2"].usWeightClass == weight
    known = font.getBestCmap()
    lacking = "".join(char for char in CHINESE if ord(char) not in known)
    assert not lacking, f"{name} lacks {lacking}: run scripts/font.py"
    blank = [char for char in CHINESE if not font["CFF "].cff[0].CharStrings[known[ord(char)]].bytecode]
    assert not blank


def test_the_fonts_are_small_and_come_with_their_licence():
    assert sum((FONTS / name).stat().st_size for name in FILES.values()) < 400_000
    licence = (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert "Copyright 2014-2021 Adobe" in licence
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert all(name in licence for name in FILES.values())


@pytest.mark.browser
def test_a_browser_takes_the_font_as_the_page_asks_for_it(browser, laboratory):
    with visited(browser, laboratory.address, "?seed=5&citizens=60&lang=zh") as page:
        page.wait_for_selector(".lab")
        page.wait_for_function(f"[...document.fonts].filter((face) => face.family.includes('Lab Han')).length === {len(FILES)}")
        devices = page.context.new_cdp_session(page)
        for domain in ("DOM", "CSS"):
            devices.send(f"{domain}.enable")
        root = devices.send("DOM.getDocument")["root"]["nodeId"]
        for place in (".condition", "h1", ".world label span", ".bar button", ".levers h2"):
            node = devices.send("DOM.querySelector", {"nodeId": root, "selector": place})["nodeId"]
            fonts = devices.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
            assert {font["familyName"] for font in fonts if font["isCustomFont"]} == {"Noto Sans CJK SC"}, place
            assert sum(font["glyphCount"] for font in fonts if font["isCustomFont"]) >= sum(
                char in CHINESE for char in page.locator(place).first.inner_text()
            )
