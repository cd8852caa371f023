"""What `show` says of a preset, what the notes say of what is waited for in vain, and the table with outcomes by row."""

import re

import pytest

from experiments.__main__ import main
from experiments.report.systems import ASSUMED, DEFINED, NUMBER_ASSUMED, REPORTED, SECONDARY, Entry, entries, explanation, preset_path
from model.institutions.reading import preset, preset_names
from tests.command_line import refused

NAMES = preset_names()[1:]


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("[KJ]", REPORTED),
        ("two years [ICO]", REPORTED),
        ("shown to others [D4C FP]; how often is an assumption", NUMBER_ASSUMED),
        ("assumption: by memory", ASSUMED),
        ("assumption (secondary literature)", SECONDARY),
        ("everything below C", DEFINED),
    ],
)
def test_the_status_of_a_source(source, status):
    assert Entry("", "start", 1, source).status == status


@pytest.mark.parametrize("name", NAMES)
def test_every_value_of_a_preset_is_listed_as_it_stands_with_its_source(name):
    found = entries(preset_path(name))
    scheme = preset(name)
    for entry in found:
        assert entry.source or entry.key == "combines", entry
        if entry.table == "event":
            assert getattr(scheme.event, entry.key) == entry.value
        elif entry.table.startswith("grade "):
            grade = next(grade for grade in scheme.grade if f"grade {grade.name}" == entry.table)
            assert getattr(grade, entry.key) == entry.value
        elif entry.table == "" and entry.key != "combines":
            assert getattr(scheme, entry.key) == entry.value


@pytest.mark.parametrize("name", NAMES)
def test_show_explains_a_preset_and_names_its_sources(name, capsys):
    assert main(["show", name]) == 0
    said = capsys.readouterr().out
    assert said == explanation(name)
    cited = {key for group in re.findall(r"\[([A-Z0-9 ]+)\]", said) for key in group.split()}
    assert cited == set(re.findall(r"^  \[(\w+)\] .*\.$", said, re.MULTILINE)) != set()
    assert f"scheme.preset={name}" in said


def test_the_words_say_what_the_numbers_say():
    said = explanation("mobike")
    assert "The scale goes from 0 to 150; one begins at 100." in said
    assert "Costs points: bad parking −10." in said
    assert "It learns from reports by others (all)." in said
    assert "An upheld report earns 5 points." in said
    assert "Grade normal-price (from 80): nothing given or taken." in said
    assert "Grade dearer (below): −0.03 in wealth a week." in said
    said = explanation("rongcheng")
    assert "Grade D (below): −0.1 in wealth a week, travel ban of a week, renewed each week, the name published, " in said
    assert "held for 260 weeks" in said
    assert "An intentional crime leads to the lowest grade at once." in said
    assert "none, its subject included" not in said
    assert "Nobody outside learns of an entry, its subject included, who cannot contest it." in explanation("dangan")


def test_a_misspelt_name_is_refused_with_the_nearest_experiment_or_preset(capsys):
    assert "'rongchen' is neither an experiment nor a preset (did you mean 'rongcheng'?)" in refused(capsys, "show", "rongchen")
    assert "(did you mean 'systems'?)" in refused(capsys, "show", "system")


def test_list_names_the_presets(capsys):
    assert main(["list"]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in (*NAMES, "systems", "suining-ends", "three-levers"))


def test_waiting_for_judgments_that_nobody_leaves_unpaid_is_told(capsys):
    few = ["--set", "population.citizens=50", "--set", "network.mean_degree=6", "--set", "time.ticks=4", "--set", "time.burn_in=1"]
    defaulters = ["simulate", *few, "--set", "scheme.preset=defaulters"]
    note = "note: scheme defaulters counts unpaid judgments, but there are none: court.collection = 1"
    assert main(defaulters) == 0
    assert note in capsys.readouterr().err
    assert main([*defaulters, "--set", "court.collection=0.5"]) == 0
    assert "unpaid" not in capsys.readouterr().err
    assert main(["simulate", *few]) == 0
    assert "unpaid" not in capsys.readouterr().err
