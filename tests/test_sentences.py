"""A decision in words: the two languages say the same, every decision can be told, and what is shown is what decided."""

import re
from dataclasses import replace
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.befriending import CUT_CAUSES
from agents.events import GIVING, OFFENDING, REPORTABLE, Event
from agents.tie_kinds import TIE_KINDS
from dashboard.citizen.decision import Decision
from dashboard.citizen.sentences import digits_that_tell, moved_by, percentage, plain, sentence, sentences, words_of
from dashboard.citizen.why import KINDS, explain
from dashboard.languages import LANGUAGES
from experiments.refusal import Refusal
from model.institutions.reading import preset_names, system
from model.society import Society
from tests.lively import LOTS, lively

PROBABILITIES = st.floats(0.0, 1.0)
DRAWS = st.floats(0.0, 1.0, exclude_max=True)


# ---- the words ----


def test_both_languages_have_the_same_keys_and_placeholders():
    one, other = (words_of(language) for language in LANGUAGES)
    assert {table: list(keys) for table, keys in one.items()} == {table: list(keys) for table, keys in other.items()}
    for table, keys in one.items():
        for key in keys:
            assert placeholders(one[table][key]) == placeholders(other[table][key]), f"{table}.{key}"


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_words_for_all_that_can_happen(language):
    words = words_of(language)
    assert {kind: set(words[kind]) for kind in KINDS} == {kind: set(outcomes) for kind, outcomes in KINDS.items()}
    assert set(words["yes"]) == set(KINDS) - {"meeting"}
    assert set(words["tie"]) == {*TIE_KINDS, "stranger"}
    assert set(words["cause"]) == set(CUT_CAUSES)
    assert set(words["act"]) == {event.name.lower() for event in (*OFFENDING, *GIVING)}
    assert set(words["case"]) == {event.name.lower() for event in (Event.DISHONOUR, *REPORTABLE)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_preset_has_a_name_and_every_grade_that_is_a_word(language):
    words = words_of(language)
    schemes = [scheme for name in preset_names() if name != "none" for scheme in system(name).schemes]
    assert {scheme.name for scheme in schemes} == set(words["scheme"])
    named = {grade.name for scheme in schemes for grade in scheme.grade if not re.fullmatch(r"[A-D]+[+-]?", grade.name)}
    assert named | {"low", "sound"} == set(words["grade"])


# ---- whole sentences, word by word ----

STRANGER = Decision(
    "trust", "withheld", 412,
    {"belief": 0.41, "gain": 1.0, "loss": 1.2, "sharpness": 6.0, "unaided": 0.41, "grade_honoured": 0.0, "grade_betrayed": 0.0,
     "all_honoured": 0.0, "all_betrayed": 0.0, "worth": -0.298},
    0.143, 0.62, {"tie": "stranger"},
)  # fmt: skip
SEEN = replace(
    STRANGER, outcome="placed", probability=0.62, draw=0.3, names={"tie": "stranger", "grade.sesame": "above-750", "answer": "betrayed"},
    numbers=STRANGER.numbers | {"belief": 0.58, "worth": 0.076, "grade_honoured": 3.0, "grade_betrayed": 1.0, "all_honoured": 5.0,
                                "all_betrayed": 5.0, "of_schemes": 0.17, "without_schemes": 0.143},
)  # fmt: skip
SILENT = Decision(
    "criticism", "not_done", -1,
    {"grievance": 0.5, "fear": 0.35, "cost": 0.1, "sharpness": 6.0, "fear_of_others": 0.1, "fear.rongcheng": 0.2, "fear.mine": 0.05,
     "of_schemes": 0.25, "without_schemes": 0.86},
    0.57, 0.7, {"event": "criticism"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("decision", "english", "chinese"),
    [
        (
            STRANGER,
            "Did not trust 412, a stranger: it believed in a 0.41 chance of honour; a gain of 1.00 against a loss of 1.20 makes that worth "
            "−0.30. It would trust in 14 % of such cases; the draw was 0.62: no.",
            "没有信任陌生人 412 号：相信对方守信的可能为 0.41；守信可得 1.00，失信则失 1.20，合计值 −0.30。"
            "这种情况下有 14% 的可能会信任对方；抽到 0.62：否。",
        ),
        (
            SEEN,
            "Trusted 412, a stranger: it believed in a 0.58 chance of honour; a gain of 1.00 against a loss of 1.20 makes that worth 0.08. "
            "It saw the grade “above 750” (the commercial score). So far it found 75 % of those with that grade honest, and 50 % of all "
            "whose grade it saw. It would trust in 62 % of such cases; the draw was 0.30: yes. The trust was betrayed. Without the grade, "
            "it would have believed in 0.41, and would trust in 14 % of such cases. This time that made the difference.",
            "信任了陌生人 412 号：相信对方守信的可能为 0.58；守信可得 1.00，失信则失 1.20，合计值 0.08。"
            "看到对方的等级为“750 分以上”（商业信用分）。以往经验中，该等级者守信的占 75%，所有看到过等级的人中占 50%。"
            "这种情况下有 62% 的可能会信任对方；抽到 0.30：是。对方失信。若没看到等级，会相信 0.41，有 14% 的可能会信任对方。"
            "这次正是它起了决定作用。",
        ),
        (
            SILENT,
            "Had the occasion to criticise, and kept quiet: fear 0.35 and an effort of 0.10 against grievance 0.50. Of the fear, 0.10 is "
            "of those around, who might inform. It would speak up in 57 % of such cases; the draw was 0.70: no. Of the fear, 0.20 is of "
            "the municipal grades. Of the fear, 0.05 is of mine. Without the fear of any scheme, it would speak up in 86 % of such "
            "cases. This time that made the difference.",
            "有机会批评，却没有作声：畏惧 0.35、费力 0.10，面对怨气 0.50。畏惧中有 0.10 是怕身边人告密。"
            "这种情况下有 57% 的可能会公开批评；抽到 0.70：否。畏惧中有 0.20 来自城市分级。畏惧中有 0.05 来自 mine。"
            "若不怕任何评分制度，有 86% 的可能会公开批评。这次正是它起了决定作用。",
        ),
    ],
    ids=["a stranger", "a grade", "fear"],
)  # fmt: skip
def test_what_is_said(decision, english, chinese):
    assert [sentence(decision, language) for language in LANGUAGES] == [english, chinese]


def test_a_scheme_is_worth_a_word_only_if_it_mattered():
    hardly = replace(SILENT, numbers=SILENT.numbers | {"without_schemes": 0.574})
    assert (moved_by(SILENT), moved_by(hardly), moved_by(STRANGER)) == ("fear", "", "")
    assert "municipal grades" not in sentence(hardly)
    by_a_hair = replace(SILENT, probability=0.5701, draw=0.5703, numbers=SILENT.numbers | {"without_schemes": 0.5705})
    assert "in 57.01 % of such cases; the draw was 0.5703: no." in sentence(by_a_hair)
    assert "in 57.05 % of such cases. This time that made the difference." in sentence(by_a_hair)


@pytest.mark.parametrize("more", [{}, LOTS | {"unfriending.salience": 100.0}], ids=["as it is", "null models"])
def test_every_decision_of_a_lively_society_can_be_told(more):
    society = Society(lively(**more), rng=1).run(6)
    decisions = [decision for i in range(society.graph.citizens) for decision in explain(society, i)]
    for language in LANGUAGES:
        for decision, told in zip(decisions, sentences(decisions, language), strict=True):
            assert not re.search(r"[{}_]|nan|  |- ", told), told
            assert len(told) <= {"en": 640, "zh": 260}[language], told
            assert told.endswith((".", "。"))
            assert decision.other < 0 or str(decision.other) in told
            if language == "zh":
                assert set(re.findall(r"[A-Za-z]+", told)) <= {"A", "AA", "AAA", "B", "C", "D", "file"}, told


def test_meetings():
    met = Decision("meeting", "stranger", 5, {"stranger_share": 0.2, "travel_ban": 0.0, "ties": 3.0}, 0.2, 0.09, {"tie": "stranger"})
    kept = replace(met, outcome="tie", probability=0.0, names={"tie": "kin"}, numbers=met.numbers | {"travel_ban": 1.0})
    assert sentence(met) == "Met 5, a stranger: it looks for strangers in 20 % of weeks, and the draw was 0.09."
    assert sentence(kept).startswith("Met 5, its kin: ")
    assert sentence(kept).endswith(" It is banned from travel, and meets only whom it knows.")


# ---- numbers ----


@pytest.mark.parametrize(
    ("number", "shown"), [(0.3, "0.30"), (-0.298, "−0.30"), (-0.004, "0.00"), (0.0, "0.00"), (-0.0, "0.00"), (1234.5, "1234.50")]
)
def test_plain_numbers(number, shown):
    assert [plain(number, words_of(language)) for language in LANGUAGES] == [shown, shown]


@pytest.mark.parametrize(
    ("share", "digits", "english", "chinese"),
    [
        (0.143, 0, "14 %", "14%"), (0.0, 0, "0 %", "0%"), (1.0, 0, "100 %", "100%"), (0.004, 0, "under 1 %", "不到 1%"),
        (0.996, 0, "over 99 %", "超过 99%"), (0.0004, 1, "under 0.1 %", "不到 0.1%"), (0.1234, 1, "12.3 %", "12.3%"),
    ],
)  # fmt: skip
def test_percentages(share, digits, english, chinese):
    assert [percentage(share, words_of(language), digits) for language in LANGUAGES] == [english, chinese]


@given(PROBABILITIES, DRAWS)
def test_one_sees_that_the_draw_decided(probability, draw):
    """Whatever is rounded, the two numbers in the sentence never contradict the answer in it."""
    said = sentence(replace(STRANGER, probability=probability, draw=draw))
    found = re.search(r"in (under |over )?([\d.]+) % of such cases; the draw was ([\d.]+): (yes|no)\.$", said)
    bound, share, shown, verdict = found[1], float(found[2]) / 100.0, float(found[3]), found[4]
    assert (verdict == "yes") == (draw < probability)
    if digits_that_tell(draw, probability) < 7 and not bound:
        assert (shown < share) == (verdict == "yes")
    if bound:
        assert probability < share if bound == "under " else probability > share


@given(DRAWS, PROBABILITIES, PROBABILITIES)
def test_as_few_digits_as_will_do(draw, one, other):
    digits = digits_that_tell(draw, one, other)
    assert 2 <= digits <= 7
    if digits < 7:
        assert (round(draw, digits) < round(one, digits)) == (draw < one)
        assert (round(draw, digits) < round(other, digits)) == (draw < other)


def test_a_language_that_there_is_not():
    with pytest.raises(Refusal, match=r"^language = 'zh-CN' is not allowed: expected one of en, zh"):
        sentence(STRANGER, "zh-CN")
