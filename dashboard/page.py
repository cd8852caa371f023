"""The page: one world, its levers, its curves. Solara renders it anew when something has changed, never for a tick."""

from collections.abc import Callable
from typing import Any

import solara
from solara.alias import rv

from dashboard.curves import CURVES
from dashboard.engine import Engine
from dashboard.levers import LEVERS
from dashboard.messages import BUILDING, FAILED, Change, Status, week
from dashboard.widgets import Chart, Chooser, Slider, Transport
from dashboard.world import Choice, Facts, choice_from
from experiments.refusal import Refusal
from model.institutions.reading import preset_names

TITLE = "Social credit lab"
QUESTION = "What does a social credit system do to trust?"
CONDITION = "One simulated society. What shows here holds in this model, under its assumptions; it is no claim about any country."
CAPTION = "Beliefs from 0 to 1, means over all citizens. Black: the share of encounters in which trust is placed."
LIVE = "Changes act from the next week on and are recorded as the policy of this run."
WAITING = "The new setting acts from the next week on."
NO_SCHEME = "There is no scheme in this world, so the levers have nothing to act on: choose a scheme above."
BUILDS = "Building the society. The first time on a machine the model is compiled, which takes about half a minute."

Listener = Callable[[Any], None]


@solara.component
def Layout(children: list):
    """Frame the page with nothing of Solara's."""
    rv.Html(tag="div", children=children)


@solara.component
def Laboratory():
    """The page of the world that the address asks for, or one sentence on why there is none."""
    solara.Title(TITLE)
    search = solara.use_router().search
    choice, refusal = solara.use_memo(lambda: _read(search), [search])
    with rv.Html(tag="main", class_="lab"):
        if choice is None:
            Header(None)
            Notice(refusal, way_out=True)
        else:
            LiveWorld(choice)


def _read(search: str | None) -> tuple[Choice | None, str]:
    try:
        return choice_from(search), ""
    except Refusal as error:
        return None, f"This address asks for what cannot be shown: {error}."


@solara.component
def LiveWorld(choice: Choice):
    """A world with an engine of its own, which ends when the viewer leaves.

    All parts are always there, if need be empty: where one comes or goes, those behind it would be made anew in the browser.
    """
    status, set_status = solara.use_state(Status())
    engine = solara.use_memo(lambda: Engine(choice, announce=set_status), [choice])
    shown = status.facts.choice if status.facts else choice

    nothing = status.state == FAILED and status.facts is None
    Header(status.facts)
    Notice(status.notice, way_out=nothing)
    with rv.Html(tag="div", class_="columns nothing" if nothing else "columns"):
        with rv.Html(tag="section", class_="stage", attributes={"aria-label": "Trust over time"}):
            chart = Chart.element(listener=engine.hear, caption=CAPTION)
            rv.Html(tag="p", class_="building quiet", children=[BUILDS if status.state == BUILDING else ""])
            Transport.element(listener=engine.hear, state=status.state, speed=status.speed)
            Legend()
        with rv.Html(tag="section", class_="controls", attributes={"aria-label": "World and levers"}):
            Chooser.element(
                listener=engine.hear,
                presets=preset_names(),
                preset=status.facts.preset if status.facts else "",
                seed=str(shown.seed),
                notice=status.notice,
            )
            Levers(status, engine.hear)
            Policy(status.policy)

    def live() -> Callable[[], None]:
        engine.start(solara.get_widget(chart).show)
        return engine.close

    solara.use_effect(live, [engine])


@solara.component
def Header(facts: Facts | None):
    """The question, what kind of answer this is, and which world it is about."""
    with rv.Html(tag="header"):
        rv.Html(tag="h1", children=[QUESTION])
        rv.Html(tag="p", class_="condition", children=[CONDITION])
        rv.Html(tag="p", class_="facts", children=[_in_words(facts) if facts else ""])


def _in_words(facts: Facts) -> str:
    scheme = "no scheme" if facts.preset == "none" else f"scheme {facts.preset} from week {facts.burn_in + 1:,}"
    return f"{facts.citizens:,} citizens · {facts.ticks:,} weeks · {scheme} · seed {facts.choice.seed}"


@solara.component
def Legend():
    """What each line shows, in the words in which the outcome is declared."""
    with rv.Html(tag="details", class_="legend"):
        rv.Html(tag="summary", children=["What the lines show"])
        with rv.Html(tag="dl"):
            for curve in CURVES:
                rv.Html(tag="dt", children=[curve.label], style_=f"color: {curve.colour}")
                rv.Html(tag="dd", children=[f"{curve.outcome.meaning} ({curve.outcome.unit})"])


@solara.component
def Notice(sentence: str, way_out: bool = False):
    """A sentence on what could not be done, or nothing; with a way out where the page has nothing else."""
    with rv.Html(tag="div", attributes={"role": "alert"}):
        if sentence:
            with rv.Html(tag="p", class_="notice"):
                rv.Html(tag="span", children=[sentence])
                if way_out:
                    rv.Html(tag="a", children=["Open the default world"], attributes={"href": "?"})


@solara.component
def Levers(status: Status, listener: Listener):
    """The levers; without a scheme they are disabled, and a sentence says why."""
    values = dict(status.levers)
    with rv.Html(tag="div", class_="levers"):
        rv.Html(tag="h2", children=["Three levers"])
        rv.Html(tag="p", class_="live", children=[_what_a_lever_does(status)])
        for lever in LEVERS:
            value = values.get(lever.name, lever.declaration.default)
            Slider.element(
                listener=listener,
                name=lever.name,
                label=lever.label,
                unit=lever.declaration.unit,
                meaning=lever.meaning,
                source=lever.source,
                stops=lever.stops(value),
                value=value,
                enabled=lever.name in values and status.state != FAILED,
            )


def _what_a_lever_does(status: Status) -> str:
    if status.facts is not None and status.facts.preset == "none":
        return NO_SCHEME
    if status.facts is not None and not status.begun:
        return f"The scheme starts in week {status.facts.burn_in + 1:,}, and with it what you set here. It is recorded as policy."
    return WAITING if status.waiting else LIVE


@solara.component
def Policy(policy: tuple[Change, ...]):
    """What was changed during the run, the latest first."""
    with rv.Html(tag="div", class_="policy"):
        rv.Html(tag="h2", children=["Policy of this run"])
        rv.Html(tag="p", class_="quiet", children=["" if policy else "No lever has been moved yet."])
        with rv.Html(tag="ol", attributes={"reversed": True}):
            for change in reversed(policy):
                with rv.Html(tag="li"):
                    rv.Html(tag="span", class_="when", children=[week(change.tick)])
                    rv.Html(tag="span", children=[change.words()])
