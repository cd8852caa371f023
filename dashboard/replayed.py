"""A stored run as worlds of the page: built from what was recorded, and held against what is stored for as long as nothing is changed."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl, urlencode

from dashboard.stored.replaying import Agreement, Check, Replay, Wish
from dashboard.worlds.choice import Choice, Start
from dashboard.worlds.twins import LEFT, Twins
from experiments.refusal import Refusal, not_allowed
from model.declarations import SocietyParameters
from model.parameters import nearest

#: The words of an address that name a stored run, and how long what they say may be.
WORDS, MAX_TEXT = ("run", "arm", "reference", "replication", "point", "tick"), 200


@dataclass(frozen=True, kw_only=True)
class Replayed(Choice):
    """The worlds of a stored run. What was chosen is the run; parameters, seed and policies are what was recorded."""

    replay: Replay

    @cached_property
    def parameters(self) -> SocietyParameters:
        """The parameters of the world on the left."""
        return self.replay.sides[0].parameters

    def start(self, side: str) -> Start:
        """Return what the world of a side is built from, which may differ from the other."""
        found = self.replay.sides[0 if side == LEFT else -1]
        return Start(found.parameters, found.graph)

    def anew(self, seed: str, preset: str, citizens: str = "") -> Choice:
        """Return worlds that are not stored, as `Choice.anew` does from the default society."""
        return Choice(twin=self.twin).anew(seed, preset, citizens)

    def with_texts(self, texts: object) -> Choice:
        """Refuse: what is stored is shown as it was."""
        raise Refusal("a stored run starts as it was stored: open a world of your own to change what acts on a new start")

    def twinned(self, twin: bool) -> Choice:
        """Refuse another number of worlds: which of the two would remain, or come, was chosen with the run."""
        if twin == self.twin:
            return self
        raise Refusal("a stored run is shown with the worlds that were chosen: choose others among the stored experiments")

    def address(self) -> str:
        """Return an address that `wish_of` reads; what a viewer has changed since is not stored and not in it."""
        wish = self.replay.wish
        fields = [("run", wish.folder), ("arm", wish.arm)] + ([("reference", wish.reference)] if wish.reference else [])
        fields += [(word, str(number)) for word, number in (("replication", wish.replication), ("point", wish.point)) if number]
        return "?" + urlencode(fields + ([("tick", str(self.tick))] if self.tick else []))


def replayed(replay: Replay, tick: int = 0) -> Replayed:
    """Return the worlds of a stored run, looked at in a week. Raises a Refusal where a page cannot show them, or not together."""
    first, last = replay.sides[0], replay.sides[-1]
    for what in ("time.ticks", "time.burn_in", "population.citizens"):
        if first.values[what] != last.values[what]:
            raise Refusal(f"these arms cannot be shown together, as {what} is {first.values[what]} and {last.values[what]}: choose one")
    return Replayed(
        seed=first.seed, twin=replay.twin, left=first.policy, right=last.policy if replay.twin else (), tick=tick, replay=replay
    )  # fmt: skip


def wish_of(address: str) -> tuple[Wish, int] | None:
    """Return the stored run that an address names, and the week; None if it names none. Raises a Refusal of one sentence."""
    try:
        listed = parse_qsl(address.removeprefix("?"), keep_blank_values=True, max_num_fields=40)
    except ValueError:
        listed = []  # far too much for a run: let it be read, and refused, as a choice
    given = dict(listed)
    if "run" not in given:
        return None
    for name, text in listed:
        if name not in WORDS:
            raise Refusal(f"{name[:60]!r} is not known beside run{nearest(name[:60], WORDS)}: expected {', '.join(WORDS)}")
        if len(text) > MAX_TEXT or not text.isprintable():
            raise Refusal(f"{name} is not allowed: expected at most {MAX_TEXT} printable characters")
    number = {word: _number(word, given.get(word, "0")) for word in ("replication", "point", "tick")}
    wish = Wish(given["run"], given.get("arm", ""), number["replication"], number["point"], given.get("reference", ""))
    return wish, number["tick"]


def _number(word: str, text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return int(text)
    raise not_allowed("", word, text, "a whole number from 0")


class Comparison:
    """Holds the worlds of a stored run, as far as they have come, against what is stored. For one thread."""

    def __init__(self, replay: Replay):
        """Begin before the first week."""
        self._sides = [(side, Check(side)) for side in replay.sides]

    def of(self, twins: Twins) -> tuple[Agreement | None, ...]:
        """Return how each world compares, left first; None for one in which a viewer has changed something."""
        return tuple(
            self._one(check, twins, place) if twins.choice.of(place) == side.policy else None
            for place, (side, check) in zip(twins.facts.sides, self._sides, strict=True)
        )

    def _one(self, check: Check, twins: Twins, place: str) -> Agreement:
        series = twins.series(place)
        return check.at_end(series, twins.society(place).digest()) if twins.ended else check.so_far(series)
