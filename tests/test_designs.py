"""Designs: which points they have, which cells an experiment has at them, and what is refused in one sentence."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.refusal import Refusal
from experiments.specs.cells import lay_out
from experiments.specs.designs import Design, Factor, check_design
from experiments.specs.notes import notes_on
from experiments.specs.spec import parse_spec, to_toml
from tests.small_experiment import SPEC, experiment_of, performed, tables
from tests.stand_in import StandIn

A = Factor("a", "a", "scheme.contact_weight", (0.0, 0.5, 1.0))
B = Factor("b", "b", "scheme.reporting_reward", (), 0.0, 10.0, levels=2)


def spec_of(design: str, arms: str = "[[arm]]\nname = 'one'\n"):
    """Return a spec with this design."""
    return parse_spec(design + arms, "my.toml")


# --- points ---------------------------------------------------------------------------------------------------------------------


def test_grids_by_hand():
    assert Design("factorial", (A, B)).points() == ((0, 0), (0, 10), (0.5, 0), (0.5, 10), (1, 0), (1, 10))
    assert Design("one-at-a-time", (A, B)).points() == (
        (None, None), (0, None), (0.5, None), (1, None), (None, 0), (None, 10),
    )  # fmt: skip
    assert Design("zip", (A, Factor("b", "b", "x", (7, 8, 9)))).points() == ((0, 7), (0.5, 8), (1, 9))


def test_steps_of_a_zip_design_stay_side_by_side_where_two_round_to_one_number():
    design = Design("zip", (Factor("n", "n", "p", (), 60, 62, levels=5), Factor("x", "x", "q", (), 0, 1, levels=5)))
    assert design.points({"n"}) == ((60, 0), (60, 0.25), (61, 0.5), (62, 0.75), (62, 1))
    assert design.count({"n"}) == 5
    check_design(design, "s")


def test_one_number_written_in_two_ways_is_given_twice():
    with pytest.raises(Refusal, match=r"s: factor 'a': values = \[1, 1.0, 2\] is not allowed: expected values that differ"):
        check_design(Design("factorial", (Factor("a", "a", "p", (1, 1.0, 2)),)), "s")
    check_design(Design("factorial", (Factor("a", "a", "p", (1, 2, True)),)), "s")


def test_levels_divide_a_range_by_its_scale():
    linear = Factor("x", "x", "p", (), 1, 100, levels=3)
    log = Factor("x", "x", "p", (), 1, 100, "log", 3)
    assert linear.grid() == (1, 50.5, 100)
    assert log.grid() == pytest.approx((1, 10, 100))
    assert linear.grid(whole=True) == (1, 50, 100)  # 50.5 is rounded to the even neighbour
    assert Factor("x", "x", "p", (), 1, 2, levels=9).grid(whole=True) == (1, 2)


@given(low=st.floats(0.001, 10), span=st.floats(0.001, 100), scale=st.sampled_from(["linear", "log"]), share=st.floats(0, 1))
def test_a_value_lies_where_it_was_taken_from(low, span, scale, share):
    factor = Factor("x", "x", "p", (), low, low + span, scale)
    value = factor.at(share)
    assert low <= value * (1 + 1e-12)
    assert value <= (low + span) * (1 + 1e-12)
    assert factor.positions([value, None])[0] == pytest.approx(share, abs=1e-6)
    assert math.isnan(factor.positions([None])[0])


@pytest.mark.parametrize(("kind", "size", "points"), [("latin-hypercube", 10, 10), ("sobol", 8, 32), ("morris", 5, 15)])
def test_space_filling_designs_have_their_number_of_points_and_repeat(kind, size, points):
    ranges = (Factor("x", "x", "p", (), 2, 4), Factor("y", "y", "q", (), 1, 1000, "log"))
    design = Design(kind, ranges, size, 3)
    found = design.points()
    assert (len(found), design.count()) == (points, points)
    assert found == design.points()
    assert found != Design(kind, ranges, size, 4).points()
    values = np.array(found)
    assert ((values >= [2, 1]) & (values <= [4, 1000])).all()


def test_a_latin_hypercube_has_one_point_in_each_slice():
    values = np.array(Design("latin-hypercube", (Factor("x", "x", "p", (), 0, 10), Factor("y", "y", "q", (), 1, 1e4, "log")), 10).points())
    assert sorted(np.floor(values[:, 0]).astype(int)) == list(range(10))
    assert sorted(np.floor(np.log10(values[:, 1]) / 0.4).astype(int)) == list(range(10))


def test_sobol_designs_are_nested():
    ranges = (Factor("x", "x", "p", (), 0, 1), Factor("y", "y", "q", (), 0, 1))
    small, large = (Design("sobol", ranges, size, 1).points() for size in (8, 32))
    assert large[: len(small)] == small


def test_a_table_takes_columns_by_the_names_of_factors_or_parameters(tmp_path):
    (tmp_path / "points.csv").write_text("reward,scheme.contact_weight,scheme.active\n 5 , 0.5,true\n10,1,false\n")
    text = "[design]\nkind = 'table'\nfile = 'points.csv'\n[[factor]]\nname = 'reward'\nparameter = 'scheme.reporting_reward'\n"
    text += "[[arm]]\nname = 'a'\n"
    design = parse_spec(text, str(tmp_path / "my.toml")).design
    assert [factor.parameter for factor in design.factors] == ["scheme.reporting_reward", "scheme.contact_weight", "scheme.active"]
    assert design.points() == ((5, 0.5, True), (10, 1, False))
    (tmp_path / "points.csv").write_text("reward,scheme.contact_weight\n5,0.5\n10,\n")
    with pytest.raises(Refusal, match=r"design.file has an empty cell in row 3, column 'scheme.contact_weight': expected a value in each"):
        parse_spec(text, str(tmp_path / "my.toml"))


@pytest.mark.parametrize(
    "design",
    [
        "[[factor]]\nparameter = 'scheme.exemption'\nvalues = [0, 0.5]\n",
        "[design]\nkind = 'sobol'\nsize = 8\nseed = 4\n[[factor]]\nparameter = 'court.fine'\nlow = 0.1\nhigh = 2\nscale = 'log'\n",
        "[design]\nkind = 'table'\nrows = [[1], [0.5]]\n[[factor]]\nname = 'e'\nlabel = 'Exempt'\nparameter = 'scheme.exemption'\n",
        "replications = 4\n[precision]\noutcome = 'welfare'\nhalf_width = 0.01\nmaximum = 40\nstep = 4\n",
    ],
)
def test_a_written_design_is_read_as_it_was(design):
    spec = spec_of(design)
    again = parse_spec(to_toml(spec), "again")
    assert (again.design, again.precision, again.keeps_series) == (spec.design, spec.precision, spec.keeps_series)


# --- cells ----------------------------------------------------------------------------------------------------------------------

DOSES = "[[factor]]\nparameter = 'scheme.exemption'\nvalues = [0, 0.5, 1]\n"
ARMS = """
[[arm]]
name = 'none'
set = { scheme.preset = 'none' }
[[arm]]
name = 'fixed'
set = { scheme.exemption = 0.5 }
[[arm]]
name = 'free'
"""


def test_an_arm_that_no_factor_touches_is_one_cell():
    layout = lay_out(spec_of(DOSES, ARMS))
    assert [(cell.name, cell.point) for cell in layout.cells] == [("none", 0), ("fixed", 0), ("free", 0), ("free", 1), ("free", 2)]
    free = [layout.cells[layout.at["free", point]].parameters.schemes[0].exemption for point in range(3)]
    assert free == [0, 0.5, 1]
    assert {layout.at["none", point] for point in range(3)} == {0}
    assert layout.cells[layout.at["fixed", 2]].parameters.schemes[0].exemption == 0.5  # its own setting wins


def test_equal_settings_are_one_run_whatever_they_are_called():
    experiment = experiment_of("replications = 2\n" + DOSES + ARMS)
    assert len(experiment.plan.rows) == 3 * 3 * 2
    assert len(experiment.runs) == 4 * 2  # none, and exemptions of 0, .5 and 1
    rows = {(row.arm, row.point): row.run for row in experiment.plan.rows if row.replication == 0}
    assert rows["fixed", 0] == rows["fixed", 2] == rows["free", 1]


def test_a_factor_may_choose_the_schemes():
    text = "[[factor]]\nparameter = 'scheme.preset'\nvalues = ['none', 'rongcheng', 'sesame']\n" + ARMS.split("[[arm]]")[3].join(
        ["[[arm]]", ""]
    )
    layout = lay_out(spec_of(text, ""))
    assert [[scheme.name for scheme in cell.parameters.schemes] for cell in layout.cells] == [[], ["rongcheng"], ["sesame"]]


@given(values=st.lists(st.sampled_from([0, 0.25, 0.5, 1]), min_size=2, max_size=2, unique=True), reward=st.sampled_from([0, 5, 20]))
def test_a_cell_is_what_the_arm_is_with_the_settings_written_out(values, reward):
    """The short way to a cell and the long one, through a base with the factor's value, give the same parameters."""
    factors = f"[[factor]]\nparameter = 'scheme.exemption'\nvalues = {values}\n"
    arms = f"[[arm]]\nname = 'a'\nset = {{ scheme.reporting_reward = {reward} }}\n"
    layout = lay_out(spec_of(factors, arms))
    for point, value in enumerate(values):
        (plain,) = lay_out(spec_of(f"[base]\nscheme.exemption = {value}\n", arms)).arms
        assert layout.cells[layout.at["a", point]].parameters == plain.parameters


def test_a_factor_may_choose_the_scheme_that_another_one_changes():
    """Without a scheme there is no exemption to vary; the number of lock weeks of a scheme that only a factor brings is whole."""
    design = "[base]\nscheme.preset = 'none'\n[[factor]]\nparameter = 'scheme.preset'\nvalues = ['none', 'rongcheng']\n"
    layout = lay_out(spec_of(design + "[[factor]]\nparameter = 'scheme.exemption'\nvalues = [0.0, 1.0]\n"))
    assert [[scheme.exemption for scheme in cell.parameters.schemes] for cell in layout.cells] == [[], [0.0], [1.0]]
    assert [layout.at["one", point] for point in range(4)] == [0, 0, 1, 2]
    whole = "[[factor]]\nparameter = 'scheme.expiry_weeks'\nlow = 10\nhigh = 13\nlevels = 3\n"
    assert [point[1] for point in lay_out(spec_of(design + whole)).points] == [10, 12, 13] * 2
    with pytest.raises(Refusal, match=r"factor 'exemption': every arm sets scheme.exemption itself or has no such scheme"):
        lay_out(spec_of("[base]\nscheme.preset = 'none'\n[[factor]]\nparameter = 'scheme.exemption'\nvalues = [0.0, 1.0]\n"))


def test_what_has_no_effect_at_some_points_is_told():
    """A window of 52 weeks, the scheme in week 52: of 80, 104 and 120 weeks the first begins too early, 104 just not."""
    design = "[[factor]]\nparameter = 'time.ticks'\nvalues = [80, 104, 120]\n"
    spec = spec_of("[base]\ntime.burn_in = 52\n" + design, "[[arm]]\nname = 'a'\n[[arm]]\nname = 'b'\nset = { time.ticks = 90 }\n")
    assert notes_on(spec, lay_out(spec).cells) == [
        "effects are diluted: the last 52 of 80 weeks begin before the scheme does (time.burn_in = 52) (arm a at some points)",
        "effects are diluted: the last 52 of 90 weeks begin before the scheme does (time.burn_in = 52) (arm b)",
    ]
    many = spec_of("[base]\ntime.burn_in = 52\n[[factor]]\nparameter = 'time.ticks'\nlow = 60\nhigh = 69\nlevels = 10\n")
    said = notes_on(many, lay_out(many).cells)
    assert len(said) == 5
    assert said[-1].endswith(
        "the last 52 of 64 weeks begin before the scheme does (time.burn_in = 52) (arm one at some points); and 5 more like this"
    )


def test_tables_of_a_design_have_the_point_and_the_factors(tmp_path):
    text = SPEC.replace("[[lever]]", "[[factor]]\nname = 'share'\nparameter = 'scheme.exemption'\nvalues = [0, 0.5]\n[[lever]]")
    StandIn.made = 0
    performed(tmp_path / "r", experiment_of(text.replace("seed = 3", "seed = 3\nseries = true")))
    runs, series = tables(tmp_path / "r")
    assert runs.column_names[:7] == ["arm", "replication", "seed", "digest", "run", "point", "share"]
    assert runs.num_rows == 4 * 2 * 3
    by_run = {run: set() for run in runs["run"].to_pylist()}
    for row in runs.to_pylist():
        by_run[row["run"]].add((row["arm"], row["point"], row["digest"]))
    # `exempt` sets the share itself, `none` has no scheme: each is run once a seed
    assert len(by_run) == 3 * (1 + 2 + 1 + 2)
    assert all(len({digest for _, _, digest in places}) == 1 for places in by_run.values())
    assert series.num_rows == len(by_run) * 30
    assert series.column_names[:5] == ["arm", "point", "replication", "seed", "tick"]


def test_without_series_the_means_are_the_same(tmp_path):
    performed(tmp_path / "with", experiment_of(SPEC))
    performed(tmp_path / "without", experiment_of(SPEC.replace("seed = 3", "seed = 3\nseries = false")))
    runs = tables(tmp_path / "with")[0]
    import pyarrow.parquet as pq

    assert pq.read_table(tmp_path / "without" / "runs.parquet").equals(runs)
    assert not (tmp_path / "without" / "series.parquet").exists()


# --- bad designs ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("design", "said"),
    [
        ("[design]\nkind = 'sobl'\n", "design.kind = 'sobl' is not allowed: expected one of factorial, one-at-a-time, zip, table, "
         "latin-hypercube, sobol, morris (did you mean 'sobol'?)"),
        ("[design]\nkinds = 'sobol'\n", "my.toml: design: 'kinds' is not a key here (did you mean 'kind'?)"),
        ("[design]\nkind = 'factorial'\n", "factor is missing: a design needs at least one [[factor]] table"),
        ("[design]\nkind = 'sobol'\nsize = 12\n[[factor]]\nparameter='a.b'\nlow=0\nhigh=1\n",
         "design.size = 12 is not allowed: expected a power of two, such as 8 or 16"),
        ("[design]\nkind = 'morris'\n[[factor]]\nparameter='a.b'\nlow=0\nhigh=1\n", "design.size is missing"),
        ("[design]\nsize = 3\n[[factor]]\nparameter='a.b'\nvalues=[1]\n", "design.size = 3 is not allowed: expected no size"),
        ("[[factor]]\nparameter='a.b'\nlow=0\nhigh=1\n", "levels is missing"),
        ("[[factor]]\nparameter='a.b'\nlow=1\nhigh=1\nlevels=3\n", "high = 1 is not allowed: expected a number above low = 1"),
        ("[[factor]]\nparameter='a.b'\nlow=0\nhigh=1\nscale='log'\nlevels=3\n", "low = 0 is not allowed: expected a number above 0"),
        ("[[factor]]\nparameter='a.b'\nvalues=[1, 1]\n", "values = [1, 1] is not allowed: expected values that differ"),
        ("[[factor]]\nparameter='a.b'\nvalues=[1]\nlow=0\n", "low is not allowed beside values"),
        ("[[factor]]\nname='arm'\nparameter='a.b'\nvalues=[1]\n", "factor.name = 'arm' is not allowed"),
        ("[[factor]]\nparameter='a.b'\nvalues=[1]\n[[factor]]\nname='c'\nparameter='a.b'\nvalues=[1]\n", "parameter 'a.b' is given twice"),
        ("[design]\nkind='zip'\n[[factor]]\nparameter='a.b'\nvalues=[1]\n[[factor]]\nparameter='a.c'\nvalues=[1,2]\n",
         "factors of a zip design have lists of unequal length (b 1, c 2)"),
        ("[design]\nkind='table'\nfile='no.csv'\n", "design.file = 'no.csv': there is no such file"),
        ("replications=1\n[precision]\nhalf_width=0.1\nmaximum=10\n", "replications = 1 is not allowed: expected at least 2"),
        ("replications=20\n[precision]\nhalf_width=0\nmaximum=10\n", "half_width = 0 is not allowed: expected a number above 0"),
        ("replications=20\n[precision]\nhalf_width=1\nmaximum=10\n", "maximum = 10 is not allowed: expected a whole number from 20"),
    ],
)  # fmt: skip
def test_bad_designs_are_refused(design, said):
    with pytest.raises(Refusal) as refusal:
        spec_of(design)
    assert said in str(refusal.value).replace("PosixPath(", "").replace("')", "'")
    assert str(refusal.value).startswith("my.toml: ")


@pytest.mark.parametrize(
    ("design", "said"),
    [
        ("[[factor]]\nparameter = 'scheme.exemptoin'\nvalues = [0, 1]\n", "'schemes.rongcheng.exemptoin' is not a parameter (did you mean"),
        ("[[factor]]\nparameter = 'scheme.exemption'\nvalues = [0, 2]\n",
         "my.toml: point 1 (scheme.exemption = 2): arm 'free': schemes.rongcheng.exemption = 2 is not allowed"),
        ("[[factor]]\nparameter = 'schemes.sesame.exemption'\nvalues = [0, 1]\n",
         "every arm sets schemes.sesame.exemption itself or has no such scheme"),
    ],
)  # fmt: skip
def test_factors_that_no_arm_can_take_are_refused(design, said):
    with pytest.raises(Refusal) as refusal:
        lay_out(spec_of(design, ARMS))
    assert said in str(refusal.value)
