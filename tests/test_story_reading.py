"""A chapter that does not hold together is refused in one sentence, so that who edits one knows where."""

import copy
import tomllib

import pytest

from dashboard.story.reading import CHAPTERS, chapter_from, length_of, read_chapters, read_sources
from dashboard.story.story import chapters
from experiments.refusal import Refusal

VILLAGE = tomllib.loads((CHAPTERS / "1-village.toml").read_text(encoding="utf-8"))


def changed(change):
    """Return the first chapter's content after a change."""
    content = copy.deepcopy(VILLAGE)
    change(content)
    return content


def test_the_files_are_read_in_the_order_of_their_names():
    assert chapter_from(VILLAGE, "v.toml", 1) == chapters()[0]
    assert read_chapters() == chapters()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda c: c.pop("look"), "v.toml: look is missing"),
        (
            lambda c: c.update(questoin=1),
            "v.toml: 'questoin' is not known here (did you mean 'question'?): expected id, title, paragraph, fact, world, stop, question, "
            "answer, look, not_claimed, shows",
        ),
        (lambda c: c["title"].pop("zh"), "v.toml: title: zh is missing"),
        (lambda c: c.update(title="A village"), "v.toml: title = 'A village' is not allowed: expected en, zh"),
        (lambda c: c["look"].update(en=" "), "v.toml: look: en = ' ' is not allowed: expected words"),
        (lambda c: c["look"].update(en=3), "v.toml: look: en = 3 is not allowed: expected words"),
        (lambda c: c["paragraph"][1].update(en="so " * 61), "v.toml: paragraph 2: en has a length of 61: expected at most 60 words"),
        (lambda c: c["answer"][0].update(zh="好" * 31), "v.toml: answer 1: zh has a length of 31: expected at most 30 characters"),
        (lambda c: c.update(paragraph=[]), "v.toml: paragraph is not allowed: expected at least one [[paragraph]]"),
        (
            lambda c: c["fact"][0].update(sources="FP"),
            "v.toml: fact 1: sources = 'FP' is not allowed: expected a list of keys of sources.toml",
        ),
        (
            lambda c: c["fact"][2].update(sources=["KJ", "IOC"]),
            "v.toml: fact 3: source 'IOC' is not known (did you mean 'ICO'?): expected KJ, D4C, EZ, ICO, FP",
        ),
        (lambda c: c.update(stop=51), "v.toml: stop = 51 is not allowed: expected a whole number from 52 to 520"),
        (lambda c: c.update(stop=521), "v.toml: stop = 521 is not allowed: expected a whole number from 52 to 520"),
        (
            lambda c: c.update(world="?seed=1"),
            "v.toml: world = '?seed=1' is not allowed: expected the parts of an address, as in ['seed=1', 'twin=1']",
        ),
        (lambda c: c.update(world=["seed=1"]), "v.toml: world is not allowed without twin=1: a question compares two worlds"),
        (lambda c: c.update(world=["twin=1", "seed=x"]), "v.toml: world: seed = 'x' is not allowed: expected a whole number from 0"),
        (
            lambda c: c["answer"].pop(),
            "v.toml: no answer would be right if exchange_rate falls, trustworthiness falls: expected exactly one",
        ),
        (
            lambda c: c["answer"][0]["when"].update(exchange_rate=["rises", "stays", "falls"]),
            "v.toml: recovered and slow would be right if exchange_rate falls, trustworthiness rises: expected exactly one",
        ),
        (lambda c: c.update(answer=c["answer"][:2]), "v.toml: 2 answers are not allowed: expected 3 or 4"),
        (lambda c: c["answer"][1].update(key="recovered"), "v.toml: two answers have the same key: expected keys of their own"),
        (
            lambda c: c["answer"][1].update(when={"exchange_rate": "falls"}),
            "v.toml: answer 'slow' is about other outcomes than the first: expected exchange_rate, trustworthiness",
        ),
        (lambda c: c["answer"][0].update(when={}), "v.toml: answer 1: when is empty: expected outcomes with their moves"),
        (
            lambda c: c["answer"][0]["when"].update(exchange_rate="grows"),
            "v.toml: answer 1: when: exchange_rate = 'grows' is not allowed: expected rises, stays or falls, or a list of some",
        ),
        (
            lambda c: c.update(shows={"exchange_rates": "falls"}),
            "v.toml: shows: 'exchange_rates' is not an outcome that is measured each week (did you mean 'exchange_rate'?)",
        ),
        (lambda c: c.update(shows={"gini_score": "falls"}), "v.toml: shows: 'gini_score' is not an outcome that is measured each week"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_chapter_is_said_in_one_sentence(change, sentence):
    with pytest.raises(Refusal) as refusal:
        chapter_from(changed(change), "v.toml", 1)
    assert str(refusal.value).startswith(sentence)
    assert "\n" not in str(refusal.value)


def test_two_chapters_of_one_name_and_files_that_are_no_toml_are_refused(tmp_path):
    text = (CHAPTERS / "1-village.toml").read_text(encoding="utf-8")
    for name in ("1-a.toml", "2-b.toml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match=r"^2-b\.toml: id = 'village' is taken by 1-a\.toml$"):
        read_chapters(tmp_path)
    (tmp_path / "2-b.toml").write_text("id = ", encoding="utf-8")
    with pytest.raises(Refusal, match=r"^2-b\.toml cannot be read: "):
        read_chapters(tmp_path)


def test_an_essay_needs_a_reference_and_what_kind_of_text_it_is(tmp_path):
    path = tmp_path / "sources.toml"
    path.write_text('[KJ]\nreference = "J. K."\nen = "essay"\n', encoding="utf-8")
    with pytest.raises(Refusal, match=r"^sources\.toml: KJ: zh is missing$"):
        read_sources(path)


@pytest.mark.parametrize(
    ("said", "language", "length"),
    [("Trust is placed, or not.", "en", 5), ("付出信任，或者不付出。", "zh", 11), ("占 AAA 到 D", "zh", 6), ("", "en", 0)],
)
def test_length_is_in_words_in_english_and_in_characters_in_chinese(said, language, length):
    assert length_of(said, language) == length
