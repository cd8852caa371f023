"""Hostile addresses: each is answered with one sentence on the page, or shown; nothing of it runs, and nothing large is built for it."""

import tracemalloc
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect

from dashboard.view import WORDS as VIEW_WORDS
from dashboard.view import View, split
from dashboard.worlds.choice import MAX_ADDRESS, WORDS, choice_from
from experiments.refusal import Refusal
from tests.steering import at_tick

MARKUP = "<img src=x onerror=window.ran=1>"
EDITS = ";".join(f"{week}:edit.office:{week},1" for week in range(201))

#: What an address asks, and what the sentence about it says.
REFUSED = {
    "?seed=1e3": "seed = '1e3' is not allowed: expected a whole number from 0",
    "?seed=-1": "seed = '-1' is not allowed",
    f"?seed={2**63}": f"seed = {2**63} is not allowed",
    f"?seed={quote('٣')}": "seed = '٣' is not allowed",
    "?citizens=1000000000": "population.citizens = 1000000000 is not allowed: expected a whole number from 3 to 2000000",
    "?time.ticks=99999999999999999999": "time.ticks",
    "?scheme.exemption=nan": "scheme.exemption = nan is not allowed: expected a finite number",
    "?scheme.exemption=1e999": "scheme.exemption = inf is not allowed: expected a finite number",
    f"?preset={quote(MARKUP)}": f"preset = '{MARKUP}' is not",
    f"?colour={quote(MARKUP)}": f"colour = '{MARKUP}' is not",
    f"?{quote(MARKUP)}=1": "a name in the choice is not one",
    "?seed=1&seed=2": "'seed' is given twice in the address",
    "?lang=en&lang=zh": "'lang' is given twice in the address",
    "?sede=1": "'sede' is not known here (did you mean 'seed'?)",
    "?seed=%00": "the value of seed is not allowed: expected at most 120 printable characters",
    "?seed=%ff%fe%zz": "seed = ",
    "?camera=1e9,0,0": "camera = '1e9,0,0' is not allowed",
    f"?twin=1&right={EDITS}": "right is not allowed: 201 changes, expected at most 200",
    "?right=1:edit.cut:0": "right",
    "?tick=9999999": "tick = 9999999 is not allowed",
    "?network.file=/etc/passwd": "network.file cannot be set here",
    f"?x={'y' * 100_000}": f"the address is not allowed: expected text of at most {MAX_ADDRESS} characters",
}


@pytest.mark.parametrize("address", REFUSED)
def test_a_hostile_address_is_refused_in_one_sentence(address):
    with pytest.raises(Refusal) as refused:
        choice_from(split(address)[0])
    said = str(refused.value)
    assert REFUSED[address] in said
    assert len(said) < 400
    assert said.isprintable()


def test_a_huge_society_is_refused_before_memory_is_taken():
    choice_from("?citizens=20000")  # what is read once is read
    tracemalloc.start()
    try:
        for address in ("?citizens=1000000000", "?time.ticks=10400&citizens=20000&network.mean_degree=19999", f"?left={'1:a:b;' * 8000}"):
            with pytest.raises(Refusal):
                choice_from(address)
        assert tracemalloc.get_traced_memory()[1] < 8e6
    finally:
        tracemalloc.stop()


NAMES = st.sampled_from([*WORDS, *VIEW_WORDS, "scheme.exemption", "scheme.reporting_reward", "time.ticks", "network.mean_degree", "x.y"])
VALUES = st.one_of(
    st.text(max_size=130),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(["en", "1", "0.5,0.5,1", "[1]", "{}", "true", "none", MARKUP, "%00", "5:scheme.exemption:1", "1:edit.tie:3,4"]),
    st.lists(st.tuples(st.integers(-2, 600), NAMES, st.text(max_size=5) | st.just("1")), max_size=5).map(
        lambda rows: ";".join(f"{week}:{name}:{value}" for week, name, value in rows)
    ),
)
PARTS = st.one_of(
    st.tuples(NAMES | st.text(max_size=10), VALUES.map(quote) | VALUES).map("=".join),
    st.text(max_size=30),
    st.binary(max_size=20).map(lambda some: "".join(f"%{byte:02x}" for byte in some)),
)


@given(st.lists(PARTS, max_size=6).map(lambda parts: "?" + "&".join(parts)))
def test_whatever_an_address_says_it_is_a_choice_and_a_view_or_one_refusal(address):
    try:
        rest, view = split(address)
        choice = choice_from(rest)
    except Refusal as error:
        said = str(error)
    else:
        said = "it is shown"
        assert isinstance(view, View)
        assert choice_from(choice.address()) == choice
    assert 0 < len(said) < 600
    assert "\n" not in said


def go(page, address: str) -> None:
    """Let the page take another address without being loaded anew, as by the browser's back and forward."""
    page.evaluate("(to) => { history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate')); }", address)


@pytest.mark.browser
def test_hostile_addresses_on_the_page(visit):
    with visit("?seed=abc") as page:
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("seed = 'abc' is not allowed")
        for address, said in REFUSED.items():
            go(page, address)
            expect(alert).to_contain_text(said)
            expect(alert).to_have_count(1)
            assert page.locator("main.lab :is(img, script, iframe)").count() == 0
        assert page.evaluate("window.ran === undefined")
        go(page, "?citizens=60&time.ticks=60")
        at_tick(page, 0)


@pytest.mark.browser
@pytest.mark.parametrize("address", [f"?preset={quote(MARKUP)}", f"?seed=%00%ff&{quote('<script>')}=1"])
def test_a_hostile_address_that_the_page_is_loaded_with(visit, address):
    with visit(address) as page:
        expect(page.get_by_role("alert")).to_contain_text("This address asks for what cannot be shown")
        expect(page.get_by_role("link", name="Open the default world")).to_be_visible()
        assert page.evaluate("window.ran === undefined")
        assert page.locator("main.lab :is(img, script, iframe)").count() == 0
