"""The page without a browser: its view, words, levers, parameters, and its parts as Solara lays them out."""

import re
import string
import threading
import time
from pathlib import Path

import pytest
import solara
from hypothesis import given
from hypothesis import strategies as st
from solara.server import settings

import app
import dashboard
from dashboard import scene
from dashboard.charts.view import SPEEDS, Charts, Timeline
from dashboard.citizen.person import person
from dashboard.languages import LANGUAGES
from dashboard.levers import LEVERS
from dashboard.network.colours import COLOURINGS
from dashboard.network.view import Network
from dashboard.page import Laboratory
from dashboard.parameters import rows_of
from dashboard.saying import on_axis, week_of
from dashboard.status import PAUSED, Seen, Status
from dashboard.story.story import chapters
from dashboard.telling import card
from dashboard.view import View, address_of, split
from dashboard.widgets import Bar, Drawer, Levers, PersonCard
from dashboard.words.words import FOLDER, words
from dashboard.worlds.choice import Choice, choice_from
from dashboard.worlds.events import CHANGE, events
from dashboard.worlds.twins import Twins
from experiments.refusal import Refusal
from model.assign import can_change, checked_policy, default_parameters
from model.institutions.reading import preset_names
from model.parameters import ParameterError, as_dict
from model.society import Society

SMALL = (("population.citizens", 60), ("time.ticks", 40), ("time.burn_in", 3))
REWARD = "scheme.reporting_reward"


# --- the view -------------------------------------------------------------------------------------------------------------------

views = st.builds(
    View,
    language=st.sampled_from(LANGUAGES),
    dark=st.booleans(),
    projector=st.booleans(),
    colour=st.sampled_from(COLOURINGS),
    camera=st.tuples(*[st.integers(-100, 200).map(lambda number: number / 100)] * 2, st.integers(1, 60).map(float)),
)


@given(views, st.sampled_from(["", "?seed=7", "?seed=7&twin=1&right=5:scheme.exemption:1.0"]))
def test_a_view_is_a_part_of_the_address_and_read_back_from_it(view, choice):
    rest, read = split(address_of(choice, view))
    assert (rest, read) == (choice.removeprefix("?"), view)
    assert choice_from(rest) == choice_from(choice)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("?lang=fr", "lang = 'fr' is not allowed: expected one of en, zh"),
        ("?dark=yes", "dark = 'yes' is not allowed: expected one of 0, 1"),
        ("?colour=trsut", "(did you mean 'trust'?)"),
        ("?camera=1,2", "camera = '1,2' is not allowed: expected x,y,zoom"),
        ("?camera=0.5,0.5,900", "zoom from 0.2 to 60"),
        ("?camera=" + "9" * 5000, "zoom from 0.2 to 60"),
        ("?lang=<script>", "lang = '<script>' is not allowed"),
    ],
)
def test_a_view_that_makes_no_sense_is_refused_in_one_sentence(address, said):
    with pytest.raises(Refusal) as caught:
        split(address)
    assert said in str(caught.value)
    assert len(str(caught.value)) < 300


# --- words ----------------------------------------------------------------------------------------------------------------------


def places(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def test_both_languages_say_the_same_things():
    english, chinese = (words(language) for language in LANGUAGES)
    assert list(english) == list(chinese)
    assert [key for key in english if places(english[key]) != places(chinese[key])] == []
    assert [key for key, text in chinese.items() if not text.strip()] == []
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(LANGUAGES)
    with pytest.raises(Refusal, match=r"'zn' is not allowed: expected one of en, zh .did you mean 'zh'"):
        words("zn")


def test_every_word_that_the_front_end_asks_for_is_there():
    front = Path(dashboard.__file__).parent / "front"
    said = {
        key for name in ("bar", "levers", "drawer", "person") for key in re.findall(r'say\("([\w.]+)"', (front / f"{name}.js").read_text())
    }
    assert len(said) > 15
    assert [key for key in said if key not in words("en")] == []
    assert [name for name in preset_names() if f"preset.{name}" not in words("en")] == []


def test_weeks_are_counted_from_one():
    said = words("en")
    assert [week_of(said, tick) for tick in (0, 51, 52)] == ["Year 1, week 1", "Year 1, week 52", "Year 2, week 1"]


def test_what_was_done_is_said_in_both_languages():
    twins = Twins(Choice(3, SMALL, twin=True))
    twins.change("right", REWARD, 5.0)
    twins.edit("both", "office", 7, 1)
    twins.edit("left", "cut", 2, 9)
    found = tuple(event for side in twins.facts.sides for event in events(twins, side))
    shown = {(entry["side"], entry["text"]) for entry in on_axis(words("en"), found, True)}
    assert shown == {
        ("right", "Snitching rewards 0 → 5"), ("both", "citizen 7 is given office"), ("left", "citizens 2 and 9 are cut off"),
        ("both", "Start: Municipal grades"),
    }  # fmt: skip
    other = Twins(Choice(3, SMALL))
    other.change("left", "schemes.rongcheng.active", False)
    assert "Municipal grades: at work on → off" in {entry["text"] for entry in on_axis(words("en"), events(other, "left"), False)}
    assert ("right", "举报奖励 0 → 5") in {(entry["side"], entry["text"]) for entry in on_axis(words("zh"), found, True)}


def test_what_was_done_to_one_scheme_is_not_said_of_another():
    """Two alternatives are off on the left, the grades on the right: three changes, none of them the same on both sides."""
    chapter = chapters()[-1]
    twins = Twins(chapter.choice.at_the_start())
    found = tuple(event for side in twins.facts.sides for event in events(twins, side) if event.kind == CHANGE)
    shown = [(entry["side"], entry["text"]) for entry in on_axis(words("en"), found, True)]
    assert sorted(shown) == [
        ("left", "Free press: at work on → off"), ("left", "Mutual ratings: at work on → off"),
        ("right", "Municipal grades: at work on → off"),
    ]  # fmt: skip


@pytest.mark.parametrize(("said", "number"), [(None, 20), ("1", 1), ("200", 200)])
def test_how_many_background_runs_there_are_can_be_said(monkeypatch, said, number):
    monkeypatch.delenv(scene.VARIABLE, raising=False)
    if said is not None:
        monkeypatch.setenv(scene.VARIABLE, said)
    assert scene.background() == number


@pytest.mark.parametrize("said", ["0", "201", "many", "-3", "９", "1e1", ""])
def test_another_number_of_background_runs_is_refused(monkeypatch, said):
    monkeypatch.setenv(scene.VARIABLE, said)
    with pytest.raises(Refusal, match=rf"^{scene.VARIABLE} = .* is not allowed: expected a whole number from 1 to 200$"):
        scene.background()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_says_who_a_citizen_is(language):
    society = Society(rng=3, **dict(SMALL)).run(10)
    for i in range(10):
        seen = Seen("right", person(society, i))
        shown = card(words(language), language, seen, ["No scheme", "Scheme"], ("left", "right"))
        assert (shown["index"], shown["world"]) == (i, 1)
        assert str(i) in shown["name"]
        assert shown["side"] == "Scheme"
        assert len(shown["ties"]) == int(society.world.rows.degree[i])
        assert all(0 <= tie["mine"] <= 1 for tie in shown["ties"])
    assert card(words(language), language, None, ["The society"], ("left",)) == {}


def test_a_card_without_reasons_says_why_there_are_none():
    first, later = (person(society, 0) for society in (Society(rng=3, **dict(SMALL)), Society(rng=3, **dict(SMALL)).run(1)))
    seen = [Seen("left", first, asked=True), Seen("left", later, asked=True), Seen("left", later)]
    told = [card(words("en"), "en", one, ["The society"], ("left",))["reason"] for one in seen]
    assert told == ["person.no_week", "person.no_decision", "person.pause"]


# --- parameters -------------------------------------------------------------------------------------------------------------


def test_the_drawer_has_every_parameter_and_knows_which_of_them_act_at_once():
    parameters = default_parameters()
    rows = {row["name"]: row for row in rows_of(parameters)}
    assert len(rows) == len(as_dict(parameters))
    for row in rows.values():
        assert row["meaning"]
        assert row["source"]
        value = as_dict(parameters)[
            row["name"].replace("scheme.", "schemes.rongcheng.") if row["name"].startswith("scheme.") else row["name"]
        ]
        try:
            checked_policy(parameters, [(0, row["name"], value)])
            acts = True
        except ParameterError:
            acts = False
        assert row["live"] == can_change(row["name"]) == acts, row["name"]


# --- the page, without a browser ------------------------------------------------------------------------------------------------


def rendered(element):
    """Render an element of Solara; return a function that finds widgets of a class."""
    box, context = solara.render(element, handle_error=False)

    def find(kind, where=None, found=None):
        where, found = where or box, [] if found is None else found
        for child in getattr(where, "children", []):
            if isinstance(child, kind):
                found.append(child)
            elif not isinstance(child, str):
                find(kind, child, found)
        return found

    return find, context


def eventually(condition):
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_the_page_has_its_parts_once_and_the_levers_as_declared():
    find, context = rendered(Laboratory())
    eventually(lambda: find(Timeline)[0].state == PAUSED)
    assert [len(find(kind)) for kind in (Bar, Network, Charts, Timeline, Levers, PersonCard, Drawer)] == [1] * 7
    shown = {lever["name"]: lever for lever in find(Levers)[0].levers}
    assert list(shown) == [lever.name for lever in LEVERS]
    for lever in LEVERS:
        assert (shown[lever.name]["stops"][0], shown[lever.name]["stops"][-1]) == (lever.declaration.low, lever.declaration.high)
        assert shown[lever.name]["values"] == {"left": 0, "right": 0}
    assert find(Bar)[0].presets == preset_names()
    context.close()


def test_what_the_user_does_reaches_the_engine_and_the_engine_ends_with_the_page():
    find, context = rendered(Laboratory())
    eventually(lambda: find(Timeline)[0].state == PAUSED)
    (timeline,), (bar,) = find(Timeline), find(Bar)
    timeline._heard(timeline, {"do": "speed", "speed": SPEEDS[0]}, [])
    eventually(lambda: find(Timeline)[0].speed == SPEEDS[0])
    bar._heard(bar, {"do": "world", "seed": "5", "preset": "none", "citizens": "80"}, [])
    eventually(lambda: (find(Bar)[0].preset, find(Bar)[0].citizens) == ("none", "80"))
    assert find(Levers)[0].sides == ["left", "right"]
    bar._heard(bar, {"do": "twin", "on": False}, [])
    eventually(lambda: find(Levers)[0].sides == ["left"])
    bar._heard(bar, {"do": "language"}, [])
    eventually(lambda: find(Bar)[0].language == "zh")
    assert find(Timeline)[0] is timeline  # nothing was made anew
    context.close()
    eventually(lambda: not any(thread.name in ("engine", "replications") for thread in threading.enumerate()))


def found(rows, sought):
    """Return the names of the rows in which the drawer finds what is sought, as `front/drawer.js` looks for it."""
    return {row["name"] for row in rows if all(word in row["text"] for word in sought.lower().split())}


def test_the_drawer_speaks_the_language_of_the_page_and_is_searched_in_either():
    find, context = rendered(Laboratory())
    eventually(lambda: find(Timeline)[0].state == PAUSED and find(Drawer)[0].rows)
    (drawer,), (bar,) = find(Drawer), find(Bar)
    shown = {row["name"]: row for row in drawer.rows}
    assert (shown["learning.gossip_rate"]["short"], shown["learning.gossip_rate"]["heading"]) == ("gossip rate", "learning")
    assert found(drawer.rows, "传闻") == set()
    bar._heard(bar, {"do": "language"}, [])
    eventually(lambda: drawer.language == "zh")
    said = {row["name"]: row for row in drawer.rows}
    assert said.keys() == shown.keys()
    assert (said["learning.gossip_rate"]["short"], said["learning.gossip_rate"]["heading"]) == ("传闻概率", "学习")
    assert found(drawer.rows, "传闻") == {"learning.gossip_rate", "learning.gossip_weight"}
    assert found(drawer.rows, "传闻 Gossip 概率") == {"learning.gossip_rate"}
    assert found(drawer.rows, "gossip") >= found(drawer.rows, "传闻")
    for language in LANGUAGES:  # what the box offers to look for is found
        *_, first, second, third = re.findall(r"\w+", words(language)["drawer.search"])
        assert all(found(drawer.rows, example) for example in (first, second, third)), language
    context.close()


def test_nothing_in_the_front_end_comes_from_elsewhere():
    folder = Path(dashboard.__file__).parent
    files = [path for path in folder.rglob("*") if path.suffix in {".js", ".css", ".svg"}]
    assert len(files) >= 6
    for path in files:
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")  # a name, not an address
        assert not re.search(r"https?:|//cdn", text), path
        for address in re.findall(r"url\(([^)$]*)\)", text):
            assert (path.parent / address.strip("\"'")).is_file(), (path, address)


def test_the_entry_calls_nobody():
    assert app.Page is Laboratory
    assert (settings.telemetry.mixpanel_enable, settings.theme.show_banner, solara.settings.assets.proxy) == (False, False, True)


def test_a_status_begins_with_nothing():
    assert (Status().facts, Status().sides, Status().notice) == (None, ("left",), "")
