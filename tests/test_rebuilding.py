"""Arms rebuilt from a manifest are those that were run, and a manifest that cannot be followed is refused in one sentence."""

import json
import shutil

import pytest

from agents.citizen import Citizen
from experiments.experiment import prepare, with_paths
from experiments.identity import source_of
from experiments.rebuilding import check_recorded, parameters_of, rebuilt
from experiments.refusal import Refusal
from experiments.spec import catalog
from experiments.store import Results
from model.assign import default_parameters
from model.parameters import as_dict
from tests.network_files import SAMPLES
from tests.small_experiment import SPEC, experiment_of, performed


def recorded(experiment, **changes):
    """Return what a manifest holds of an experiment, as it comes back from JSON."""
    identity = experiment.identity
    manifest = {
        "id": identity.digest,
        "model_version": identity.model_version,
        "replications": experiment.spec.replications,
        "seeds": [experiment.spec.seed + number for number in range(experiment.spec.replications)],
        "arms": {arm.name: with_paths(identity.arms[arm.name], arm) for arm in experiment.arms},
        "identity": identity.document,
    }
    return json.loads(json.dumps(manifest | changes))


@pytest.mark.parametrize("name", [name if name == "systems" else pytest.param(name, marks=pytest.mark.slow) for name in catalog()])
def test_arms_of_the_catalogue_are_rebuilt_as_they_were(name):
    experiment = prepare(name)
    manifest = recorded(experiment)
    check_recorded(manifest, "manifest.json")
    arms, graphs = rebuilt(manifest, list(manifest["arms"]), "manifest.json")
    assert [(arm.name, arm.label, arm.parameters) for arm in arms] == [(arm.name, arm.label, arm.parameters) for arm in experiment.arms]
    assert [[tuple(row) for row in arm.policy] for arm in arms] == [list(arm.policy) for arm in experiment.arms]
    assert graphs == {}


def test_only_the_arms_that_are_asked_for_are_rebuilt():
    arms, _ = rebuilt(recorded(experiment_of()), ["exempt", "none"], "manifest.json")
    assert [arm.name for arm in arms] == ["none", "exempt"]


def test_parameters_of_an_older_model_have_their_defaults():
    values = {name: value for name, value in as_dict(default_parameters()).items() if not name.startswith("dating.")}
    assert parameters_of(values) == default_parameters()


# --- what is refused ------------------------------------------------------------------------------------------------------------


def test_a_manifest_with_another_parameter_than_its_identity_is_refused():
    manifest = recorded(experiment_of())
    manifest["arms"]["alone"]["parameters"]["court.fine"] = 2.0
    with pytest.raises(
        Refusal, match=r"^m: the identity is not that of the arms: arms.alone.parameters.court.fine is 1.0 there and 2.0 here"
    ):
        check_recorded(manifest, "m")


def test_a_manifest_edited_throughout_is_refused_for_its_id():
    manifest = recorded(experiment_of())
    for arms in (manifest["arms"], manifest["identity"]["arms"]):
        arms["alone"]["parameters"]["court.fine"] = 2.0
    with pytest.raises(Refusal, match=r"^m: id = '\w+' is not allowed: expected the SHA-256 of the identity, "):
        check_recorded(manifest, "m")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seeds": [3, 4, 6]}, "m: seeds are not allowed: expected the 3 whole numbers from 3"),
        ({"arms": {}}, "m: arms = {} is not allowed: expected at least one arm"),
        (
            {"arms": {"alone": {"label": "x", "policy": []}}},
            "m: arm 'alone' is not allowed: expected a table with label, parameters and policy",
        ),
        ({"identity": {"seed": 3}}, "m: the identity is not allowed: expected a table with model_version, seed and arms"),
        (
            {"identity": {"seed": -1, "model_version": "v1", "arms": {}}},
            "m: identity.seed = -1 is not allowed: expected a whole number from 0",
        ),
    ],
)
def test_a_manifest_of_another_form_is_refused(changes, said):
    with pytest.raises(Refusal) as refusal:
        check_recorded(recorded(experiment_of(), **changes), "m")
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
    manifest = recorded(experiment_of())
    manifest["arms"]["alone"]["parameters"][name] = value
    with pytest.raises(Refusal) as refusal:
        rebuilt(manifest, ["alone"], "m")
    assert str(refusal.value).startswith(said)


def test_runs_with_citizens_of_their_own_are_refused():
    class Honest(Citizen):
        """Decides as others do."""

    experiment = experiment_of(version=f"v1 {source_of(Honest)}")
    with pytest.raises(Refusal, match=r"^m: the runs have citizens of a class of their own, .*Honest: expected runs of the model's own"):
        check_recorded(recorded(experiment), "m")


def test_a_network_file_is_the_one_that_the_manifest_says(tmp_path):
    sample = next(path for path in sorted(SAMPLES.iterdir()) if path.suffix == ".csv")
    path = tmp_path / "friends.csv"
    shutil.copy(sample, path)
    text = SPEC.replace("population.citizens = 60", f'network.file = "{path}"')
    (tmp_path / "small.toml").write_text(text)
    experiment = prepare(str(tmp_path / "small.toml"))
    performed(tmp_path / "r", experiment)
    manifest = Results(tmp_path / "r").manifest()
    arms, graphs = rebuilt(manifest, ["alone"], "m")
    assert arms[0].parameters == experiment.arms[1].parameters
    assert graphs[str(path)].citizens == arms[0].parameters.population.citizens
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(
        Refusal, match=r"^m: arm 'alone': network_file = '.*friends.csv' has another content than in the runs: found sha256:"
    ):
        rebuilt(manifest, ["alone"], "m")
    path.unlink()
    with pytest.raises(Refusal, match=r"^m: arm 'alone': network_file = '.*friends.csv' cannot be read: no such file or directory: "):
        rebuilt(manifest, ["alone"], "m")
