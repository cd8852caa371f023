"""Make the fonts of the page anew: Source Sans for all that is Latin, Noto Sans CJK SC for the Chinese characters of the page's texts.

Needed after an edit of Chinese words that brings in new characters, or of any that brings in a new sign (a test says so). For developers
only; needs fonttools and brotli, which are among the development packages, and the fonts, which are not installed for it:

    cd /tmp && apt-get download fonts-noto-cjk && dpkg -x fonts-noto-cjk_*.deb noto
    cd /tmp && npm pack source-sans@3.52.0 && tar xzf source-sans-3.52.0.tgz
    .venv/bin/python scripts/font.py /tmp/noto/usr/share/fonts/opentype/noto /tmp/package/VF/SourceSans3VF-Upright.ttf

Further arguments are more folders whose TOML files hold words.
"""

import sys
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DASHBOARD = Path(__file__).resolve().parent.parent / "dashboard"
FONTS = DASHBOARD / "assets" / "fonts"
FAMILY = "Noto Sans CJK SC"
WEIGHTS = {"NotoSansCJK-Regular.ttc": "lab-han-regular.woff2", "NotoSansCJK-Bold.ttc": "lab-han-bold.woff2"}
#: Signs of Chinese text that Latin fonts have, too, but narrower: quotation marks, the dash, dots.
SIGNS = "“”‘’—…·"
#: Letters, digits and signs of English, and of names in it; then what the page draws with: arrows, signs of arithmetic, shapes.
LATIN = (*range(0x20, 0x7F), *range(0xA0, 0x180), *map(ord, "–—‘’“”…·•−≤≥±×←↑→↓◆●○▲▼△▽"))
#: The Latin font under a name of its own, as the licence asks of a changed font whose name is reserved; its file, and its weights.
LATIN_NAME, LATIN_FILE, LATIN_WEIGHTS = "Lab Sans", "lab-sans.woff2", (400, 700)
#: What a browser shows; names and licence travel along in the file.
NAMES = (0, 1, 2, 4, 5, 6, 13, 14)


def main(arguments: list[str]) -> int:
    """Write a font for each weight, and say how large it is."""
    if len(arguments) < 2:
        print(__doc__)
        return 2
    sources, latin, folders = Path(arguments[0]), Path(arguments[1]), [DASHBOARD, *map(Path, arguments[2:])]
    used = characters(text for folder in folders for path in sorted(folder.rglob("*.toml")) for text in texts(path))
    FONTS.mkdir(parents=True, exist_ok=True)
    for source, name in WEIGHTS.items():
        cut(sources / source, used, FONTS / name)
        print(f"{name}: {len(used)} characters, {(FONTS / name).stat().st_size / 1000:.0f} kB")
    cut_latin(latin, FONTS / LATIN_FILE)
    print(f"{LATIN_FILE}: {len(LATIN)} characters, {(FONTS / LATIN_FILE).stat().st_size / 1000:.0f} kB")
    return 0


def texts(path: Path) -> Iterator[str]:
    """Yield every text in a TOML file; comments are nobody's to read."""

    def within(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            for inner in value.values() if isinstance(value, dict) else value:
                yield from within(inner)

    yield from within(tomllib.loads(path.read_text(encoding="utf-8")))


def characters(all_texts: Iterator[str]) -> str:
    """Return the wide characters of texts, each once, in order, and SIGNS."""
    return "".join(sorted({char for text in all_texts for char in text if unicodedata.east_asian_width(char) in "WF"} | {*SIGNS}))


def cut_latin(source: Path, target: Path) -> None:
    """Write a font of the Latin characters, of all weights from the regular to the bold one, under its own name."""
    from fontTools.subset import Options, Subsetter, save_font
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font = TTFont(source, recalcTimestamp=False)
    options = Options(flavor="woff2", layout_features=["kern", "mark", "ccmp", "locl", "liga"], hinting=False, name_IDs=list(NAMES))
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=LATIN)
    subsetter.subset(font)
    font = instantiateVariableFont(font, {"wght": LATIN_WEIGHTS})
    for record in list(font["name"].names):
        if record.nameID in (1, 4, 6):
            named = LATIN_NAME.replace(" ", "") if record.nameID == 6 else LATIN_NAME
            font["name"].setName(named, record.nameID, record.platformID, record.platEncID, record.langID)
    save_font(font, target, options)


def cut(source: Path, used: str, target: Path) -> None:
    """Write a font with these characters only, of one of the fonts of a collection; refuse if it lacks one."""
    from fontTools.subset import Options, Subsetter, save_font
    from fontTools.ttLib import TTCollection

    font = next(one for one in TTCollection(source, lazy=True).fonts if one["name"].getDebugName(1).startswith(FAMILY))
    lacking = [char for char in used if ord(char) not in font.getBestCmap()]
    if lacking:
        raise SystemExit(f"{source.name} has no {' '.join(lacking)}")
    options = Options(flavor="woff2", layout_features=[], hinting=False, notdef_outline=True, name_IDs=list(NAMES))
    options.drop_tables += ["BASE", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]  # for vertical text and features, which a page does not use
    font.recalcTimestamp = False  # the same words give the same file
    subsetter = Subsetter(options)
    subsetter.populate(text=used)
    subsetter.subset(font)
    save_font(font, target, options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
