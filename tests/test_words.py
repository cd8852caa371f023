"""What a viewer reads: complete in both languages, with the same values in their places."""

import re
import string
import unicodedata

import pytest

from dashboard.languages import LANGUAGES
from dashboard.levers import LEVERS
from dashboard.story.story import chapters
from dashboard.words.words import part_of, words
from experiments.refusal import Refusal
from model.institutions.reading import preset_names

EN, ZH = words("en"), words("zh")
#: Chinese words that are not Chinese: the key of the language, and the name of the other one.
LATIN = {"language", "other_language"}


def places(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def test_both_languages_say_the_same_things_with_the_same_values():
    assert set(EN) == set(ZH)
    for key, text in EN.items():
        assert places(text) == places(ZH[key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_are_empty_or_have_blanks_to_spare(language):
    for key, text in words(language).items():
        assert isinstance(text, str), key
        assert text, key
        assert not re.search(r"\s\s|[^\S ]", text), f"{key} has blanks to spare"
        assert text == text.strip() or key.endswith(".between"), f"{key} has blanks to spare"


def test_chinese_words_are_chinese_with_chinese_signs():
    for key, text in ZH.items():
        said = re.sub(r"\{\w+\}", "", text)
        if key not in LATIN and any(char.isalpha() for char in said):
            assert any("一" <= char <= "鿿" for char in said), f"{key} = {text!r} is not translated"
        for sign in re.finditer(r"[一-鿿]([,;:!?()]|\.(?!\w))", said):
            pytest.fail(f"{key} = {text!r} has the western sign {sign[1]!r}")


def test_english_words_are_english():
    for key, text in EN.items():
        if key != "other_language":
            assert not any(unicodedata.east_asian_width(char) in "WF" for char in text), key


def test_the_button_that_changes_the_language_names_the_other_one_in_its_own_words():
    assert (EN["other_language"], ZH["other_language"]) == ("中文", "English")


def test_every_preset_and_lever_has_a_name_and_a_line_and_nothing_else_has():
    for table in ("preset", "about"):
        assert {key.removeprefix(f"{table}.") for key in EN if key.startswith(f"{table}.")} == set(preset_names())
    for table in ("names", "meanings", "units"):
        head = f"levers.{table}."
        assert {key.removeprefix(head) for key in EN if key.startswith(head)} == {lever.field for lever in LEVERS}


def test_every_outcome_that_a_chapter_asks_about_has_a_name():
    for chapter in chapters():
        for outcome in chapter.outcomes:
            assert EN[f"outcomes.{outcome}"] != ZH[f"outcomes.{outcome}"]


def test_names_of_presets_fit_a_menu_and_no_two_are_the_same():
    for language, most in (("en", 24), ("zh", 8)):
        names = [text for key, text in words(language).items() if key.startswith("preset.")]
        assert max(map(len, names)) <= most
        assert len(set(names)) == len(names)


def test_a_key_that_is_missing_is_an_error_that_names_the_nearest_one():
    with pytest.raises(KeyError, match=r"there are no words for 'story\.bakc' \(did you mean 'story\.back'\?\)"):
        EN["story.bakc"]
    assert EN.get("story.bakc", "?") == "?"


def test_a_language_that_there_is_not_is_refused_in_a_sentence():
    with pytest.raises(Refusal, match=r"^language = 'zn' is not allowed: expected one of en, zh \(did you mean 'zh'\?\)$"):
        words("zn")


def test_a_part_of_the_page_gets_its_own_tables_and_what_is_in_none():
    part = part_of("en", "room", "help")
    assert {key.split(".")[0] for key in part if "." in key} == {"room", "help"}
    assert part["room.leave"] == EN["room.leave"]
    assert part["close"] == "Close"
    with pytest.raises(KeyError, match="story"):
        part["story.back"]
