"""The scores that citizens had, as a line on the page shows them."""

import numpy as np
import pytest

from dashboard.worlds.choice import Choice
from dashboard.worlds.past_scores import POINTS, PastScores
from dashboard.worlds.twins import Twins
from model.society import Society

VALUES = (("population.citizens", 60), ("time.ticks", 300), ("time.burn_in", 10))
CHOICE = Choice(5, VALUES, twin=True)
EVERY = 3  # 300 weeks in at most 130 points


def by_hand(tick: int, citizen: int, right=()) -> list[float]:
    """Return the scores of a citizen at every third week before a tick, while it was enrolled."""
    society, found = Society(rng=5, policy=right, **dict(VALUES)), []
    while society.tick < tick:
        if society.tick % EVERY == 0 and society.world.standing.enrolled[0, citizen]:
            found.append(np.float32(society.world.standing.score[0, citizen]) / np.float32(1000))
        society.step()
    return found


def test_stepped_or_gone_to_the_line_is_the_same():
    stepped, gone = Twins(CHOICE), Twins(CHOICE)
    for _ in range(40):
        stepped.step()
    gone.to(40)
    for twins in (stepped, gone):
        assert twins.past_scores(7) == {"rongcheng": pytest.approx(by_hand(40, 7))}
        assert len(twins.past_scores(7)["rongcheng"]) == 10  # weeks 12, 15, ... 39: from 10 on the scheme is at work
    gone.to(20)
    assert gone.past_scores(7) == {"rongcheng": pytest.approx(by_hand(20, 7))}


def test_another_past_has_another_line():
    twins = Twins(CHOICE)
    twins.to(60)
    before = twins.past_scores(7, "right")["rongcheng"]
    twins.to(15)
    twins.change("right", "scheme.contact_weight", 0.5)
    twins.to(60)
    assert twins.past_scores(7, "right")["rongcheng"] == pytest.approx(by_hand(60, 7, ((15, "scheme.contact_weight", 0.5),)))
    assert twins.past_scores(7, "right")["rongcheng"] != before
    assert twins.past_scores(7, "left")["rongcheng"] == before


@pytest.mark.parametrize(("citizens", "ticks", "every"), [(60, 100, 1), (60, POINTS, 1), (60, POINTS + 1, 2), (20_000, 10_400, 80)])
def test_a_line_has_so_many_points_at_most(citizens, ticks, every):
    """16 MiB hold the scores of 60 citizens at any number of weeks, those of 20,000 at 209 weeks."""
    society = Society(rng=1, **{"population.citizens": 60, "time.ticks": ticks, "time.burn_in": 3})
    scores = society.world.standing.score
    world = society.world._replace(standing=society.world.standing._replace(score=np.zeros((1, citizens), scores.dtype)))
    society.world = world
    assert PastScores(society).every == every


def test_without_a_scheme_there_is_no_line():
    twins = Twins(Choice(5, (*VALUES, ("scheme.preset", "none"))))
    twins.to(30)
    assert twins.past_scores(7) == {}
