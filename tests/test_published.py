"""What the papers of the project state as found is what the program finds."""

import subprocess
import sys

import polars as pl
import pytest

from agents.compiling import ROOT

COLUMNS = ("generalized_trust", "exchange_rate", "self_censorship")
#: Arm and reference of each row of the table in README.md.
ROWS = {
    "the scheme alone, against no scheme": ("scheme-alone", "no-scheme"),
    "unfriending, against the scheme alone": ("unfriending", "scheme-alone"),
    "snitching rewards, against the scheme alone": ("snitching", "scheme-alone"),
    "exemption, against the scheme alone": ("exemption", "scheme-alone"),
}


def signed(value: float) -> str:
    """Return a number with its sign and three digits, as the tables print it."""
    return f"{'−' if round(value, 3) < 0 else '+'}{abs(value):.3f}"


def found(effects: pl.DataFrame, arm: str, reference: str, outcome: str) -> str:
    """Return a difference with its interval, as the table of README.md has it."""
    row = effects.filter(kind="difference", arm=arm, reference=reference, outcome=outcome).row(0, named=True)
    return f"{signed(row['mean'])} [{signed(row['low95'])}, {signed(row['high95'])}]"


def table(effects: pl.DataFrame) -> list[str]:
    """Return the rows of the table in README.md."""
    rows = []
    for label, (arm, reference) in ROWS.items():
        cells = [found(effects, arm, reference, outcome) for outcome in COLUMNS]
        rows.append(f"| {label} | {' | '.join(cells)} |")
    return rows


@pytest.mark.slow
def test_the_readme_says_what_the_main_run_finds(tmp_path):
    """The whole experiment, about a minute; the main job's own command."""
    command = [sys.executable, "-m", "experiments", "run", "three-levers", "--out", str(tmp_path / "found")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    readme = (ROOT / "README.md").read_text()
    expected = table(pl.read_csv(tmp_path / "found" / "effects.csv"))
    assert [row for row in expected if row not in readme] == [], "\n".join(expected)
