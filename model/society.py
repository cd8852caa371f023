"""The society: a Mesa model that builds the world and moves it through the twelve phases of a tick."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from copy import deepcopy
from typing import Any

import mesa
import numpy as np

from agents.citizen import Citizen, Official
from model.arguments import ENGINES, checked_engine, checked_seed, checked_threads
from model.assign import assign, assign_one, checked_policy, default_parameters
from model.citizen_set import CitizenSet, view
from model.declarations import SocietyParameters
from model.digest import digest
from model.editing import edited
from model.edits import OFFICE, PREFIX, is_edit
from model.forks import check_fork, copy_memories, with_other_levels
from model.institutions.dimensions import score_by_dimension
from model.institutions.introduction import introduce
from model.institutions.ledger import count_levels
from model.lanes import of_lanes
from model.network.generate import generate, population_of
from model.network.graph import Graph
from model.network.load import load
from model.network.ties import of_ties
from model.organisations import of_organisations
from model.outcomes import EACH_YEAR, NAMES
from model.parameters import ParameterError
from model.phases.record import TICK_COLUMNS, WEEKS_PER_YEAR, cells_of
from model.population import World, new_citizens, of_cases, of_schemes, of_week
from model.rules import numbers_of
from model.schedule import BY_CITIZENS, DETECTION, LAST, PHASES, STEPS, run_compiled, run_side_by_side, run_step, run_weeks
from model.series import Series, SeriesCollector, closes_a_year
from model.surroundings import Surroundings
from model.yearly import measure_year

__all__ = ["ENGINES", "Society", "build_graph"]

#: Fields of World that change during a run, and those of them that only schemes touch.
_OF_SCHEMES = ("status", "standing", "band", "ledger", "pending", "expiring", "grip", "accounts", "books", "signs", "sighted", "rated")
_MOVING = (
    "citizens", "rows", "slots", "week", "act", "tally", "counts", "cases", "witnesses", "firms", "customers", "governments", *_OF_SCHEMES,
)  # fmt: skip
_SHORT = {
    "citizens": "population.citizens", "preset": "scheme.preset", "contact_weight": "scheme.contact_weight",
    "reporting_reward": "scheme.reporting_reward", "exemption": "scheme.exemption",
}  # fmt: skip


class Society(Surroundings, mesa.Model):
    """A society of citizens, ties and scoring institutions; a good Mesa model.

    parameters: all parameters (default: the default society under the Rongcheng preset, levers at 0).
    rng: the seed, a whole number >= 0; equal seeds and parameters give equal runs, bit for bit, in either engine.
    engine: "compiled" (loops over arrays) or "agents" (each citizen's methods; needed to override a decision).
    citizen_class: the class of citizens of the agents engine.
    policy: (tick, parameter, value) changes while the run goes on; also edits of the world, as (tick, "edit.cut", (i, j)).
    graph: a ready graph instead of the one the parameters describe.
    threads: how many processors take a tick's steps side by side (compiled engine; worth it from about 20,000 citizens on). It has no
    influence on the result.
    agent_reporters: as for Mesa's DataCollector (slow).
    values: further parameters by dotted name, e.g. **{"scheme.contact_weight": 0.3}; `citizens`, `preset` and the three levers
    also go by their short names. Raises
    ParameterError or NetworkError with one sentence.
    scenario: Mesa's own container of parameters, which its page hands to every model; not used.
    """

    def __init__(
        self,
        parameters: SocietyParameters | None = None,
        *,
        rng: int | None = 0,
        engine: str = "compiled",
        citizen_class: type[Citizen] = Citizen,
        policy: Iterable = (),
        graph: Graph | None = None,
        threads: int = 1,
        agent_reporters: dict | None = None,
        citizens: int | None = None,
        preset: str | None = None,
        contact_weight: float | None = None,
        reporting_reward: float | None = None,
        exemption: float | None = None,
        scenario: Any = None,
        **values: Any,
    ):
        super().__init__(rng=checked_seed(rng))
        short = (citizens, preset, contact_weight, reporting_reward, exemption)
        named = {name: value for name, value in zip(_SHORT.values(), short, strict=True) if value is not None}
        self.parameters = assign(parameters or default_parameters(), named | values)
        self.engine, self.citizen_class = checked_engine(engine, citizen_class), citizen_class
        self.tick, self._resting, self._under_way = 0, False, False
        self.graph = graph or build_graph(self.parameters, self.seed)
        self.policy = checked_policy(self.parameters, policy, self.graph.citizens)
        self.threads = checked_threads(threads)
        self.world = _new_world(self.parameters, self.graph, self.seed, self.threads)
        self._cells = cells_of(self.world.citizens)
        self._series = Series(self.parameters.time.ticks)
        self._persons = [_class_of(self, index)(self) for index in range(self.graph.citizens)] if engine == "agents" else None
        self.datacollector = SeriesCollector(self, agent_reporters)

    @property
    def seed(self) -> int:
        """The seed of all draws."""
        return int(self._seed)

    # --- Mesa's view of the citizens ------------------------------------------------------------------------------------------

    def citizen(self, index: int) -> Citizen:
        """Return the citizen of a row: its persistent self in the agents engine, a view in the compiled one."""
        return self._persons[index] if self._persons is not None else view(self, index)

    @property
    def citizens(self) -> CitizenSet | list[Citizen]:
        """All citizens in order of their row."""
        return self._persons if self._persons is not None else self.agents

    @property
    def agents(self) -> CitizenSet:
        """All citizens as a Mesa agent set."""
        return CitizenSet(np.arange(self.graph.citizens), self.random, self)

    @property
    def agents_by_type(self) -> dict[type[Citizen], CitizenSet]:
        """Citizens by class, as Mesa's tools expect them."""
        rows = np.arange(self.graph.citizens)
        kinds = np.array([type(person) for person in self._persons or ()])
        if self._persons is None:
            kinds = np.where(self.world.citizens.official == 1, Official, Citizen)
        return {kind: CitizenSet(rows[kinds == kind], self.random, self) for kind in dict.fromkeys(kinds.tolist())}

    @property
    def agent_types(self) -> list[type[Citizen]]:
        """The classes of citizens there are."""
        return list(self.agents_by_type)

    # --- time -----------------------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Simulate one tick: the twelve phases of `model.schedule.PHASES`, in their order."""
        if self._resting:
            return
        self._apply_policy()
        row = self._series.next_row()
        for _ in self._phases(row, ()):
            pass
        self._finish_tick(row)

    def run_phases(self, stops: Collection[str] = PHASES):
        """Simulate one tick phase by phase, yielding the name of each phase, or of those in `stops` alone, once it is done."""
        self._wind_clock(1)
        self._apply_policy()
        row = self._series.next_row()
        yield from self._phases(row, stops)
        self._finish_tick(row)

    def run_steps(self):
        """Do what `run_phases` does, yielding the name of each of `model.schedule.STEPS` once it is done (compiled engine only)."""
        if self.engine == "agents":
            raise ParameterError("engine = 'agents' is not allowed: expected 'compiled', the engine that takes a phase in steps")
        self._wind_clock(1)
        self._apply_policy()
        row = self._series.next_row()
        for step, name in enumerate(STEPS):
            burn_in = self.parameters.time.burn_in
            while not run_step(self.world, self.tick, burn_in, step, self._cells, row[:TICK_COLUMNS]):
                self._make_room()
            yield name
        self._finish_tick(row)

    def _phases(self, row: np.ndarray, stops: Collection[str]):
        """Run all phases, the compiled engine without a pause between two stops; yield the name of each phase at which to stop."""
        first = 0
        for last, phase in enumerate(PHASES):
            if self.engine == "agents" or phase in stops or last == LAST:
                self._run(row, first, last)
                first = last + 1
            if phase in stops:
                yield phase

    def _wind_clock(self, ticks: int) -> None:
        """Move Mesa's clock without simulating."""
        self._resting = True
        if ticks > 0:  # Mesa warns of no time at all
            self.run_for(ticks)
        self._resting = False

    def run(self, ticks: int | None = None) -> Society:
        """Simulate that many ticks, or up to the end of the run; return self."""
        left = self.parameters.time.ticks - self.tick if ticks is None else ticks
        while left > 0:
            left -= self._stride(min(left, self._uneventful_weeks()))
        return self

    def _uneventful_weeks(self) -> int:
        """Return how many weeks nobody but the compiled loops has anything to do in: no change of policy, no end of a year."""
        collector = self.datacollector
        if self.engine == "agents" or self.threads > 1 or type(self).step is not Society.step:
            return 0
        if not isinstance(collector, SeriesCollector) or collector.agent_reporters:
            return 0
        eventful = [change[0] for change in self.policy if change[0] >= self.tick]
        eventful += [self.tick + WEEKS_PER_YEAR - 1 - self.tick % WEEKS_PER_YEAR, self.parameters.time.ticks - 1]
        return max(min(eventful) - self.tick, 0)

    def _stride(self, weeks: int) -> int:
        """Simulate that many weeks at once, or else one step; return how many were done."""
        if weeks < 2:
            self.step()
            return 1
        rows = self._series.next_rows(weeks)
        done = run_weeks(self.world, self.tick, weeks, self.parameters.time.burn_in, self._cells, rows)
        self._wind_clock(done)
        self.tick += done
        self._series.ticks = self.tick
        if done < weeks:  # the next one is under way, its cases without room
            self._wind_clock(1)
            self._make_room()
            self._run(rows[done], DETECTION)
            self._finish_tick(rows[done])
            done += 1
        return done

    def _make_room(self) -> None:
        self.world = self.world._replace(**of_cases(2 * self.world.cases.size, 2 * self.world.witnesses.size))

    def _run(self, row: np.ndarray, first: int, last: int = LAST) -> None:
        """Run phases first..last (of the agents engine, one), making room for more cases when the week has too many."""
        burn_in, done = self.parameters.time.burn_in, -1
        while done < 0:
            if self.engine == "agents" and PHASES[first] in BY_CITIZENS:
                if first == 0:
                    introduce(self.world, self.tick, burn_in)
                done = -1 if BY_CITIZENS[PHASES[first]](self, self.tick) is False else last
            else:
                run = run_side_by_side if self.threads > 1 else run_compiled
                done = run(self.world, self.tick, burn_in, first, last, self._cells, row[:TICK_COLUMNS])
            if done < 0:
                first = DETECTION
                self._make_room()

    def _finish_tick(self, row: np.ndarray) -> None:
        if closes_a_year(self.tick, self.parameters.time.ticks):
            full_year = (self.tick + 1) % WEEKS_PER_YEAR == 0
            measure_year(self.world, row[len(NAMES) - len(EACH_YEAR) :], full_year)
        self.tick += 1
        self._under_way = False
        self._series.ticks = self.tick
        self.datacollector.collect(self)
        self.running = self.tick < self.parameters.time.ticks

    # --- policy ---------------------------------------------------------------------------------------------------------------

    def _apply_policy(self) -> None:
        self._under_way = True
        changes, before = [change for change in self.policy if change[0] == self.tick], self.parameters
        for _, name, value in changes:
            if is_edit(name):
                self.world = edited(self.world, name, *value)
            else:
                self.parameters = assign_one(self.parameters, name, value)
        if changes:
            self._read_parameters()
            self._meet_changes({name.split(".")[-1] for _, name, _ in changes if not is_edit(name)}, before)
        if any(name == OFFICE for _, name, _ in changes):
            self._see_offices()

    def _meet_changes(self, names: set[str], before: SocietyParameters) -> None:
        """Let mandatory schemes enrol who has come within reach, and count levels anew where a scheme has others."""
        if names & {"enrolment", "coverage", "urban_coverage", "rural_coverage", "special_coverage", "common_reach"}:
            self.world.status.introduced[:] = 0
        for s in with_other_levels(before, self.parameters):
            count_levels(self.world, s)

    def _see_offices(self) -> None:
        """Note who holds office: in the cells of the record, and in the classes of the agents engine's citizens."""
        self._cells = cells_of(self.world.citizens)
        for index, person in enumerate(self._persons or ()):
            person.__class__ = _class_of(self, index)

    def change(self, name: str, value: Any) -> None:
        """Change a parameter from the next tick on; the change is added to `policy`, so that the run can be repeated."""
        first = self.tick + self._under_way
        self.plan([*(change for change in self.policy if change[0] >= first), (first, name, value)])

    def plan(self, changes: Iterable) -> None:
        """Put these changes in place of what `policy` has in store from the next tick on; past ones stay as they are."""
        first = self.tick + self._under_way
        to_come = checked_policy(self.parameters, list(changes), self.graph.citizens)
        if early := [change for change in to_come if change[0] < first]:
            raise ParameterError(f"policy: {list(early[0])!r} is not allowed: expected ticks from {first}, the next one")
        self.policy = tuple(change for change in self.policy if change[0] < first) + to_come

    def edit(self, kind: str, *numbers: int) -> None:
        """Edit the world at the start of the next tick, and record it as `change` does: "cut" i j, "tie" i j, "office" i 1 (or 0).

        An edit of what is so already does nothing. Raises ParameterError with one sentence.
        """
        self.change(PREFIX + kind, numbers)

    def _read_parameters(self) -> None:
        self.world = self.world._replace(**numbers_of(self.parameters, self.graph.citizens, self.world.slots.neighbour.size // 2))

    # --- results and copies ---------------------------------------------------------------------------------------------------

    def series(self) -> dict[str, np.ndarray]:
        """Return "tick" and every outcome, one float64 value for each tick done (NaN where a yearly outcome was not measured)."""
        return self._series.columns()

    def last(self) -> dict[str, float]:
        """Return the latest value of every outcome."""
        return self._series.last()

    def score_by_dimension(self, s: int = 0) -> dict[str, np.ndarray]:
        """Return what makes up the scores of scheme s: see `model.institutions.dimensions.score_by_dimension`."""
        return score_by_dimension(self.world, s)

    def mean_score_by_dimension(self) -> dict[str, dict[str, float]]:
        """Return {scheme: {dimension: mean points of its members}}; secret schemes, and those without members, are left out."""
        means = {}
        for s, scheme in enumerate(self.parameters.schemes):
            member = self.world.standing.enrolled[s] == 1
            if member.any() and not scheme.secret:
                means[scheme.name] = {name: float(points[member].mean()) for name, points in self.score_by_dimension(s).items()}
        return means

    def digest(self) -> str:
        """Return 32 hex digits that identify the whole state."""
        return digest(self.world)

    def fork(self, parameters: SocietyParameters | None = None, policy: Iterable | None = None) -> Society:
        """Return an independent copy that goes on with other schemes, as if it had always had them.

        Only the schemes, the policy from now on and the length of the run may differ; the number of schemes and their expiry only
        up to the end of the burn-in: until then no scheme has any effect, so that the copy equals a separate run. Edits of the world
        made so far must be in its policy, too. Raises ParameterError otherwise.
        """
        policy, citizens = self.policy if policy is None else policy, self.graph.citizens
        if parameters is None:
            policy, parameters = checked_policy(self.parameters, policy, citizens, since=self.tick), self.parameters
        else:  # what the policy has changed before now
            policy = checked_policy(parameters, policy, citizens)
            for tick, name, value in policy:
                parameters = assign_one(parameters, name, value) if tick < self.tick and not is_edit(name) else parameters
        check_fork(self, parameters, policy)
        twin = type(self)(
            parameters, rng=self.seed, engine=self.engine, citizen_class=self.citizen_class, graph=self.graph, threads=self.threads,
        )  # fmt: skip
        twin.policy = policy
        twin._wind_clock(self.tick)
        twin.tick, twin._series, twin.running = self.tick, self._series.copy(parameters.time.ticks), self.tick < parameters.time.ticks
        copied = {name: deepcopy(state) for name, state in self.world._asdict().items() if name in _MOVING}
        if self.tick <= self.parameters.time.burn_in:  # no scheme has touched anything yet
            copied = {name: state for name, state in copied.items() if name not in _OF_SCHEMES}
        twin.world = twin.world._replace(**copied)
        if twin.world.slots.neighbour.size > 2 * (self.graph.low.size + citizens):  # edits have made room for more ties
            twin._read_parameters()
        for s in with_other_levels(self.parameters, parameters):
            count_levels(twin.world, s)
        copy_memories(self, self._persons or (), twin, twin._persons or ())
        twin._see_offices()
        return twin


def build_graph(parameters: SocietyParameters, seed: int) -> Graph:
    """Return the starting graph that the parameters describe: from a file, a named graph, or a generator."""
    network = parameters.network
    if network.file:
        return load(network.file)
    fixed = population_of(network)
    return generate(network, fixed if fixed is not None else parameters.population.citizens, seed)


def _new_world(parameters: SocietyParameters, graph: Graph, seed: int, threads: int) -> World:
    citizens, n = new_citizens(parameters, graph, seed), graph.citizens
    ties, neighbourhoods = of_ties(graph, citizens.sociability), int(citizens.neighbourhood.max()) + 1
    return World(
        citizens=citizens,
        **of_schemes(parameters.schemes, n, neighbourhoods),
        **of_organisations(parameters, seed, n, neighbourhoods),
        **ties,
        **of_lanes(ties["rows"], threads),
        **of_week(n),
        **of_cases(n, 4 * n),
        **numbers_of(parameters, n, int(graph.low.size) + n),
        seed=seed,
    )


def _class_of(society: Society, index: int) -> type[Citizen]:
    """Return the class of a citizen of the agents engine, as its office has it now; a class of one's own stands for all."""
    return Official if society.citizen_class is Citizen and society.world.citizens.official[index] else society.citizen_class
