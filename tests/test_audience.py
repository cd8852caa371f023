"""The audience of a chapter: what those who follow expect, counted, and told to nobody before the run has answered."""

import pytest

from dashboard.narrating import Narrated, chapter_shown, narrate
from dashboard.room.following import Seat
from dashboard.story.story import chapters
from dashboard.view import Look, View
from dashboard.words.words import words
from dashboard.worlds.twins import RIGHT, Twins
from tests.test_room import Show, wait

EN = words("en")
FIRST = chapters()[0]
ASKED, DUE = Narrated(1), Narrated(1, due=True)
RIGHT_ANSWER, WRONG_ANSWER = "slow", "lost"


@pytest.fixture(scope="module")
def revealed() -> Narrated:
    """Return the first chapter with the answer of its run."""
    twins = Twins(FIRST.choice)
    twins.to(FIRST.stop)
    return narrate(Look(View(chapter=1), revealed=True), True, twins)


@pytest.fixture
def show():
    made = Show(FIRST.choice)
    yield made
    made.close()


def told(narrated: Narrated, expected="", votes=None, follows=False):
    return chapter_shown(EN, "en", narrated, expected, votes or {}, follows)


# --- the panel ------------------------------------------------------------------------------------------------------------------


def test_how_many_answered_is_told_at_once_and_what_only_with_the_answer_of_the_run(revealed):
    votes = {RIGHT_ANSWER: 3, WRONG_ANSWER: 1}
    for narrated in (ASKED, DUE):
        assert told(narrated, votes=votes)["voters"] == "Answers from the audience: 4"
        assert told(narrated, votes=votes)["votes"] == {}
    assert told(revealed, votes=votes)["votes"] == votes
    assert told(ASKED)["voters"] == ""
    assert told(revealed)["found"]["verdict"] == EN["story.unanswered"]
    assert told(revealed, votes=votes)["found"]["verdict"] == ""


def test_a_question_closes_for_who_follows_when_the_run_answers_and_for_the_presenter_when_it_was_chosen(revealed):
    assert [told(ASKED, "lost", follows=follows)["closed"] for follows in (False, True)] == [False, False]
    assert [told(DUE, "", follows=follows)["closed"] for follows in (False, True)] == [False, True]
    assert [told(DUE, "lost", follows=follows)["closed"] for follows in (False, True)] == [True, True]
    assert told(revealed)["closed"]


def test_who_follows_gets_the_same_verdict_and_numbers(revealed):
    mine, theirs = (told(revealed, RIGHT_ANSWER, follows=follows)["found"] for follows in (False, True))
    assert mine == theirs
    assert mine["answer"] == revealed.found.answer.key
    assert mine["verdict"] == EN["story.as_expected" if mine["answer"] == RIGHT_ANSWER else "story.otherwise"]
    assert told(DUE, follows=True)["hint"] == EN["story.presenter"]


def test_one_world_gives_no_answer(revealed):
    twins = Twins(FIRST.choice.twinned(False))
    assert RIGHT not in twins.facts.sides
    narrated = narrate(Look(View(chapter=1), revealed=True), True, twins)
    assert told(narrated)["found"] == {"fault": EN["story.one_world"]}
    assert told(Narrated()) == {}


# --- the room -------------------------------------------------------------------------------------------------------------------


def test_each_who_follows_has_one_answer_and_the_last_counts(show):
    one, other = show.room.seat(), show.room.seat()
    assert one.expect("lost") is None  # nothing is asked
    show.room.narrate(ASKED)
    assert one.expect("no answer of this chapter") is None
    assert one.expect("lost") == one.expect("habit") == other.expect("habit")
    assert show.room.votes() == {"habit": 2}
    wait(lambda: show.numbers and show.numbers[-1].votes == {"habit": 2})


def test_once_the_run_answers_no_more_is_taken_and_a_new_asking_begins_with_none(show, revealed):
    one = show.room.seat()
    show.room.narrate(ASKED)
    first = one.expect("lost")
    show.room.narrate(DUE)
    assert one.expect("habit") is None
    show.room.narrate(revealed)
    assert one.expect("habit") is None
    assert show.room.votes() == {"lost": 1}
    show.room.narrate(ASKED)  # the chapter is begun anew
    assert show.room.votes() == {}
    assert one.expect("habit") == first + 1
    show.room.narrate(Narrated(2))
    assert show.room.votes() == {}


def test_who_follows_is_told_the_chapter_and_its_votes_only_with_the_answer(show, revealed):
    screen = show.follow()
    show.room.narrate(ASKED)
    screen.follower.expect("lost")
    wait(lambda: screen.told and screen.told[-1][0].narrated == ASKED)
    assert not screen.told[-1][0].votes
    show.room.narrate(revealed)
    wait(lambda: screen.told[-1][0].narrated == revealed)
    assert screen.told[-1][0].votes == {"lost": 1}


def test_a_seat_keeps_what_was_taken(show):
    follower = show.room.seat()
    seat, kept = Seat(follower), []
    seat.now(Look(View()), pytest.fail, kept.append)
    seat.hear({"do": "expect", "answer": "lost"})
    assert kept == []
    show.room.narrate(ASKED)
    for answer in ("lost", "nonsense", 7, None):
        seat.hear({"do": "expect", "answer": answer})
    assert [answer for _, answer in kept] == ["lost"]
