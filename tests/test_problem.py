"""Calibration files: what is wrong with one is said in a sentence, before anything is tried."""

import pytest

from experiments.calibration.problem import find_problem, known_problems, problem_of
from experiments.refusal import Refusal
from tests.command_line import quick_and_in_a_folder_of_its_own, refused  # noqa: F401 - a fixture that is always used
from tests.made_up import PROBLEM

FINE = 'name = "court.fine"\nlow = 0.5\nhigh = 8\nscale = "log"'


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("seeds = 2", "seed_count = 2", "made.toml: 'seed_count' is not a key here"),
        ("seeds = 2", "seeds = 0", "seeds = 0 is not allowed: expected a whole number from 1 to 1000"),
        ("held_out_seeds = 3", "held_out_seeds = 1", "held_out_seeds = 1 is not allowed: expected a whole number from 2"),
        ("trials = 8", "trials = 1.5", "trials = 1.5 is not allowed: expected a whole number"),
        ("effect_window = 5", "effect_window = 21", "effect_window = 21 is not allowed: expected a whole number from 1 to 20"),
        ("title =", 'method = "grid"\ntitle =', "method = 'grid' is not allowed: expected one of tpe, random"),
        (FINE, 'name = "court.fin"\nlow = 0.5\nhigh = 8', "'court.fin' is not a parameter (did you mean 'court.fine'?)"),
        (FINE, 'name = "court.fine"\nlow = 0.5\nhigh = 101', "court.fine = 101.0 is not allowed: expected"),
        (FINE, 'name = "court.fine"\nlow = 8\nhigh = 8', "high = 8.0 is not allowed: expected a number above low = 8"),
        (FINE, 'name = "court.fine"\nlow = 0\nhigh = 8\nscale = "log"', "low = 0.0 is not allowed: expected a number above 0"),
        (FINE, 'name = "court.fine"\nlow = 1\nhigh = 8\nscale = "ln"', "scale = 'ln' is not allowed: expected one of linear, log"),
        (FINE, 'name = "court.fine"\nhigh = 8', "parameter 1 (court.fine): low is missing: expected a number"),
        (FINE, 'name = "court.fine"\nlow = true\nhigh = 8', "low = True is not allowed: expected a number"),
        (FINE, 'name = "scheme.preset"\nlow = 0\nhigh = 8', "what chooses the schemes cannot be searched"),
        (FINE, 'name = "network.topology"\nlow = 0\nhigh = 8', "'communities' is no number and cannot be searched"),
        (FINE, 'name = "network.kin_size"\nlow = 2.5\nhigh = 8', "expected whole numbers, as the parameter is one"),
        (FINE, 'name = "scheme.contact_weight"\nlow = 0\nhigh = 1', "scheme.contact_weight has no effect in any arm"),
        (FINE, 'name = "court.enforcement"\nlow = 0\nhigh = 1', "parameter 'court.enforcement' is given twice"),
        ('quantity = "grievance"', 'quantity = "grievence"', "pattern 3 (enforcement): quantity = 'grievence' is not allowed"),
        ('name = "lift"', 'name = "fine"', "pattern 'fine' is given twice"),
        ('name = "lift"', 'name = "a lift"', "name = 'a lift' is not allowed: expected a name of letters"),
        ('against = "none"', 'against = "non"', "against = 'non' is not allowed: expected the name of an arm, one of none, light"),
        ('against = "none"', 'against = "light"', "against = 'light' is not allowed: expected another arm than light"),
        ('against = "none"', 'compare = "relative"', "compare = 'relative' is not allowed: expected one of level without against"),
        ('against = "none"', 'against = "none"\ncompare = "level"', "expected one of difference, relative with against"),
        ("low = 0.9", "value = 1", "a target of value, high is not allowed: expected value and tolerance"),
        ("low = 0.9\nhigh = 1.1", "", "a target of nothing is not allowed"),
        ("low = 0.9", "low = 1.1", "high = 1.1 is not allowed: expected a number above low = 1.1"),
        ("tolerance = 0.02", "tolerance = 0", "tolerance = 0 is not allowed: expected a number above 0"),
        ("tolerance = 0.02", "", "tolerance is missing: expected a number above 0"),
        ("low = 0.9", "margin = 0.1\nlow = 0.9", "margin = 0.1 is not allowed without sign"),
        ("low = 0.9\nhigh = 1.1", 'sign = "up"', "sign = 'up' is not allowed: expected '+' or '-'"),
        ("low = 0.9\nhigh = 1.1", 'sign = "+"\nmargin = -1', "margin = -1.0 is not allowed: expected a number of at least 0"),
        ("low = 0.9", "weight = 0\nlow = 0.9", "weight = 0 is not allowed: expected a number above 0"),
        ("low = 0.9", "low = nan", "low = nan is not allowed: expected a number"),
        ('source = "made up"', "", "source is missing: expected text"),
        ("[[arm]]", '[[arm]]\nname = "idle"\n[[arm]]', "arm 'idle' is used by no pattern"),
        ("[[pattern]]", "[[parttern]]", "'parttern' is not a key here (did you mean 'pattern'?)"),
        ("title", "title = 3 =", "the file is not valid TOML"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(old, new, sentence):
    count = -1 if old == "[[pattern]]" else 1
    text = PROBLEM.replace(old, new, count)
    assert text != PROBLEM
    with pytest.raises(Refusal) as refusal:
        problem_of(text, "made.toml")
    assert sentence in str(refusal.value)
    assert str(refusal.value).startswith("made.toml: ")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("table", ["parameter", "pattern"])
def test_a_file_without_a_kind_of_table_is_refused(table):
    with pytest.raises(Refusal, match=rf"made.toml: {table} is missing: expected at least one \[\[{table}\]\] table"):
        problem_of(without(PROBLEM, table), "made.toml")


def without(text, table):
    """Return the document without the tables of that name."""
    first, *others = text.split("\n[[")
    return "\n[[".join([first, *(other for other in others if not other.startswith(f"{table}]]"))])


def test_the_command_line_refuses_likewise(capsys):
    assert "calibration 'literatur' is not known (did you mean 'literature'?)" in refused(capsys, "calibrate", "literatur")
    assert "there is no such file" in refused(capsys, "calibrate", "gone.toml")
    assert "--trials = 'many' is not allowed" in refused(capsys, "calibrate", "--trials", "many")
    assert "--method = 'tpes' is not allowed: expected one of tpe, random" in refused(capsys, "calibrate", "--method", "tpes")


def test_a_setting_of_the_command_line_takes_the_place_of_the_base():
    problem, name = find_problem("literature", (("population.citizens", 200),))
    assert name == "literature"
    assert {arm.parameters.population.citizens for arm in problem.arms(problem.defaults)} == {200}


def test_a_whole_number_is_searched_in_whole_numbers():
    problem = problem_of(PROBLEM.replace(FINE, 'name = "network.kin_size"\nlow = 2\nhigh = 6'), "made.toml")
    assert (problem.free[0].whole, problem.free[0].default) == (True, 4.0)
    assert problem.arms({"network.kin_size": 6})[0].parameters.network.kin_size == 6


@pytest.mark.parametrize("name", known_problems())
def test_what_comes_with_the_program_says_its_sources_and_keeps_every_default(name):
    problem, _ = find_problem(name)
    assert all(pattern.claim and pattern.source for pattern in problem.patterns)
    assert all(free.low <= free.default <= free.high for free in problem.free)
    arms = {arm.name: arm for arm in problem.arms(problem.defaults)}
    assert set(arms) == set(problem.quantities())
