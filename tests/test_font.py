"""The fonts of the page: they have every character that the page may show, and are what a browser takes."""

import tomllib
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from tests.browsing import visited

DASHBOARD = Path(__file__).resolve().parent.parent / "dashboard"
FONTS = DASHBOARD / "assets" / "fonts"
FILES = {400: "lab-han-regular.woff2", 700: "lab-han-bold.woff2"}
LATIN = "lab-sans.woff2"


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


def test_the_latin_font_has_every_other_sign_that_the_page_uses_and_figures_of_one_width():
    font = TTFont(FONTS / LATIN)
    known, widths = font.getBestCmap(), font["hmtx"]
    scripts = "".join(path.read_text(encoding="utf-8") for path in (DASHBOARD / "front").glob("*.js"))
    assert sorted({char for char in shown() + scripts if " " <= char < "\u2e80" and ord(char) not in known}) == ["✂"]  # a picture
    assert len({widths[known[ord(figure)]][0] for figure in "0123456789"}) == 1
    (weight,) = font["fvar"].axes
    assert (weight.axisTag, weight.minValue, weight.maxValue) == ("wght", 400, 700)
    assert font["name"].getDebugName(1) == "Lab Sans"  # its own name is reserved for the unchanged font


def test_the_fonts_are_small_and_come_with_their_licence():
    assert sum((FONTS / name).stat().st_size for name in (*FILES.values(), LATIN)) < 400_000
    licence = (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert "Copyright 2014-2021 Adobe" in licence
    assert "Copyright 2010-2024 Adobe" in licence
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert all(name in licence for name in (*FILES.values(), LATIN))


@pytest.mark.browser
def test_a_browser_takes_the_font_as_the_page_asks_for_it(browser, laboratory):
    with visited(browser, laboratory.address, "?seed=5&citizens=60&lang=zh") as page:
        page.wait_for_selector(".lab")
        page.wait_for_selector(".levers h2")
        faces = "[...document.fonts].filter((face) => /Lab (Han|Sans)/.test(face.family))"
        page.wait_for_function(f"{faces}.length === {len(FILES) + 1} && {faces}.every((face) => face.status === 'loaded')")
        devices = page.context.new_cdp_session(page)
        for domain in ("DOM", "CSS"):
            devices.send(f"{domain}.enable")
        root = devices.send("DOM.getDocument")["root"]["nodeId"]
        for place in (".condition", "h1", ".world label span", ".bar button", ".levers h2"):
            node = devices.send("DOM.querySelector", {"nodeId": root, "selector": place})["nodeId"]
            fonts = devices.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
            glyphs = {font["familyName"]: font["glyphCount"] for font in fonts if font["isCustomFont"]}
            assert len(glyphs) == len(fonts), place  # nothing is of the machine's own
            assert glyphs.keys() <= {"Noto Sans CJK SC", "Lab Sans"}, place
            assert glyphs["Noto Sans CJK SC"] >= sum(char in CHINESE for char in page.locator(place).first.inner_text())
