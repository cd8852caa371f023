"""Specs: reading, what is refused and how it is said; settings, arms and their parameters."""

from dataclasses import replace

import pytest

from experiments.refusal import Refusal
from experiments.specs.arms import parse_settings, parse_value, resolve, value_of, with_networks, with_settings, without_effect
from experiments.specs.spec import find_spec, parse_spec
from model.assign import default_parameters

MINIMAL = '[[arm]]\nname = "only"\n'


def refusal(text: str) -> str:
    """Return what is said of a spec that cannot be read or resolved."""
    with pytest.raises(Refusal) as caught:
        resolve(parse_spec(text, "my.toml"))
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- form -----------------------------------------------------------------------------------------------------------------------


def test_dotted_and_nested_tables_say_the_same():
    dotted = parse_spec(MINIMAL + "[base]\ntime.ticks = 60\nscheme.event.helping = 5\npolicy = [[30, 'scheme.active', false]]", "a")
    nested = parse_spec(
        MINIMAL + "[base]\npolicy = [[30, 'scheme.active', false]]\n[base.time]\nticks = 60\n[base.scheme.event]\nhelping = 5",
        "b",
    )
    quoted = parse_spec(MINIMAL + "[base]\n'time.ticks' = 60\n'scheme.event.helping' = 5\npolicy = [[30, 'scheme.active', false]]", "c")
    assert replace(nested, title="a") == replace(quoted, title="a") == dotted
    assert resolve(dotted)[0].policy == ((30, "scheme.active", False),)


def test_defaults_of_a_minimal_spec():
    spec = parse_spec(MINIMAL, "my.toml")
    assert (spec.title, spec.seed, spec.replications, spec.effect_window) == ("my", 1, 20, 52)
    assert spec.references == ("only",)
    assert spec.contrasts() == []
    assert resolve(spec)[0].parameters == default_parameters()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = 'x'", "my.toml: arm is missing: expected at least one [[arm]] table"),
        ("titel = 'x'\n" + MINIMAL, "my.toml: 'titel' is not a key here (did you mean 'title'?): expected title, question, "),
        ("title = 3\n" + MINIMAL, "my.toml: title = 3 is not allowed: expected text"),
        ("seed = -1\n" + MINIMAL, "my.toml: seed = -1 is not allowed: expected a whole number from 0 to "),
        ("seed = 1.5\n" + MINIMAL, "my.toml: seed = 1.5 is not allowed: expected a whole number"),
        ("seed = true\n" + MINIMAL, "my.toml: seed = True is not allowed: expected a whole number"),
        ("replications = 0\n" + MINIMAL, "my.toml: replications = 0 is not allowed: expected a whole number from 1 to 100000"),
        ("effect_window = 0\n" + MINIMAL, "my.toml: effect_window = 0 is not allowed"),
        (
            "references = ['onyl']\n" + MINIMAL,
            "my.toml: references = 'onyl' is not allowed: expected the name of an arm, one of only",
        ),
        ("references = 'only'\n" + MINIMAL, "my.toml: references = 'only' is not allowed: expected a list of names of arms"),
        (
            "references = ['only', 'only']\n" + MINIMAL,
            "my.toml: references = ['only', 'only'] is not allowed: expected each arm at",
        ),
        (MINIMAL + MINIMAL, "my.toml: arm 'only' is given twice"),
        (MINIMAL + "lable = 'x'", "my.toml: arm 1: 'lable' is not a key here (did you mean 'label'?)"),
        ("[[arm]]\nlabel = 'x'", "my.toml: arm 1: name is missing"),
        ("[[arm]]\nname = 'a b'", "my.toml: arm 1: name = 'a b' is not allowed: expected a name of letters, digits"),
        (MINIMAL + "set = 3", "my.toml: arm 1 (only): set = 3 is not allowed: expected a table"),
        (
            MINIMAL + "policy = [3]",
            'my.toml: arm 1 (only): policy = [3] is not allowed: expected a list of [tick, "parameter", value]',
        ),
        ("arm = 3", "my.toml: arm = 3 is not allowed: expected [[arm]] tables"),
        ("arm = [3]", "my.toml: arm = 3 is not allowed: expected [[arm]] tables"),
        (MINIMAL + "[[contrast]]\narm = 'only'\nreference = 'other'", "my.toml: contrast.reference = 'other' is not allowed"),
        (
            MINIMAL + "[[contrast]]\narm = 'only'\nreference = 'only'",
            "contrast.reference = 'only' is not allowed: expected another arm",
        ),
        (MINIMAL + "[base]\ntime.ticks = 5\n'time.ticks' = 6", "my.toml: base: time.ticks is given twice, as 5 and as 6"),
        ("title = ", "my.toml: the file is not valid TOML: Invalid value (at end of document)"),
    ],
)
def test_what_is_wrong_with_the_form_is_said(text, said):
    assert refusal(text).startswith(said) or said in refusal(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[base]\nscheme.contact_wieght = 0.3",
            "my.toml: base: 'scheme.contact_wieght' is not a parameter (did you mean 'scheme.contact",
        ),
        ("[base]\nscheme.exemption = 1.5", "my.toml: base: scheme.exemption = 1.5 is not allowed: expected a number from 0 to 1"),
        (
            "[base]\nscheme.exemption = 'all'",
            "my.toml: base: scheme.exemption = 'all' is not allowed: expected a number from 0 to 1",
        ),
        ("[base]\nscheme.exemption = [1]", "my.toml: base: scheme.exemption = [1] is not allowed"),
        ("[base]\ntime.ticks = 0", "my.toml: base: time.ticks = 0 is not allowed: expected a whole number from 1 to 100000"),
        ("[base]\ntime.ticks = 2.5", "my.toml: base: time.ticks = 2.5 is not allowed: expected a whole number"),
        ("[base]\ntime = 5", "my.toml: base: 'time' is a group of 2 parameters: expected one of them, such as 'time.ticks'"),
        (
            "[base]\nscheme.preset = 'rongchen'",
            "my.toml: base: scheme.preset = 'rongchen' is not allowed: expected one of none, ",
        ),
        ("[base]\nscheme.preset = 5", "my.toml: base: scheme.preset = 5 is not allowed: expected text"),
        (
            "[base]\nscheme.preset = 'none'\nscheme.exemption = 1",
            "my.toml: base: scheme.exemption = 1 is not allowed: scheme.preset is",
        ),
        ("[base]\npolicy = [[5, 'time.ticks', 9]]", "my.toml: arm 'only': policy: 'time.ticks' cannot change during a run"),
        (
            "[base]\npolicy = [[-5, 'scheme.active', true]]",
            "my.toml: arm 'only': policy: [-5, 'scheme.active', True] is not allowed",
        ),
        ("[base]\npolicy = [[5]]", "my.toml: arm 'only': policy: [5] is not allowed: expected [tick, parameter, value]"),
        (
            "[[lever]]\nname = 'x'\nparameter = 'scheme.exemtion'",
            "my.toml: lever: 'scheme.exemtion' is not a parameter (did you mean",
        ),
    ],
)
def test_what_is_wrong_with_a_parameter_is_said(text, said):
    assert refusal(MINIMAL + text).startswith(said)


def test_a_wrong_arm_is_named():
    text = MINIMAL + '[[arm]]\nname = "bad"\nset = { learning.spillover = 2 }'
    assert refusal(text) == "my.toml: arm 'bad': learning.spillover = 2 is not allowed: expected a number from 0 to 1"


def test_files_that_cannot_be_read(tmp_path):
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    (tmp_path / "folder.toml").mkdir()
    other = tmp_path / "spec.json"
    other.write_text("{}")
    for path, said in (
        (tmp_path / "none.toml", "there is no such file"),
        (binary, "the file is not text in UTF-8"),
        (tmp_path / "folder.toml", "this is a folder"),
        (other, "the suffix '.json' is not allowed: expected a .toml file"),
    ):
        with pytest.raises(Refusal, match=said) as caught:
            find_spec(str(path))
        assert str(caught.value).startswith(str(path))
    with pytest.raises(Refusal, match=r"experiment 'three-leavers' is not known \(did you mean 'three-levers'\?\)"):
        find_spec("three-leavers")


# --- arms -----------------------------------------------------------------------------------------------------------------------


def test_arms_win_over_the_base():
    spec = parse_spec("[base]\nscheme.exemption = 0.5\n[[arm]]\nname='a'\n[[arm]]\nname='b'\nset={scheme.exemption=1}", "x")
    assert [value_of(arm, "scheme.exemption") for arm in resolve(spec)] == [0.5, 1.0]
    other_name = parse_spec(
        "[base]\nschemes.rongcheng.exemption = 0.5\nscheme.exemption = 0.4\n[[arm]]\nname='b'\nset={scheme.exemption=1}", "x"
    )
    assert value_of(resolve(other_name)[0], "schemes.rongcheng.exemption") == 1.0


def test_a_scheme_setting_of_the_base_falls_away_without_a_scheme():
    spec = parse_spec("[base]\nscheme.exemption = 0.5\n[[arm]]\nname='a'\nset={scheme.preset='none'}", "x")
    assert resolve(spec)[0].parameters.schemes == ()
    own = parse_spec("[[arm]]\nname='a'\nset={scheme.preset='none', scheme.exemption=1}", "x")
    with pytest.raises(Refusal, match=r"arm 'a': scheme.exemption = 1 is not allowed: scheme.preset is 'none'"):
        resolve(own)


def test_settings_of_the_command_line():
    found = parse_settings(["time.ticks=60", "scheme.exemption=1", "time.ticks = 70", "network.file=1912", "scheme.preset=none"])
    assert found == (("scheme.exemption", 1), ("time.ticks", 70), ("network.file", "1912"), ("scheme.preset", "none"))
    scalars = {"1": 1, "0.3": 0.3, ".3": 0.3, "3.": 3.0, "true": True, "'x y'": "x y", "inf": float("inf")}
    bare = ["a/b.txt", "", "[1]", "1\nb=2", "1979-05-27", "0x", "a=b"]
    for text, value in (scalars | {text: text for text in bare}).items():
        assert parse_value(text) == value
        assert type(parse_value(text)) is type(value)
    for text in ("time.ticks", "=5", " = "):
        with pytest.raises(Refusal, match=r"--set .* is not allowed: expected NAME=VALUE"):
            parse_settings([text])


def test_settings_go_to_the_base_and_tell_when_no_arm_takes_them():
    spec = find_spec("three-levers")[0]
    settings = (("scheme.exemption", 0.5), ("time.ticks", 60), ("schemes.rongcheng.contact_weight", 0.1))
    assert without_effect(with_settings(spec, settings), settings) == ["scheme.exemption", "schemes.rongcheng.contact_weight"]
    arms = resolve(with_settings(spec, settings))
    assert {arm.parameters.time.ticks for arm in arms} == {60}
    assert [value_of(arm, "scheme.exemption") for arm in arms] == [value_of(arm, "scheme.exemption") for arm in resolve(spec)]


def test_a_named_network_sets_the_population_and_contradiction_is_refused():
    arms, graphs = with_networks(resolve(parse_spec(MINIMAL + "[base]\nnetwork.topology = 'karate'", "x")))
    assert (arms[0].parameters.population.citizens, graphs) == (34, {})
    same = parse_spec(MINIMAL + "[base]\nnetwork.topology = 'karate'\npopulation.citizens = 34", "x")
    assert with_networks(resolve(same))[0] == tuple(
        replace(arm, explicit=same_arm.explicit) for arm, same_arm in zip(arms, resolve(same), strict=True)
    )
    other = parse_spec(MINIMAL + "[base]\nnetwork.topology = 'karate'\npopulation.citizens = 50", "x")
    with pytest.raises(Refusal, match=r"population\.citizens = 50 is not allowed with network.topology = 'karate': expected 34"):
        with_networks(resolve(other))
