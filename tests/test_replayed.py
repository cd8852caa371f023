"""Stored runs as worlds of the page: built as recorded, held against what is stored, and under an address."""

from dataclasses import replace

import numpy as np
import pytest

from dashboard.asking import Asked, asked_for, read
from dashboard.charts.scores import scale_of, scores_of
from dashboard.replayed import Comparison, Replayed, replayed, wish_of
from dashboard.scene import Scene
from dashboard.status import Status
from dashboard.stored.replaying import EQUAL, PROVEN, Wish, replay
from dashboard.stored.shelf import VARIABLE
from dashboard.story.story import chapters
from dashboard.viewers import Moment
from dashboard.worlds.choice import Choice
from dashboard.worlds.twins import Twins
from experiments.refusal import Refusal
from model.society import Society
from tests.small_experiment import SPEC
from tests.stored_results import GRID, stored

TWIN = Wish("plain", "exempt", 1, reference="alone")
OTHER_SCHEMES = Wish("grid", "scheme", 0, 3, "none")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Real societies of sixty: arms of one scheme; over a grid, with and without it; and of two sizes."""
    home = tmp_path_factory.mktemp("made")
    stored(home / "plain", SPEC, society=Society, replications=2)
    stored(home / "grid", GRID, society=Society, replications=1)
    stored(home / "sizes", SPEC + '[[arm]]\nname = "larger"\nset = { "population.citizens" = 70 }\n', society=Society, replications=1)
    return home


@pytest.mark.parametrize("wish", [TWIN, OTHER_SCHEMES, replace(TWIN, reference="")], ids=["twin", "with and without", "one world"])
def test_the_worlds_are_those_that_are_stored_to_the_end(root, wish):
    found = replay(root, wish)
    choice = replayed(found)
    twins, comparison = Twins(choice), Comparison(found)
    assert twins.facts.sides == (("left", "right") if wish.reference else ("left",))
    twins.to(7)
    assert {each.state for each in comparison.of(twins)} <= {EQUAL, "waiting"}
    twins.to(twins.facts.ticks)
    assert [each.state for each in comparison.of(twins)] == [PROVEN] * len(found.sides)
    for place, side in zip(twins.facts.sides, found.sides, strict=True):
        assert twins.society(place).digest() == side.digest


def test_what_a_viewer_changes_is_no_longer_compared_on_that_side(root):
    found = replay(root, TWIN)
    twins, comparison = Twins(replayed(found)), Comparison(found)
    twins.to(5)
    twins.change("right", "scheme.reporting_reward", 20.0)
    twins.to(twins.facts.ticks)
    left, right = comparison.of(twins)
    assert left.state == PROVEN
    assert right is None


def test_a_run_without_a_scheme_beside_one_with_it_has_the_facts_of_both(root):
    twins = Twins(replayed(replay(root, OTHER_SCHEMES)))
    assert twins.facts.schemes == ("rongcheng",)
    assert [len(twins.society(side).parameters.schemes) for side in ("left", "right")] == [0, 1]
    assert twins.parted == 0
    first = [twins.society(side).graph for side in ("left", "right")]
    assert np.array_equal(first[0].low, first[1].low)


def test_what_belongs_to_the_run_cannot_be_chosen_anew(root):
    choice = replayed(replay(root, TWIN))
    assert choice.twinned(True) is choice
    with pytest.raises(Refusal, match="with the worlds that were chosen"):
        choice.twinned(False)
    with pytest.raises(Refusal, match="open a world of your own"):
        choice.with_texts({"network.mean_degree": "8"})
    other = choice.anew("5", "sesame", "80")
    assert type(other) is Choice
    assert (other.seed, dict(other.values), other.twin) == (5, {"scheme.preset": "sesame", "population.citizens": 80}, True)


def test_arms_of_two_sizes_cannot_stand_beside_each_other(root):
    with pytest.raises(Refusal, match=r"^these arms cannot be shown together, as population.citizens is 60 and 70: choose one$"):
        replayed(replay(root, Wish("sizes", "larger", reference="alone")))
    assert replayed(replay(root, Wish("sizes", "larger"))).citizens == 70


# --- the address ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wish", [TWIN, OTHER_SCHEMES, Wish("plain", "alone")])
@pytest.mark.parametrize("tick", [0, 9])
def test_an_address_brings_the_run_and_the_week_back(root, monkeypatch, wish, tick):
    monkeypatch.setenv(VARIABLE, str(root))
    address = replayed(replay(root, wish), tick).address()
    assert wish_of(address) == (wish, tick)
    asked = asked_for(address + "&lang=zh&colour=score")
    assert (asked.choice, asked.view.language, asked.view.colour) == (None, "zh", "score")
    found = read(asked).choice
    assert isinstance(found, Replayed)
    assert (found.replay.wish, found.tick) == (wish, tick)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("?run=plain&arm=nobody", "nobody"),
        ("?run=nowhere&arm=alone", "nowhere"),
        ("?run=../plain&arm=alone", "plain"),
        ("?run=plain&arm=alone&seed=3", "'seed' is not known beside run: expected run, arm"),
        ("?run=plain&arm=alone&tik=3", "did you mean 'tick'?"),
        ("?run=plain&arm=alone&tick=x", "tick = 'x' is not allowed: expected a whole number from 0"),
        ("?run=plain&arm=alone&tick=999999", "tick = 999999 is not allowed"),
        ("?run=plain&arm=alone&replication=99", "99 is not allowed: expected a whole number from 0 to 1"),
        (f"?run={'a' * 300}", "run is not allowed: expected at most 200 printable characters"),
        ("?run=plain&arm=%00", "arm is not allowed: expected at most 200 printable characters"),
        ("?run=plain&arm=alone&reference=alone", "both worlds would be of the arm 'alone'"),
    ],
)
def test_a_run_that_there_is_not_is_refused_in_a_sentence(root, monkeypatch, address, said):
    monkeypatch.setenv(VARIABLE, str(root))
    asked = read(asked_for(address))
    assert asked.choice is None
    assert said in asked.refusal
    assert str(root) not in asked.refusal


def test_an_address_that_names_no_run_is_read_at_once():
    assert wish_of("?seed=5") is None
    asked = asked_for("?seed=5&projector=1")
    assert asked.choice == Choice(seed=5)
    assert asked.view.projector
    assert read(asked) is asked


@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.id)
def test_a_chapter_has_its_worlds_unless_the_address_says_others(chapter):
    asked = asked_for(f"?story={chapter.number}")
    assert (asked.choice, asked.view.chapter) == (chapter.choice, chapter.number)
    other = asked_for(f"?seed=5&story={chapter.number}")
    assert (other.choice, other.view.chapter) == (Choice(seed=5), chapter.number)
    assert asked.view.fields() == [("story", str(chapter.number))]


@pytest.mark.parametrize("number", ["0", "7", "x", ""])
def test_a_chapter_that_there_is_not_is_refused(number):
    asked = asked_for(f"?story={number}")
    assert isinstance(asked, Asked)
    assert asked.choice is None
    assert f"story = '{number}' is not allowed: expected one of 1, 2, 3, 4, 5, 6" in asked.refusal


def test_scores_of_two_arms_share_an_axis_only_where_they_share_a_scale(root):
    scene = Scene(replayed(replay(root, OTHER_SCHEMES)))
    scene.close()
    twins = scene.twins
    twins.to(20)
    scale = Moment(scene, Status()).scale()  # of the right world: the left one has no scheme
    assert scale == scale_of(twins.society("right"))
    assert scores_of(twins.society("left"), scale) is None
    assert scores_of(twins.society("right"), scale).sum() == 60
    other = Society(rng=1, **{"scheme.preset": "suining", "population.citizens": 60, "time.burn_in": 2}).run(5)
    assert scores_of(other, scale) is None
    assert scores_of(other, scale_of(other)).sum() > 0
