"""The command line in this process: a small spec, a folder of its own, and a stand-in in the place of the society."""

from pathlib import Path

import pytest

from experiments.__main__ import main
from tests.stand_in import stand_in_for_society

ROOT = Path(__file__).parent.parent
SMALL = """
title = "Small"
question = "Does it run?"
seed = 5
replications = 2
effect_window = 5
[base]
time.ticks = 20
time.burn_in = 8
population.citizens = 50
[[arm]]
name = "alone"
label = "Alone"
[[arm]]
name = "exempt"
label = "Exempt"
set = { scheme.exemption = 1 }
"""


def quick_in(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Work in a folder, and draw no figures, which test_report.py and test_design_figures.py do."""
    patch.chdir(folder)
    for kind in ("experiment_figures", "design_figures"):
        patch.setattr(f"experiments.report.{kind}.{kind}", lambda *of: [])


@pytest.fixture(autouse=True)
def quick_and_in_a_folder_of_its_own(tmp_path, monkeypatch):
    quick_in(tmp_path, monkeypatch)


@pytest.fixture
def society(monkeypatch):
    """The stand-in in the place of the society."""
    return stand_in_for_society(monkeypatch)


@pytest.fixture
def small(tmp_path):
    """The path of a small spec."""
    (tmp_path / "small.toml").write_text(SMALL)
    return "small.toml"


def made_once(folder: Path, text: str, *command_lines: list[str]) -> Path:
    """Call command lines where `text` is the small spec and societies are stand-ins; return the folder, for each test to copy."""
    (folder / "small.toml").write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        quick_in(folder, patch)
        stand_in_for_society(patch)
        for line in command_lines:
            assert main(line) == 0
    return folder


def refused(capsys, *arguments: str) -> str:
    """Return the sentence with which a command line is refused."""
    assert main(list(arguments)) == 2
    said = capsys.readouterr()
    sentences = [line for line in said.err.splitlines() if not line.startswith("note: ")]
    assert len(sentences) == 1, said.err
    assert sentences[0].startswith("error: ")
    assert "Traceback" not in said.err
    return sentences[0].removeprefix("error: ")
