"""A chapter of the story: what is told, which worlds are shown, what the audience is asked, and the rule by which the run answers.

No answer is written down anywhere. A chapter says which outcomes are compared and which answer belongs to which way they may move.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.worlds.choice import Choice

#: How an outcome of the right world may stand to that of the left one: above by more than its smallest effect of interest, within, below.
RISES, STAYS, FALLS = "rises", "stays", "falls"
MOVES = (RISES, STAYS, FALLS)
#: Weeks over which outcomes are averaged before worlds are compared.
WINDOW = 52


@dataclass(frozen=True)
class Text:
    """Words in each language of the page."""

    en: str
    zh: str

    def of(self, language: str) -> str:
        """Return the words in a language of `dashboard.languages.LANGUAGES`."""
        return {"en": self.en, "zh": self.zh}[language]


@dataclass(frozen=True)
class Source:
    """An essay: its key, its full reference, and what kind of text it is."""

    key: str
    reference: str
    kind: Text


@dataclass(frozen=True)
class Fact:
    """What essays report, to be shown as reported."""

    text: Text
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Answer:
    """An answer to choose. moves: {outcome: the moves with which it is the right one}; all must hold."""

    key: str
    text: Text
    moves: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Chapter:
    """A chapter, from 1.

    choice: the twin worlds, with the week at which to begin. stop: the week, counted from 0, at whose start the question is answered, by
    the means of the WINDOW weeks before. answers: to every way in which the outcomes can move belongs exactly one of them. look: what to
    look at once the answer is known. not_claimed: what the model does not claim. shows: {outcome: moves} which the text supposes, and a
    test runs.
    """

    number: int
    id: str
    title: Text
    paragraphs: tuple[Text, ...]
    facts: tuple[Fact, ...]
    choice: Choice
    stop: int
    question: Text
    answers: tuple[Answer, ...]
    look: Text
    not_claimed: Text
    shows: Mapping[str, frozenset[str]]

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes that the question is about."""
        return tuple(self.answers[0].moves)

    def is_about(self, choice: Choice) -> bool:
        """Whether a choice is of this chapter's worlds, at whatever week, and nothing was changed in them."""
        return choice.at_the_start() == self.choice.at_the_start()
