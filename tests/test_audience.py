"""The audience of a chapter: what those who follow expect, counted, and told to nobody before the run has answered."""

from dataclasses import replace

import numpy as np
import pytest

from dashboard.narrating import Narrated, chapter_shown, narrate
from dashboard.room.following import Seat
from dashboard.story.revealing import answers_elsewhere
from dashboard.story.story import chapters
from dashboard.view import Look, View
from dashboard.words.words import words
from dashboard.worlds.replications import Replicated
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


@pytest.mark.parametrize("follows", [False, True])
@pytest.mark.parametrize("expected", ["", "lost"])
def test_a_question_closes_for_all_when_the_run_answers(revealed, follows, expected):
    assert not told(ASKED, expected, follows=follows)["due"]
    assert told(DUE, expected, follows=follows)["due"]
    assert told(revealed, expected, follows=follows)["due"]


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


# --- with other luck ---------------------------------------------------------------------------------------------------------------


def series(exchange: list[float], kept: list[float]) -> dict[str, np.ndarray]:
    """Return what runs found, one after the other, the same in each week."""
    return {
        name: np.repeat(np.array(means)[:, None], FIRST.stop, axis=1) for name, means in zip(FIRST.outcomes, (exchange, kept), strict=True)
    }


def test_of_the_background_runs_it_is_told_how_many_answer_alike():
    left = series([0.6] * 4, [0.9] * 4)
    right = series([0.5, 0.6, 0.5, np.nan], [0.9, 0.9, 0.5, 0.9])  # slow, recovered, lost; the last measured nothing
    assert answers_elsewhere(FIRST, left, right) == {"slow": 1, "recovered": 1, "lost": 1}


def test_with_the_answer_it_is_told_how_it_fares_with_other_luck(revealed):
    assert revealed.elsewhere == {}
    assert told(revealed)["found"]["numbers"][-1] == EN["story.one_run"]
    mine = revealed.found.answer
    other = next(answer for answer in FIRST.answers if answer != mine)
    said = told(replace(revealed, elsewhere={mine.key: 3, other.key: 2}))["found"]["numbers"][-1]
    assert said == (
        f"This is one run, one draw of luck. Of 5 with other seeds, in the background, 3 give the same answer. 2: “{other.text.en}”."
    )


def test_what_background_runs_found_is_used_once_the_answer_is_asked_for():
    twins = Twins(FIRST.choice)
    twins.to(FIRST.stop)
    found = {side: series([level], [level]) for side, level in (("left", 0.9), ("right", 0.2))}
    replicated = Replicated(FIRST.choice.at_the_start(), 1, series=found)
    for revealed in (False, True):
        narrated = narrate(Look(View(chapter=1), revealed=revealed), True, twins, replicated)
        assert narrated.elsewhere == ({"lost": 1} if revealed else {})


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


def test_who_leaves_takes_along_the_answer_to_an_open_question_but_not_to_one_that_is_closed(show):
    show.room.narrate(ASKED)
    one, again = show.room.seat(), show.room.seat()
    one.expect("lost")
    one.close()  # the page is loaded again
    assert one.expect("lost") is None
    assert show.room.votes() == {}
    again.expect("lost")
    show.room.narrate(DUE)
    again.close()
    assert show.room.votes() == {"lost": 1}


def test_a_room_that_is_over_takes_no_answer(show):
    show.room.narrate(ASKED)
    one = show.room.seat()
    show.room.end()
    assert one.expect("lost") is None


def test_votes_that_the_answer_overtakes_are_told_with_it(show, revealed):
    """The presenter asks for the answer in the very moment in which it is looked whether there is one."""

    class Overtaken(Narrated):
        def __getattribute__(self, name):
            found = super().__getattribute__(name)
            if name == "found":
                show.room.narrate(revealed)
            return found

    show.room.narrate(ASKED)
    screen = show.follow()
    screen.follower.expect("lost")
    show.room.narrate(Overtaken(1, due=True))
    wait(lambda: screen.told and screen.told[-1][0].narrated == revealed)
    assert [told.votes for told, _ in screen.told if told.narrated == revealed] == [{"lost": 1}]


def test_a_chapter_that_is_begun_anew_asks_anew_though_it_was_not_answered(show):
    one = show.room.seat()
    show.room.narrate(ASKED)
    first = one.expect("lost")
    show.room.narrate(replace(ASKED, begun=1))
    assert show.room.votes() == {}
    assert one.expect("lost") == first + 1
    assert Look(View()).in_chapter(1).begun == 1


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
