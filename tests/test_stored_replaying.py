"""Stored runs shown again: what their worlds are built from, and whether they are, week by week, what is stored."""

import os
import shutil

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from agents.compiling import MODEL_VERSION
from dashboard.stored import replaying
from dashboard.stored.replaying import DIFFERS, DIGEST, EQUAL, PROVEN, ROUNDING, UNSTORED, WAITING, Agreement, Check, Wish, replay
from dashboard.stored.wording import agreement_text, remarks, words_in
from experiments.refusal import Refusal
from experiments.review.verifying import society_of
from model.society import Society
from tests.small_experiment import SPEC
from tests.stored_results import GRID, change_manifest, change_table, listing, stored

EN, ZH = words_in("en"), words_in("zh")
TWIN = Wish("plain", "exempt", 1, reference="alone")
POLICY = SPEC + '[[arm]]\nname = "later"\npolicy = [[20, "scheme.exemption", 1.0]]\n'


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Real societies of sixty: arms alone, with every week; over a grid, with the means alone."""
    home = tmp_path_factory.mktemp("made")
    stored(home / "plain", POLICY, society=Society, replications=2)
    stored(home / "grid", GRID, society=Society)
    return home


@pytest.fixture
def root(made, tmp_path):
    """The same, to be tampered with."""
    return shutil.copytree(made, tmp_path / "results")


def built(side):
    return Society(side.parameters, rng=side.seed, policy=side.policy, graph=side.graph)


def shown(side, strides=(7, 1, 22)):
    """Show a run from its start to its end, as a page does; return what is said after each stride, and at the end."""
    society, check = built(side), Check(side)
    said = [check.so_far(society.run(stride).series()) for stride in strides]
    assert society.tick == side.ticks
    return [*said, check.at_end(society.series(), society.digest())]


# --- what a world is built from ---------------------------------------------------------------------------------------------------


def test_a_twin_has_the_reference_on_the_left_and_one_seed(made):
    before = listing(made)
    found = replay(made, TWIN)
    left, right = found.sides
    assert (found.twin, left.arm, right.arm, left.seed, right.seed) == (True, "alone", "exempt", 4, 4)
    assert found.differing == (("schemes.rongcheng.exemption", 0.0, 1.0),)
    assert (found.title, found.point, found.other_model) == ("Small", (), False)
    assert remarks(EN, found) == []
    assert listing(made) == before


@pytest.mark.parametrize(
    ("folder", "arm", "point"), [("plain", "lenient", 0), ("plain", "later", 0), ("plain", "none", 0), ("grid", "scheme", 3)]
)
def test_a_world_is_that_of_the_recorded_run(made, folder, arm, point):
    (side,) = replay(made, Wish(folder, arm, 1, point)).sides
    recorded = society_of(made / folder, arm, 1, point).run()
    assert built(side).run().digest() == recorded.digest() == side.digest


def test_a_policy_comes_along(made):
    (side,) = replay(made, Wish("plain", "later")).sides
    assert side.policy == ((20, "scheme.exemption", 1.0),)


def test_two_worlds_may_differ_in_more_than_a_scheme(made):
    found = replay(made, Wish("plain", "lenient", reference="alone"))
    assert found.differing == (
        ("court.fine", *(side.values["court.fine"] for side in found.sides)),
        ("schemes.rongcheng.contact_weight", 0.0, 0.3),
    )
    assert remarks(EN, found) == ["The two worlds differ in 2 parameters, such as court.fine: 1 and 0.1."]


def test_a_parameter_that_one_side_does_not_have_is_absent_there(made):
    found = replay(made, Wish("plain", "alone", reference="none"))
    assert ("schemes.rongcheng.exemption", None, 0.0) in found.differing


def test_a_point_of_a_design_is_named_and_set(made):
    found = replay(made, Wish("grid", "scheme", 0, 2, "none"))
    assert found.point == (("weight of contacts", 0.3), ("exemption", 0.0))
    assert found.sides[1].values["schemes.rongcheng.contact_weight"] == 0.3


# --- whether it is the same -------------------------------------------------------------------------------------------------------


def test_a_run_shown_again_is_equal_week_by_week_and_proven_at_the_end(made):
    for side in replay(made, TWIN).sides:
        assert shown(side) == [Agreement(EQUAL, 7), Agreement(EQUAL, 8), Agreement(EQUAL, 30), Agreement(PROVEN, 30)]
        assert np.array_equal(side.series["tick"], np.arange(30))


def test_where_only_means_are_kept_the_end_is_compared(made):
    (side,) = replay(made, Wish("grid", "scheme", 1, 3)).sides
    assert side.series is None
    assert shown(side) == [Agreement(WAITING)] * 3 + [Agreement(PROVEN)]


def tampered(root, file, column, value, arm="exempt", tick=None):
    """Change one value of a run of replication 1 in a stored table."""

    def change(table):
        rows = pc.and_(pc.equal(table["arm"], arm), pc.equal(table["replication"], 1))
        if tick is not None:
            rows = pc.and_(rows, pc.equal(table["tick"], tick))
        kind = table.schema.field(column).type
        new = value(table[column].filter(rows)[0].as_py()) if callable(value) else value
        return table.set_column(table.column_names.index(column), column, pc.if_else(rows, pa.scalar(new, kind), table[column]))

    change_table(root / "plain" / file, change)


def test_another_week_is_told_from_then_on(root):
    tampered(root, "series.parquet", "exchange_rate", 0.123, tick=12)
    left, right = replay(root, TWIN).sides
    assert shown(left)[-1] == Agreement(PROVEN, 30)
    first, second, third, end = shown(right)
    assert (first, second) == (Agreement(EQUAL, 7), Agreement(EQUAL, 8))
    assert (third.state, third.weeks, third.week, third.outcome) == (DIFFERS, 30, 12, "exchange_rate")
    assert third.text.startswith("differs first in week 12, outcome exchange_rate: stored 0.123, now 0.")
    assert end == third
    assert agreement_text(EN, third) == "Differs from the stored run from week 12 on: trust placed."
    assert agreement_text(ZH, third) == "从第 12 周起与已存的运行不同：给予信任的比例。"


def test_the_difference_that_matters_is_told_before_rounding(root):
    tampered(root, "series.parquet", "exchange_rate", lambda value: value * (1 + 1e-14), tick=3)
    first, *_, end = shown(replay(root, TWIN).sides[1])
    assert (first.state, first.week, end.state, end.week) == (ROUNDING, 3, ROUNDING, 3)
    tampered(root, "series.parquet", "trustworthiness", 0.5, tick=29)
    first, second, third, _ = shown(replay(root, TWIN).sides[1])
    assert [(each.state, each.week) for each in (first, second, third)] == [(ROUNDING, 3), (ROUNDING, 3), (DIFFERS, 29)]


def test_weeks_that_are_missing_are_told(root):
    change_table(root / "plain" / "series.parquet", lambda table: table.filter(pc.less(table["tick"], 20)))
    said = shown(replay(root, TWIN).sides[1])
    assert [each.state for each in said] == [EQUAL, EQUAL, DIFFERS, DIFFERS]
    assert "stored 8 to 19 (12 rows), now 8 to 29 (22 rows)" in said[2].text
    assert agreement_text(EN, said[2]).startswith("Not the stored run: weeks: stored")


def test_back_in_time_weeks_are_compared_again(root):
    tampered(root, "series.parquet", "exchange_rate", 0.123, tick=12)
    side = replay(root, TWIN).sides[1]
    series = built(side).run().series()

    def first(weeks):
        return {name: values[:weeks] for name, values in series.items()}

    check = Check(side)
    states = [check.so_far(first(weeks)).state for weeks in (20, 12, 13, 30, 5, 12)]
    assert states == [DIFFERS, EQUAL, DIFFERS, DIFFERS, EQUAL, EQUAL]
    other = {name: values.copy() for name, values in first(12).items()}
    other["exchange_rate"][6] = 0.9  # another run since the step back to week 5
    check.so_far(first(5))
    found = check.so_far(other)
    assert (found.state, found.week) == (DIFFERS, 6)


def test_another_final_state_with_the_same_outcomes_is_told_apart(root):
    tampered(root, "runs.parquet", "digest", "0" * 32)
    *_, end = shown(replay(root, TWIN).sides[1])
    assert end.state == DIGEST
    assert "final digest: stored 00000000" in end.text
    assert agreement_text(EN, end) == "All outcomes are as stored; the final state is not."


def test_other_means_at_the_end_are_another_run(root):
    (root / "plain" / "series.parquet").unlink()
    shutil.rmtree(root / "plain" / "parts")
    tampered(root, "runs.parquet", "calibration", 0.25)
    *so_far, end = shown(replay(root, TWIN).sides[1])
    assert so_far == [Agreement(WAITING)] * 3
    assert (end.state, end.week) == (DIFFERS, None)
    assert agreement_text(EN, end).startswith("Not the stored run: mean of outcome calibration over the effect window: stored 0.25")


def test_a_run_that_is_not_stored_can_be_shown_and_is_not_compared(root):
    shutil.rmtree(root / "plain" / "parts")
    (root / "plain" / "series.parquet").unlink()
    change_table(root / "plain" / "runs.parquet", lambda table: table.filter(pc.not_equal(table["arm"], "exempt")))
    left, right = replay(root, TWIN).sides
    assert (left.digest != "", right.digest, right.series, right.stored) == (True, "", None, ())
    assert shown(right)[-1] == Agreement(UNSTORED)
    assert agreement_text(EN, Agreement(UNSTORED)) == "Nothing of this run is stored that it could be compared with."


def test_tables_that_cannot_be_read_keep_nobody_from_the_run(root):
    change_table(root / "plain" / "runs.parquet", lambda table: table.set_column(4, "run", pa.array(["0" * 20] * table.num_rows)))
    side = replay(root, TWIN).sides[1]
    assert side.unread.startswith("runs.parquet: arm 'none', replication 0 is run 0000")
    *_, end = shown(side)
    assert end == Agreement(UNSTORED, text=side.unread)
    assert agreement_text(EN, end) == f"What is stored of this run cannot be read: {side.unread}."


# --- other circumstances, said ----------------------------------------------------------------------------------------------------


def test_another_version_of_the_model_is_allowed_and_said(root, monkeypatch):
    monkeypatch.setattr(replaying, "MODEL_VERSION", "of-tomorrow")
    found = replay(root, TWIN)
    assert found.model == (MODEL_VERSION, "of-tomorrow")
    assert remarks(EN, found) == [f"The runs were made by model {MODEL_VERSION}; here is of-tomorrow. They may well differ."]
    assert remarks(ZH, found) == [f"这些运行出自模型 {MODEL_VERSION}，当前模型为 of-tomorrow，结果很可能不同。"]
    assert shown(found.sides[0])[-1].state == PROVEN


def test_other_packages_are_said(root):
    change_manifest(root / "plain", versions=lambda versions: versions | {"numpy": "1.0", "numba": None})
    (said,) = remarks(EN, replay(root, TWIN))
    assert said.startswith("Made with numpy 1.0, here ")
    assert "numba ?, here " in said


# --- refused ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish("plain", "exemt"), r"ARM = 'exemt' is not allowed: expected one of none, alone, .*did you mean 'exempt'\?"),
        (Wish("plain", "exempt", reference="nobody"), "ARM = 'nobody' is not allowed"),
        (Wish("plain", "exempt", 2), "REPLICATION = 2 is not allowed: expected a whole number from 0 to 1"),
        (Wish("plain", "exempt", -1), "REPLICATION = -1"),
        (Wish("plain", "exempt", True), "REPLICATION = True"),
        (Wish("plain", "exempt", 0, 1), "--point = 1 is not allowed"),
        (Wish("grid", "scheme", 0, 4), "--point = 4 is not allowed: expected a whole number from 0 to 3"),
        (Wish("plain", "exempt", reference="exempt"), "both worlds would be of the arm 'exempt': expected two arms, or one world"),
        (Wish("plan", "exempt"), r"there is no such folder of results \(did you mean 'plain'\?\)"),
        (Wish("../results/plain", "exempt"), "there is no such folder of results"),
    ],
)
def test_a_run_that_there_is_not_is_refused_in_one_sentence(made, wish, said):
    with pytest.raises(Refusal, match=said) as caught:
        replay(made, wish)
    assert "\n" not in str(caught.value)
    assert str(made) not in str(caught.value)


def test_a_damaged_part_is_named(root):
    part = next((root / "plain" / "parts").iterdir())
    part.write_bytes(part.read_bytes()[:-9] + b"x" * 9)
    with pytest.raises(Refusal, match=rf"^parts/{part.name} is damaged"):
        replay(root, TWIN)


def test_a_manifest_that_contradicts_itself_is_refused(root):
    change_manifest(root / "plain", id="0" * 64)
    with pytest.raises(Refusal, match=r"^manifest.json: id = '0+' is not allowed"):
        replay(root, TWIN)


def test_citizens_of_a_class_of_their_own_are_refused(root):
    change_manifest(root / "plain", model_version=f"{MODEL_VERSION} Cautious:0123")
    with pytest.raises(Refusal, match="citizens of a class of their own, Cautious"):
        replay(root, TWIN)


def test_a_network_that_is_no_ordinary_file_is_not_opened(root, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (str(tmp_path / "pipe"), str(tmp_path), "a\0b"):
        change_manifest(root / "plain", networks={"sha256:0": path})
        with pytest.raises(Refusal, match=r"networks: .* is no ordinary file"):
            replay(root, TWIN)


def test_both_worlds_of_one_network_file_share_its_graph(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ring.csv").write_text("".join(f"{i},{(i + 1) % 60}\n" for i in range(60)))
    stored(tmp_path / "r" / "plain", SPEC.replace("population.citizens = 60", 'network.file = "ring.csv"'), society=Society, replications=2)
    left, right = replay(tmp_path / "r", TWIN).sides
    assert left.graph.citizens == right.graph.citizens == 60
    assert shown(left)[-1] == shown(right)[-1] == Agreement(PROVEN, 30)
    (tmp_path / "ring.csv").write_text("0,1\n")
    with pytest.raises(Refusal, match="has another content than in the runs"):
        replay(tmp_path / "r", TWIN)
