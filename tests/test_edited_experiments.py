"""Edits in an experiment: from the spec to what is resolved, stored, verified, replayed and gone on with."""

import json

import jsonschema
import pyarrow.parquet as pq
import pytest

from agents.compiling import MODEL_VERSION
from experiments.__main__ import main
from experiments.refusal import Refusal
from experiments.results.topping_up import obstacles
from experiments.review.verifying import society_of
from experiments.runs.experiment import prepare
from experiments.specs.cells import lay_out
from experiments.specs.notes import policy_notes
from experiments.specs.schema import spec_schema
from experiments.specs.spec import parse_spec, to_toml
from model.society import Society
from tests.small_experiment import SPEC, experiment_of, performed

EDITS = '[[5, "edit.tie", [0, 59]], [20, "edit.office", [7, 1]], [20, "court.fine", 2], [22, "edit.cut", [59, 0]]]'
#: Three arms, one of them with edits: the first one within the burn-in, where arms are still one society.
EDITED = SPEC[: SPEC.index('[[arm]]\nname = "lenient"')].replace("replications = 3", "replications = 1")
EDITED = EDITED.replace('name = "exempt"', f'name = "exempt"\npolicy = {EDITS}')
ROWS = ((5, "edit.tie", (0, 59)), (20, "edit.office", (7, 1)), (20, "court.fine", 2), (22, "edit.cut", (59, 0)))


def test_a_spec_with_edits_is_written_as_it_was_read_and_fits_its_schema():
    spec = parse_spec(EDITED, "edited.toml")
    again = parse_spec(to_toml(spec), "edited.toml")
    assert again == spec
    assert lay_out(again).arms[2].policy == ROWS
    jsonschema.validate(json.loads(json.dumps({"arm": [{"name": "a", "policy": json.loads(EDITS)}]})), spec_schema())


@pytest.mark.parametrize("row", [[5, "edit.cut", 3], [5, "edit.cut", [1]], [5, "edit.cut", [1, -2]], [5, "edit.cat", [1, 2]]])
def test_the_schema_sees_a_wrong_edit(row):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"arm": [{"name": "a", "policy": [row]}]}, spec_schema())


def test_edits_are_stored_verified_and_replayed_to_the_last_bit(tmp_path, capsys):
    performed(tmp_path / "r", experiment_of(EDITED, version=MODEL_VERSION), society=Society)
    policy = [[tick, name, list(value) if isinstance(value, tuple) else value] for tick, name, value in ROWS]
    for name in ("resolved.json", "manifest.json"):
        assert json.loads((tmp_path / "r" / name).read_text())["arms"]["exempt"]["policy"] == policy
    digests = dict(zip(*(pq.read_table(tmp_path / "r/runs.parquet")[column].to_pylist() for column in ("arm", "digest")), strict=True))
    made = next(arm for arm in experiment_of(EDITED).arms if arm.name == "exempt")
    assert digests["exempt"] == Society(made.parameters, rng=3, policy=made.policy).run().digest()
    assert digests["exempt"] != Society(made.parameters, rng=3, policy=[(20, "court.fine", 2)]).run().digest()
    capsys.readouterr()
    assert main(["verify", str(tmp_path / "r")]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "3 of 3 runs are equal to the last bit"
    assert main(["replay", str(tmp_path / "r"), "exempt", "0"]) == 0
    assert f"digest {digests['exempt']}" in capsys.readouterr().out
    assert society_of(tmp_path / "r", "exempt", 0).run().digest() == digests["exempt"]


def test_an_experiment_with_edits_is_gone_on_with_and_other_edits_are_another_one():
    stored = json.loads(experiment_of(EDITED).identity.text)
    assert obstacles(stored, experiment_of(EDITED).identity.document) == []
    (found,) = obstacles(stored, experiment_of(EDITED.replace("[0, 59]", "[0, 58]")).identity.document)
    assert "policy" in found


def test_an_edit_of_nobody_is_refused_with_its_arm():
    with pytest.raises(Refusal, match=r"^small.toml: arm 'exempt': policy: edit.tie = \[0, 60\] is not allowed: .* from 0 to 59$"):
        experiment_of(EDITED.replace("[0, 59]", "[0, 60]"))


def test_the_size_of_a_network_file_counts_once_it_is_read(tmp_path):
    path, spec = tmp_path / "ring.csv", tmp_path / "ring.toml"
    path.write_text("\n".join(f"{i},{(i + 1) % 20}" for i in range(20)) + "\n")
    text = EDITED.replace("population.citizens = 60", f"network.file = '{path}'")
    spec.write_text(text)
    with pytest.raises(Refusal, match=r"arm 'exempt': policy: edit.tie = \[0, 59\] is not allowed: .* from 0 to 19$"):
        prepare(str(spec), replications=1)
    spec.write_text(text.replace("59", "19"))
    assert prepare(str(spec), replications=1).arms[2].policy[0] == (5, "edit.tie", (0, 19))


def test_an_edit_after_the_end_is_told_as_it_was_written():
    arms = experiment_of(EDITED.replace("[[5,", "[[30,")).arms
    note = "the policy row [30, 'edit.tie', [0, 59]] has no effect: the last week of the run is 29 (arm exempt)"
    assert policy_notes(arms) == [note]
