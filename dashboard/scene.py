"""What one viewer watches: twin worlds, who stands where, in which colours, who is looked at, and how typical it all is."""

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dashboard.charts.panels import QUANTITIES
from dashboard.citizen.person import person
from dashboard.citizen.why import explain
from dashboard.levers import settings_of
from dashboard.network.colours import COLOURINGS, checked_colouring
from dashboard.network.layout import lay_out
from dashboard.parameters import rows_of, written
from dashboard.replayed import Comparison, Replayed
from dashboard.status import Seen
from dashboard.stored.replaying import Agreement
from dashboard.worlds.choice import Choice, value_of_text
from dashboard.worlds.events import Event, events
from dashboard.worlds.replications import MOST, Replicated, Replications
from dashboard.worlds.twins import LEFT, Twins
from experiments.refusal import whole_number
from model.assign import Policy
from model.declarations import SocietyParameters
from model.edits import is_edit

#: Background runs that make a band: of fewer its ends would be single runs. How many there are, unless this variable says so.
FEWEST, BACKGROUND, VARIABLE = 5, 20, "SOCIAL_CREDIT_LAB_BACKGROUND_RUNS"


def background() -> int:
    """Return how many background runs there are to be. Raises a Refusal for a variable that is no such number."""
    said = os.environ.get(VARIABLE, str(BACKGROUND))
    return whole_number("", VARIABLE, int(said) if said.isdecimal() and said.isascii() and len(said) < 6 else said, 1, MOST)


class Scene:
    """Twin worlds and all that is shown of them. Moved by one thread alone; a Refusal changes nothing."""

    def __init__(self, choice: Choice):
        """Build the worlds, at tick 0, and begin to replicate them."""
        self.twins = Twins(choice.at_the_start())
        self.facts = replace(self.twins.facts, choice=choice)
        society = self.twins.society()
        self.layout = lay_out(society.graph, society.world.citizens.region)
        self.colouring = COLOURINGS[0]
        self.selected: tuple[str, int] | None = None
        self._comparison = Comparison(choice.replay) if isinstance(choice, Replayed) else None
        self._parameters_told: list[SocietyParameters] = []
        computed = {name: (quantity.outcomes, quantity.compute) for name, quantity in QUANTITIES.items()}
        self._replications = Replications(computed, background())
        self._replications.show(self.twins.choice)
        self._bands_told: Replicated | None = None
        self.version_of_bands = 0

    def close(self) -> None:
        """End what goes on in the background."""
        self._replications.close()

    # --- time -----------------------------------------------------------------------------------------------------------------

    @property
    def tick(self) -> int:
        """How many weeks are over."""
        return self.twins.tick

    @property
    def ended(self) -> bool:
        """Whether the run has reached its length."""
        return self.twins.ended

    def step(self) -> None:
        """Simulate one tick."""
        self.twins.step()

    def to(self, tick: int) -> None:
        """Go to the start of a tick."""
        self.twins.to(tick)

    # --- what is done ---------------------------------------------------------------------------------------------------------

    def change(self, side: str, name: str, value: Any) -> int:
        """Change a parameter from the next tick on; a text is read as one of an address is. Return how many later changes that drops."""
        return self._done(self.twins.change(self._sides(side), name, value_of_text(name, value) if isinstance(value, str) else value))

    def edit(self, side: str, kind: str, *numbers: int) -> int:
        """Edit a world at the start of the next tick. Return how many later changes that drops."""
        return self._done(self.twins.edit(side, kind, *numbers))

    def _done(self, dropped: Mapping[str, Policy]) -> int:
        self._replications.show(self.twins.choice)
        return sum(map(len, dropped.values()))

    def _sides(self, side: str) -> str:
        return side if len(self.facts.sides) > 1 else LEFT

    def colour(self, by: str) -> None:
        """Colour citizens by something else."""
        self.colouring = checked_colouring(by)

    def pick(self, world: int, citizen: int) -> None:
        """Look at a citizen of a world (0 left, 1 right), or at none."""
        if citizen < 0:
            self.selected = None
        elif 0 <= world < len(self.facts.sides):
            self.selected = self.facts.sides[world], whole_number("", "citizen", citizen, 0, self.facts.citizens - 1)

    # --- what is told ---------------------------------------------------------------------------------------------------------

    def told(self) -> dict[str, Any]:
        """Return what a status says of levers and events."""
        begun = bool(self.facts.schemes) and self.tick >= self.facts.burn_in
        return {"settings": settings_of(self.twins), "begun": begun, "events": self.events()}

    def events(self) -> tuple[Event, ...]:
        """Return what happened on all sides, and is in store."""
        return tuple(event for side in self.facts.sides for event in events(self.twins, side))

    def rows(self) -> dict[str, Any]:
        """Return what a status says of all parameters, on each side, as they will be in the next week."""
        self._parameters_told = self._parameters()
        return {
            "drawer": tuple(self._rows_of(side, parameters) for side, parameters in zip(self.facts.sides, self._parameters(), strict=True))
        }

    def new_rows(self) -> dict[str, Any]:
        """Return the same where parameters are others than when they were last told: where time has come to a change, or gone back."""
        pairs = zip(self._parameters(), self._parameters_told, strict=True)
        return self.rows() if any(now is not told for now, told in pairs) else {}

    def _parameters(self) -> list[SocietyParameters]:
        return [self.twins.society(side).parameters for side in self.facts.sides]

    def _rows_of(self, side: str, parameters: SocietyParameters) -> tuple[dict[str, Any], ...]:
        coming = {row.name: written(row.value) for row in self.twins.recorded(side) if row.tick == self.tick and not is_edit(row.name)}
        return tuple(row | {"value": coming.get(row["name"], row["value"])} for row in rows_of(parameters))

    def look(self, with_why: bool) -> Seen | None:
        """Return what there is to say of the citizen that is looked at; if asked, also why it did last week what it did."""
        if self.selected is None:
            return None
        side, citizen = self.selected
        before = self.twins.week_ago(side) if with_why else None
        decisions = tuple(explain(before, citizen)) if before is not None else ()
        return Seen(side, person(self.twins.society(side), citizen, self.twins.past_scores(citizen, side)), decisions, before is not None)

    def agreements(self) -> tuple[Agreement | None, ...]:
        """Return how each world of a stored run compares with what is stored; nothing for other worlds."""
        return self._comparison.of(self.twins) if self._comparison is not None else ()

    # --- background -----------------------------------------------------------------------------------------------------------

    def bands(self) -> Replicated | None:
        """Return what background runs have found so far, once there are enough of them for a band."""
        found = self._replications.found
        return found if found is not None and found.number >= FEWEST else None

    def replicated(self) -> Replicated | None:
        """Return what background runs have found so far, be they ever so few."""
        return self._replications.found

    def watched(self, by_anyone: bool) -> None:
        """Let what goes on in the background rest while nobody looks on."""
        self._replications.watched(by_anyone)

    def is_replicating(self) -> bool:
        """Whether background runs are still to come."""
        return self._replications.is_busy

    def has_new_bands(self) -> bool:
        """Whether background runs have come in since this was last asked."""
        found = self._replications.found
        if found is self._bands_told:
            return False
        self._bands_told, self.version_of_bands = found, self.version_of_bands + 1
        return True
