"""The system planned for 2020: everything at once, shared and mandatory."""

from dataclasses import replace

import numpy as np
import pytest

from agents.events import Event
from model.institutions.entries import Entry
from model.institutions.reading import preset, system
from model.population import RURAL, SPECIAL, URBAN
from tests.systems import JUSTICE, WATCHFUL, have, members, under
from tests.worlds import acted, both_engines, bring, grade, ledger, next_week, play, points, post, score

MEMBERS = ["rongcheng", "defaulters", "sesame", "tencent", "mobike", "honest-shanghai", "hangzhou"]
RONGCHENG, DEFAULTERS, SESAME, TENCENT, MOBIKE, SHANGHAI, HANGZHOU = range(7)
#: Everybody is reached.
REACHED = {f"schemes.{member}.{region}_coverage": 1.0 for member in MEMBERS for region in ("urban", "rural", "special")}


def test_every_system_of_the_essays_on_china_is_in_it_and_mandatory():
    schemes = system("national-2020").schemes
    assert [scheme.name for scheme in schemes] == MEMBERS
    for scheme in schemes:
        assert scheme.enrolment == "mandatory"
        assert scheme.data_sharing == (0 if scheme.name == "defaulters" else 0.5)
        assert (scheme.urban_coverage, scheme.rural_coverage, scheme.special_coverage) == (0.95, 0.5, 1)


def test_a_member_is_otherwise_what_it_is_alone():
    for scheme in system("national-2020").schemes:
        alone = preset(scheme.name)
        names = (
            "enrolment", "data_sharing", "shares_losses_only", "common_reach", "urban_coverage", "rural_coverage", "special_coverage",
            "firm_audit", "firm_points", "firm_floor", "firm_disclosure", "government_rating", "government_points", "government_floor",
        )  # fmt: skip
        assert replace(scheme, **{name: getattr(alone, name) for name in names}) == alone


@both_engines
def test_who_is_offline_is_not_spared(engine):
    society = under("national-2020", 8, (), REACHED, engine=engine)
    assert all(members(society, s) == set(range(8)) for s in range(7))
    society = under("national-2020", 200, regions=[SPECIAL] * 200, engine=engine)
    society.world.citizens.online[:] = 0
    assert all(members(play(society, "opinion"), s) == set(range(200)) for s in range(7))


# ---- uneven coverage ----


@pytest.mark.parametrize("member", range(7), ids=MEMBERS)
def test_cities_are_reached_almost_wholly_villages_half_and_special_zones_wholly(member):
    """2000 citizens of each region at 0.95 and 0.5; four standard errors are 4 sqrt(p (1 - p) / 2000)."""
    enrolled = under("national-2020", 6000, regions=np.arange(6000) % 3).world.standing.enrolled[member]
    share = {region: float(enrolled[region::3].mean()) for region in (URBAN, RURAL, SPECIAL)}
    assert share[URBAN] == pytest.approx(0.95, abs=0.0195)
    assert share[RURAL] == pytest.approx(0.5, abs=0.0447)
    assert share[SPECIAL] == 1


def test_who_is_within_reach_is_under_every_scheme_and_half_the_villagers_stay_outside():
    """So says the preset: 'every citizen within reach is under every scheme', 'hundreds of villages stay outside'."""
    enrolled = under("national-2020", 2000, regions=[RURAL] * 2000).world.standing.enrolled
    outside = int((enrolled.sum(axis=0) == 0).sum())
    assert outside == pytest.approx(1000, abs=90)  # standard deviation 22.4
    assert int((enrolled.sum(axis=0) == 7).sum()) == 2000 - outside


# ---- what one punishes costs in the others ----


@both_engines
def test_bad_parking_costs_half_in_every_other_score_and_lists_nobody(engine):
    """1 reports it and gains 5 points with the bicycles, which is no event, so that the others take no note."""
    society = under("national-2020", 2, [(0, 1)], REACHED | WATCHFUL, engine=engine)
    acted(society, 0, Event.PARKING)
    play(society, *JUSTICE)
    assert ledger(society, 0, MOBIKE) == {"parking": -10}
    for scheme in (RONGCHENG, SESAME, TENCENT, SHANGHAI, HANGZHOU):
        assert ledger(society, 0, scheme) == {"shared": -5}
        assert ledger(society, 1, scheme) == {}
    assert [points(society, 0, s) for s in range(7)] == [995, 0, 595, 595, 90, 95, 95]
    assert ledger(society, 0, DEFAULTERS) == {}
    assert ledger(society, 1, MOBIKE) == {"reward": 5}


SMALL = """
about = "A municipal score and the bicycles, which share what they know."
combines = ["rongcheng", "mobike"]
[each]
enrolment = "mandatory"
data_sharing = 0.5
"""


def drive_badly(society, held, bicycles):
    """Let 0 have that many points in Rongcheng, be graded, and next week park badly before a dutiful witness; play up to the ban."""
    have(society, held)
    play(society, "scoring", "consequences")
    assert grade(society, 0) == "C"
    assert society.world.standing.banned_until[0, 0] <= society.tick + 1
    acted(next_week(society), 0, Event.PARKING)
    play(society, *JUSTICE)
    assert points(society, 0, bicycles) == 90
    return society


@both_engines
@pytest.mark.parametrize("where", ["national-2020", "a file of one's own"])
@pytest.mark.parametrize(("held", "left", "name", "seat"), [(604.999, 599.999, "D", False), (605, 600, "C", True)])
def test_a_parking_fine_costs_a_train_seat(engine, where, held, left, name, seat, tmp_path):
    """Mobike takes 10 points, Rongcheng 5 of them: from 604.999 to 599.999, which is D. With 605 the seat is kept.

    Who has a seat meets strangers: 0, whose only tie is kept out of the way, seeks one each week.
    """
    given = WATCHFUL | {"exchange.stranger_share": 1.0}
    if where == "national-2020":
        given, bicycles = given | REACHED, MOBIKE
    else:
        (tmp_path / "small.toml").write_text(SMALL)
        given, bicycles = given | {"scheme.file": str(tmp_path / "small.toml")}, 1
    society = drive_badly(under("national-2020", 8, [(0, 1)], given, engine=engine), held, bicycles)
    assert ledger(society, 0)["shared"] == -5
    assert (points(society, 0), grade(society, 0)) == (left, name)
    assert society.citizen(0).is_travel_banned(society.tick + 1) != seat
    partner = play(next_week(society), "encounter").world.week.partner
    assert (partner[0] != 1) == seat  # one who is banned stays among its ties
    assert partner[1] not in (0, -1)


@both_engines
def test_without_sharing_a_parking_fine_stays_one(engine):
    given = REACHED | WATCHFUL | {f"schemes.{member}.data_sharing": 0.0 for member in MEMBERS}
    society = drive_badly(under("national-2020", 8, [(0, 1)], given, engine=engine), 604.999, MOBIKE)
    assert (points(society, 0), grade(society, 0)) == (604.999, "C")
    assert not society.citizen(0).is_travel_banned(society.tick + 1)


@both_engines
def test_nothing_but_an_unpaid_judgment_lists_anyone(engine):
    """0 does all that one can, in one week and before all eyes; 1 owes for a judgment, which costs it in all other scores, too."""
    society = under("national-2020", 3, [(0, 2)], REACHED | WATCHFUL | {"region.urban_cameras": 1.0}, engine=engine)
    for event in Event:
        if event not in (Event.DISHONOUR, Event.JUDGMENT_UNPAID, Event.VERIFICATION, Event.RATED_UP, Event.RATED_DOWN):
            acted(society, 0, event)
    acted(society, 1, Event.JUDGMENT_UNPAID)
    bring(play(society, "detection"), 0, 2, reported=[2])
    play(society, "adjudication", "scoring", "consequences")
    assert grade(society, 0, RONGCHENG) == "D"  # a crime
    assert [grade(society, i, DEFAULTERS) for i in range(3)] == ["not-listed", "listed", "not-listed"]
    # Half of the others' -50, -60 and -20, beside their own.
    shared = {s: ledger(society, 1, s).get("shared", 0) for s in range(7)}
    assert shared == {RONGCHENG: -65, DEFAULTERS: 0, SESAME: -35, TENCENT: -65, MOBIKE: -65, SHANGHAI: -55, HANGZHOU: -65}
    assert points(society, 1, MOBIKE) == 35


@both_engines
def test_who_is_outside_a_scheme_is_spared_by_it_and_gives_it_nothing_to_share(engine):
    society = under("national-2020", 2, [(0, 1)], REACHED | WATCHFUL, engine=engine)
    society.world.standing.enrolled[SESAME, 0] = society.world.standing.enrolled[MOBIKE, 1] = 0
    for who in (0, 1):
        acted(society, who, Event.PARKING)
    play(society, *JUSTICE)
    assert ledger(society, 0, SESAME) == {}
    assert ledger(society, 0, RONGCHENG) == {"shared": -5}
    assert [ledger(society, 1, s) for s in range(7)] == [{}] * 7


def test_what_is_shared_counts_in_the_scores_of_friends():
    """Half of the 40 that Hangzhou takes: with Tencent 580 remain, and a friend of 600 has 0.4 x 600 + 0.6 x 580 = 588."""
    society = under("national-2020", 2, [(0, 1)], REACHED)
    post(society, 0, -40, Entry.FARE_FRAUD, scheme=HANGZHOU)
    play(society, "scoring")
    assert points(society, 0, TENCENT) == 580
    assert [score(society, i, TENCENT) for i in (0, 1)] == [592, 588]
    assert [score(society, i, SESAME) for i in (0, 1)] == [582, 598]


def test_shares_are_taken_of_events_and_not_of_rewards_recovery_or_shares():
    society = under("national-2020", 2, given=REACHED)
    for scheme, held in ((SESAME, 500), (MOBIKE, 50)):
        have(society, held, scheme=scheme)
    post(society, 0, 10, Entry.REWARD, scheme=MOBIKE)
    post(society, 0, -30, Entry.ACCUSATION, scheme=RONGCHENG)
    play(society, "scoring")
    assert all("shared" not in ledger(society, 0, s) for s in range(7))


def test_completing_ones_data_is_no_merit_with_the_bicycles():
    """'Negative behaviour in one domain costs in others', says the preset; mobike knows no points for verification."""
    society = play(under("national-2020", 2, given=REACHED | {"conduct.verification_rate": 1.0}), "scoring")
    assert (points(society, 0, MOBIKE), grade(society, 0, MOBIKE)) == (100, "normal-price")
