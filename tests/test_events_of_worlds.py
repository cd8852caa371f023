"""What an axis of time is told of: schemes that come, go and are abandoned, scandals, changes and edits."""

import pytest

from dashboard.worlds.choice import Choice
from dashboard.worlds.events import ABANDONED, CHANGE, EDIT, INTRODUCED, SCANDAL, WITHDRAWN, Event, events
from dashboard.worlds.twins import BOTH, LEFT, RIGHT, Twins

SMALL = (("population.citizens", 40), ("network.mean_degree", 8.0), ("time.burn_in", 4), ("time.ticks", 40))
ACTIVE = "scheme.active"


def worlds(*values, left=(), right=(), twin=False) -> Twins:
    return Twins(Choice(3, SMALL + values, twin, left, right))


def of_kind(found: list[Event], *kinds: str) -> list[tuple]:
    return [(event.tick, event.kind, event.facts.get("scheme")) for event in found if event.kind in kinds]


def test_a_scheme_is_introduced_at_the_end_of_the_burn_in_if_it_is_active():
    assert of_kind(events(worlds(), LEFT), INTRODUCED) == [(4, INTRODUCED, "rongcheng")]
    assert events(worlds((ACTIVE, False)), LEFT) == []
    assert events(worlds(("scheme.preset", "none")), LEFT) == []
    both = events(worlds(("scheme.preset", "rongcheng,sesame")), LEFT)
    assert of_kind(both, INTRODUCED) == [(4, INTRODUCED, "rongcheng"), (4, INTRODUCED, "sesame")]


def test_a_policy_withdraws_and_introduces():
    rows = [
        (1, ACTIVE, False),
        (2, ACTIVE, True),
        (9, ACTIVE, False),
        (20, ACTIVE, False),
        (30, ACTIVE, True),
        (30, ACTIVE, False),
        (35, ACTIVE, True),
    ]
    one = worlds(left=rows)
    expected = [(4, INTRODUCED, "rongcheng"), (9, WITHDRAWN, "rongcheng"), (35, INTRODUCED, "rongcheng")]
    assert of_kind(events(one, LEFT), INTRODUCED, WITHDRAWN) == expected
    running = []
    while not one.ended:
        one.step()
        running.append(int(one.society().world.status.running[0]))
    assert [tick for tick in range(40) if running[tick] != (running[tick - 1] if tick else 0)] == [4, 9, 35]
    assert of_kind(events(one, LEFT), INTRODUCED, WITHDRAWN) == expected


def test_a_scheme_that_is_abandoned_does_not_come_back():
    """Everybody is up in arms: the turnout of the first weeks of the scheme ends it."""
    angry = (("opinion.protest_rate", 1.0), ("opinion.protest_bar", 0.0), ("scheme.abandonment", 0.1), ("exchange.sharpness", 50.0))
    one = worlds(*angry, left=[(30, ACTIVE, False), (35, ACTIVE, True)])
    one.to(40)
    ended = [event for event in events(one, LEFT) if event.kind == ABANDONED]
    assert len(ended) == 1
    assert ended[0].facts == {"schemes": 1, "scheme": "rongcheng"}
    assert 4 <= ended[0].tick < 30
    assert one.series()["abandoned"][ended[0].tick - 1 : ended[0].tick + 1].tolist() == [0, 1]
    assert of_kind(events(one, LEFT), INTRODUCED, WITHDRAWN) == [(4, INTRODUCED, "rongcheng")]


def test_scandals_are_counted_by_firm():
    one, exposed = worlds(("firm.number", 7), ("firm.scandal_rate", 0.3), ("firm.discovery", 0.6), ("firm.purchase_rate", 0.7)), {}
    for tick in range(20):
        one.step()
        exposed |= {tick: int(one.society().world.firms.exposed.sum())}
    found = {event.tick: event.facts["firms"] for event in events(one, LEFT) if event.kind == SCANDAL}
    assert found == {tick: firms for tick, firms in exposed.items() if firms}
    assert max(found.values()) > 1


def test_changes_and_edits_are_told_of_as_data_on_their_side_and_before_they_act():
    two = worlds(right=[(30, "scheme.exemption", 1.0)], twin=True)
    two.to(6)
    two.edit(LEFT, "office", 3, 1)
    two.change(BOTH, "court.fine", 2.0)
    left, right = ([event for event in events(two, side) if event.kind in (CHANGE, EDIT)] for side in (LEFT, RIGHT))
    fine = (6, CHANGE, {"name": "court.fine", "before": 1.0, "value": 2.0})
    office = (6, EDIT, {"edit": "office", "numbers": (3, 1), "before": 0})
    assert [(event.tick, event.kind, dict(event.facts)) for event in left] == [office, fine]
    assert [(event.tick, event.kind, dict(event.facts)) for event in right] == [fine], "the change for week 30 was dropped"
    assert {event.side for event in events(two, RIGHT)} == {RIGHT}


def test_what_is_in_store_is_told_of_beside_what_happened_beyond():
    one = worlds(left=[(30, "scheme.exemption", 1.0)])
    one.to(35)
    one.to(5)
    assert [event.tick for event in events(one, LEFT) if event.kind == CHANGE] == [30]
    found = [event.tick for event in events(one, LEFT)]
    assert found == sorted(found)


def test_events_are_never_changed_by_those_who_get_them():
    one = worlds()
    with pytest.raises(AttributeError):
        events(one, LEFT)[0].tick = 3
