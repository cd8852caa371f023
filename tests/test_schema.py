"""The JSON Schema of a spec: takes what the program takes, and refuses what can be seen to be wrong without running it."""

import json
import tomllib

import jsonschema
import pytest

from experiments.__main__ import main
from experiments.specs.schema import spec_schema
from experiments.specs.spec import catalog, find_spec, to_toml

SCHEMA = spec_schema()


def faults(text: str) -> list[str]:
    """Return what the schema finds wrong."""
    return [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(tomllib.loads(text))]


def test_it_is_a_schema_and_the_command_prints_it(capsys):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == SCHEMA


@pytest.mark.parametrize("name", catalog())
def test_the_catalogue_fits_as_written_by_hand_and_by_the_program(name):
    spec, _, given = find_spec(name)
    assert faults(given) == []
    assert faults(to_toml(spec)) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[[arm]]\nname = 'a'\n[base]\nscheme.exemptoin = 1\n", "'exemptoin' was unexpected"),
        ("titel = 'x'\n[[arm]]\nname = 'a'\n", "'titel' was unexpected"),
        ("[[arm]]\nlabel = 'a'\n", "'name' is a required property"),
        ("title = 'x'\n", "'arm' is a required property"),
        ("[[arm]]\nname = 'a'\n[base]\ntime.tikcs = 5\n", "'tikcs' was unexpected"),
        ("[[arm]]\nname = 'a'\n[base]\ntime.ticks = 0\n", "0 is less than the minimum of 1"),
        ("[[arm]]\nname = 'a'\nset = { scheme.exemption = 2 }\n", "2 is greater than the maximum of 1"),
        ("[[arm]]\nname = 'a'\n[[factor]]\nvalues = [1]\n", "'parameter' is a required property"),
        ("[[arm]]\nname = 'a'\n[design]\nkind = 'grid'\n", "'grid' is not one of"),
        ("[[arm]]\nname = 'a'\n[precision]\nhalf_width = 0\nmaximum = 9\n", "0 is less than or equal to the minimum of 0"),
        ("[[arm]]\nname = 'a'\npolicy = [[1, 'scheme.active']]\n", "is too short"),
    ],
)
def test_faults_are_found(text, fault):
    assert fault in " ".join(faults(text))
