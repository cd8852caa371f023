"""Every figure of the documentation says which command makes it, and the command, in a small version, makes it."""

import re
from pathlib import Path

import pytest

from experiments.__main__ import main
from tests.stand_in import stand_in_for_society

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MADE = re.compile(
    r"!\[[^\]]+\]\((?:docs/)?figures/[^)]+\)\n\n<sub>Made by `python -m experiments run (\S+)`: `results/\1/figures/(\S+)`\.</sub>"
)


def made():
    """Return {(experiment, figure)} of all captions."""
    return sorted({found for page in PAGES for found in MADE.findall(page.read_text())})


def test_every_figure_says_which_command_makes_it():
    for page in PAGES:
        text = page.read_text()
        of_the_page = re.findall(r"!\[[^\]]+\]\((?:docs/)?images/[^)]+\)", text)
        assert len(MADE.findall(text)) + len(of_the_page) == text.count("!["), page.name
        assert bool(of_the_page) == ("`make pictures`" in text), page.name
    shown = {name for page in PAGES for name in re.findall(r"\((?:docs/)?figures/([^)]+)\)", page.read_text())}
    assert shown == {path.name for path in (ROOT / "docs" / "figures").iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "figure"), made())
def test_the_command_makes_the_figure(name, figure, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    stand_in_for_society(monkeypatch)
    assert main(["run", name, "--replications", "2", "--set", "time.ticks=12", "--set", "time.burn_in=4"]) == 0
    assert (tmp_path / "results" / name / "figures" / figure).stat().st_size > 1000
