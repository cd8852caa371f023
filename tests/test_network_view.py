"""The picture of the ties as a part of a page, without a browser: its script and words, and a society that somebody else moves on."""

import re
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.languages import LANGUAGES
from dashboard.network.colours import COLOURINGS, SELECTED
from dashboard.network.protocol import CAUSES, UNKNOWN, Ties
from dashboard.network.view import SCRIPTS, Network, Stage, network_component, words
from dashboard.parts import FRONT, joined
from experiments.refusal import Refusal
from model.population import REGIONS
from model.society import Society
from tests.network_mirror import Mirror


class Browser:
    """Stands in for the widget: takes messages as the browser does, and answers when told to."""

    def __init__(self):
        """Know nothing."""
        self.mirror, self.said = Mirror(), []

    def tell(self, messages):
        """Hear messages."""
        self.said += [answer for message in messages if (answer := self.mirror.take(message))]

    def answer(self, stage: Stage):
        """Let the stage hear all answers."""
        while self.said:
            stage.hear(self.said.pop(0))


def small(seed: int = 2) -> Society:
    return Society(rng=seed, citizens=60, preset="none", **{"network.mean_degree": 8.0})


def ties_of(society: Society) -> dict:
    return {(key >> 34, key >> 2 & (2**32 - 1)): key & 3 for key in Ties.in_world(society.world).key.tolist()}


# --- script and words -----------------------------------------------------------------------------------------------------------


def test_the_script_is_one_module_of_all_files():
    text = joined(*SCRIPTS)
    assert re.findall(r"^export .*", text, re.MULTILINE) == ["export default { render };"]
    assert not re.search(r"^import ", text, re.MULTILINE)
    files = {path.name for path in FRONT.glob("network*.js")}
    assert files | {"lost.js", "save.js"} == {f"{name}.js" for name in SCRIPTS}
    for name in files:
        for line in (FRONT / name).read_text(encoding="utf-8").splitlines():
            if not line.startswith(("import ", "export ")):
                assert line in text
    names = re.findall(r"^(?:const|class|function\*?|async function) (\w+)", text, re.MULTILINE)
    assert len(set(names)) == len(names)  # no file hides a name of another


def test_each_file_comes_after_those_it_imports():
    for k, name in enumerate(SCRIPTS):
        text = (FRONT / f"{name}.js").read_text(encoding="utf-8")
        assert set(re.findall(r'from "\./(\w+)\.js"', text)) <= set(SCRIPTS[:k])


def test_both_languages_have_all_words_that_are_asked_for():
    assert set(words("en")) == set(words("zh"))
    asked = {f"colour.{name}" for name in (*COLOURINGS, "difference")} | {f"tie.cut.{cause}" for cause in CAUSES}
    asked |= {f"region.{name}" for name in REGIONS} | {f"mark.{name}" for name in ("official", "removed", "locked", "missing")}
    asked |= {"tie.kin", "tie.work", "tie.made", "tie.only.left", "tie.only.right", "panel.difference", "label", "caption", "language"}
    asked |= {f"unit.{name}" for name in ("belief", "share", "points")}
    assert set(words("en")) == asked
    assert [words(language)["language"] for language in LANGUAGES] == list(LANGUAGES)
    assert all(re.search("[一-鿿]", words("zh")[key]) for key in asked - {"language", "unit.belief", "unit.share"})
    with pytest.raises(Refusal, match="language = 'de' is not allowed: expected one of en, zh"):
        words("de")


def test_the_script_names_causes_as_the_protocol_does():
    named = re.search(r"CAUSES = (\[.*\])", (FRONT / "network_looks.js").read_text(encoding="utf-8"))
    assert named.group(1) == str(list(CAUSES)).replace("'", '"')


def test_messages_reach_the_listener_and_orders_the_browser():
    heard, sent = [], []
    network = Network(listener=heard.append)
    network.send = lambda header, buffers=None: sent.append(header)
    network._handle_custom_msg({"do": "pick", "world": 0, "citizen": 3}, [])
    assert heard == [{"do": "pick", "world": 0, "citizen": 3}]
    network.save_picture("a.png")
    network.film(True, "b.webm")
    network.film(False)
    assert [(order["what"], order["kind"], order["name"], order.get("on")) for order in sent] == [
        ("export", "png", "a.png", None), ("export", "webm", "b.webm", True), ("export", "webm", "", False),
    ]  # fmt: skip


# --- a society that somebody else moves on --------------------------------------------------------------------------------------


def test_a_stage_shows_a_society_and_another_as_another_scene():
    stage, browser, society = Stage("trust"), Browser(), small()
    for _ in range(4):
        stage.show(society, browser)
        browser.answer(stage)
        assert browser.mirror.ties == [ties_of(society)]
        society.step()
    assert browser.mirror.world == 1
    another = small(seed=3)
    stage.show(another, browser)
    browser.answer(stage)
    assert (browser.mirror.world, browser.mirror.ties) == (2, [ties_of(another)])


@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_what_is_cut_while_the_browser_is_slow_is_told_as_cut(prompt):
    stage, browser, society = Stage("grievance"), Browser(), small()
    for is_prompt in prompt:
        stage.show(society, browser)
        if is_prompt:
            browser.answer(stage)
            for pair, cause in browser.mirror.gone[0].items():
                assert cause == UNKNOWN
                assert pair not in ties_of(society)
            assert browser.mirror.ties == [ties_of(society)]
        society.run(3)
    browser.answer(stage)
    assert not browser.said


def test_who_is_clicked_is_told_and_marked_in_the_next_picture():
    clicked, browser, society = [], Browser(), small()
    stage = Stage("score", clicked.append)
    stage.hear({"do": "pick", "world": 0, "citizen": 3})  # nothing is shown yet
    stage.show(society, browser)
    browser.answer(stage)
    for message in (
        {"do": "pick", "citizen": 7},
        {"do": "pick", "citizen": 60},
        {"do": "pick", "citizen": "7"},
        "junk",
        {"do": "dance"},
        None,
    ):
        stage.hear(message)
    stage.show(society, browser)
    browser.answer(stage)
    assert clicked == [7]
    assert np.flatnonzero(browser.mirror.marks[0] & SELECTED).tolist() == [7]
    stage.hear({"do": "pick", "citizen": -1})
    stage.show(society, browser)
    assert clicked == [7, -1]
    assert not (browser.mirror.marks[0] & SELECTED).any()


def test_messages_of_several_threads_are_told_one_after_the_other():
    stage, society = Stage("trust"), small()
    inside, most = [], []

    class Slow(Browser):
        def tell(self, messages):
            inside.append(1)
            most.append(len(inside))
            super().tell(messages)
            inside.pop()

    browser = Slow()
    stage.show(society, browser)
    threads = [threading.Thread(target=stage.hear, args=({"do": "look", "world": k % 2, "number": 0},)) for k in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    browser.answer(stage)
    assert max(most) == 1
    assert browser.mirror.ties == [ties_of(society)]


def test_names_that_are_none_are_refused_before_there_is_a_page():
    with pytest.raises(Refusal, match="colour = 'wealth' is not allowed: expected one of trust, score"):
        network_component("wealth")
    with pytest.raises(Refusal, match="language = 'fr'"):
        network_component(language="fr")
