"""The Chinese font of the page: it has every character that the page may show, and is what a browser takes."""

import tomllib
from pathlib import Path

import pytest

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
    pytest.importorskip("brotli", reason="WOFF2 cannot be read without it")
    from fontTools.ttLib import TTFont

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
def test_a_browser_takes_the_font():
    from playwright.sync_api import sync_playwright

    rules = "".join(
        f'@font-face {{ font-family: "Lab Han"; src: url("/{name}") format("woff2"); font-weight: {weight}; }}'
        for weight, name in FILES.items()
    )
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.route("http://lab.test/", lambda route: route.fulfill(body=f"<style>{rules}</style>", content_type="text/html"))
        page.route("http://lab.test/*.woff2", lambda route: route.fulfill(path=FONTS / route.request.url.rsplit("/", 1)[1]))
        page.goto("http://lab.test/")
        loaded = page.evaluate(
            "async (weights) => (await Promise.all(weights.map((w) => document.fonts.load(`${w} 16px 'Lab Han'`, '信任')))).flat()"
            ".map((face) => [Number(face.weight), face.status])",
            list(FILES),
        )
        browser.close()
    assert loaded == [[weight, "loaded"] for weight in FILES]
