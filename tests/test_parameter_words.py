"""Parameters in Chinese: every one that any society has, nothing that is none, and the same bounds and sources as in its declaration."""

import re
from dataclasses import replace

import pytest

from dashboard.languages import words_of
from dashboard.parameter_words.words import FOLDER, key_of, name_of, rows_in
from dashboard.parameters import rows_of
from dashboard.saying import named, text_of
from dashboard.words.words import words
from dashboard.worlds.events import CHANGE, Event
from model.assign import default_parameters, with_presets
from model.institutions.reading import preset_names
from model.institutions.scheme import Grade, Scheme
from model.parameters import walk

ZH = words("zh")
SPOKEN, FACTS = words_of(FOLDER, "zh"), words_of(FOLDER / "facts", "zh")
SOCIETIES = [default_parameters(), *(with_presets(default_parameters(), name) for name in preset_names())]
#: Every declaration of every preset by its key, and all the full names that there are.
DECLARED = {key_of(declaration.name): declaration for society in SOCIETIES for declaration, _ in walk(society)}
NAMES = sorted(
    {declaration.name for society in SOCIETIES for declaration, _ in walk(society)} | {row["name"] for row in rows_of(SOCIETIES[0])}
)


def row_of(name, society=SOCIETIES[0]):
    return next(row for row in rows_in("zh", rows_of(society)) if row["name"] == name)


def keys(table):
    return {key.removeprefix(f"{table}.") for key in FACTS if key.startswith(f"{table}.")}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("court.fine", "court.fine"),
        ("scheme.fine", "scheme.fine"),
        ("schemes.rongcheng.fine", "scheme.fine"),
        ("schemes.rongcheng.event.crime", "scheme.event.crime"),
        ("scheme.grade.A+.floor", "scheme.grade.floor"),
        ("schemes.mine.grade.A+.floor", "scheme.grade.floor"),
        ("schemes.grade.floor", "scheme.floor"),  # of a scheme that is called so
        ("schemes.event.grade.event.floor", "scheme.grade.floor"),
    ],
)
def test_a_key_has_no_names_of_schemes_and_grades(name, key):
    assert key_of(name) == key


def test_every_parameter_of_every_preset_has_a_name_and_a_meaning_and_nothing_else_has():
    assert len(DECLARED) > 200
    assert set(SPOKEN) == {f"{key}.{what}" for key in DECLARED for what in ("name", "meaning")}


def test_every_unit_choice_and_source_has_words_and_no_words_are_for_nothing():
    assert keys("units") == {declaration.unit for declaration in DECLARED.values()}
    assert keys("choices") == {choice for declaration in DECLARED.values() for choice in declaration.choices or ()}
    assert keys("sources") < set(DECLARED)
    assert keys("phrases") == {declaration.source for key, declaration in DECLARED.items() if key not in keys("sources")}
    assert keys("groups") == {key.split(".")[0] for key in DECLARED} | {"event", "grade"}


def test_words_are_chinese_with_chinese_signs_and_no_blanks_to_spare():
    for key, text in [*SPOKEN.items(), *FACTS.items()]:
        assert text == text.strip(), key
        assert not re.search(r"\s\s|[^\S ]", text), key
        said = re.sub(r"\{\w+\}", "", text)
        assert re.search(r"[一-鿿]", said) or not any(char.isalpha() for char in said), f"{key} = {text!r} is not translated"
        assert not re.search(r"[一-鿿]([,;:!?()]|\.(?!\w))", text), f"{key} = {text!r} has a western sign"


def test_no_two_parameters_share_a_name_as_the_axis_of_time_says_no_group():
    called = [SPOKEN[f"{key}.name"] for key in DECLARED]
    assert sorted({name for name in called if called.count(name) > 1}) == []
    assert max(map(len, called)) <= 10  # beside the box of its value


def test_what_was_done_is_said_without_latin_letters_whatever_the_parameter():
    assert len(NAMES) > 1000
    assert [name for name in NAMES if re.search("[A-Za-z]", named(ZH, name))] == []
    assert [named(ZH, name) for name in ("scheme.data_sharing", "exchange.temptation", "scheme.contact_weight", "schemes.dangan.fine")] == [
        "数据互通", "背信的诱惑", "因分数断交", "人事档案：方案罚款",
    ]  # fmt: skip


def test_the_exemption_of_the_court_is_not_called_by_the_lever_of_a_scheme():
    assert [named(words("en"), name) for name in ("court.exemption", "scheme.exemption", "scheme.data_sharing")] == [
        "exemption", "Official exemption", "data sharing",
    ]  # fmt: skip
    assert [named(ZH, name) for name in ("court.exemption", "scheme.exemption")] == ["法院豁免官员", "官员豁免"]


def test_a_choice_is_said_in_words():
    change = Event(3, CHANGE, "left", {"name": "scheme.reward_on", "before": "upheld", "value": "filed"})
    assert text_of(ZH, change) == "奖励哪些举报 被采信的 → 凡提交的"
    assert text_of(words("en"), change) == "reward on upheld → filed"


def test_bounds_and_citations_are_those_of_the_declaration():
    for row in rows_of(SOCIETIES[0]):
        said, declaration = row_of(row["name"]), DECLARED[key_of(row["name"])]
        if row["kind"] == "number":
            assert re.findall(r"-?[\d.]+", said["allowed"].split("；")[0]) == re.findall(r"-?[\d.]+", declaration.allowed())
        assert re.findall(r"\[.+?\]", said["source"]) == re.findall(r"\[.+?\]", declaration.source), row["name"]


@pytest.mark.parametrize(
    ("name", "allowed", "source"),
    [
        ("court.detection", "取值：0 到 1 的数；概率", "假设"),
        ("exchange.loss", "取值：0 到 10 的数；效用", "假设；在 1.0–1.4 之间逐一试过"),
        ("population.citizens", "取值：3 到 2000000 的整数；人", "假设"),
        ("network.file", "取值：文字；文件路径", "假设：不用文件"),
        ("unfriending.score_blind", "取值：是或否；开关", "零模型"),
        ("scheme.enrolment", "可选：强制、自愿；选项", "除非方案另有规定，否则不起作用"),
        ("scheme.event.crime", "取值：-10000 到 10000 的数；分", "除非方案另有规定，否则不起作用"),
    ],
)
def test_a_row_says_in_chinese_what_is_allowed_and_where_it_comes_from(name, allowed, source):
    row = row_of(name)
    assert (row["allowed"], row["source"]) == (allowed, source)


def test_a_group_is_called_by_its_scheme_and_each_grade_is_one():
    mine = Scheme(name="mine", grade=(Grade("top"), Grade("listed")))
    society = replace(SOCIETIES[0], schemes=(*SOCIETIES[0].schemes, mine, *with_presets(SOCIETIES[0], "dangan").schemes))
    said = {row["group"]: row["heading"] for row in rows_in("zh", rows_of(society))}
    asked = ("court", "scheme", "scheme.event", "scheme.grade.A+", "schemes.mine", "schemes.mine.grade.top", "schemes.mine.grade.listed")
    assert [said[group] for group in asked] == [
        "法院", "信用方案", "信用方案：事件计分", "信用方案：等级“A+”", "mine", "mine：等级“top”", "mine：等级“列入名单”",
    ]  # fmt: skip
    assert said["schemes.dangan.event"] == "人事档案：事件计分"
    assert len(set(said.values())) == len(said)


def test_only_words_change_with_the_language():
    rows = rows_of(SOCIETIES[0])
    assert rows_in("en", rows) == rows
    for row, said in zip(rows, rows_in("zh", rows), strict=True):
        same = ("name", "group", "value", "kind", "live")
        assert [row[key] for key in same] == [said[key] for key in same]
        assert [value for value, _ in row["choices"]] == [value for value, _ in said["choices"]]
        assert row["text"] in said["text"]
        assert said["meaning"].lower() in said["text"]
        assert name_of("zh", row["name"]) == said["short"]
