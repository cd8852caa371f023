"""A scheme in a file of one's own: what it takes, what it refuses in one sentence, and that the handbook's examples work."""

import re

import pytest

from agents.compiling import ROOT
from experiments.__main__ import main
from model.assign import assign, default_parameters
from model.declarations import SocietyParameters
from model.institutions.reading import preset, system, system_of_file
from model.parameters import ParameterError, as_dict
from model.society import Society
from tests.command_line import refused

PAGE = (ROOT / "docs" / "own-scheme.md").read_text(encoding="utf-8")
COURTESY, COMBINED = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def written(text: str | bytes, name: str = "own.toml") -> str:
    """Write a file and return its path."""
    with open(name, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    return name


def test_the_page_s_scheme_is_what_it_says():
    (scheme,) = system_of_file(written(COURTESY, "courtesy.toml")).schemes
    assert (scheme.name, scheme.start, scheme.fine, scheme.event.dishonour, scheme.event.parking) == ("courtesy", 100, 0.1, -10, -2)
    assert [(grade.name, grade.floor, grade.published) for grade in scheme.grade] == [("courteous", 100, False), ("rude", 0, True)]
    assert scheme.rejection == preset("rongcheng").rejection == 0  # whatever is not named has its default


def test_the_page_s_combination_is_what_it_says():
    first, second = system_of_file(written(COMBINED)).schemes
    assert (first.name, first.rural_coverage, first.appeal) == ("peer-ratings", 0.5, preset("peer-ratings").appeal)
    assert (second.name, second.rural_coverage, second.appeal) == ("watchdogs", 0.5, 0.95)


def test_a_file_that_says_what_a_preset_says_gives_the_same_run():
    text = (ROOT / "model/institutions/presets/rongcheng.toml").read_text(encoding="utf-8")
    small = {"population.citizens": 60, "network.mean_degree": 8.0, "time.burn_in": 2, "time.ticks": 20}
    own = assign(SocietyParameters(), small | {"scheme.file": written(text, "rongcheng.toml")})
    assert own == assign(SocietyParameters(), small | {"scheme.preset": "rongcheng"})
    assert Society(own, rng=1).run().last()["score"] > 0


def test_a_file_is_explained_as_a_preset_is(capsys):
    assert main(["show", written(COURTESY, "courtesy.toml")]) == 0
    said = capsys.readouterr().out
    assert said.startswith("courtesy\n\nA neighbourhood score for courtesy.\n")
    assert "Grade rude (below): travel ban of a week, renewed each week, the name published, held for 12 weeks." in said
    assert "event.dishonour" in said
    assert said.endswith("Try it: python -m experiments simulate --set scheme.file=courtesy.toml\n")
    assert main(["show", written(COMBINED, "both.toml")]) == 0
    assert "watchdogs: " in capsys.readouterr().out
    assert "strat" in refused(capsys, "show", written(COURTESY.replace("start =", "strat ="), "bad.toml"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('about = "x"', []),
        ("floor=0 # mine", ["floor", "mine"]),
        ('  [event]\n  "crime" = -10  # [KJ]', ["event.crime", "-10", "[KJ]"]),
        ("event = {dishonour = -5}", ["event.dishonour", "-5", "no source given"]),
        ("event.dishonour = -30", ["event.dishonour", "-30"]),
        ('combines = [\n  "sesame",\n  "fico",\n]\n[own.fico]\nfloor = 300', ["combines", "['sesame', 'fico']", "own.fico.floor", "300"]),
    ],
)
def test_however_a_file_is_written_what_it_sets_is_shown(capsys, text, shown):
    assert main(["show", written(text)]) == 0
    said = capsys.readouterr().out
    assert [words for words in shown if words not in said.split("Where each number is from:")[1]] == []


def test_an_empty_file_is_no_scheme(capsys):
    for text in ("", "# nothing\n"):
        said = refused(capsys, "simulate", "--set", f"scheme.file={written(text)}")
        assert "own.toml: the file says nothing: expected a scheme, with start, [event], [[grade]], or combines" in said


SPEC = 'title = "t"\nquestion = "q"\n[base]\n{base}\n[[arm]]\nname = "a"\nset = {{ {arm} }}\n'


def test_a_table_that_chooses_the_schemes_twice_is_refused(capsys):
    written(COURTESY, "courtesy.toml")
    file, preset_ = 'scheme.file = "courtesy.toml"', 'scheme.preset = "fico"'
    spec = written(SPEC.format(base=f"{file}\n{preset_}", arm=""), "spec.toml")
    said = "scheme.file = 'courtesy.toml' and scheme.preset = 'fico' are not allowed together: expected one of them"
    assert f"base: {said}" in refused(capsys, "show", spec)
    spec = written(SPEC.format(base=file, arm=f"{file}, {preset_}"), "spec.toml")
    assert f"arm 'a': {said}" in refused(capsys, "show", spec)
    assert main(["show", written(SPEC.format(base=file, arm=preset_), "spec.toml")]) == 0  # an arm's choice wins over the base's


def test_from_the_command_line(capsys):
    written(COURTESY, "courtesy.toml")
    few = ["--set", "population.citizens=50", "--set", "network.mean_degree=6", "--set", "time.ticks=8", "--set", "time.burn_in=2"]
    assert main(["simulate", *few, "--set", "scheme.file=courtesy.toml", "--set", "schemes.courtesy.grade.rude.perk=-0.5"]) == 0
    assert "digest " in capsys.readouterr().out


def test_of_a_file_and_a_preset_the_last_wins_on_the_command_line(capsys):
    written(COURTESY, "courtesy.toml")
    assert main(["simulate", "--ticks", "3", "--set", "scheme.preset=none", "--set", "scheme.file=courtesy.toml"]) == 0
    assert "no scheme begins in this run" in capsys.readouterr().err  # there is one


def test_a_spec_takes_a_file_and_is_written_out_with_it(tmp_path, capsys):
    written(COURTESY, "courtesy.toml")
    written(
        'title = "t"\nquestion = "q"\nseed = 1\nreplications = 1\neffect_window = 2\n[base]\nscheme.file = "courtesy.toml"\n'
        'time.ticks = 6\ntime.burn_in = 2\n[[arm]]\nname = "a"\n[[arm]]\nname = "b"\nset = { scheme.preset = "none" }\n',
        "spec.toml",
    )
    assert main(["show", "spec.toml"]) == 0
    shown = capsys.readouterr().out
    assert 'scheme.file = "courtesy.toml"' in shown.replace("file = ", "scheme.file = ", 1).replace("scheme.scheme.", "scheme.")
    written(shown, "again.toml")
    assert main(["show", "again.toml"]) == 0
    assert capsys.readouterr().out == shown


REFUSED = [
    ("start = 5\nceilling = 3", "'ceilling' is not a parameter (did you mean 'ceiling'?)"),
    ("start = 'high'", "start = 'high' is not allowed: expected a number from 0 to 1000000"),
    ("start = -1", "start = -1 is not allowed: expected a number from 0 to 1000000"),
    ("start = 3000", "schemes.own: the scale 0 to 2000 must contain the start 3000"),
    ("event = 5", "event = 5 is not allowed: expected a table of points"),
    ("[event]\nparkin = -5", "'event.parkin' is not a parameter (did you mean 'event.parking'?)"),
    ("[event]\nparking = true", "event.parking = True is not allowed: expected a number from -10000 to 10000"),
    ("grade = 5", "grade = 5 is not allowed: expected tables [[grade]]"),
    ("[[grade]]\nfloor = 5", "grade: every grade needs a name"),
    ("[[grade]]\nname = 'a b'", "the name 'a b' is not allowed: expected letters, digits, + - _, at most 40 of them"),
    ("[[grade]]\nname = 'a'\n[[grade]]\nname = 'a'", "grade: the name 'a' is given twice"),
    ("[[grade]]\nname = 'a'\nperks = 1", "grade.perks is not a parameter of a grade (did you mean 'perk'?)"),
    ("about = 5", "about = 5 is not allowed: expected text"),
    ("secret = true\nappeal = 0.5", "schemes.own.appeal = 0.5 is not allowed in a secret scheme: expected 0"),
    ("secret = true\n[[grade]]\nname = 'a'\npublished = true", "schemes.own.grade.a.published = True is not allowed in a secret scheme"),
    ("contact_weight = 0.7\nneighbourhood_weight = 0.7", "are not allowed together: expected a sum of at most 1"),
    ("combines = []", "combines = [] is not allowed: expected a list of presets"),
    ("combines = ['sesam']", "combines: 'sesam' is not a preset (did you mean 'sesame'?)"),
    ("combines = ['sesame', 'sesame']", "'sesame' is not allowed: expected each preset once in combines"),
    ("combines = ['sesame']\nstart = 5", "'start' is not allowed in a combination: expected about, combines, each, own"),
    ("combines = ['sesame']\n[own.tencent]\nstart = 5", "'tencent' is not allowed: expected each preset once in combines,"),
    ("combines = ['sesame']\n[each]\nstart = 5", "sesame: schemes.sesame: the scale 350 to 950 must contain the start 5"),
    ("combines = ['national-2020', 'sesame']", "each scheme may appear once"),
    ("start = ", "this is not a TOML file: "),
    (b"\x89PNG\r\n\x1a\n\x00\xff", "this is not a TOML file: "),
    ("#" * 1_000_001, "the file is larger than 1,000,000 bytes"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), REFUSED, ids=[said[:40] for _, said in REFUSED])
def test_a_broken_file_is_refused_in_one_sentence_that_names_it(capsys, text, said):
    written(text)
    sentence = refused(capsys, "simulate", "--set", "scheme.file=own.toml")
    assert said in sentence
    assert "own" in sentence


NO_FILES = [("missing.toml", "no such file"), (".", "is a directory"), ("", "expected the path of a TOML file")]


@pytest.mark.parametrize(("path", "said"), NO_FILES)
def test_a_path_without_a_file_is_refused(capsys, path, said):
    assert said in refused(capsys, "simulate", "--set", f"scheme.file={path}")


def test_a_name_that_cannot_be_part_of_a_parameter_is_refused(capsys):
    written(COURTESY, "my scheme.toml")
    assert "the name 'my scheme' is not allowed" in refused(capsys, "simulate", "--set", "scheme.file=my scheme.toml")


def test_a_society_takes_a_file_or_a_preset_not_both():
    written(COURTESY, "courtesy.toml")
    with pytest.raises(ParameterError, match=r"is not allowed together with scheme.preset = 'none': expected one of them"):
        assign(default_parameters(), {"scheme.preset": "none", "scheme.file": "courtesy.toml"})


def test_a_combination_counts_as_all_its_schemes():
    names = [scheme.name for scheme in system("national-2020").schemes]
    found = as_dict(assign(SocietyParameters(), {"scheme.preset": "national-2020", "schemes.hangzhou.fine": 0.9}))
    assert found["schemes.hangzhou.fine"] == 0.9
    assert {name.split(".")[1] for name in found if name.startswith("schemes.")} == {*names}
