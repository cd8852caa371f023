"""Firms and local governments on a few citizens: purchases, audits, scandals, market access, ratings, and heads that are replaced."""

import numpy as np
import pytest

from agents.chance import Purpose, luck
from agents.dealing import third_of_five
from model.assign import assign, checked_policy
from model.declarations import SocietyParameters
from model.digest import state_arrays
from model.institutions.scheme import Scheme
from model.organisations import Posting
from model.parameters import ParameterError
from model.population import Tally
from model.society import Society
from tests.lively import lively
from tests.worlds import PLAIN_SCHEME, both_engines, next_week, play, quiet, tally

#: One firm; whoever considers a purchase sees what it gets.
MARKET = {
    "firm.number": 1, "firm.purchase_rate": 1.0, "firm.discovery": 1.0, "firm.audit": 0.0, "firm.scandal_rate": 0.0, "firm.gain": 0.5,
    "firm.good_value": 1.0, "firm.bad_loss": 0.5, "exchange.sharpness": 100.0,
}  # fmt: skip
AUDITORS = {"start": 100, "floor": 0, "ceiling": 150, "firm_audit": 1.0, "firm_points": 30, "firm_floor": 80, "utility_per_point": 0.01}
#: Everybody lives in one neighbourhood, and deals with its government.
OFFICE = {
    "government.dealing_rate": 1.0, "government.neglect_gain": 0.5, "government.loss": 0.3, "region.urban_share": 1.0,
    "region.special_share": 0.0,
}  # fmt: skip
RATERS = {
    "start": 100, "floor": 0, "ceiling": 150, "government_rating": 1.0, "government_points": 5, "government_floor": 90,
    "utility_per_point": 0.0,
}  # fmt: skip
HONEST, CROOKED = 1.0, 0.0


def market(integrity, given=None, *, firms=1, citizens=3, **how):
    """Return a quiet society with firms of that integrity, one or one for each."""
    society = quiet(citizens, [(0, 1)], MARKET | {"firm.number": firms} | (given or {}), **how)
    society.world.firms.integrity = integrity
    return society


def week_of(society):
    """Play all that firms and governments have a part in."""
    return play(society, "exchange", "learning", "adjudication", "scoring")


def office(integrity, given=None, *, schemes=(), **how):
    """Return three neighbours with a local government of that integrity."""
    society = quiet(3, [(0, 1)], OFFICE | (given or {}), schemes=schemes, **how)
    society.world.governments.integrity = integrity
    return society


def booked(society, party=0, scheme=0):
    """Return {kind of posting: points} of all but zeros, and check that they add up."""
    row = society.world.books[scheme, party]
    assert row.sum() == society.world.accounts.points[scheme, party]
    return {Posting(kind).name.lower(): value / 1000 for kind, value in enumerate(row.tolist()) if value}


def account(society, party=0, scheme=0):
    return society.world.accounts.points[scheme, party] / 1000


# --- purchases ---


@both_engines
def test_good_goods_pay_and_teach_trust(engine):
    society = week_of(market(HONEST, engine=engine))
    customers = society.world.customers
    assert customers.firm.tolist() == [0, 0, 0]
    assert customers.belief.tolist() == [0.5, 0.5, 0.5]  # (0 + 2) / (0 + 0 + 2 + 2)
    assert customers.bought.tolist() == [1, 1, 1]
    assert society.world.week.income.tolist() == [1_000_000] * 3
    assert (customers.good.tolist(), customers.bad.tolist()) == ([1, 1, 1], [0, 0, 0])
    assert society.citizen(0).trust_in_firms == 3 / 5


@both_engines
@pytest.mark.parametrize(("discovery", "good", "bad"), [(1.0, 0, 1), (0.0, 1, 0)])
def test_bad_goods_cost_whether_noticed_or_not_and_teach_only_who_notices(engine, discovery, good, bad):
    society = week_of(market(CROOKED, {"firm.discovery": discovery}, engine=engine))
    assert society.world.firms.bad.tolist() == [1]
    assert society.world.week.income.tolist() == [-500_000] * 3
    assert society.world.customers.good.tolist() == [good] * 3
    assert society.world.customers.bad.tolist() == [bad] * 3
    assert society.world.citizens.trust_betrayed.tolist() == [0, 0, 0], "nothing spills over by default"


@both_engines
@pytest.mark.parametrize(("bad", "bought"), [(1.0, 1), (4.0, 0)])
def test_one_buys_while_it_is_expected_to_pay(engine, bad, bought):
    """Belief b pays if b x 1 > (1 - b) x 0.45, above 0.31: 2 / (4 + 1) does, 2 / (4 + 4) does not."""
    society = market(HONEST, {"firm.bad_loss": 0.45}, engine=engine)
    society.world.customers.bad = bad
    week_of(society)
    assert society.world.customers.belief[0] == np.float32(2 / (4 + bad))
    assert society.world.customers.bought.tolist() == [bought] * 3


@both_engines
def test_the_removed_buy_nothing_and_deal_with_nobody(engine):
    society = market(HONEST, OFFICE, engine=engine)
    society.world.citizens.removed_until[0] = 1
    week_of(society)
    assert society.world.customers.firm.tolist() == [-1, 0, 0]
    assert (society.world.week.dealt > 0).tolist() == [False, True, True]


@both_engines
def test_what_is_learned_of_firms_spills_over_to_strangers_as_far_as_declared(engine):
    society = week_of(market([CROOKED], {"firm.spillover": 0.25}, engine=engine))
    assert society.world.citizens.trust_betrayed.tolist() == [0.25] * 3
    society = week_of(market([HONEST], {"firm.spillover": 0.25}, engine=engine))
    assert society.world.citizens.trust_honoured.tolist() == [0.25] * 3


@both_engines
def test_evidence_about_firms_is_forgotten_before_the_weeks_is_added(engine):
    society = market(HONEST, {"learning.forgetting": 0.5}, engine=engine)
    society.world.customers.good, society.world.customers.bad = 4.0, 2.0
    week_of(society)
    assert (society.world.customers.good[0], society.world.customers.bad[0]) == (3.0, 1.0)


# --- the choice of firms, and audits ---


@pytest.mark.parametrize(("caught", "bad"), [(0.0, 1), (6.0, 0)])
def test_a_firm_fears_audits_as_far_as_they_are_seen_to_work(caught, bad):
    """Gain 0.5 against risk x (fine 1 + 30 points x 0.01): by default (0 + prior) it dares; after six catches it does not."""
    society = market(CROOKED, {"firm.fine": 1.0, "risk.prior_caught": 1.0, "risk.prior_missed": 3.0}, schemes=AUDITORS)
    society.world.firms.caught = caught  # risk 1/4: fear 0.325; 7/10: fear 0.91
    play(society, "exchange")
    assert society.world.firms.bad.tolist() == [bad]


def test_without_a_scheme_that_audits_only_the_fine_is_feared():
    given = {"firm.gain": 0.3, "firm.fine": 1.0, "risk.prior_caught": 1.0, "risk.prior_missed": 3.0}  # fear 1/4; with 30 points 0.325
    for schemes, bad in (((), 1), (AUDITORS, 0), (AUDITORS | {"active": False}, 1), (AUDITORS | {"firm_audit": 0.0}, 1)):
        society = market(CROOKED, given, schemes=schemes)
        play(society, "exchange")
        assert society.world.firms.bad.tolist() == [bad], schemes


@pytest.mark.parametrize(("integrity", "audited", "evidence"), [(CROOKED, 1.0, (1, 0)), (CROOKED, 0.0, (0, 1)), (HONEST, 1.0, (0, 0))])
def test_bad_goods_are_caught_by_an_audit_or_missed(integrity, audited, evidence):
    society = week_of(market(integrity, {"firm.audit": audited, "firm.fine": 0.0}))
    firm = society.world.firms[0]
    assert (firm.caught, firm.missed) == evidence
    assert firm.found_out == evidence[0]


@pytest.mark.parametrize(("integrity", "expected"), [(CROOKED, {"opening": 100, "audit": -30}), (HONEST, {"opening": 100})])
def test_an_audit_by_a_scheme_costs_points_where_goods_are_bad(integrity, expected):
    society = week_of(market(integrity, {"firm.gain": 2.0 if integrity == CROOKED else 0.5}, schemes=AUDITORS))
    assert booked(society) == expected


def test_a_firm_recovers_and_stays_on_the_scale():
    society = week_of(market(CROOKED, {"firm.gain": 5.0}, schemes=AUDITORS | {"firm_points": 130, "recovery": 0.1, "firm_floor": 0}))
    assert booked(society) == {"opening": 100, "audit": -130, "limit": 30}
    society.world.firms.integrity = 10.0
    week_of(next_week(society))
    assert booked(society) == {"opening": 100, "audit": -130, "limit": 30, "recovery": 10}


@both_engines
@pytest.mark.parametrize(("lost", "barred"), [(20, False), (20.001, True)])
def test_below_the_floor_a_firm_is_barred_and_at_it_not(engine, lost, barred):
    society = market(CROOKED, {"firm.gain": 5.0}, schemes=AUDITORS | {"firm_points": lost}, engine=engine)
    week_of(society)
    assert society.is_barred(0) == barred
    bought = week_of(next_week(society)).world.customers.bought
    assert society.world.customers.firm.tolist() == [-1 if barred else 0] * 3
    assert bought.tolist() == [0 if barred else 1] * 3
    assert society.world.firms.bad.tolist() == [0 if barred else 1], "who is barred sells nothing"


def test_a_scheme_that_is_over_bars_nobody():
    society = week_of(market(CROOKED, {"firm.gain": 5.0}, schemes=AUDITORS))
    assert society.is_barred(0)
    society.world.status.running[0] = 0
    assert not society.is_barred(0)


@both_engines
def test_customers_go_to_firms_that_are_not_barred(engine):
    society = market([CROOKED, 10.0], {"firm.gain": 5.0}, firms=2, schemes=AUDITORS, engine=engine)
    week_of(society)
    week_of(next_week(society))
    assert set(society.world.customers.firm.tolist()) <= {1, -1}


@both_engines
def test_a_standing_that_is_shown_means_what_it_has_meant_so_far(engine):
    """Four bought where the standing was low, all bad, and four elsewhere, all good: u = 1/2, d = 0 - 1/2, w = K 4 / (4 + K)."""
    given = {"learning.tie_prior_strength": 4.0, "learning.signal_strength": 4.0}
    society = market(HONEST, given, schemes=AUDITORS | {"firm_disclosure": 1.0, "firm_floor": 0}, engine=engine)
    play(society, "exchange")
    signs = society.world.signs
    signs[0, :, 1], signs[0, :, 0], signs[0, :, 2] = (0, 4), (4, 0), (4, 4)
    play(society, "exchange")
    assert society.world.sighted.tolist() == [[0, 0, 0]]
    assert society.world.customers.belief[0] == np.float32(0.5 + 0.5 * 2 / (4 + 2))
    society.world.accounts.points[0, 0] -= 15_000  # half of the 30 points that a failed audit costs
    play(society, "exchange")
    assert society.world.sighted.tolist() == [[0, 0, 0]]
    society.world.accounts.points[0, 0] -= 1
    play(society, "exchange")
    assert society.world.sighted.tolist() == [[1, 1, 1]]
    assert society.world.customers.belief[0] == np.float32(0.5 - 0.5 * 2 / (4 + 2))


# --- scandals ---


@pytest.mark.parametrize(("audited", "fair", "unfair"), [(1.0, 1, 0), (0.0, 0, 1)])
def test_a_scandal_is_unfair_unless_the_firm_was_caught(audited, fair, unfair):
    given = {"firm.audit": audited, "firm.scandal_rate": 1.0, "firm.scandal_reach": 1.0, "firm.scandal_weight": 3.0, "firm.fine": 0.0}
    society = market(CROOKED, given | {"firm.purchase_rate": 0.0, "firm.spillover": 0.5})
    week_of(society)
    people = society.world.citizens
    assert society.world.customers.bad.tolist() == [3.0] * 3
    assert people.trust_betrayed.tolist() == [1.5] * 3
    assert (people.fair.tolist(), people.unfair.tolist()) == ([fair] * 3, [unfair] * 3)


def test_an_honest_firm_makes_no_scandal_and_out_of_reach_nobody_hears():
    given = {"firm.scandal_rate": 1.0, "firm.scandal_reach": 1.0, "firm.purchase_rate": 0.0}
    for integrity, more in ((HONEST, {}), (CROOKED, {"firm.scandal_reach": 0.0})):
        society = week_of(market(integrity, given | more))
        assert not society.world.customers.bad.any()
        assert not society.world.citizens.unfair.any()


# --- local governments ---


@both_engines
@pytest.mark.parametrize(("integrity", "fair"), [(HONEST, True), (CROOKED, False)])
def test_a_government_treats_people_fairly_or_not(engine, integrity, fair):
    society = office(integrity, engine=engine)
    week_of(society)
    people = society.world.citizens
    assert people.fair.tolist() == [float(fair)] * 3
    assert people.unfair.tolist() == [float(not fair)] * 3
    assert tally(society, 0, Tally.WRONGED) == int(not fair)
    assert society.world.week.income.tolist() == [0 if fair else -300_000] * 3


@both_engines
@pytest.mark.parametrize(("integrity", "expected"), [(HONEST, {"opening": 100, "rating": 15}), (CROOKED, {"opening": 100, "rating": -15})])
def test_who_dealt_with_a_government_rates_it_truly(engine, integrity, expected):
    raters = RATERS | {"government_floor": 0}
    society = week_of(office(integrity, schemes=raters, engine=engine))
    assert booked(society) == expected
    assert society.world.rated.tolist() == [[1 if integrity == HONEST else -1] * 3]


@both_engines
def test_only_members_rate(engine):
    society = office(HONEST, schemes=RATERS, engine=engine)
    society.world.standing.enrolled[0, 0] = 0
    assert booked(week_of(society)) == {"opening": 100, "rating": 10}


@pytest.mark.parametrize(("floor", "replaced"), [(85, 0), (85.001, 1)])
def test_below_the_floor_the_head_is_replaced_and_at_it_not(floor, replaced):
    society = office(CROOKED, schemes=RATERS | {"government_floor": floor})
    week_of(society)
    government = society.world.governments[0]
    assert (government.heads, government.replaced) == (replaced, replaced)
    if replaced:
        assert booked(society) == {"opening": 100, "rating": -15, "new_head": 15}
        draws = [luck(society.seed, 0, int(Purpose.HEAD_INTEGRITY), 0, 0, index) for index in range(5)]
        assert government.integrity == np.float32(sorted(draws)[2])
    else:
        assert account(society) == 85
        assert government.integrity == CROOKED


@pytest.mark.parametrize(("concern", "neglectful"), [(1.6, 1), (1.7, 0)])
def test_a_government_fears_the_ratings_of_its_members(concern, neglectful):
    """Three members, each deals and rates: 3 x 2 x 5 points x 0.01 = 0.3, against a gain of 0.5."""
    raters = RATERS | {"utility_per_point": 0.01}
    society = office(CROOKED, {"government.concern": concern}, schemes=raters)
    play(society, "exchange")
    assert society.world.governments.neglectful.tolist() == [neglectful]


def test_each_neighbourhood_has_a_government_of_its_own():
    society = quiet(3, [(0, 1)], OFFICE | {"region.neighbourhood_size": 1})
    where = society.world.citizens.neighbourhood
    society.world.governments.integrity[where[0]] = CROOKED
    society.world.governments.integrity[where[1:]] = HONEST
    week_of(society)
    assert society.world.citizens.unfair.tolist() == [1.0, 0.0, 0.0]


# --- properties ---


def test_accounts_are_the_sum_of_what_was_posted_and_stay_on_the_scale():
    society, kinds = Society(lively(**{"schemes.sesame.abandonment": 1.0}), rng=3), set()
    for _ in range(25):
        society.step()
        world = society.world
        assert (world.books.sum(axis=2) == world.accounts.points).all()
        assert not world.accounts.due.any()
        kinds |= set(np.flatnonzero(np.abs(world.books).sum(axis=(0, 1))).tolist())
        for s, scheme in enumerate(society.parameters.schemes):
            points = world.accounts.points[s][world.accounts.open[s] == 1]
            assert ((points >= scheme.floor * 1000) & (points <= scheme.ceiling * 1000)).all()
    assert kinds >= {Posting.OPENING, Posting.AUDIT, Posting.RATING, Posting.RECOVERY, Posting.NEW_HEAD}
    assert not world.accounts.open[2].any(), "the secret file is of persons only"


def test_third_of_five_is_the_median():
    draws = np.random.default_rng(1).random((200, 5))
    assert [third_of_five(*row) for row in draws.tolist()] == np.sort(draws, axis=1)[:, 2].tolist()


OFF = {"firm.number": 0, "government.dealing_rate": 0.0}
WHILE_OFF = {
    "firm.purchase_rate": 0.9, "firm.gain": 5.0, "firm.audit": 0.9, "firm.scandal_rate": 0.9, "government.neglect_gain": 5.0,
    "government.loss": 3.0, "scheme.firm_audit": 0.9, "scheme.firm_disclosure": 0.9, "scheme.government_rating": 0.9,
}  # fmt: skip


def test_what_is_off_is_as_if_it_were_not_there():
    plain, changed = (Society(lively(**OFF, **more), rng=4).run(8) for more in ({}, WHILE_OFF))
    assert plain.digest() == changed.digest()
    on = Society(lively(), rng=4).run(8)
    assert plain.digest() != on.digest()
    names = ("trust_in_firms", "purchases", "good_quality", "scandals", "firms_barred", "government_fairness", "heads_replaced")
    for name in names:
        assert np.isnan(plain.series()[name]).all()
        assert not np.isnan(on.series()[name]).all()
    sizes = {name: array.size for name, array in state_arrays(plain.world) if name.startswith(("firms", "customers", "signs", "sighted"))}
    assert set(sizes.values()) == {0}


def test_dealings_that_a_policy_ends_leave_nothing_behind():
    society = Society(lively(), rng=4, policy=[(3, "government.dealing_rate", 0.0)]).run(6)
    assert np.isnan(society.series()["government_fairness"][3:]).all()
    assert np.isnan(society.series()["heads_replaced"][3:]).all()
    heads = society.world.governments.heads.sum()
    assert society.run(3).world.governments.heads.sum() == heads


def test_the_number_of_firms_cannot_change_during_a_run():
    with pytest.raises(ParameterError, match=r"'firm\.number' cannot change during a run"):
        checked_policy(SocietyParameters(), [(3, "firm.number", 2)])


@pytest.mark.parametrize(("name", "switch"), [("firm_floor", "firm_audit"), ("government_floor", "government_rating")])
def test_a_floor_above_the_start_is_refused(name, switch):
    quiet(2, schemes=PLAIN_SCHEME | {name: 1000, switch: 0.5})
    with pytest.raises(ParameterError, match=f"{name} = 1000.5 is not allowed: expected at most the start, 1000, since all would be"):
        quiet(2, schemes=PLAIN_SCHEME | {name: 1000.5, switch: 0.5})


@pytest.mark.parametrize("name", ["firm_audit", "firm_disclosure", "government_rating"])
def test_a_secret_file_is_of_persons_only(name):
    secret = SocietyParameters(schemes=(Scheme(name="file", secret=True),))
    with pytest.raises(ParameterError, match=f"{name} = 0.5 is not allowed in a secret scheme"):
        assign(secret, {f"scheme.{name}": 0.5})
