"""The shelf on the page: every stored experiment, with its question, and below them what cannot be opened."""

import re
from collections.abc import Callable, Sequence

import solara
from solara.alias import rv

from dashboard.stored.shelf import Folder
from dashboard.stored.wording import Words, said, status_text, words_in


@solara.component
def Shelf(folders: Sequence[Folder], on_open: Callable[[Folder], None], words: Words | None = None):
    """List the experiments; `on_open` is called with the one that is clicked. words: by key; English where none are given."""
    words = words or words_in("en")
    sound = [folder for folder in folders if not folder.fault]
    faulty = [folder for folder in folders if folder.fault]
    with rv.Html(tag="section", class_="stored shelf", attributes={"aria-label": said(words, "title")}):
        rv.Html(tag="h2", children=[said(words, "title")])
        if not sound:
            rv.Html(tag="p", class_="quiet", children=[said(words, "empty")])
        with rv.Html(tag="ol", class_="experiments"):
            for folder in sound:
                _Item(folder, on_open, words).key(folder.name)
        if faulty:
            rv.Html(tag="h3", children=[said(words, "damaged")])
            with rv.Html(tag="ul", class_="faulty"):
                for folder in faulty:
                    with rv.Html(tag="li"):
                        rv.Html(tag="b", children=[folder.shown_name])
                        rv.Html(tag="span", class_="quiet", children=[f"{folder.fault}."])


@solara.component
def _Item(folder: Folder, on_open: Callable[[Folder], None], words: Words):
    with rv.Html(tag="li"):
        Press(folder.title, lambda: on_open(folder), "open")
        rv.Html(tag="p", class_="question", children=[folder.question])
        Facts(folder, words)


@solara.component
def Facts(folder: Folder, words: Words):
    """Say in one line how it stands with an experiment, how large it is and which model made it."""
    with rv.Html(tag="p", class_="facts-of-one"):
        rv.Html(tag="span", class_=f"status {re.sub('[^a-z]+', '-', folder.status)}", children=[status_text(words, folder.status)])
        for fact in facts(folder, words):
            rv.Html(tag="span", children=[fact])
        kind, key = ("same", "facts.same_model") if folder.same_model else ("other", "facts.other_model")
        rv.Html(tag="span", class_=f"model {kind}", children=[said(words, key)], attributes={"title": folder.model_version})


def facts(folder: Folder, words: Words) -> list[str]:
    """Return how large an experiment is and when it was written, in words."""
    whole = folder.runs_stored >= folder.runs
    found = [
        folder.shown_name,
        said(words, "facts.runs" if whole else "facts.runs_so_far", runs=f"{folder.runs:,}", stored=f"{folder.runs_stored:,}"),
        said(words, "facts.arms", arms=len(folder.arms)),
    ]
    if folder.design:
        found.append(said(words, "facts.points", points=f"{folder.points:,}"))
    found.append(said(words, "facts.seeds", seeds=f"{folder.replications:,}"))
    if day := re.match(r"\d{4}-\d\d-\d\d", folder.written):
        found.append(said(words, "facts.written", day=day[0]))
    return found


@solara.component
def Press(text: str, on_press: Callable[[], None], class_: str = "", pressed: bool | None = None, enabled: bool = True):
    """A button of text alone. pressed: whether it is the one of several that is on; None where it is no such button."""
    attributes: dict[str, object] = {"type": "button"}
    if pressed is not None:
        attributes["aria-pressed"] = "true" if pressed else "false"
    if not enabled:
        attributes["disabled"] = True
    button = rv.Html(tag="button", class_=class_, children=[text], attributes=attributes)
    rv.use_event(button, "click", lambda *_: on_press() if enabled else None)
