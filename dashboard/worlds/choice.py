"""Which worlds to show, as an address that can be kept, sent and opened: the seed, what differs from the default society, one world or
two, what was done to each and when, and the week that is looked at.

An address comes from anywhere. What it says is bounded before it is believed, and refused in one sentence.
"""

import inspect
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import numpy as np

from experiments.refusal import Refusal, not_allowed, whole_number
from experiments.specs.arms import CITIZENS, NETWORK_FILE, canonical, parse_value
from experiments.specs.reading import toml_value
from experiments.specs.spec import MAX_SEED
from model.assign import CHOOSES_SCHEMES, PRESET, SCHEME_FILE, Policy, assign, checked_policy, citizens_of, default_parameters
from model.declarations import SocietyParameters
from model.edits import is_edit
from model.network.graph import Graph
from model.parameters import ParameterError, as_dict, nearest
from model.society import Society

#: The words of an address that stand for a parameter.
SHORT = {"preset": PRESET, "citizens": CITIZENS}
WORDS = ("seed", *SHORT, "twin", "left", "right", "tick")
DEFAULT_SEED = inspect.signature(Society).parameters["rng"].default

#: What an address may ask of the machine: characters in all, of one value; settings; changes of one world by its policy. What the others
#: allow fits into the characters.
MAX_ADDRESS, MAX_TEXT, MAX_SETTINGS, MAX_ROWS = 48_000, 120, 100, 200
#: What a page can show: citizens, weeks, ties; cells in which points wait for their expiry.
MAX_CITIZENS, MAX_TICKS, MAX_TIES, MAX_EXPIRING = 20_000, 10_400, 500_000, 16_000_000
_NAME = re.compile(rf"[\w.+-]{{1,{MAX_TEXT}}}")
_PAIR = re.compile(r"([0-9]{1,9}),([0-9]{1,9})", re.ASCII)


@dataclass(frozen=True, eq=False)  # of a graph there is one, however often it is asked for
class Start:
    """What a world is built from, besides seed and policy. graph: None where the parameters make it."""

    parameters: SocietyParameters
    graph: Graph | None = None

    def is_as(self, other: "Start") -> bool:
        """Whether worlds that are built from both, with one seed and policy, are the same."""
        return self.parameters == other.parameters and self.graph is other.graph


@dataclass(frozen=True)
class Choice:
    """Which worlds to show. Raises a Refusal, one sentence, for what cannot be.

    seed: of all worlds. values: (dotted name, value) of the parameters that differ from the default society, in either world.
    twin: whether there are two worlds. left, right: what is done to each, as for `Society` (a single world is the left one).
    tick: the week that is looked at, 0 to the length of the run.
    """

    seed: int = DEFAULT_SEED
    values: tuple[tuple[str, Any], ...] = ()
    twin: bool = False
    left: Policy = ()
    right: Policy = ()
    tick: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be shown, and give the policies their form."""
        whole_number("", "seed", self.seed, 0, MAX_SEED)
        if not isinstance(self.twin, bool):
            raise not_allowed("", "twin", self.twin, "true or false")
        object.__setattr__(self, "values", _checked_values(self.values))
        _check_size(self.parameters)
        for side in ("left", "right"):
            object.__setattr__(self, side, self._policy(side))
        if self.right and not self.twin:
            raise Refusal("right is not allowed without twin=1: a single world is the left one")
        whole_number("", "tick", self.tick, 0, self.parameters.time.ticks)

    @cached_property
    def parameters(self) -> SocietyParameters:
        """The parameters of all worlds at the start."""
        try:
            return assign(default_parameters(), dict(self.values))
        except ParameterError as error:
            raise Refusal(str(error)) from None

    def start(self, side: str) -> Start:
        """Return what the world of a side is built from: here the same on both sides."""
        return Start(self.parameters)

    @property
    def citizens(self) -> int:
        """How many citizens there are."""
        return citizens_of(self.parameters) or 0

    def _policy(self, side: str) -> Policy:
        rows = getattr(self, side)
        if not isinstance(rows, (tuple, list)) or len(rows) > MAX_ROWS:
            raise Refusal(f"{side} is not allowed: expected a list of at most {MAX_ROWS} changes")
        try:
            policy = checked_policy(self.start(side).parameters, [_bounded_row(row) for row in rows], self.citizens)
        except ParameterError as error:
            raise Refusal(f"{side}: {error}") from None
        ticks = self.parameters.time.ticks
        for tick, name, _ in policy:
            if tick >= ticks:
                raise Refusal(f"{side}: {name} in week {tick} is not allowed: the last week of the run is {ticks - 1}")
        return policy

    def of(self, side: str) -> Policy:
        """Return the policy of the "left" or the "right" world."""
        return self.left if side == "left" else self.right

    def anew(self, seed: str, preset: str, citizens: str = "") -> "Choice":
        """Return the choice from the start with another seed, another preset (what only concerned the former one is dropped), another size.

        seed, preset, citizens: as typed; citizens may be left as they are. Raises a Refusal.
        """
        values, left, right = dict(self.values), self.left, self.right
        if preset != values.pop(PRESET, None):
            values = {name: value for name, value in values.items() if not _concerns_a_scheme(name)}
            left, right = (tuple(row for row in rows if not _concerns_a_scheme(row[1])) for rows in (left, right))
        if citizens and _digits("citizens", citizens) != self.citizens:
            values[CITIZENS] = _digits("citizens", citizens)
            left, right = (tuple(row for row in rows if not is_edit(row[1])) for rows in (left, right))  # of others
        return Choice(_digits("seed", seed), (*values.items(), (PRESET, preset)), self.twin, left, right)

    def with_texts(self, texts: Mapping[str, Any]) -> "Choice":
        """Return the choice from the start with other parameters, as typed. Raises a Refusal."""
        if len(texts) > MAX_SETTINGS:
            raise Refusal(f"the parameters are not allowed: expected at most {MAX_SETTINGS}")
        values = dict(self.values) | {name: value_of_text(name, str(text)) for name, text in texts.items()}
        return replace(self, values=tuple(values.items()), tick=0)

    def twinned(self, twin: bool) -> "Choice":
        """Return the choice with two worlds, at first the same, or with the left one alone."""
        return replace(self, twin=twin, right=self.left if twin else ())

    def at_the_start(self) -> "Choice":
        """Return the choice of the same worlds, looked at before the first week: equal for all views of the same worlds."""
        return replace(self, tick=0)

    def address(self) -> str:
        """Return the part of an address from the `?` on that `choice_from` reads as this choice; it never is empty, which asks for none."""
        default, short = Choice(), {name: word for word, name in SHORT.items()}
        fields = [("seed", str(self.seed))] if self.seed != default.seed else []
        fields += [(short.get(name, name), _written(name, value)) for name, value in self.values]
        fields += [("twin", "1")] if self.twin else []
        fields += [(side, _written_policy(self.of(side))) for side in ("left", "right") if self.of(side)]
        fields += [("tick", str(self.tick))] if self.tick else []
        return "?" + urlencode(fields or [("twin", "0")], quote_via=quote, safe=":;,")


def choice_from(address: str | None) -> Choice:
    """Read a choice from an address such as `?seed=7&preset=sesame&citizens=500&twin=1&right=120:scheme.exemption:1&tick=260`.

    Every parameter can be set by its dotted name. `left` and `right` list changes and edits as `week:name:value`, separated by `;`, as in
    `right=120:scheme.exemption:1;130:edit.cut:3,17`. Raises a Refusal of one sentence.
    """
    given = _fields_of(address or "")
    taken = {word: given.pop(word, None) for word in ("seed", "twin", "left", "right", "tick")}
    for name in given:
        if "." not in name and name not in SHORT:
            raise Refusal(
                f"{name!r} is not known here{nearest(name, WORDS)}: expected {', '.join(WORDS)} or the dotted name of a parameter"
            )
    names = [SHORT.get(name, name) for name in given]
    return Choice(
        seed=DEFAULT_SEED if taken["seed"] is None else _digits("seed", taken["seed"]),
        values=tuple((name, _read(name, text)) for name, text in zip(names, given.values(), strict=True)),
        twin=_switch(taken["twin"]),
        left=_read_policy("left", taken["left"]),
        right=_read_policy("right", taken["right"]),
        tick=0 if taken["tick"] is None else _digits("tick", taken["tick"]),
    )


# --- reading and writing ----------------------------------------------------------------------------------------------------------


def checked_length(address: Any) -> str:
    """Return an address that is a text and not too long to be read. Raises a Refusal."""
    if not isinstance(address, str) or len(address) > MAX_ADDRESS:
        raise Refusal(f"the address is not allowed: expected text of at most {MAX_ADDRESS} characters")
    return address


def _fields_of(address: str) -> dict[str, str]:
    """Return {name: text} of an address, each name once, names and texts of bounded length."""
    try:
        listed = parse_qsl(checked_length(address).removeprefix("?"), keep_blank_values=True, max_num_fields=MAX_SETTINGS + len(WORDS))
    except ValueError:
        raise Refusal(f"the address is not allowed: expected at most {MAX_SETTINGS} settings") from None
    given: dict[str, str] = {}
    for name, text in listed:
        _check_name(name)
        if name in given:
            raise Refusal(f"{name!r} is given twice in the address: expected one value")
        given[name] = text
    return given


def _check_name(name: Any) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise Refusal(f"a name in the choice is not one: expected at most {MAX_TEXT} letters, digits, '.', '_', '+' and '-'")


def _check_text(name: str, text: str) -> None:
    if len(text) > MAX_TEXT or not text.isprintable():
        raise Refusal(f"the value of {name} is not allowed: expected at most {MAX_TEXT} printable characters")


def _digits(name: str, text: Any) -> int:
    """Return the whole number that a text is, or raise a refusal that quotes the text."""
    _check_text(name, text)
    if re.fullmatch(r"[0-9]{1,19}", text, re.ASCII):
        return int(text)
    raise not_allowed("", name, text, "a whole number from 0")


def _switch(text: str | None) -> bool:
    if text not in (None, "0", "1"):
        _check_text("twin", text)
        raise not_allowed("", "twin", text, "0 or 1")
    return text == "1"


def value_of_text(name: str, text: str) -> Any:
    """Return the value of a parameter that somebody typed. Raises a Refusal for a text that is too long or not printable."""
    _check_name(name)
    return _read(name, text)


def _read(name: str, text: str) -> Any:
    """Return the value that a text is: a number, true or false, or else the text itself."""
    _check_text(name, text)
    if is_edit(name):
        pair = _PAIR.fullmatch(text)
        return (int(pair[1]), int(pair[2])) if pair else text
    return text if text[:1] in ("[", "{") else parse_value(text.strip(), _is_text(name))


@cache
def _texts() -> tuple[SocietyParameters, frozenset[str]]:
    default = default_parameters()
    return default, frozenset(name for name, value in as_dict(default).items() if isinstance(value, str))


def _is_text(name: str) -> bool:
    default, texts = _texts()
    return name in CHOOSES_SCHEMES or canonical(name, default) in texts


def _written(name: str, value: Any) -> str:
    """Return a text that `_read` reads as the value."""
    if is_edit(name):
        return f"{value[0]},{value[1]}"
    if not isinstance(value, str):
        return toml_value(value)
    return value if _read(name, value) == value else toml_value(value)


def _read_policy(side: str, text: str | None) -> Policy:
    rows = text.split(";") if text else []
    if len(rows) > MAX_ROWS:
        raise Refusal(f"{side} is not allowed: {len(rows):,} changes, expected at most {MAX_ROWS}")
    return tuple(_read_row(side, row) for row in rows)


def _read_row(side: str, text: str) -> tuple[int, str, Any]:
    tick, name, value = (*text.split(":", 2), "", "")[:3]
    if text.count(":") < 2:
        _check_text(side, text)
        raise not_allowed("", side, text, "changes such as 120:scheme.exemption:1, separated by ';'")
    _check_name(name)
    return _digits(f"the week of {name}", tick), name, _read(name, value)


def _written_policy(policy: Policy) -> str:
    return ";".join(f"{tick}:{name}:{_written(name, value)}" for tick, name, value in policy)


# --- what is believed -------------------------------------------------------------------------------------------------------------


def _checked_values(values: Any) -> tuple[tuple[str, Any], ...]:
    """Return the settings as plain values under names that differ."""
    listed = _pairs(values)
    for place, (name, value) in enumerate(listed):
        if any(name == other for other, _ in listed[:place]):
            raise Refusal(f"{name!r} is given twice: expected one value")
        if name in (NETWORK_FILE, SCHEME_FILE):
            raise Refusal(f"{name} cannot be set here: expected a society that the program can make by itself")
        _check_scalar(name, value)
    return tuple(listed)


def _pairs(values: Any) -> list[tuple[str, Any]]:
    if not isinstance(values, (tuple, list)) or len(values) > MAX_SETTINGS:
        raise Refusal(f"the parameters are not allowed: expected a list of at most {MAX_SETTINGS} names with values")
    listed = []
    for pair in values:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise Refusal("a parameter is not allowed: expected a name and a value")
        _check_name(pair[0])
        listed.append((pair[0], _plain(pair[1])))
    return listed


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _check_scalar(name: str, value: Any) -> None:
    if isinstance(value, str):
        _check_text(name, value)
    elif not (isinstance(value, float) and math.isfinite(value)) and not (isinstance(value, int) and abs(value) < 2**63):
        if isinstance(value, float):
            raise not_allowed("", name, value, "a finite number")
        raise Refusal(f"the value of {name} is not allowed: expected a number, true, false or a word")


def _bounded_row(row: Any) -> Any:
    """Return a row of a policy with a plain value, of which a refusal can quote everything."""
    if not isinstance(row, (tuple, list)) or len(row) != 3:
        raise Refusal("a change is not allowed: expected [week, name, value]")
    tick, name, value = _plain(row[0]), row[1], _plain(row[2])
    _check_name(name)
    _check_scalar("the week", tick)
    pair: Iterable[Any] = value if is_edit(name) and isinstance(value, (tuple, list)) and len(value) == 2 else (value,)
    for number in pair:
        _check_scalar(name, _plain(number))
    return tick, name, value


def _check_size(parameters: SocietyParameters) -> None:
    """Refuse a society that is too large for a page."""
    citizens, network = citizens_of(parameters) or 0, parameters.network
    whole_number("", CITIZENS, citizens, 3, MAX_CITIZENS)
    whole_number("", "time.ticks", parameters.time.ticks, 1, MAX_TICKS)
    if citizens * network.mean_degree / 2 > MAX_TIES:
        raise not_allowed("", "network.mean_degree", network.mean_degree, f"at most {MAX_TIES:,} ties in all")
    longest = max((scheme.expiry_weeks for scheme in parameters.schemes), default=0)
    if len(parameters.schemes) * citizens * longest > MAX_EXPIRING:
        raise not_allowed("", "expiry_weeks", longest, f"at most {MAX_EXPIRING // (len(parameters.schemes) * citizens):,} here")


def _concerns_a_scheme(name: str) -> bool:
    return name.startswith(("scheme.", "schemes."))
