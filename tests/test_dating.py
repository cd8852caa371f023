"""The dating market: who is on it, whom it shows, who writes and answers, and what a couple is. Worked by hand on a few citizens."""

import numpy as np
import pytest

from agents.befriending import COUPLED, SINGLE, standing_in_scale
from agents.tie_kinds import ACQUAINTANCE, KIN
from model.network.ties import cut_tie
from model.population import Count
from model.society import Society
from tests.lively import lively
from tests.worlds import PLAIN_SCHEME, both_engines, count, end_of_tie, play, quiet, ties_of

#: Every single looks among so many that it finds all. A stranger promises 0.5 - 0.6 + 0.3 = 0.2.
MARKET = {"dating.rate": 1.0, "dating.pool": 200, "population.coupled_share": 0.0}
#: A scale of 1000 points around a start of 500, shown to everybody on the market.
SHOWN = PLAIN_SCHEME | {"start": 500, "floor": 0, "ceiling": 1000, "dating": 1.0}


def market(citizens, points=None, given=None, *, scheme=SHOWN, coupled=(), **more):
    """Return a quiet society on the dating market; `points` are the scores, `coupled` those who are not on it."""
    society = quiet(citizens, given=MARKET | (given or {}), schemes=scheme if points is not None else (), **more)
    society.world.citizens.spouse[list(coupled)] = COUPLED
    if points is not None:
        society.world.standing.score[0] = society.world.standing.points[0] = np.array(points) * 1000
    return society


def couples(society):
    return [(i, j) for i, j in enumerate(society.world.citizens.spouse.tolist()) if i < j]


def test_a_standing_is_a_share_of_the_scale():
    assert [standing_in_scale(score, 600.0, 350.0, 950.0) for score in (350, 600, 750, 950)] == pytest.approx([-5 / 12, 0, 0.25, 7 / 12])


@both_engines
def test_two_singles_who_write_to_each_other_are_a_couple(engine):
    society = play(market(2, engine=engine), "befriending")
    assert society.world.week.courted.tolist() == society.world.week.matched.tolist() == [1, 0]
    assert couples(society) == [(0, 1)]
    assert ties_of(society) == [(0, 1)]
    assert end_of_tie(society, 0, 1).kind == end_of_tie(society, 1, 0).kind == KIN
    assert (count(society, Count.COUPLES), count(society, Count.FORMED)) == (1, 1)
    play(society, "befriending")
    assert couples(society) == [(0, 1)]
    assert count(society, Count.COUPLES) == 1


@both_engines
@pytest.mark.parametrize("why", ["coupled", "offline", "removed", "suspicious"])
def test_it_takes_two_who_are_single_online_at_large_and_willing(engine, why):
    society = market(2, engine=engine, coupled=[1] if why == "coupled" else [])
    people = society.world.citizens
    if why == "offline":
        people.online[1] = 0
    elif why == "removed":
        people.removed_until[1] = 5
    elif why == "suspicious":
        people.trust_betrayed[1] = 100  # 3/106 - 1.2 x 103/106 + 0.3 < 0
    play(society, "befriending")
    assert couples(society) == []
    assert ties_of(society) == []
    assert count(society, Count.COUPLES) == 0


@both_engines
def test_the_site_shows_the_best_score_and_nothing_where_scores_are_not_shown(engine):
    """0 looks; of 1, 2 and 3 the site shows the one of the best score. Without `dating` it knows nobody's."""
    society = play(market(4, [500, 400, 900, 600], engine=engine), "befriending")
    assert society.world.week.courted.tolist()[0] == 2
    for scheme in (SHOWN | {"dating": 0.0}, SHOWN):
        seen = {
            int(play(market(4, [500, 400, 900, 600], scheme=scheme, engine=engine, seed=seed), "befriending").world.week.courted[0])
            for seed in range(12)
        }
        assert seen == ({2} if scheme["dating"] else {1, 2, 3})


@both_engines
def test_who_stands_too_low_is_written_to_by_nobody(engine):
    """0.2 + 1 x (score - 500) / 1000: 310 is worth 0.01, 290 is worth -0.01, at a sharpness of 100 000 all or nothing."""
    for score, made in ((310, True), (290, False)):
        society = market(2, [500, score], engine=engine)
        society.world.rules.exchange.sharpness = 1e5
        play(society, "befriending")
        assert couples(society) == ([(0, 1)] if made else [])
    low = market(2, [500, 290], {"dating.attraction": 0.5}, engine=engine)  # 0.2 - 0.5 x 0.21 > 0
    low.world.rules.exchange.sharpness = 1e5
    assert couples(play(low, "befriending")) == [(0, 1)]


@both_engines
def test_who_wrote_answers_nobody_and_who_did_not_takes_the_best_letter(engine):
    """Everybody sees 2 first and writes; 2 sees 1, the best of the others: crossing letters need no answer, and 0 and 3 get none."""
    society = play(market(4, [600, 700, 900, 400], engine=engine), "befriending")
    assert society.world.week.courted.tolist() == [2, 2, 1, 2]
    assert couples(society) == [(1, 2)]


@both_engines
def test_who_did_not_write_considers_the_letter_of_the_best_score_or_else_one_by_lot(engine):
    """In some weeks 0 and 1 look and 2 does not: it takes 1, of the better score; without scores now one, now the other."""
    seen = {}
    for dating in (1.0, 0.0):
        chosen = []
        for seed in range(60):
            shown = SHOWN | {"dating": dating}
            society = market(3, [600, 700, 900], {"dating.rate": 0.5}, scheme=shown, engine=engine, seed=seed, kin=[(0, 1)])
            week = play(society, "befriending").world.week
            if week.courted.tolist() == [2, 2, -1]:
                chosen.append(couples(society))
        seen[dating] = {pair[0] for pair in chosen}
    assert seen == {1.0: {(1, 2)}, 0.0: {(0, 2), (1, 2)}}


@both_engines
def test_who_was_cut_off_this_week_is_not_shown(engine):
    society = market(2, ties=[(0, 1)], engine=engine)
    cut_tie(society.world, 0, 1)
    assert couples(play(society, "befriending")) == []


@both_engines
def test_who_was_cut_off_this_week_is_not_shown_even_to_who_makes_another_tie(engine):
    """0 and 1 are cut off. 0 makes a tie to 2, who is taken; who was cut off is still not shown, though nobody else is on the market."""
    made = 0
    for seed in range(6):
        given = {"befriending.offer_rate": 1.0, "befriending.closure": 0.0}
        society = market(3, ties=[(0, 1)], given=given, coupled=[2], engine=engine, seed=seed)
        society.world.citizens.sociability[:] = [1, 0, 1]
        cut_tie(society.world, 0, 1)
        play(society, "befriending")
        made += ties_of(society) == [(0, 2)]
        assert society.world.week.courted.tolist() == [-1, -1, -1]
    assert made


def test_standings_are_added_alike_in_both_engines():
    """Three schemes whose standings (.3, .2, .1 and .1, .2, .3) sum to the same or not, as rounding goes, in one order."""
    schemes = [SHOWN | {"name": name, "start": 0, "ceiling": 10} for name in ("one", "two", "three")]
    for seed in range(8):
        found = []
        for engine in ("compiled", "agents"):
            society = quiet(4, given=MARKET, schemes=schemes, engine=engine, seed=seed)
            society.world.standing.score[:] = np.array([[3, 1, 2, 0], [2, 2, 1, 0], [1, 3, 3, 0]]) * 1000
            found.append(play(society, "befriending").world.week.courted.tolist())
        assert found[0] == found[1]


@both_engines
def test_relatives_do_not_date_and_friends_become_kin(engine):
    society = market(3, engine=engine, kin=[(0, 1)], ties=[(1, 2)])
    society.world.citizens.spouse[0] = COUPLED
    assert end_of_tie(society, 1, 2).kind == ACQUAINTANCE
    play(society, "befriending")
    assert couples(society) == [(1, 2)]
    assert end_of_tie(society, 1, 2).kind == end_of_tie(society, 2, 1).kind == KIN
    assert (count(society, Count.COUPLES), count(society, Count.FORMED)) == (1, 0)
    alone = play(market(2, engine=engine, kin=[(0, 1)]), "befriending")
    assert couples(alone) == []


def test_a_couple_whose_tie_is_cut_is_single_again():
    society = play(market(2), "befriending")
    assert cut_tie(society.world, 0, 1)
    assert society.world.citizens.spouse.tolist() == [SINGLE, SINGLE]


def test_without_a_market_nobody_dates_and_a_scheme_that_would_show_scores_changes_nothing():
    off = {"dating.rate": 0.0}
    plain = Society(lively(**off), rng=3).run(15)
    assert (plain.world.citizens.spouse < 0).all()
    assert plain.series()["couples_formed"].max() == 0
    assert np.isnan(plain.series()["couple_assortativity"]).all()
    shown = Society(lively(**off, **{"schemes.sesame.dating": 0.1}), rng=3).run(15)
    assert shown.digest() == plain.digest()


def test_scores_on_show_sort_couples_by_score():
    """Scores spread over the whole scale: shown, partners have scores alike (correlation near 1 / 2 or more); hidden, they do not."""
    points, found = np.random.default_rng(1).uniform(0, 1000, 400).round(), {}
    for dating in (1.0, 0.0):
        given = {"dating.rate": 0.3, "dating.pool": 20, "dating.attraction": 4.0, "exchange.sharpness": 6.0}
        society = market(400, points, given, scheme=SHOWN | {"dating": dating})
        for week in range(30):
            society.tick = week
            play(society, "befriending")
        one = np.array([i for i, j in couples(society) if j > i])
        assert one.size > 100
        found[dating] = np.corrcoef(points[one], points[society.world.citizens.spouse[one]])[0, 1]
    assert found[1.0] > 0.4
    assert abs(found[0.0]) < 0.25
