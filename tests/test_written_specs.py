"""A spec written, or written out with every parameter, and read again is the same; and every parameter is listed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.refusal import Refusal
from experiments.specs.arms import resolve, value_of
from experiments.specs.declared import parameter_rows, written_out
from experiments.specs.spec import ArmSpec, Contrast, Lever, Spec, catalog, find_spec, parse_spec, to_toml
from model.assign import default_parameters
from model.parameters import walk

ROWS = [(d, value) for d, value in walk(default_parameters()) if not d.name.startswith("network.")]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)


@st.composite
def values(draw, declaration):
    """Draw an allowed value of a parameter."""
    if declaration.choices:
        return draw(st.sampled_from(declaration.choices))
    if isinstance(declaration.default, bool):
        return draw(st.booleans())
    if isinstance(declaration.default, int):
        return draw(st.integers(int(declaration.low), int(declaration.high)))
    return draw(st.floats(declaration.low, declaration.high))


@st.composite
def settings_of_base(draw):
    """Draw settings: distinct parameters with allowed values."""
    chosen = draw(st.lists(st.sampled_from(ROWS), max_size=6, unique_by=lambda row: row[0].name))
    return tuple((declaration.name, draw(values(declaration))) for declaration, _ in chosen)


@st.composite
def specs(draw):
    """Draw a whole spec."""
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    arms = tuple(ArmSpec(name, draw(TEXT), draw(settings_of_base()), ((3, "scheme.active", False),)) for name in names)
    references = tuple(draw(st.lists(st.sampled_from(names), unique=True)))
    extra = (Contrast(names[0], names[-1]),) if len(names) > 1 else ()
    if not extra and not references:
        references = (names[0],)
    levers = tuple(Lever(name, draw(TEXT), "scheme.exemption") for name in draw(st.lists(NAMES, max_size=2, unique=True)))
    whole = st.integers(1, 1000)
    base, policy = draw(settings_of_base()), draw(st.sampled_from([(), ((5, "court.fine", 2.5), (7, "scheme.exemption", 1))]))
    return Spec(draw(TEXT), draw(TEXT), draw(whole), draw(whole), draw(whole), base, policy, arms, levers, references, extra)


def in_any_order(spec: Spec) -> Spec:
    """Return the spec with its settings sorted by name: TOML keeps tables together, and their order does not matter."""
    arms = tuple(replace(arm, settings=tuple(sorted(arm.settings))) for arm in spec.arms)
    return replace(spec, base=tuple(sorted(spec.base)), arms=arms)


@given(specs())
def test_a_spec_written_and_read_is_the_same(spec):
    again = parse_spec(to_toml(spec), "again")
    assert in_any_order(again) == in_any_order(spec)


@pytest.mark.parametrize("name", sorted(catalog()))
def test_a_spec_written_out_means_the_same(name):
    spec = find_spec(name)[0]
    again = parse_spec(written_out(spec), "again")
    assert [(arm.name, arm.parameters, arm.policy) for arm in resolve(again)] == [
        (arm.name, arm.parameters, arm.policy) for arm in resolve(spec)
    ]
    assert again.contrasts() == spec.contrasts()
    assert len(again.base) > 100


def test_an_arm_with_another_scheme_keeps_the_bases_settings_when_written_out():
    """`scheme.X` of the base means the first scheme of each arm, whatever its name."""
    text = "[base]\nscheme.exemption = 0.5\nscheme.preset = 'none'\n[[arm]]\nname='a'\nset = { scheme.preset = 'rongcheng' }"
    with pytest.raises(Refusal):
        resolve(parse_spec(text, "x"))  # a base must stand on its own
    spec = parse_spec(text.replace("scheme.preset = 'none'\n", ""), "x")
    assert value_of(resolve(parse_spec(written_out(spec), "x"))[0], "scheme.exemption") == 0.5


def test_every_parameter_is_listed_once_with_its_declaration():
    rows = parameter_rows()
    names = [row["name"] for row in rows]
    assert len(set(names)) == len(names)
    assert {"scheme.preset", "scheme.contact_weight", "scheme.event.dishonour", "time.burn_in", "network.file"} <= set(names)
    for row in rows:
        assert set(row) == {"name", "default", "low", "high", "choices", "unit", "meaning", "source"}
        assert row["meaning"]
        assert row["source"]
    by_name = {row["name"]: row for row in rows}
    assert by_name["scheme.exemption"]["default"] == 0
    assert (by_name["population.citizens"]["low"], by_name["population.citizens"]["default"]) == (3, 1000)
