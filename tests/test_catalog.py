"""The experiments of the catalogue and of the handbook: arms, contrasts, and which arms are cells of a factorial."""

import re
from pathlib import Path

from experiments.analysis.effects import factorial_cells, joint_levers
from experiments.specs.arms import resolve, value_of
from experiments.specs.spec import Contrast, catalog, find_spec, parse_spec


def test_three_levers_is_the_factorial_and_a_world_without():
    spec, name, _ = find_spec("three-levers")
    arms = resolve(spec)
    assert (name, len(arms), spec.replications, spec.effect_window) == ("three-levers", 9, 20, 52)
    levers = ("scheme.contact_weight", "scheme.reporting_reward", "scheme.exemption")
    values = {arm.name: tuple(value_of(arm, lever) for lever in levers) for arm in arms}
    assert values.pop("no-scheme") == (None, None, None)
    assert set(values.values()) == {(a, b, c) for a in (0.0, 0.3) for b in (0.0, 10.0) for c in (0.0, 1.0)}
    for arm in arms:
        time = arm.parameters.time
        assert (time.ticks, time.burn_in, arm.parameters.population.citizens) == (520, 104, 1000)
    explicit = [{key for key, _ in arm.settings} for arm in spec.arms if arm.name != "no-scheme"]
    assert all(set(levers) <= names for names in explicit)


def test_three_levers_compares_with_the_scheme_alone_and_with_no_scheme():
    spec = find_spec("three-levers")[0]
    found = spec.contrasts()
    others = [arm.name for arm in spec.arms if arm.name not in ("no-scheme", "scheme-alone")]
    assert found == [Contrast(arm, "scheme-alone") for arm in others] + [Contrast(arm, "no-scheme") for arm in ("scheme-alone", *others)]
    cells = factorial_cells(spec, resolve(spec))
    assert len(cells) == 8
    assert cells[frozenset()] == "scheme-alone"
    assert cells[frozenset({"unfriending", "exemption"})] == "unfriending-exemption"


def test_the_whole_catalogue_resolves():
    assert catalog()
    for name in catalog():
        spec = find_spec(name)[0]
        assert spec.title
        assert spec.question
        assert resolve(spec)


def test_the_spec_of_the_handbook_is_one():
    text = (Path(__file__).parent.parent / "docs" / "experiments.md").read_text()
    spec = parse_spec(re.search(r"```toml\n(.*?)```", text, re.DOTALL)[1], "experiments.md")
    assert [arm.policy for arm in resolve(spec)] == [
        ((312, "court.fine", 2.0),),
        ((312, "court.fine", 2.0),),
        ((312, "court.fine", 2.0), (312, "scheme.reporting_reward", 0)),
    ]
    assert spec.contrasts()[-1] == Contrast("withdrawn", "reward")


def test_two_doses_of_a_lever_are_no_factorial_cell():
    text = (
        'references = ["off"]\n[[lever]]\nname = "x"\nparameter = "scheme.exemption"\n'
        '[[arm]]\nname = "off"\n[[arm]]\nname = "half"\nset = { scheme.exemption = 0.5 }\n'
        '[[arm]]\nname = "full"\nset = { scheme.exemption = 1 }\n[[arm]]\nname = "other"\nset = { learning.spillover = 0.1 }\n'
    )
    spec = parse_spec(text, "my.toml")
    assert factorial_cells(spec, resolve(spec)) == {frozenset(): "off"}


DOSES = """
references = ["off"]
[[lever]]
name = "unfriending"
parameter = "scheme.contact_weight"
[[lever]]
name = "snitching"
parameter = "scheme.reporting_reward"
[[arm]]
name = "off"
[[arm]]
name = "u"
set = { scheme.contact_weight = 0.1 }
[[arm]]
name = "r"
set = { scheme.reporting_reward = 10 }
[[arm]]
name = "ur"
set = { scheme.contact_weight = 0.9, scheme.reporting_reward = 10 }
"""


def test_an_interaction_across_doses_is_left_out_and_said():
    """A little unfriending alone and a lot of it together with rewards: the difference of the two doses is no interaction."""
    spec = parse_spec(DOSES, "my.toml")
    found, (note,) = joint_levers(spec, resolve(spec))
    assert found == []
    assert note == (
        "the interaction of unfriending and snitching is left out: scheme.contact_weight is 0.1 in u and 0.9 in ur, "
        "and an interaction needs one value wherever a lever is on"
    )
    spec = parse_spec(DOSES.replace("0.9", "0.1"), "my.toml")
    assert joint_levers(spec, resolve(spec)) == ([frozenset({"unfriending", "snitching"})], [])


def test_a_second_dose_of_a_lever_alone_leaves_its_interaction_out():
    spec = parse_spec(DOSES.replace("0.9", "0.1") + '[[arm]]\nname = "more"\nset = { scheme.contact_weight = 0.4 }\n', "my.toml")
    found, (note,) = joint_levers(spec, resolve(spec))
    assert found == []
    assert "scheme.contact_weight is 0.1 in u and 0.4 in more" in note


def test_the_catalogue_mixes_no_doses():
    spec = find_spec("three-levers")[0]
    found, notes = joint_levers(spec, resolve(spec))
    assert (len(found), notes) == (4, [])
