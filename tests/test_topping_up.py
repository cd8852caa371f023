"""A folder is topped up: more arms, points and replications only add runs; what is there is neither made again nor touched."""

import pyarrow.parquet as pq
import pytest

from experiments.__main__ import main
from experiments.refusal import Refusal
from experiments.results.identity import run_id, setting_of
from experiments.results.store import Results
from experiments.results.topping_up import obstacles
from tests import command_line
from tests.command_line import SMALL, refused
from tests.small_experiment import SPEC, content_of, experiment_of, performed, tables
from tests.stand_in import StandIn

# fixtures of this file too
_quick_and_in_a_folder_of_its_own = command_line.quick_and_in_a_folder_of_its_own
small, society = command_line.small, command_line.society

ANOTHER = SPEC + '[[arm]]\nname = "harsh"\nset = { court.fine = 3 }\n'
DESIGN = """
[[factor]]
name = "weight"
parameter = "scheme.contact_weight"
values = [0.0, 0.2, 0.4]
"""
DESIGNED = SPEC.replace("effect_window", "series = true\neffect_window") + DESIGN


def parts_of(folder):
    """Return {part: what it is now}: its bytes and when it was written."""
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (folder / "parts").iterdir()}


def topped_up(folder, before, after):
    """Run one experiment into a folder, then another; return how many societies the second made. Old parts must stay as they are."""
    performed(folder, before)
    old = parts_of(folder)
    StandIn.made = 0
    performed(folder, after)
    assert {name: found for name, found in parts_of(folder).items() if name in old} == old
    return StandIn.made


def assert_same_tables(one, other):
    for mine, yours in zip(tables(one), tables(other), strict=True):
        assert mine.equals(yours)
    assert content_of(one) == content_of(other)


# --- what only adds -------------------------------------------------------------------------------------------------------------


def test_another_arm_adds_its_runs_alone(tmp_path):
    """Three seeds of the new arm are made; the result is that of all five arms at once, to the byte."""
    assert topped_up(tmp_path / "r", experiment_of(), experiment_of(ANOTHER)) == 3
    performed(tmp_path / "whole", experiment_of(ANOTHER))
    assert_same_tables(tmp_path / "r", tmp_path / "whole")
    for name in ("runs.parquet", "series.parquet"):
        assert (tmp_path / "r" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert Results(tmp_path / "r").resolved().keys() == {"model_version", "seed", "arms"}
    assert Results(tmp_path / "r").manifest()["id"] == experiment_of(ANOTHER).identity.digest


def test_more_replications_and_another_arm_at_once(tmp_path):
    """Of two old seeds the new arm; of two new ones the burn-in that three arms share, and the two arms with other courts."""
    assert topped_up(tmp_path / "r", experiment_of(replications=2), experiment_of(ANOTHER, replications=4)) == 2 * 1 + 2 * 3
    performed(tmp_path / "whole", experiment_of(ANOTHER, replications=4))
    assert_same_tables(tmp_path / "r", tmp_path / "whole")


def test_arms_in_another_order_are_the_same_runs(tmp_path):
    start = SPEC.index('[[arm]]\nname = "exempt"')
    end = SPEC.index('[[arm]]\nname = "lenient"')
    moved = SPEC[:start] + SPEC[end:] + SPEC[start:end]
    assert topped_up(tmp_path / "r", experiment_of(), experiment_of(moved)) == 0
    assert tables(tmp_path / "r")[0]["arm"].to_pylist()[:4] == ["none", "alone", "lenient", "exempt"]
    performed(tmp_path / "whole", experiment_of(moved))
    assert_same_tables(tmp_path / "r", tmp_path / "whole")


def test_two_names_of_one_setting_are_one_run(tmp_path):
    """The new arm is what `exempt` is: nothing is made, and both rows name the same run."""
    twin = SPEC + '[[arm]]\nname = "twin"\nset = { scheme.exemption = 1.0 }\n'
    assert topped_up(tmp_path / "r", experiment_of(), experiment_of(twin)) == 0
    runs = tables(tmp_path / "r")[0].to_pylist()
    assert [row["run"] for row in runs if row["arm"] == "twin"] == [row["run"] for row in runs if row["arm"] == "exempt"]
    assert len(runs) == 5 * 3
    assert len({row["run"] for row in runs}) == 4 * 3


def test_a_run_is_told_by_version_setting_and_seed_alone():
    runs = {run.key: run.id for run in experiment_of().runs}
    assert {run.key: run.id for run in experiment_of(ANOTHER).runs if run.arm.name != "harsh"} == runs
    assert runs.keys().isdisjoint({run.id for run in experiment_of(version="v2").runs})
    assert {run.id for run in experiment_of(version="v2").runs}.isdisjoint(runs.values())
    document = {"parameters": {"a": 1, "b": 2.0}, "policy": []}
    setting = setting_of(document)
    assert setting == setting_of({"label": "x", "policy": [], "parameters": {"a": 1, "b": 2.0}})
    assert setting != setting_of({**document, "policy": [[3, "a", 2]]})
    assert len({run_id("v", setting, 1), run_id("v", setting, 2), run_id("w", setting, 1)}) == 3
    assert len(run_id("v", setting, 1)) == 20


def test_schemes_in_another_order_are_another_run_and_another_experiment():
    """Their state differs to the last bit, as the schemes of a society take their turns in order."""
    text = SPEC.replace("scheme.contact_weight = 0.3", 'scheme.preset = "sesame,suining"')
    one, other = experiment_of(text), experiment_of(text.replace("sesame,suining", "suining,sesame"))
    ids = [{run.id for run in experiment.runs if run.arm.name == "lenient"} for experiment in (one, other)]
    assert ids[0].isdisjoint(ids[1])
    twins = text + '[[arm]]\nname = "turned"\nset = { court.fine = 0.1, scheme.preset = "suining,sesame" }\n'
    assert len({row.run for row in experiment_of(twins).plan.rows}) == 5 * 3
    there, here = one.identity.document, other.identity.document
    assert obstacles(there, here) == ["the arm 'lenient' has its schemes or grades in another order there than here"]
    assert obstacles(there, there) == []


# --- designs --------------------------------------------------------------------------------------------------------------------


def test_an_arm_that_no_factor_touches_is_run_once_a_seed(tmp_path):
    """Neither the arm without a scheme nor the one that sets the weight itself changes with the factor: one run a seed for all points.

    The same holds of the first point, where the factor has its default: 2 + 2 x 3 runs a seed, and 4 x 3 rows.
    """
    experiment, _ = performed(tmp_path / "r", experiment_of(DESIGNED))
    assert len(experiment.runs) == (2 + 2 * 3) * 3
    runs, series = tables(tmp_path / "r")
    rows = runs.to_pylist()
    assert len(rows) == 4 * 3 * 3
    assert series.num_rows == len(experiment.runs) * 30
    for arm, different in (("none", 1), ("lenient", 1), ("alone", 3), ("exempt", 3)):
        for number in range(3):
            own = [row for row in rows if (row["arm"], row["replication"]) == (arm, number)]
            assert [(row["point"], row["weight"]) for row in own] == [(0, 0.0), (1, 0.2), (2, 0.4)]
            assert len({row["run"] for row in own}) == different
            assert len({(row["digest"], row["generalized_trust"]) for row in own}) >= 1 + (different > 1)


def test_a_factor_that_is_called_as_an_outcome_keeps_its_column(tmp_path):
    """As `schemes.rongcheng.enrolment` is, if it has no other name."""
    performed(tmp_path / "r", experiment_of(DESIGNED.replace('name = "weight"', 'name = "welfare"'), replications=1))
    performed(tmp_path / "weight", experiment_of(DESIGNED, replications=1))
    runs, same = tables(tmp_path / "r")[0], tables(tmp_path / "weight")[0]
    assert runs["factor_welfare"].equals(same["weight"])
    assert runs["welfare"].equals(same["welfare"])


def test_more_points_add_their_runs_alone(tmp_path):
    """Two arms change with the factor; in each of three seeds they share a burn-in at the new point."""
    fewer = experiment_of(DESIGNED.replace("0.2, 0.4]", "0.4]"))
    assert topped_up(tmp_path / "r", fewer, experiment_of(DESIGNED)) == 3
    performed(tmp_path / "whole", experiment_of(DESIGNED))
    assert_same_tables(tmp_path / "r", tmp_path / "whole")


@pytest.mark.parametrize(
    ("stored", "wanted", "said"),
    [
        (DESIGNED, DESIGNED.replace("0.2, 0.4]", "0.4]"), "the point scheme.contact_weight = 0.2 is there and not here"),
        (
            DESIGNED,
            DESIGNED.replace("0.2, 0.4]", "0.5]"),
            "the point scheme.contact_weight = 0.2 and 1 more of its 3 points is there and not here",
        ),
        (DESIGNED, DESIGNED.replace(DESIGN, ""), "the design is present there and absent here"),
        (DESIGNED.replace(DESIGN, ""), DESIGNED, "the design is absent there and present here"),
        (
            DESIGNED,
            DESIGNED.replace("contact_weight\"\nvalues", "exemption\"\nvalues"),
            "the design has the factors scheme.contact_weight there and scheme.exemption here",
        ),
    ],
)  # fmt: skip
def test_a_design_that_does_not_hold_the_stored_one_is_refused(stored, wanted, said):
    there, here = (experiment_of(text).identity.document for text in (stored, wanted))
    assert obstacles(there, here) == [said]
    assert obstacles(there, there) == []


# --- what is refused ------------------------------------------------------------------------------------------------------------


def test_a_removed_arm_is_refused_and_the_folder_stays_as_it_is(tmp_path):
    performed(tmp_path / "r", experiment_of(ANOTHER, replications=1))
    before = {path: path.read_bytes() for path in (tmp_path / "r").rglob("*") if path.is_file()}
    StandIn.made = 0
    with pytest.raises(Refusal, match=r"r holds another experiment: the arm 'harsh' is there and not here; give another folder"):
        performed(tmp_path / "r", experiment_of(replications=1))
    assert StandIn.made == 0
    assert {path: path.read_bytes() for path in (tmp_path / "r").rglob("*") if path.is_file()} == before


def test_an_arm_that_was_changed_is_refused_though_another_was_added():
    there, here = experiment_of().identity.document, experiment_of(ANOTHER.replace("fine = 0.1", "fine = 0.2")).identity.document
    assert obstacles(there, here) == ["arms.lenient.parameters.court.fine is 0.1 there and 0.2 here"]


def test_a_factor_that_an_arm_has_come_to_take_is_refused():
    """The arm `lenient` sets the weight itself to what it is by default; without that its stored points are others."""
    default = DESIGNED.replace("contact_weight = 0.3", "contact_weight = 0")
    there, here = (experiment_of(text).identity.document for text in (default, default.replace(", scheme.contact_weight = 0", "")))
    assert there["arms"] == here["arms"]
    for one, other in ((there, here), (here, there)):
        (first, second) = obstacles(one, other)
        assert first.startswith("at point [0.2] of arm 'lenient' schemes.rongcheng.contact_weight is ")
        assert second.startswith("at point [0.4] of arm 'lenient' schemes.rongcheng.contact_weight is ")


# --- on the command line --------------------------------------------------------------------------------------------------------


def test_an_edited_spec_tops_its_folder_up(society, small, tmp_path, capsys):
    assert main(["run", small]) == 0
    made = society.made
    capsys.readouterr()
    more = SMALL + '[[arm]]\nname = "harsh"\nset = { court.fine = 3 }\n'
    (tmp_path / small).write_text(more)
    assert main(["run", small, "--replications", "3"]) == 0
    said = capsys.readouterr()
    assert "4 of 9 runs are in results/small already" in said.err
    assert society.made == made + 1 + 2 * 1 + 2  # one that warms up, two seeds of the new arm, and the third seed of all
    assert pq.read_table("results/small/runs.parquet").num_rows == 9
    assert (tmp_path / "results/small/spec.toml").read_text() == more
    (tmp_path / small).write_text(SMALL)
    said = refused(capsys, "run", small)
    assert said.startswith("results/small holds another experiment: the arm 'harsh' is there and not here; give another folder with --out")
    assert pq.read_table("results/small/runs.parquet").num_rows == 9


def test_a_point_whose_file_has_another_content_is_refused(tmp_path):
    """A factor may name network files: the same name with other friends in it is another point."""
    path = tmp_path / "friends.csv"
    path.write_text("\n".join(f"{i},{(i + 1) % 20}" for i in range(20)) + "\n")
    text = SPEC.replace("population.citizens = 60\n", "")
    text = text.replace("[[lever]]", f"[[factor]]\nname = 'friends'\nparameter = 'network.file'\nvalues = ['{path}']\n[[lever]]", 1)
    performed(tmp_path / "r", experiment_of(text))
    performed(tmp_path / "r", experiment_of(text))  # the same again
    path.write_text("\n".join(f"{i},{(i + 2) % 20}" for i in range(20)) + "\n")
    with pytest.raises(Refusal, match=r"holds another experiment: at point \['.*friends.csv'\] of arm '\w+' network.file is 'sha256:"):
        performed(tmp_path / "r", experiment_of(text))
