"""Every declared parameter by its name, and the sentence with which a value is refused."""

import pytest

from model.assign import default_parameters
from model.parameters import Declaration, ParameterError, walk

DEFAULT = default_parameters()
#: Every declaration: of the society, of a scheme, of a grade.
DECLARED: dict[str, Declaration] = {d.name: d for d, _ in walk(DEFAULT)}


def refusal_of(function, *arguments) -> str:
    """Return the sentence with which a call is refused."""
    with pytest.raises(ParameterError) as refusal:
        function(*arguments)
    sentence = str(refusal.value)
    assert "\n" not in sentence
    return sentence
