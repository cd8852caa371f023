"""Stored experiments on the page, without a browser: what is shown, what is said, and what a click asks for."""

import re
import shutil
import string

import pytest
import solara
from ipyvuetify import Html

from dashboard.stored.experiment import StoredExperiment
from dashboard.stored.figures import ORDER
from dashboard.stored.replay_view import ReplayNotes
from dashboard.stored.replaying import DIFFERS, DIGEST, EQUAL, PROVEN, ROUNDING, UNSTORED, WAITING, Agreement, Wish, replay
from dashboard.stored.shelf import folder_named, shelved
from dashboard.stored.shelf_view import Shelf
from dashboard.stored.widgets import Picker, RegimeMap
from dashboard.stored.wording import agreement_text, figure_text, outcome_text, said, status_text, words_in
from experiments.analysis.surfaces import VERDICTS
from experiments.refusal import Refusal
from experiments.report.publishing import FAILED, FINISHED, INTERRUPTED, RUNNING
from model.outcomes import OUTCOMES
from tests.stored_results import GRID, change_manifest, stored

EN, ZH = words_in("en"), words_in("zh")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Arms alone, a grid of two factors, and one at a time."""
    home = tmp_path_factory.mktemp("made")
    stored(home / "plain")
    stored(home / "grid", GRID)
    stored(home / "single", GRID.replace("[base]", '[design]\nkind = "one-at-a-time"\n[base]', 1))
    return home


@pytest.fixture
def root(made, tmp_path):
    return shutil.copytree(made, tmp_path / "results")


class Shown:
    """A rendered element, and what is in it."""

    def __init__(self, element):
        self.box, self.context = solara.render(element, handle_error=False)

    def all(self, kind, where=None):
        """Return the widgets of a kind, in their order."""
        found = []
        for child in getattr(where or self.box, "children", []):
            found += [child] if isinstance(child, kind) else []
            if not isinstance(child, str):
                found += self.all(kind, child)
        return found

    def html(self, tag, class_=""):
        """Return the elements of a tag with a class."""
        return [each for each in self.all(Html) if each.tag == tag and (not class_ or class_ in (each.class_ or "").split())]

    def text(self, where=None):
        """Return all text, a line each."""
        lines = []
        for child in getattr(where or self.box, "children", []):
            lines += [child] if isinstance(child, str) else self.text(child)
        return lines

    def press(self, text):
        """Click the button with this text."""
        (button,) = (each for each in self.html("button") if self.text(each) == [text])
        button.fire_event("click", {})

    def pick(self, name, at):
        """Pick an entry of a list, as the browser tells it."""
        (picker,) = (each for each in self.all(Picker) if name in [choice["name"] for choice in each.choices])
        picker._heard(picker, {"do": "pick", "name": name, "at": at}, [])

    def chosen(self, name):
        """Return the entry of a list that is chosen."""
        (choice,) = (choice for each in self.all(Picker) for choice in each.choices if choice["name"] == name)
        return choice["options"][choice["at"]]


def opened(root, name, words=None):
    """Return an experiment that is shown, and the runs that it has asked for."""
    asked = []
    return Shown(StoredExperiment(folder_named(root, name), asked.append, words)), asked


# --- words ------------------------------------------------------------------------------------------------------------------------


def places(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def test_both_languages_have_the_same_keys_and_places():
    assert list(EN) == list(ZH)
    assert {key: places(text) for key, text in EN.items()} == {key: places(text) for key, text in ZH.items()}
    assert all(key.startswith("stored.") and text.strip() for words in (EN, ZH) for key, text in words.items())
    left_in_english = [key for key, text in ZH.items() if text == EN[key] and re.search("[a-z]", re.sub(r"{\w+}", "", text))]
    assert left_in_english == []


def test_there_are_words_for_everything_that_can_be_named():
    assert all(outcome_text(EN, name) == EN[f"stored.names.{name}"] for name, outcome in OUTCOMES.items() if outcome.headline)
    assert all(f"stored.{part}.{verdict}" in EN for part in ("verdict", "claim") for verdict in VERDICTS)
    assert all(f"stored.figures.{kind}" in EN for kind in (*ORDER, "other"))
    assert all(status_text(ZH, status) != status for status in (RUNNING, FINISHED, INTERRUPTED, FAILED))
    for state in (UNSTORED, WAITING, EQUAL, PROVEN, ROUNDING, DIGEST, DIFFERS):
        assert agreement_text(ZH, Agreement(state, 3, 2, "reports", "why"))


def test_a_key_or_a_language_that_there_is_not_is_an_error_with_the_nearest():
    with pytest.raises(KeyError, match=r"stored.tilte.*did you mean 'stored.title'\?"):
        said(EN, "tilte")
    with pytest.raises(Refusal, match="language = 'fr' is not allowed: expected one of en, zh"):
        words_in("fr")


def test_what_has_no_words_is_spelt_out():
    assert outcome_text(EN, "generalized_trust.officials") == "generalized trust, officials"
    assert status_text(EN, "melting") == "melting"
    assert figure_text(EN, "dose", "loss exchange rate") == "loss: trust placed"
    assert figure_text(ZH, "regime", "bonding trust panel") == "对最初朋友的信任"
    assert figure_text(EN, "", "morris") == "morris"
    assert figure_text(EN, "effects", "") == "Effects"


# --- the shelf --------------------------------------------------------------------------------------------------------------------


def test_the_shelf_lists_experiments_and_opens_the_one_that_is_clicked(root):
    (root / "cut").mkdir()
    (root / "cut" / "manifest.json").write_text("{")
    asked = []
    shelf = Shown(Shelf(shelved(root), asked.append))
    titles = [shelf.text(each) for each in shelf.html("button", "open")]
    assert sorted(titles) == [["Small"], ["Where it turns"], ["Where it turns"]]
    text = shelf.text()
    assert "Where does the scheme raise trust?" in text
    assert {"finished", "12 runs", "4 arms", "3 seeds", "this model", "10 runs", "4 points"} <= set(text)
    assert text[-3:-1] == ["Cannot be opened", "cut"]
    assert text[-1].startswith("manifest.json: the file is not a manifest of an experiment")
    shelf.press("Small")
    assert [folder.name for folder in asked] == ["plain"]
    shelf.context.close()


def test_an_empty_shelf_says_how_to_fill_it():
    shelf = Shown(Shelf((), lambda folder: None, ZH))
    assert shelf.text() == ["已存的实验", "还没有已存的实验。运行 `python -m experiments run three-levers` 即可生成一个。"]
    shelf.context.close()


def test_an_unfinished_experiment_says_how_far_it_is(root):
    change_manifest(root / "plain", status="running", runs_stored=5)
    shelf = Shown(Shelf([folder_named(root, "plain")], lambda folder: None))
    assert {"interrupted", "5 of 12 runs"} <= set(shelf.text())
    shelf.context.close()


# --- an experiment ----------------------------------------------------------------------------------------------------------------


def rows(page):
    return [page.text(row) for row in page.html("tr")]


def test_effects_are_shown_with_interval_and_verdict_and_follow_the_comparison(made):
    page, _ = opened(made, "plain")
    text = page.text()
    assert "exempt against alone" in text
    assert "raises social trust" in text
    table = rows(page)
    assert table[0] == ["Outcome", "Difference", "95 % interval", "In units of what matters", "Verdict"]
    assert table[1] == ["trust in strangers", "+0.020", "[+0.020, +0.020]", "▲ raises"]
    assert table[2] == ["trust in institutions", "+0.000", "[+0.000, +0.000]", "= equivalent"]
    page.pick("comparison", 1)  # lenient against alone
    assert rows(page)[1] == ["trust in strangers", "−0.100", "[−0.100, −0.100]", "▼ erodes"]
    assert "erodes social trust" in page.text()
    assert page.all(RegimeMap) == []
    page.context.close()


def test_a_run_that_is_chosen_is_asked_for(made):
    page, asked = opened(made, "plain")
    page.press("Show this run")
    page.pick("left", 0)
    page.pick("right", 3)
    page.pick("seed", 2)
    page.press("Show this run")
    assert asked == [Wish("plain", "exempt", 0, 0, "alone"), Wish("plain", "lenient", 2, 0, "")]
    page.context.close()


def test_a_cell_of_the_map_asks_for_the_run_at_its_point(made):
    page, asked = opened(made, "grid")
    (shown,) = page.all(RegimeMap)
    assert [[cell["point"] for cell in row] for row in shown.map["rows"]] == [[1, 3], [0, 2]]
    shown._heard(shown, {"do": "choose", "point": 2}, [])
    assert (asked, shown.point, page.chosen("level.0"), page.chosen("level.1")) == ([], 2, "0.3", "0")
    assert "With weight of contacts 0.3, exemption 0" in page.text()
    assert "erodes social trust" in page.text()
    assert rows(page)[1][:2] == ["trust in strangers", "−0.050"]
    shown._heard(shown, {"do": "show", "point": 1}, [])
    assert asked == [Wish("grid", "scheme", 0, 1, "none")]
    page.pick("level.0", 1)
    assert page.all(RegimeMap)[0].point == 3
    page.pick("outcome", 1)
    assert page.all(RegimeMap)[0].map["name"].startswith("Map of trust in institutions")
    page.context.close()


@pytest.mark.parametrize("message", [None, "show", {}, {"do": "show"}, {"do": "show", "point": 4}, {"do": "show", "point": -1},
                                     {"do": "show", "point": "1"}, {"do": "show", "point": True}, {"do": "pick", "name": 1, "at": 0},
                                     {"do": "pick", "name": "comparison", "at": [0]}, {"do": "erase", "point": 1}])  # fmt: skip
def test_a_message_that_makes_no_sense_does_nothing(made, message):
    page, asked = opened(made, "grid")
    for part in (*page.all(RegimeMap), *page.all(Picker)):
        part._heard(part, message, [])
    assert (asked, page.all(RegimeMap)[0].point) == ([], 0)
    page.context.close()


def test_a_design_that_is_no_grid_lists_its_points(made):
    page, asked = opened(made, "single")
    assert page.all(RegimeMap) == []
    table = [row for row in rows(page) if row[0].startswith(("weight", "exemption", "all"))]
    assert [row[:2] for row in table] == [
        ["all factors as the arms have them", "+0.050"], ["weight of contacts 0", "+0.050"], ["weight of contacts 0.3", "−0.050"],
        ["exemption 0", "+0.050"], ["exemption 1", "+0.070"],
    ]  # fmt: skip
    page.press("weight of contacts 0.3")
    assert page.chosen("point") == "weight of contacts 0.3"
    page.press("Show this run")
    assert asked == [Wish("single", "scheme", 0, 2, "none")]
    page.context.close()


def test_figures_are_images_one_at_a_time(root):
    (root / "plain" / "figures" / "effects.svg").write_text("<svg onload='alert(1)'/>")
    (root / "plain" / "figures" / "interactions.png").write_bytes(b"not an image")
    page, _ = opened(root, "plain")
    (image,) = page.html("img")
    assert image.attributes["src"].startswith("data:image/svg+xml;base64,")
    page.press("Together")
    assert page.html("img") == []
    assert "This figure is damaged or too large to be shown." in page.text()
    page.context.close()


@pytest.mark.parametrize("name", ["plain", "grid", "single"])
def test_what_is_missing_is_said_and_the_runs_can_still_be_shown(root, name):
    for table in ("effects.csv", "responses.csv", "report.html"):
        (root / name / table).unlink(missing_ok=True)
    page, asked = opened(root, name)
    assert [line for line in page.text() if line.startswith("There are no numbers to show: there is no ")]
    page.press("Show this run")
    assert len(asked) == 1
    page.context.close()


def test_an_experiment_that_went_away_says_so(root):
    folder = folder_named(root, "plain")
    shutil.rmtree(root / "plain")
    page = Shown(StoredExperiment(folder, lambda wish: None))
    assert page.text()[:2] == ["Small", "This experiment cannot be shown: there is no such folder: expected the results of an experiment."]
    page.context.close()


def test_another_experiment_in_its_place_starts_afresh(made):
    names = solara.reactive("grid")

    @solara.component
    def page_of_one():
        StoredExperiment(folder_named(made, names.value), lambda wish: None)

    page = Shown(page_of_one())
    page.pick("level.0", 1)
    for name in ("single", "plain", "grid"):
        names.value = name
        assert page.text()[0] == folder_named(made, name).title
    assert page.all(RegimeMap)[0].point == 0
    page.context.close()


def test_runs_with_citizens_of_their_own_cannot_be_shown_again(root):
    change_manifest(root / "grid", model_version="0123 Cautious:4567")
    page, asked = opened(root, "grid")
    assert any("class of their own" in line for line in page.text())
    (shown,) = page.all(RegimeMap)
    shown._heard(shown, {"do": "show", "point": 1}, [])
    assert (asked, shown.point) == ([], 1)
    page.context.close()


def test_runs_of_another_model_are_announced_as_such(root):
    change_manifest(root / "plain", model_version="of-old", notes=["a note"])
    page, _ = opened(root, "plain")
    assert {"another version of the model", "Note: a note."} <= set(page.text())
    assert any(line.startswith("The runs were made by model of-old; here is ") for line in page.text())
    page.context.close()


def test_the_page_speaks_chinese(made):
    page, _ = opened(made, "grid", ZH)
    text = page.text()
    assert {"Scheme，对照No scheme", "提高了社会信任", "▲ 提高", "重放这次运行", "对陌生人的信任"} <= set(text)
    page.context.close()


# --- beside a run that is shown again ---------------------------------------------------------------------------------------------


def test_beside_a_run_stands_which_it_is_and_whether_it_is_the_same(made):
    found = replay(made, Wish("grid", "scheme", 1, 2, "none"))
    notes = Shown(ReplayNotes(found, [Agreement(EQUAL, 12), None]))
    text = notes.text()
    assert text[0] == "Where it turns, weight of contacts 0.3, exemption 0, Seed 4"
    assert text[1:5] == ["No scheme", "Equal to the stored run in all 12 weeks so far.", "Scheme", ""]
    assert text[5].startswith("The two worlds differ in ")
    assert [each.class_ for each in notes.html("li")] == ["same", "open"]
    notes.context.close()
