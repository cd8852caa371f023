"""Judgment defaulters, the secret file, watchdogs, a bank's rating, mutual ratings: what puts one on record, and how one gets off."""

import math

import numpy as np
import pytest

from agents.chance import Purpose
from agents.events import Event
from model.assign import assign, default_parameters
from model.institutions.entries import Entry
from model.institutions.reading import system_of_file
from model.perception import rating_at_stake
from model.population import Tally
from tests.declared import refusal_of
from tests.systems import JUSTICE, WATCHFUL, deeds, drawn, earns, have, under
from tests.worlds import acted, both_engines, bring, exchanged, from_python, grade, ledger, meet, next_week, pending, play, points, post

# ---- judgment defaulters ----

#: The court learns of every wrong and fines it, but collects nothing by itself. Everybody seeks strangers.
UNCOLLECTED = {"court.detection": 1.0, "court.enforcement": 1.0, "court.collection": 0.0, "exchange.stranger_share": 1.0}
WEEK = ("encounter", "conduct", *JUSTICE)


def convicted(engine, integrity=0.5):
    """Return a society of four without ties in whose week 0 citizen 0 evaded taxes and was left a fine of 1 to pay."""
    society = under("defaulters", 4, (), UNCOLLECTED, engine=engine)
    society.world.citizens.integrity[:] = integrity
    acted(society, 0, Event.TAX_EVASION)
    assert play(society, *JUSTICE).world.citizens.ordered[0] == 1
    return society


def kept_and_listed(society, until):
    """Play the weeks up to that one; return in which of them 0 met nobody, and in which it was on the list at the week's end."""
    kept, listed = [], []
    while society.tick < until:
        next_week(society)
        play(society, *WEEK)
        kept += [society.tick] if society.world.week.partner[0] < 0 else []
        listed += [society.tick] if grade(society, 0) == "listed" else []
    return kept, listed


@both_engines
def test_one_unpaid_judgment_lists_at_once_with_a_travel_ban(engine):
    """Integrity 0.5 + fear of 50 points, 50 x 0.01 x 1/5 = 0.1, against a fine of 1: 0 does not pay."""
    society = convicted(engine)
    assert grade(society, 0) == "not-listed"
    play(next_week(society), *WEEK)
    assert deeds(society, 0) == {"judgment_unpaid"}
    assert (points(society, 0), grade(society, 0)) == (-50, "listed")
    assert ledger(society, 0) == {"judgment_unpaid": -50}
    assert society.citizen(0).is_travel_banned(society.tick + 1)
    assert society.world.citizens.owed.tolist() == [1, 0, 0, 0]
    assert [grade(society, i) for i in (1, 2, 3)] == ["not-listed"] * 3


@both_engines
def test_who_pays_at_once_is_never_listed(engine):
    """Integrity 1 + 0.1 against 1."""
    society = convicted(engine, integrity=1.0)
    assert kept_and_listed(society, 4) == ([], [])
    assert society.world.citizens.wealth.tolist() == [99_000_000, 100_000_000, 100_000_000, 100_000_000]
    assert ledger(society, 0) == {}


@both_engines
def test_the_list_holds_a_year_to_the_week(engine):
    """Refused in week 1: listed at the end of weeks 1 to 52, kept from strangers in weeks 2 to 53. 0.05 lost in each of 52 weeks."""
    kept, listed = kept_and_listed(society := convicted(engine), 60)
    assert listed == list(range(1, 53))
    assert kept == list(range(2, 54))
    assert ledger(society, 0) == {"judgment_unpaid": -50, "expiry": 50}
    assert society.world.citizens.wealth[0] == 100_000_000 - 52 * 50_000


@both_engines
def test_paying_ends_it_that_very_week(engine):
    """0 refuses at 0.6 + 0.1 against 1; thinks again in week 7: 0.6 + 50 points regained at 0.01 against 1; pays, and is free at once."""
    society = convicted(engine, integrity=0.6)
    assert kept_and_listed(society, 6) == (list(range(2, 7)), list(range(1, 7)))
    society.world.rules.court.settling_rate = 1.0
    assert kept_and_listed(society, 7) == ([7], [])
    assert deeds(society, 0) == {"settlement"}
    assert society.world.citizens.owed[0] == 0
    assert society.world.citizens.wealth[0] == 100_000_000 - 1_000_000 - 6 * 50_000
    assert kept_and_listed(society, 30) == ([], [])
    assert points(society, 0) == 0


@both_engines
def test_who_has_paid_stays_off_the_list(engine):
    """As above; then two years in which nothing happens."""
    society = convicted(engine, integrity=0.6)
    kept_and_listed(society, 6)
    society.world.rules.court.settling_rate = 1.0
    assert kept_and_listed(society, 120) == ([7], [])
    assert points(society, 0) == 0


@both_engines
def test_each_judgment_keeps_one_listed_for_its_year(engine):
    """Refused in weeks 0, 10 and 20: one is listed or not, whatever one owes, and off the list a year after the last."""
    society, found = under("defaulters", 2, engine=engine), []
    for society.tick in range(80):
        next_week(society, 0)
        if society.tick in (0, 10, 20):
            acted(society, 0, Event.JUDGMENT_UNPAID)
        found.append(points(play(society, *JUSTICE), 0))
    assert found == [-50] * 72 + [0] * 8


@both_engines
def test_a_listed_stranger_is_always_known_for_one_and_a_blank_name_says_nothing(engine):
    """Every citizen meets the one beside it; odd ones are listed. Nothing is disclosed."""
    society = under("defaulters", 200, engine=engine)
    for who in range(1, 200, 2):
        have(society, -50, who)
    play(society, "scoring")
    society.world.week.partner[:] = (np.arange(200) + 1) % 200
    play(society, "exchange")
    assert society.world.standing.seen_grade[0].tolist() == [1, -1] * 100


# ---- the secret file ----


def on_file(engine, **scheme):
    """Let 1 speak up twice under the file, and 2 and 3, its friends, report one case each; 0 heads the unit."""
    given = {f"scheme.{name}": value for name, value in ({"superiors": 0.0} | scheme).items()}
    society = under("dangan", 4, [(1, 0), (1, 2), (1, 3)], given, engine=engine)
    for _ in range(2):
        bring(society, 1, event=Event.CRITICISM, reported=[2], saw=[3])
    return play(society, "adjudication", "scoring", "opinion")


def impressions(society):
    """Return everything that one may have learned from a case."""
    world, people = society.world, society.world.citizens
    of_people = (people.caught, people.missed, people.fair, people.unfair, people.suspicion, people.grievance)
    return (*of_people, world.standing.caught, world.standing.missed, world.tally, world.grip, world.slots.betrayed, world.slots.exposed)


@both_engines
def test_the_file_moves_and_neither_its_subject_nor_those_who_told_notice(engine):
    """100 - 2 x 20 = 60: passed over. Not a trace in anybody's mind; were the file open, there would be."""
    society = on_file(engine)
    assert ledger(society, 1) == {"criticism": -40}
    assert (points(society, 1), grade(society, 1)) == (60, "passed-over")
    assert not any(array.any() for array in impressions(society))
    assert math.isnan(society.citizen(1).score)
    known = on_file(engine, secret=False)
    assert (points(known, 1), known.citizen(1).score) == (60, 60)
    assert known.world.tally[1, Tally.SANCTIONED] == 2
    assert known.world.citizens.grievance[1] > 0
    assert known.world.citizens.suspicion[1] > 0
    assert known.world.standing.caught[0].tolist() == [0, 2, 1, 1]
    assert known.world.slots.betrayed.any()


@both_engines
def test_of_a_wrong_that_only_the_file_holds_people_think_it_went_unpunished(engine):
    """Evaded taxes, which the court does not enforce: 2 saw it."""
    society = under("dangan", 3, [(1, 2)], {"scheme.superiors": 0.0}, engine=engine)
    bring(society, 1, event=Event.TAX_EVASION, reported=[2])
    play(society, "adjudication", "scoring")
    assert points(society, 1) == 80
    assert (society.world.citizens.unfair.tolist(), society.world.citizens.fair.tolist()) == ([0, 0, 1], [0, 0, 0])
    assert society.world.citizens.missed.tolist() == [0, 1, 0.5]


@both_engines
def test_superiors_put_acts_on_file_and_have_nobody_over_them(engine):
    """0 heads the unit of 1 and 2; 3 works alone."""
    society = under("dangan", 4, (), {"scheme.superiors": 1.0}, engine=engine)
    society.world.citizens.superior[:] = [-1, 0, 0, -1]
    for who in range(4):
        acted(society, who, Event.CRITICISM if who < 2 else Event.ILLEGAL_CLASS)
    play(society, *JUSTICE)
    assert [ledger(society, i) for i in range(4)] == [{}, {"criticism": -20}, {"illegal_class": -20}, {}]


def test_superiors_see_three_acts_in_ten():
    """2000 at 0.3: 600, standard deviation 20.5; 82 is four of them."""
    society = under("dangan", 2001)
    society.world.citizens.superior[:2000] = 2000
    for who in range(2000):
        bring(society, who, event=Event.CRITICISM)
    play(society, "adjudication", "scoring")
    assert int((society.world.standing.points[0] == 80_000).sum()) == pytest.approx(600, abs=82)


@both_engines
@pytest.mark.parametrize("residence", [1.0, 0.0])
def test_residence_registration_keeps_meetings_inside_the_region(engine, residence):
    """30 city dwellers and 30 villagers, all on file; regions mix freely but for the registration."""
    given = {"exchange.stranger_share": 1.0, "region.mixing": 1.0, "scheme.residence": residence, "scheme.rural_coverage": 1.0}
    society, abroad, met = under("dangan", 60, (), given, regions=[0, 1] * 30, engine=engine), 0, 0
    for _ in range(10):
        partner = play(society, "encounter").world.week.partner
        met += int((partner >= 0).sum())
        abroad += int(((partner >= 0) & (partner % 2 != np.arange(60) % 2)).sum())
        next_week(society)
    assert met >= 595
    # Without it: 30 of 59 others live elsewhere, 305 of 600, standard deviation 12.2; 49 is four of them.
    assert abroad == (0 if residence else pytest.approx(305, abs=49))


def test_residence_registration_as_it_is_lets_one_meeting_in_six_cross():
    """A stranger from elsewhere, every second one, is accepted with 0.2: 0.2 / 1.2 = 1/6 of 3000, deviation 20.4; 82 is four of it."""
    given = {"exchange.stranger_share": 1.0, "region.mixing": 1.0, "scheme.rural_coverage": 1.0}
    society = under("dangan", 3000, (), given, regions=[0, 1] * 1500)
    partner = play(society, "encounter").world.week.partner
    assert int((partner % 2 != np.arange(3000) % 2).sum()) == pytest.approx(500, abs=82)


@pytest.mark.parametrize("key", ["appeal", "disclosure", "contact_weight"])
def test_a_secret_file_cannot_be_contested_shown_or_shared_among_friends(key, tmp_path):
    path = tmp_path / "file.toml"
    path.write_text(f'about = "A file."\nstart = 100\nsecret = true\n{key} = 0.5\n[event]\ncriticism = -20\n')
    refusal = refusal_of(system_of_file, str(path))
    assert f"schemes.file.{key} = 0.5 is not allowed in a secret scheme: expected 0" in refusal
    refusal = refusal_of(assign, default_parameters(), {"scheme.preset": "dangan", f"scheme.{key}": 0.5})
    assert refusal == f"schemes.dangan.{key} = 0.5 is not allowed in a secret scheme: expected 0"


# ---- watchdogs ----


@both_engines
def test_watchdogs_expose_an_official_like_anyone_else_for_eight_weeks(engine):
    """1 holds office, 2 does not; both betrayed 0, who reports it. Their names are known to strangers in the eight weeks after."""
    society = under("watchdogs", 5, engine=engine)
    society.world.citizens.official[1] = 1
    for accused in (1, 2):
        bring(society, accused, 0, reported=[0])
    play(society, "adjudication", "scoring", "consequences")
    seen = []
    for _ in range(12):
        next_week(society)
        society.world.week.partner[:] = [-1, -1, -1, 1, 2]
        play(society, "exchange")
        seen.append(society.world.standing.seen_grade[0, 3:].tolist())
        play(society, "scoring", "consequences")
    assert seen == [[1, 1]] * 8 + [[-1, -1]] * 4
    assert ledger(society, 1) == ledger(society, 2) == {"dishonour": -1, "expiry": 1}


def test_a_second_exposure_prolongs_the_first():
    society = under("watchdogs", 2)
    exposed = []
    for society.tick in range(20):
        next_week(society, 0)
        if society.tick in (0, 5):
            bring(society, 1, event=Event.TAX_EVASION, reported=[0])
        play(society, "adjudication", "scoring")
        exposed.append(points(society, 1))
    assert exposed == [-1] * 5 + [-2] * 3 + [-1] * 5 + [0] * 7


@pytest.mark.parametrize(("appeal", "kept"), [(1.0, {}), (0.0, {"accusation": -1})])
def test_an_error_of_the_press_is_appealed(appeal, kept):
    society = under("watchdogs", 2, given={"scheme.verification": 0.0, "scheme.appeal": appeal})
    bring(society, 1, 0, reported=[0], false=True)
    play(society, "adjudication")
    assert pending(society, 1) == (kept or {"accusation": -1, "appeal": 1})
    assert grade(play(society, "scoring"), 1) == ("exposed" if kept else "unblemished")


def test_watchdogs_see_through_nineteen_false_stories_in_twenty_and_correct_four_errors_in_five():
    """4000 at 0.05 x 0.2: 40 stay exposed, standard deviation 6.3; 25 is four of them. Of 2000 wrongs nobody reports 0.05: 100 +- 39."""
    society = under("watchdogs", 8000)
    for who in range(4000):
        bring(society, who, 4000 + who, reported=[4000 + who], false=True)
    play(society, "adjudication", "scoring")
    assert int((society.world.standing.grade[0] == 1).sum()) == pytest.approx(40, abs=25)
    society = under("watchdogs", 2000)
    for who in range(2000):
        bring(society, who, event=Event.ILLEGAL_CLASS)
    play(society, "adjudication", "scoring")
    assert int((society.world.standing.grade[0] == 1).sum()) == pytest.approx(100, abs=39)


# ---- a bank's rating ----


@both_engines
def test_a_bank_counts_debts_and_nothing_else(engine):
    """0 defaults on a debt, 1 pays one; 2 breaks every other rule before all eyes, 3 betrays 0 and is reported."""
    given = WATCHFUL | {"region.urban_cameras": 1.0, "informing.complaint_rate": 1.0}
    society = under("fico", 4, [(0, 1), (0, 2), (0, 3)], given, engine=engine)
    acted(society, 0, Event.LOAN_DEFAULT)
    acted(society, 1, Event.REPAYMENT)
    for event in Event:
        if event not in (Event.DISHONOUR, Event.LOAN_DEFAULT, Event.REPAYMENT, Event.VERIFICATION, Event.RATED_UP, Event.RATED_DOWN):
            acted(society, 2, event)
    exchanged(society, 0, 3, honoured=False)
    play(society, *JUSTICE)
    assert [points(society, i) for i in range(4)] == [610, 654, 650, 650]
    play(next_week(society), "scoring")
    assert [points(society, i) for i in (0, 1)] == [610.4, 653.96]  # 1 % of the way back


@both_engines
def test_the_bank_deters_default(engine):
    """Gain 0.2: integrity 0.5 pays; integrity 0 does not, for 40 points at 0.01 x 1/5 are 0.08; at 0.05 a point they are 0.4: all pay."""
    for worth, found in ((0.01, [610, 654]), (0.05, [654, 654])):
        given = {"conduct.loan_default_rate": 1.0, "scheme.utility_per_point": worth}
        society = under("fico", 2, (), given, engine=engine)
        society.world.citizens.integrity[:] = [0.0, 0.5]
        play(society, "conduct", *JUSTICE)
        assert [points(society, i) for i in (0, 1)] == found


# ---- mutual ratings ----

ALL_RATE = {"scheme.rating_rate": 1.0}


@both_engines
def test_only_the_counterpart_rates_one_up_or_five_down(engine):
    """0 trusted 1, who honoured it; 2 trusted 3, who did not, which 4 saw and reports. Who trusted is not rated."""
    society = under("peer-ratings", 5, [(0, 1), (2, 3), (2, 4), (3, 4)], ALL_RATE | WATCHFUL, engine=engine)
    exchanged(society, 0, 1)
    exchanged(society, 2, 3, honoured=False)
    play(society, "learning")
    bring(society, 3, 2, reported=[2, 4])
    play(society, "adjudication", "scoring")
    assert [points(society, i) for i in range(5)] == [100, 101, 100, 95, 100]
    assert ledger(society, 3) == {"rated_down": -5}


@both_engines
def test_a_year_later_a_rating_is_gone(engine):
    """1 is rated well in week 0 and badly in week 3."""
    society, found = under("peer-ratings", 2, [(0, 1)], ALL_RATE, engine=engine), []
    for society.tick in range(60):
        next_week(society, 0)
        if society.tick in (0, 3):
            exchanged(society, 0, 1, honoured=society.tick == 0)
        play(society, "learning", "scoring")
        found.append(points(society, 1))
    assert found == [101] * 3 + [96] * 49 + [95] * 3 + [100] * 5


def test_a_year_after_the_last_rating_one_is_where_one_began():
    """One bad rating; a week later 105 good ones, up to the end of the scale; then nothing for a year."""
    society = under("peer-ratings", 2)
    for society.tick in range(60):
        for kind, amount, when in ((Entry.RATED_DOWN, -5, 0), (Entry.RATED_UP, 105, 1)):
            post(society, 0, amount if society.tick == when else 0, kind)
        play(society, "scoring")
    assert points(society, 0) == 100


@both_engines
def test_seven_partners_in_ten_rate_and_everybody_sees_the_grade(engine):
    """300 exchanges at 0.7: 210, standard deviation 7.9; 32 is four of them."""
    society = under("peer-ratings", 600, engine=engine)
    society.world.week.partner[:300], society.world.week.placed[:300] = np.arange(300, 600), 1
    society.world.week.honoured[:300] = 1
    play(society, "learning", "scoring")
    rated = {i for i in range(300) if society.world.standing.points[0, 300 + i] == 101_000}
    assert rated == {i for i in range(300) if drawn(society, Purpose.RATE, i, 300 + i) < 0.7}
    assert len(rated) == pytest.approx(210, abs=32)
    play(society, "exchange")
    assert (society.world.standing.seen_grade[0, :300] == 1).all()


@both_engines
def test_fear_of_a_bad_rating_makes_strangers_honest(engine):
    """0.7 x (1 + 5) points at 0.01: 0.042. At 0.1 a point 0.42: with an integrity of 0.5 more than a temptation of 0.7, and 0.5 is less."""
    for worth, fear, honest in ((0.01, 0.042, False), (0.1, 0.42, True)):
        given = {"scheme.utility_per_point": worth, "court.fine": 0.0, "exchange.temptation": 0.7}
        society = under("peer-ratings", 3, (), given, engine=engine)
        assert from_python(rating_at_stake)(society.world, 0, 1) == pytest.approx(fear)
        assert society.citizen(1).fear_of_penalty(Event.DISHONOUR) == pytest.approx(fear)
        assert society.citizen(1).fear_of_penalty(Event.TAX_EVASION) == 0
        meet(society, 0, 1)
        play(society, "exchange")
        assert bool(society.world.week.honoured[0]) == honest
        society.world.citizens.score_concern[1] = 0.0  # to whom ratings mean nothing
        assert not play(society, "exchange").world.week.honoured[0]


EDGES = [
    ("fico", 670, "prime", 0.05), ("fico", 669.999, "others", 0), ("peer-ratings", 110, "recommended", 0),
    ("peer-ratings", 109.999, "usual", 0), ("peer-ratings", 95, "usual", 0), ("peer-ratings", 94.999, "warned-of", 0),
]  # fmt: skip


@pytest.mark.parametrize(("preset_name", "held", "name", "perk"), EDGES)
def test_a_thousandth_of_a_point_parts_good_from_bad(preset_name, held, name, perk):
    society = under(preset_name, 2, given={"scheme.recovery": 0.0})
    assert (earns(society, held), grade(society, 0)) == (perk, name)
