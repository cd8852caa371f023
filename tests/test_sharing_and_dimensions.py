"""What is shared between schemes deters and rewards; what a score is made of, by dimension. Worked by hand."""

import numpy as np
import pytest

from agents.events import Event
from model.institutions.dimensions import DIMENSIONS
from model.institutions.entries import Entry
from model.society import Society
from tests.lively import lively
from tests.worlds import PLAIN_SCHEME, both_engines, play, quiet

#: Counts bad parking alone; and two that count nothing themselves, one of which takes half of what others post, one all that they take.
PARKING = PLAIN_SCHEME | {"event": {"parking": -10, "helping": 6}}
HALF = PLAIN_SCHEME | {"event": {}, "data_sharing": 0.5, "utility_per_point": 0.02}
LOSSES = PLAIN_SCHEME | {"event": {}, "data_sharing": 1.0, "shares_losses_only": True}
RISK = 1 / 10  # the prior: 1 caught in 10


def at_prior_risk(schemes):
    given = {"risk.prior_caught": 1.0, "risk.prior_missed": 9.0, "conduct.parking_rate": 0.0}
    return quiet(3, [(0, 1), (1, 2)], given, schemes=schemes)


def test_one_fears_what_other_schemes_take_over():
    """10 points at 0.01; 5 points at 0.02 in the second; 10 at 0.01 in the third, each at a risk of a tenth."""
    for schemes, fear in (([PARKING], 0.01), ([PARKING, HALF], 0.02), ([PARKING, LOSSES], 0.02), ([PARKING, HALF, LOSSES], 0.03)):
        society = at_prior_risk(schemes)
        assert society.citizen(0).fear_of_penalty(Event.PARKING) == pytest.approx(fear)
        assert society.citizen(0).fear_of_penalty(Event.TRAFFIC) == 0


def test_one_is_drawn_by_what_other_schemes_take_over_but_not_if_they_take_losses_only():
    """Helping earns 6 points at 0.01; half of it at 0.02 in the second."""
    for schemes, worth in (([PARKING], 0.06), ([PARKING, HALF], 0.12), ([PARKING, LOSSES], 0.06)):
        assert at_prior_risk(schemes).citizen(0).merit_value(Event.HELPING) == pytest.approx(worth)


def test_who_is_not_enrolled_in_a_scheme_or_sees_it_idle_fears_no_share_in_it():
    society = at_prior_risk([PARKING, HALF])
    society.world.standing.enrolled[1, 0] = 0
    assert society.citizen(0).fear_of_penalty(Event.PARKING) == pytest.approx(0.01)
    assert society.citizen(1).fear_of_penalty(Event.PARKING) == pytest.approx(0.02)
    society.world.status[1].running = 0
    assert society.citizen(1).fear_of_penalty(Event.PARKING) == pytest.approx(0.01)


@both_engines
def test_a_share_deters_where_the_event_alone_would_not(engine):
    """1000 points at 0.01 and a risk of a tenth are a fear of 1, and with the share of 2: a gain of 1.5 lies between (no morals)."""
    given = {
        "risk.prior_caught": 1.0, "risk.prior_missed": 9.0, "conduct.parking_rate": 1.0, "conduct.minor_morals": 0.0,
        "conduct.parking_gain": 1.5,
    }  # fmt: skip
    points = {"event": {"parking": -1000}}
    for schemes, parks in (([PARKING | points], True), ([PARKING | points, HALF], False)):
        society = quiet(2, [(0, 1)], given, schemes=schemes, engine=engine)
        assert (play(society, "conduct").world.act[:, Event.PARKING] == parks).all()


def test_every_entry_belongs_to_one_dimension():
    listed = [entry for entries in DIMENSIONS.values() for entry in entries]
    assert sorted(listed) == list(Entry)


def test_entries_of_events_are_named_and_numbered_as_the_events():
    assert [(entry.name, int(entry)) for entry in Entry][: len(Event)] == [(event.name, int(event)) for event in Event]


def test_dimensions_add_up_to_the_score():
    society = Society(lively(), rng=4).run(8)
    for s in range(3):
        parts, member = society.score_by_dimension(s), society.world.standing.enrolled[s] == 1
        assert list(parts) == ["start", *DIMENSIONS]
        total = sum(parts.values())
        assert np.abs(total[member] - society.world.standing.score[s][member] / 1000).max(initial=0) < 1e-9
        assert np.isnan(total[~member]).all()
    moved = [{name for name, points in society.score_by_dimension(s).items() if np.nanmax(np.abs(points)) > 0} for s in range(3)]
    assert set.union(*moved) == {"start", *DIMENSIONS}


def test_a_new_start_moves_no_dimension_of_those_who_are_in():
    society = Society(
        citizens=60, rng=1, preset="rongcheng", policy=[(4, "scheme.start", 1100)], **{"time.burn_in": 1, "network.mean_degree": 8.0}
    )
    parts = society.run(8).score_by_dimension()
    assert np.abs(sum(parts.values()) - society.world.standing.score[0] / 1000).max() < 1e-9
    assert set(parts["start"]) == {1000}


def test_sesame_posts_its_dimensions_apart():
    """Data completed +20; a bill paid +10, one not -60; a week of games -1, goods for children +1; a judgment unpaid -60."""
    society = quiet(4, [(0, 1), (1, 2)], {"conduct.verification_rate": 1.0, "opinion.enrolment_rate": 0.0}, schemes="sesame")
    world = society.world
    world.standing.enrolled[0], world.standing.points[0] = 1, 600_000
    for who, event in ((0, Event.REPAYMENT), (1, Event.PARENTING), (1, Event.REPAYMENT)):
        world.act[who, event] = 1
    for who, event, points in ((2, Event.GAMING, -1_000), (2, Event.LOAN_DEFAULT, -60_000), (3, Event.JUDGMENT_UNPAID, -60_000)):
        world.pending[0, who, event] = points
    world.pending[0, :, Event.VERIFICATION] = 20_000
    play(society, "scoring")
    parts = society.score_by_dimension()
    assert parts["identity"].tolist() == [20, 20, 20, 20]
    assert parts["history"].tolist() == [10, 10, -60, 0]
    assert parts["behaviour"].tolist() == [0, 1, -1, 0]
    assert parts["compliance"].tolist() == [0, 0, 0, -60]
    own = np.array([630, 631, 559, 560])  # contacts are a tenth of the score: 1 of 0, 0 and 2 of 1, 1 of 2, none of 3
    contacts = np.array([631, (630 + 559) / 2, 631, 560])
    assert parts["connections"] == pytest.approx((contacts - own) * 0.1)
    assert parts["upkeep"].tolist() == [0, 0, 0, 0]
