"""The story: chapters that are complete, cite what they report, and ask what their worlds answer."""

import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from dashboard.languages import LANGUAGES
from dashboard.story.chapter import MOVES, WINDOW
from dashboard.story.reading import LIMITS, length_of
from dashboard.story.revealing import Measured, measure, reveal, sentences, spoken
from dashboard.story.story import chapters, sources
from dashboard.words.words import words
from dashboard.worlds.choice import choice_from
from dashboard.worlds.twins import Twins
from experiments.refusal import Refusal
from model.outcomes import OUTCOMES

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = {chapter.id: chapter for chapter in chapters()}
each = pytest.mark.parametrize("chapter", chapters(), ids=list(CHAPTERS))


def texts(chapter):
    """Yield (kind, text) of all that a chapter says."""
    yield "title", chapter.title
    yield from (("paragraph", text) for text in chapter.paragraphs)
    yield from (("fact", fact.text) for fact in chapter.facts)
    yield "question", chapter.question
    yield from (("answer", answer.text) for answer in chapter.answers)
    yield "look", chapter.look
    yield "not_claimed", chapter.not_claimed


# ---- what is told ----


def test_there_are_six_chapters_from_a_village_to_the_sandbox():
    assert [chapter.number for chapter in chapters()] == [1, 2, 3, 4, 5, 6]
    assert list(CHAPTERS) == ["village", "contacts", "grades", "exempt", "nation", "alternatives"]


@each
def test_a_chapter_is_complete_and_short_in_both_languages(chapter):
    for kind, text in texts(chapter):
        for language, most in zip(LANGUAGES, LIMITS[kind], strict=True):
            assert 0 < length_of(text.of(language), language) <= most
        assert text.en.isascii(), text.en  # straight apostrophes: what JS, TOML and fonts all take
        assert re.search("[一-鿿]", text.zh), text.zh
        assert not re.search(r"[一-鿿][,;:!?]", text.zh), text.zh


@each
def test_what_is_reported_comes_from_essays_that_the_documentation_lists(chapter):
    page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    assert chapter.facts
    for source in (source for fact in chapter.facts for source in fact.sources):
        assert f"| **{source.key}** |" in page
        title = re.search("“(.*)”", source.reference)[1]
        assert f"“{title}”" in page
    assert set(sources()) >= {source for fact in chapter.facts for source in fact.sources}


def test_all_five_essays_are_cited_somewhere():
    assert {source.key for chapter in chapters() for fact in chapter.facts for source in fact.sources} == {"KJ", "D4C", "EZ", "ICO", "FP"}


def test_no_text_tells_the_answer_beforehand():
    for chapter in chapters():
        before = " ".join(text.en for text in chapter.paragraphs)
        assert not any(answer.text.en in before for answer in chapter.answers)


# ---- which worlds ----


@each
def test_the_worlds_of_a_chapter_are_an_address_and_part_where_it_says(chapter):
    assert choice_from(chapter.choice.address()) == chapter.choice
    assert chapter.choice.twin
    assert chapter.choice.left != chapter.choice.right
    assert chapter.choice.tick + WINDOW <= chapter.stop <= chapter.choice.parameters.time.ticks
    assert chapter.is_about(replace(chapter.choice, tick=chapter.stop))
    assert not chapter.is_about(replace(chapter.choice, seed=2))


def small(chapter, citizens=60, seed=3, **more):
    """Return both worlds' series of a chapter with few citizens, up to its stop."""
    values = dict(chapter.choice.values) | {"population.citizens": citizens} | more
    twins = Twins(replace(chapter.choice, seed=seed, values=tuple(values.items()), tick=0))
    twins.to(chapter.stop)
    return twins.series("left"), twins.series("right")


@each
def test_a_chapter_runs_and_its_run_gives_one_of_the_answers_offered(chapter):
    left, right = small(chapter)
    found = reveal(chapter, left, right)
    assert found.answer in chapter.answers
    assert [one.outcome for one in found.measured] == list(chapter.outcomes)
    parted = min(row[0] for row in set(chapter.choice.left) ^ set(chapter.choice.right))
    running = max(parted, chapter.choice.parameters.time.burn_in)
    for name in chapter.outcomes:
        assert np.array_equal(left[name][:running], right[name][:running], equal_nan=True)
    assert any(not np.array_equal(left[name], right[name], equal_nan=True) for name in left)
    for language in LANGUAGES:
        assert len(sentences(found, words(language))) == len(chapter.outcomes) + 1


def test_a_world_that_the_viewer_changed_is_answered_as_it_became():
    """No answer is stored: with the reward and the grades of the right world taken away, both worlds are the same."""
    grades = CHAPTERS["grades"]
    twins = Twins(replace(grades.choice, tick=0, right=grades.choice.left, values=(*grades.choice.values, ("population.citizens", 60))))
    twins.to(grades.stop)
    found = reveal(grades, twins.series("left"), twins.series("right"))
    assert found.answer.key == "neither"
    assert [one.difference for one in found.measured] == [0, 0]


# ---- the answer ----


@each
def test_to_whatever_a_run_gives_exactly_one_answer_is_right(chapter):
    for moves in product(MOVES, repeat=len(chapter.outcomes)):
        given = dict(zip(chapter.outcomes, moves, strict=True))
        left, right = made_up(chapter, given)
        right_ones = [one for one in chapter.answers if all(given[name] in one.moves[name] for name in given)]
        assert [reveal(chapter, left, right).answer] == right_ones
    assert len({answer.key for answer in chapter.answers}) == len(chapter.answers) in (3, 4)


def made_up(chapter, moves):
    """Return series in which the outcomes move as said in the last year before the stop, and wildly otherwise, before it and after."""
    left, right = {}, {}
    for name, move in moves.items():
        by = {"rises": 1.5, "stays": 0.5, "falls": -1.5}[move] * OUTCOMES[name].smallest_effect
        left[name] = np.full(chapter.stop + 9, 0.5)
        right[name] = left[name] + 7
        right[name][chapter.stop - WINDOW : chapter.stop] = 0.5 + by
        right[name][chapter.stop :] = -7
    return left, right


def test_a_difference_of_just_the_smallest_effect_of_interest_counts_as_none():
    at = OUTCOMES["degree"].smallest_effect
    assert Measured("degree", 0.0, at).move == Measured("degree", 0.0, -at).move == "stays"
    assert Measured("degree", 0.0, np.nextafter(at, 1)).move == "rises"
    assert Measured("degree", 0.0, -np.nextafter(at, 1)).move == "falls"


def test_weeks_without_a_measurement_do_not_count_and_none_at_all_is_refused():
    left, right = np.full(60, 0.25), np.full(60, 0.75)
    right[10:59] = np.nan
    found = measure("exchange_rate", {"exchange_rate": left}, {"exchange_rate": right}, 60)
    assert (found.left, found.right) == (0.25, 0.75)
    right[8:] = np.nan
    with pytest.raises(Refusal, match=r"^the answer cannot be told: exchange_rate was not measured in weeks 9 to 60$"):
        measure("exchange_rate", {"exchange_rate": left}, {"exchange_rate": right}, 60)


def test_before_the_stop_the_answer_is_refused():
    village = CHAPTERS["village"]
    left, right = made_up(village, dict.fromkeys(village.outcomes, "stays"))
    early = {name: values[: village.stop - 1] for name, values in right.items()}
    with pytest.raises(Refusal, match=r"^the answer cannot be told yet: 415 weeks are over, expected 416$"):
        reveal(village, left, early)


def test_the_numbers_are_told_in_words():
    village = CHAPTERS["village"]
    left, right = made_up(village, {"exchange_rate": "falls", "trustworthiness": "stays"})
    assert sentences(reveal(village, left, right), words("en")) == [
        "Trust placed: 0.500 on the left, 0.485 on the right (−0.015), less on the right.",
        "Trust honoured: 0.500 on the left, 0.505 on the right (+0.005), no difference that matters: within ±0.01.",
        "Means of weeks 365 to 416.",
    ]
    assert sentences(reveal(village, left, right), words("zh"))[0] == "付出信任的比例：左 0.500，右 0.485（−0.015），右边更低。"


@pytest.mark.parametrize(
    ("number", "decimals", "signed", "text"),
    [
        (0.0274, 3, True, "+0.027"),
        (-0.0274, 3, True, "−0.027"),
        (-0.0004, 3, True, "0.000"),
        (-1.25, 1, False, "−1.2"),
        (17.0, 0, False, "17"),
    ],
)
def test_numbers_have_a_minus_sign_and_none_if_they_are_zero_as_written(number, decimals, signed, text):
    assert spoken(number, decimals, signed) == text


# ---- what the texts suppose of the model ----

SEEDS = (1, 2, 3)


def run(chapter, seed, left=None, right=None, **values):
    """Return both worlds' series of a chapter in full size, with other policies or values (`group__name`) where given."""
    choice = chapter.choice
    settings = dict(choice.values) | {name.replace("__", "."): value for name, value in values.items()}
    twins = Twins(
        replace(
            choice, seed=seed, tick=0, values=tuple(settings.items()),
            left=choice.left if left is None else left, right=choice.right if right is None else right,
        )
    )  # fmt: skip
    twins.to(chapter.stop)
    return twins.series("left"), twins.series("right")


@pytest.mark.slow
@each
def test_the_text_supposes_what_the_model_shows(chapter):
    assert chapter.shows
    for seed in SEEDS:
        left, right = run(chapter, seed)
        for name, moves in chapter.shows.items():
            assert measure(name, left, right, chapter.stop).move in moves, (name, seed)


@pytest.mark.slow
def test_in_the_village_conduct_recovers_at_once_and_trust_over_years():
    for seed in SEEDS:
        left, right = run(CHAPTERS["village"], seed)
        honoured, placed = (right[name] - left[name] for name in ("trustworthiness", "exchange_rate"))
        assert honoured[196:208].mean() < -0.1 < 0 < honoured[208:212].mean()
        ends = [placed[start : start + 52].mean() for start in (156, 260, 364)]  # years 4, 6 and 8
        assert ends == sorted(ends)
        assert ends[-1] < -0.01


@pytest.mark.slow
def test_with_the_weight_assumed_for_sesame_hardly_a_tie_is_cut_for_the_score():
    for seed in SEEDS:
        _, right = run(CHAPTERS["contacts"], seed, right=((104, "scheme.contact_weight", 0.1),), unfriending__salience=1)
        assert 0 < right["cut_for_score"][-52:].mean() < 0.02 * right["cut_for_distrust"][-52:].mean()


@pytest.mark.slow
def test_reports_and_trust_answer_little_to_the_reward():
    for seed in SEEDS:
        without = ((0, "scheme.reporting_reward", 0),)
        plain, rewarded = run(CHAPTERS["grades"], seed, left=without)
        assert abs(measure("generalized_trust", plain, rewarded, 520).difference) < 0.01
        assert abs(rewarded["reports"][-156:].mean() / plain["reports"][-156:].mean() - 1) < 0.15


@pytest.mark.slow
def test_with_one_citizen_in_five_in_office_the_exemption_costs_trust():
    for seed in SEEDS:
        left, right = run(CHAPTERS["exempt"], seed, population__official_share=0.2)
        assert measure("institutional_trust", left, right, 520).move == "falls"
        left, right = run(CHAPTERS["exempt"], seed, population__official_share=0.2, learning__unfairness_inference=1)
        assert measure("generalized_trust", left, right, 520).move == "falls"


@pytest.mark.slow
def test_nearly_a_quarter_are_out_of_reach_of_the_nationwide_system():
    for seed in SEEDS:
        for series in run(CHAPTERS["nation"], seed):
            assert 0.2 < 1 - series["enrolment"][-1] < 0.25


@pytest.mark.slow
def test_even_the_press_has_a_price_in_silence():
    for seed in SEEDS:
        nothing = tuple((0, f"schemes.{name}.active", False) for name in ("rongcheng", "peer-ratings", "watchdogs"))
        left, right = run(CHAPTERS["alternatives"], seed, left=nothing, right=nothing[:2])
        assert measure("self_censorship", left, right, 520).move == "rises"
