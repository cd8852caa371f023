"""What the page says beside a stored run that is shown again: which run it is, what is not as it was, and whether it is the same."""

from collections.abc import Sequence

import solara
from solara.alias import rv

from dashboard.stored.replaying import DIFFERS, EQUAL, PROVEN, UNSTORED, Agreement, Replay
from dashboard.stored.wording import Words, agreement_text, level_text, remarks, said, words_in


@solara.component
def ReplayNotes(replay: Replay, agreements: Sequence[Agreement | None], words: Words | None = None):
    """Say which run is shown, and of each world, left to right, how it compares with what is stored; None: not compared (any more)."""
    words = words or words_in("en")
    with rv.Html(tag="section", class_="stored replay-notes", attributes={"aria-label": said(words, "replay.title")}):
        rv.Html(tag="p", class_="which", children=[which_text(words, replay)])
        with rv.Html(tag="ul", class_="sides"):
            for side, agreement in zip(replay.sides, agreements, strict=True):
                with rv.Html(tag="li", class_=_mark(agreement)):
                    rv.Html(tag="b", children=[side.label])
                    rv.Html(tag="span", children=[_agreement(words, replay, agreement)])
        for remark in remarks(words, replay):
            rv.Html(tag="p", class_="quiet remark", children=[remark])


#: Of so many factors the levels are told; of a screening there are a hundred.
MOST_LEVELS = 3


def which_text(words: Words, replay: Replay) -> str:
    """Return which run is shown: the experiment, the point of its design, the seed."""
    point = [
        said(words, "comparison.level", factor=label, value=level_text(words, value)) for label, value in replay.point if value is not None
    ]
    if len(point) > MOST_LEVELS:
        point = [*point[:MOST_LEVELS], said(words, "replay.more", count=len(point) - MOST_LEVELS)]
    seed = said(words, "comparison.level", factor=said(words, "replay.seed"), value=replay.sides[0].seed)
    return said(words, "comparison.separator").join([replay.title, *point, seed])


def _agreement(words: Words, replay: Replay, agreement: Agreement | None) -> str:
    """Return how a world compares; of runs of another model, which have other names, only that they cannot be looked up."""
    if agreement is None:
        return ""
    return said(words, "agreement.other_model") if replay.other_model and agreement.state == UNSTORED else agreement_text(words, agreement)


def _mark(agreement: Agreement | None) -> str:
    state = agreement.state if agreement else ""
    return "same" if state in (EQUAL, PROVEN) else "other" if state == DIFFERS else "open"
