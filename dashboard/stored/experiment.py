"""One stored experiment on the page: what it asked, what moved and where, its figures, and its runs to be shown again."""

from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from typing import Any

import solara
from solara.alias import rv

from agents.compiling import MODEL_VERSION
from dashboard.stored.choosing import Chosen, at_first, of_findings, of_runs, picked
from dashboard.stored.figures import Figure, figures_of
from dashboard.stored.findings import Findings, findings_of
from dashboard.stored.regime_map import MOST_CELLS, cells_of, map_data
from dashboard.stored.replaying import Wish
from dashboard.stored.shelf import Folder, plain, within
from dashboard.stored.shelf_view import Facts, Press
from dashboard.stored.tables import EffectsOf, PointsOf
from dashboard.stored.widgets import Picker, RegimeMap
from dashboard.stored.wording import Words, comparison_text, figure_text, point_text, said, words_in
from experiments.refusal import Refusal
from experiments.specs.spec import Contrast

OnReplay = Callable[[Wish], None]
Choose = Callable[[Chosen], None]


@solara.component
def StoredExperiment(folder: Folder, on_replay: OnReplay, words: Words | None = None):
    """Show an experiment of the shelf; `on_replay` is called with the run that is to be shown again.

    Its tables are read when it is first shown: some tenths of a second for some ten megabytes. words: by key; English where none are
    given.
    """
    words = words or words_in("en")
    findings, figures, fault = solara.use_memo(lambda: _read(folder), [folder])
    name = folder.title or folder.shown_name
    with rv.Html(tag="section", class_="stored experiment", attributes={"aria-label": name}):
        rv.Html(tag="h2", children=[name])
        if findings is None:
            rv.Html(tag="p", class_="notice", attributes={"role": "alert"}, children=[said(words, "reading_failed", why=fault)])
        else:
            rv.Html(tag="p", class_="question", children=[folder.question])
            Facts(folder, words)
            for note in folder.notes:
                rv.Html(tag="p", class_="quiet note", children=[said(words, "note", note=note)])
            _Body(folder, findings, figures, on_replay, words).key(folder.name)


def _read(folder: Folder) -> tuple[Findings | None, tuple[Figure, ...], str]:
    try:
        if folder.fault:
            raise Refusal(folder.fault)
        return findings_of(folder.path), figures_of(folder.path), ""
    except (Refusal, OSError) as error:
        return None, (), plain(within(str(error), folder.path))


@solara.component
def _Body(folder: Folder, findings: Findings, figures: tuple[Figure, ...], on_replay: OnReplay, words: Words):
    chosen, choose = solara.use_state(at_first(folder, findings))

    def pick(message: Any) -> None:
        match message:
            case {"do": "pick", "name": str(name), "at": at}:
                choose(picked(chosen, findings, folder, name, at))

    def on_map(message: Any) -> None:
        match message:
            case {"do": "show" | "choose" as what, "point": point}:
                there = picked(chosen, findings, folder, "point", point)
                choose(there)
                if what == "show" and there.point == point and not folder.own_citizens:
                    on_replay(there.wish(folder))

    with rv.Html(tag="div", class_="two-columns"):
        with rv.Html(tag="div", class_="found"):
            if findings.contrasts:
                Picker.element(listener=pick, choices=of_findings(words, findings, chosen))
                _Comparison(findings, chosen, choose, on_map, words)
            else:
                rv.Html(tag="p", class_="quiet", children=[said(words, "nothing_compared")])
            _Figures(figures, chosen, choose, words)
        with rv.Html(tag="aside", class_="again", attributes={"aria-label": said(words, "replay.title")}):
            _Again(folder, findings, chosen, pick, on_replay, words)


# --- what was found -------------------------------------------------------------------------------------------------------------


@solara.component
def _Comparison(findings: Findings, chosen: Chosen, choose: Choose, on_map: Callable[[Any], None], words: Words):
    contrast = findings.contrasts[chosen.comparison]
    if findings.fault:
        rv.Html(tag="p", class_="quiet no-numbers", children=[said(words, "no_numbers", why=findings.fault)])
        return
    if findings.has_map:
        _Map(findings, contrast, chosen, on_map, words)
    _Claim(findings, contrast, chosen.point, words)
    EffectsOf(findings, contrast, chosen.point, words)
    if len(findings.points) > 1 and not findings.has_map:
        outcome = findings.outcomes[chosen.outcome]
        PointsOf(findings, contrast, outcome, chosen.point, lambda point: choose(replace(chosen, point=point)), words)


@solara.component
def _Claim(findings: Findings, contrast: Contrast, point: int, words: Words):
    """Say what the comparison does to social trust, at the point that is chosen."""
    verdict = findings.on_trust(contrast, point)
    with rv.Html(tag="p", class_="claim"):
        if len(findings.points) > 1:
            place = said(words, "comparison.at", place=point_text(words, findings, point))
            rv.Html(tag="span", class_="place quiet", children=[plain(place)])
        rv.Html(tag="span", class_="who", children=[comparison_text(words, findings, contrast)])
        if verdict:
            rv.Html(tag="strong", class_=verdict, children=[said(words, f"claim.{verdict}")])


@solara.component
def _Map(findings: Findings, contrast: Contrast, chosen: Chosen, on_map: Callable[[Any], None], words: Words):
    outcome, cells = findings.outcomes[chosen.outcome], cells_of(findings, chosen.point)
    fine = cells.size > MOST_CELLS
    # The same cells for every point of a map: they are drawn anew only for another one.
    data = solara.use_memo(
        lambda: {} if fine else map_data(words, findings, contrast, outcome, chosen.point),
        [words, findings, contrast, outcome, int(cells[0, 0])],
    )
    rv.Html(tag="h3", children=[said(words, "map.title")])
    if fine:
        rv.Html(tag="p", class_="quiet", children=[said(words, "map.too_fine", cells=f"{cells.size:,}")])
    else:
        RegimeMap.element(listener=on_map, map=data, point=chosen.point)


# --- figures --------------------------------------------------------------------------------------------------------------------


@solara.component
def _Figures(figures: tuple[Figure, ...], chosen: Chosen, choose: Choose, words: Words):
    """Show one figure at a time, and the names of all."""
    rv.Html(tag="h3", children=[said(words, "figures.title")])
    if not figures:
        rv.Html(tag="p", class_="quiet", children=[said(words, "figures.none")])
        return
    with rv.Html(tag="div", class_="names"):
        for kind, group in groupby(enumerate(figures), key=lambda each: each[1].kind):
            several = list(group)
            if named := bool(several[0][1].about):
                rv.Html(tag="span", class_="quiet", children=[said(words, f"figures.{kind or 'other'}")])
            with rv.Html(tag="div", class_="" if named else "alone"):
                for number, figure in several:
                    _Name(figure, number == chosen.figure, lambda number=number: choose(replace(chosen, figure=number)), words)
    _Figure(figures[chosen.figure], words)


@solara.component
def _Name(figure: Figure, shown: bool, show: Callable[[], None], words: Words):
    Press(figure_text(words, figure.kind, figure.about), show, "name", pressed=shown)


@solara.component
def _Figure(figure: Figure, words: Words):
    source = solara.use_memo(figure.source, [figure])
    with rv.Html(tag="figure"):
        if source:
            rv.Html(tag="img", attributes={"src": source, "alt": figure.caption or figure_text(words, figure.kind, figure.about)})
        else:
            rv.Html(tag="p", class_="quiet", children=[said(words, "figures.not_shown")])
        rv.Html(tag="figcaption", class_="quiet", children=[figure.caption])


# --- a run again ----------------------------------------------------------------------------------------------------------------


@solara.component
def _Again(folder: Folder, findings: Findings, chosen: Chosen, pick: Callable[[Any], None], on_replay: OnReplay, words: Words):
    """Choose worlds, point and seed, and ask for that run."""
    rv.Html(tag="h3", children=[said(words, "replay.title")])
    if folder.own_citizens:
        rv.Html(tag="p", class_="quiet", children=[said(words, "replay.own_citizens")])
        return
    Picker.element(listener=pick, choices=of_runs(words, findings, folder, chosen))
    Press(said(words, "replay.show"), lambda: on_replay(chosen.wish(folder)), "show")
    rv.Html(tag="p", class_="quiet", children=[said(words, "replay.explanation")])
    if not folder.same_model:
        theirs, ours = plain(folder.model_version, 40), MODEL_VERSION
        rv.Html(tag="p", class_="quiet other-model", children=[said(words, "replay.other_model", theirs=theirs, ours=ours)])
