"""What an experiment follows from, edited or damaged, is refused in one sentence by every verb that would read it."""

import json
import shutil

import pytest

from experiments.__main__ import main
from tests import command_line
from tests.command_line import SMALL, refused
from tests.stand_in import stand_in_for_society

# fixtures of this file too
_quick_and_in_a_folder_of_its_own = command_line.quick_and_in_a_folder_of_its_own
society = command_line.society

DESIGN = '[[factor]]\nparameter = "scheme.contact_weight"\nvalues = [0.0, 0.5]\n'
VERBS = [["run", "r.toml"], ["resume", "results/r"], ["compare", "results/r"], ["report", "results/r"], ["verify", "results/r"],
         ["merge", "merged", "results/r"], ["sensitivity", "results/r"]]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a small experiment of two arms and two points."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "r.toml").write_text(SMALL + DESIGN)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        stand_in_for_society(patch)
        assert main(["run", "r.toml"]) == 0
    return folder


@pytest.fixture
def resolved(made, society, tmp_path):
    """The file that the experiment follows from, in a copy."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / "results/r/resolved.json"


def edited(path, **changes):
    """Put other values into the document; names with a dot are those of its design."""
    document = json.loads(path.read_text())
    for name, value in changes.items():
        (document["design"] if name in ("factors", "points", "changes") else document)[name] = value
    path.write_text(json.dumps(document))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"runs": 3}, "expected a table with model_version, seed and arms, and perhaps design and effect_window"),
        ({"model_version": 3}, "model_version = 3 is not allowed: expected text"),
        ({"seed": -1}, "seed = -1 is not allowed: expected a whole number from 0 to 4611686018427387904"),
        ({"seed": True}, "seed = True is not allowed: expected a whole number from 0 to 4611686018427387904"),
        ({"effect_window": 0}, "effect_window = 0 is not allowed: expected a whole number from 1"),
        ({"arms": []}, "arms are not allowed: expected tables with parameters and policy, at least one"),
        ({"arms": {}}, "arms are not allowed: expected tables with parameters and policy, at least one"),
        ({"arms": {"alone": {"policy": []}}}, "arms are not allowed: expected tables with parameters and policy, at least one"),
        ({"design": {}}, "design is not allowed: expected a table with factors, points and changes"),
        ({"factors": [1]}, "design.factors are not allowed: expected a list of names, at least one"),
        ({"points": [[0.0], []]}, "design.points are not allowed: expected a list of points with 1 values each, at least one"),
        ({"changes": {"alone": [{}]}}, "design.changes are not allowed: expected for arms of the experiment a list of 2 tables each"),
        ({"changes": {"solo": [{}, {}]}}, "design.changes are not allowed: expected for arms of the experiment a list of 2 tables each"),
    ],
)
def test_a_document_of_another_form_is_refused(resolved, capsys, changes, said):
    edited(resolved, **changes)
    for arguments in VERBS:
        assert refused(capsys, *arguments).startswith(f"results/r/resolved.json: the file is not what an experiment follows from: {said}")


def test_a_document_of_another_experiment_is_refused_where_nothing_is_run(resolved, capsys):
    """A value that was edited would give the stored runs to other points, or to none."""
    edited(resolved, points=[[0.0], [0.25]])
    for arguments in (["compare", "results/r"], ["report", "results/r"], ["sensitivity", "results/r"]):
        assert refused(capsys, *arguments).startswith("results/r/resolved.json is not that of manifest.json: expected the SHA-256 ")
    assert "the point scheme.contact_weight = 0.25 is there and not here" in refused(capsys, "run", "r.toml")
