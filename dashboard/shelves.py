"""Stored experiments over the page: the shelf, one experiment, and the run that is to be shown again."""

from collections.abc import Callable, Mapping

import solara
from solara.alias import rv

from dashboard.stored.experiment import StoredExperiment
from dashboard.stored.replaying import Wish
from dashboard.stored.shelf import root_of, shelved
from dashboard.stored.shelf_view import Press, Shelf
from dashboard.stored.wording import said, words_in

#: Called with the run that is to be shown again, and with what is to be called once it is read.
OnReplay = Callable[[Wish, Callable[[], None]], None]


@solara.component
def Shelves(language: str, page_words: Mapping[str, str], on_replay: OnReplay, on_close: Callable[[], None]):
    """Show what is stored."""
    words = words_in(language)
    folders = solara.use_memo(lambda: shelved(root_of()), [])
    opened, open_ = solara.use_state(None)
    reading, set_reading = solara.use_state(False)

    def show(wish: Wish) -> None:
        set_reading(True)
        on_replay(wish, lambda: set_reading(False))

    with rv.Html(tag="div", class_="shelves"):
        with rv.Html(tag="nav", class_="shelf-nav"):
            if opened is not None:
                Press(said(words, "back"), lambda: open_(None), "plain")
            rv.Html(tag="span", class_="quiet", attributes={"role": "status"}, children=[said(words, "reading") if reading else ""])
            Press(page_words["close"], on_close, "plain")
        if opened is None:
            Shelf(folders, open_, words)
        else:
            StoredExperiment(opened, show, words).key(opened.name)
