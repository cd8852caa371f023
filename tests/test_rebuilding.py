"""Arms rebuilt from a manifest are those that were run, and a manifest that cannot be followed is refused in one sentence."""

import importlib
import json
import shutil

import pytest

from agents.citizen import Citizen
from experiments.refusal import Refusal
from experiments.results.identity import source_of
from experiments.results.store import Results
from experiments.review.rebuilding import check_recorded, parameters_of, rebuilt
from experiments.runs.experiment import prepare
from experiments.specs.spec import catalog
from model.assign import default_parameters
from model.parameters import as_dict
from tests.network_files import SAMPLES
from tests.small_experiment import SPEC, experiment_of, performed


def recorded(experiment, **changes):
    """Return (what a manifest holds of an experiment, the resolved document), as they come back from JSON; changes to either."""
    identity = experiment.identity
    manifest = {
        "id": identity.digest,
        "model_version": identity.model_version,
        "replications": experiment.spec.replications,
        "seeds": [experiment.spec.seed + number for number in range(experiment.spec.replications)],
        "arms": {arm.name: {"label": arm.label, **identity.arms[arm.name]} for arm in experiment.arms},
        "networks": {content: path for path, content in experiment.networks.items()},
    }
    document = changes.pop("document", identity.document)
    return json.loads(json.dumps(manifest | changes)), json.loads(json.dumps(document))


def everywhere(experiment):
    """Return every arm of an experiment at every point of its design."""
    return {(arm.name, point) for arm in experiment.arms for point in range(len(experiment.layout.points))}


@pytest.mark.parametrize("name", [name if name == "systems" else pytest.param(name, marks=pytest.mark.slow) for name in catalog()])
def test_arms_of_the_catalogue_are_rebuilt_as_they_were(name):
    experiment = prepare(name)
    assert_rebuilt(experiment)


def assert_rebuilt(experiment):
    """Check that every cell of an experiment is rebuilt from its record as it was."""
    manifest, document = recorded(experiment)
    check_recorded(manifest, document, "manifest.json")
    arms, graphs = rebuilt(manifest, document, everywhere(experiment), "manifest.json")
    assert arms.keys() == everywhere(experiment)
    for place, arm in arms.items():
        made = experiment.layout.cells[experiment.layout.at[place]]
        assert (arm.name, arm.label, arm.parameters) == (made.name, made.label, made.parameters)
        assert [tuple(row) for row in arm.policy] == list(made.policy)
    assert graphs == {}


FACTORS = """
[design]
kind = "factorial"
[[factor]]
name = "fine"
parameter = "court.fine"
values = [0.5, 1.5]
[[factor]]
name = "scheme"
parameter = "scheme.preset"
values = ["rongcheng", "suining", "sesame"]
"""


def test_arms_of_a_design_are_rebuilt_as_they_were_at_each_point():
    """One factor changes a number, the other which schemes and grades there are; the arm without a scheme sets its own."""
    experiment = experiment_of(SPEC.replace("[[lever]]", FACTORS + "[[lever]]", 1))
    assert len(experiment.layout.points) == 6
    assert_rebuilt(experiment)


def test_grades_keep_their_order_at_each_point(tmp_path):
    """Two files of one name describe the scheme, the second with a grade between the two of the first."""
    files = []
    for folder, between in (("a", ""), ("b", '[[grade]]\nname = "between"\nfloor = 110\n')):
        files.append(str(tmp_path / folder / "mine.toml"))
        (tmp_path / folder).mkdir()
        grades = f'[[grade]]\nname = "top"\nfloor = 120\n{between}[[grade]]\nname = "low"\n'
        (tmp_path / folder / "mine.toml").write_text(f"start = 100\nfloor = 0\nceiling = 200\n{grades}")
    factor = f'[[factor]]\nname = "file"\nparameter = "scheme.file"\nvalues = {files}\n'
    experiment = experiment_of(f'{factor}[base]\nscheme.file = "{files[0]}"\n[[arm]]\nname = "only"\n')
    names = [[grade.name for grade in cell.parameters.schemes[0].grade] for cell in experiment.layout.cells]
    assert names == [["top", "low"], ["top", "between", "low"]]
    assert_rebuilt(experiment)


def test_only_the_arms_that_are_asked_for_are_rebuilt():
    arms, _ = rebuilt(*recorded(experiment_of()), [("exempt", 0), ("none", 0)], "manifest.json")
    assert sorted(arms) == [("exempt", 0), ("none", 0)]
    assert all(arm.name == name for (name, _), arm in arms.items())


def test_parameters_of_an_older_model_have_their_defaults():
    values = {name: value for name, value in as_dict(default_parameters()).items() if not name.startswith("dating.")}
    assert parameters_of(values) == default_parameters()


# --- what is refused ------------------------------------------------------------------------------------------------------------


def test_a_manifest_with_another_parameter_than_its_resolved_document_is_refused():
    manifest, document = recorded(experiment_of())
    manifest["arms"]["alone"]["parameters"]["court.fine"] = 2.0
    with pytest.raises(
        Refusal, match=r"^m: the arms are not those of resolved.json: arms.alone.parameters.court.fine is 1.0 there and 2.0 here"
    ):
        check_recorded(manifest, document, "m")


def test_a_manifest_edited_throughout_is_refused_for_its_id():
    manifest, document = recorded(experiment_of())
    for arms in (manifest["arms"], document["arms"]):
        arms["alone"]["parameters"]["court.fine"] = 2.0
    with pytest.raises(Refusal, match=r"^m: id = '\w+' is not allowed: expected the SHA-256 of resolved.json, "):
        check_recorded(manifest, document, "m")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seeds": [3, 4, 6]}, "m: seeds are not allowed: expected the 3 whole numbers from 3"),
        ({"arms": {}}, "m: arms = {} is not allowed: expected at least one arm"),
        (
            {"arms": {"alone": {"label": "x", "policy": []}}},
            "m: arm 'alone' is not allowed: expected a table with label, parameters and policy",
        ),
    ],
)
def test_a_manifest_of_another_form_is_refused(changes, said):
    with pytest.raises(Refusal) as refusal:
        check_recorded(*recorded(experiment_of(), **changes), "m")
    assert str(refusal.value).startswith(said)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("court.fien", 1.0, "m: arm 'alone': 'court.fien' is not a parameter (did you mean 'court.fine'?)"),
        ("court.fine", -1.0, "m: arm 'alone': court.fine = -1.0 is not allowed: expected a number from 0 to"),
        ("network.file", "friends.txt", "m: arm 'alone': network.file = 'friends.txt' is not allowed: expected the hash of a network file"),
    ],
)
def test_a_parameter_that_cannot_be_set_is_refused(name, value, said):
    manifest, document = recorded(experiment_of())
    document["arms"]["alone"]["parameters"][name] = value
    with pytest.raises(Refusal) as refusal:
        rebuilt(manifest, document, [("alone", 0)], "m")
    assert str(refusal.value).startswith(said)


def test_runs_with_citizens_of_their_own_are_refused():
    class Honest(Citizen):
        """Decides as others do."""

    experiment = experiment_of(version=f"v1 {source_of(Honest)}")
    with pytest.raises(Refusal, match=r"^m: the runs have citizens of a class of their own, .*Honest: expected runs of the model's own"):
        check_recorded(*recorded(experiment), "m")


def test_the_source_of_a_class_is_that_of_its_bases_too(tmp_path, monkeypatch):
    """What a class takes from another one of one's own decides, too; the model's own classes are told by its version."""
    found = []
    monkeypatch.syspath_prepend(tmp_path)
    for module, belief in (("first_rules", 0.6), ("other_rules", 0.7), ("same_rules", 0.6)):
        lines = ["from agents.citizen import Citizen", "class Wary(Citizen):", f"    least = {belief}", "class Own(Wary):", "    pass"]
        (tmp_path / f"{module}.py").write_text("\n".join(lines) + "\n")
        found.append(source_of(importlib.import_module(module).Own))
    assert found[0] == found[2] != found[1]
    assert all(text.startswith("Own:") for text in found)


def test_a_network_file_is_the_one_that_the_manifest_says(tmp_path):
    sample = next(path for path in sorted(SAMPLES.iterdir()) if path.suffix == ".csv")
    path = tmp_path / "friends.csv"
    shutil.copy(sample, path)
    text = SPEC.replace("population.citizens = 60", f'network.file = "{path}"')
    (tmp_path / "small.toml").write_text(text)
    experiment = prepare(str(tmp_path / "small.toml"))
    performed(tmp_path / "r", experiment)
    stored = Results(tmp_path / "r")
    record = stored.manifest(), stored.resolved()
    arms, graphs = rebuilt(*record, alone := [("alone", 0)], "m")
    assert arms["alone", 0].parameters == experiment.arms[1].parameters
    assert graphs[str(path)].citizens == arms["alone", 0].parameters.population.citizens
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(Refusal, match=r"^m: arm 'alone': the network '.*friends.csv' has another content than in the runs: found sha256:"):
        rebuilt(*record, alone, "m")
    path.unlink()
    with pytest.raises(Refusal, match=r"^m: arm 'alone': the network '.*friends.csv' cannot be read: no such file or directory: "):
        rebuilt(*record, alone, "m")


def test_a_class_whose_source_cannot_be_read_is_refused():
    """As of one that was typed into a console: results of one version would go on with another's."""
    typed = {"Citizen": Citizen}
    exec("class Typed(Citizen):\n    pass", typed)
    with pytest.raises(Refusal, match=r"^the source of Typed cannot be read: expected a class of a file or a notebook$"):
        source_of(typed["Typed"])
