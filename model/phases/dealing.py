"""Dealings with firms and local governments: parts of the phases exchange, learning and adjudication. Nothing happens where both are off.

What firms and governments do is in loops that both engines share; what citizens decide, to buy and to rate, is here twice.
"""

import numpy as np

from agents.chance import Purpose, draw, luck, stream
from agents.choosing import beta_mean, value_of_points
from agents.compiling import loop, part, shared_loop, shared_part
from agents.conduct import probability_of_offending
from agents.dealing import fear_of_audits, fear_of_ratings
from agents.searching import FIRM_ATTEMPTS
from agents.trusting import belief_given_grade, probability_of_trusting
from agents.units import to_micro, to_milli
from model.institutions.accounts import audits_firms, is_barred, open_accounts, rates_governments
from model.lanes import citizens_of
from model.organisations import ANY_STANDING, LOW, SOUND, TREATED_FAIRLY, TREATED_UNFAIRLY
from model.perception import is_removed
from model.population import Tally

_FAIR, _UNFAIR, _WRONGED = Tally.FAIR, Tally.UNFAIR, Tally.WRONGED

# --- what firms and governments choose ------------------------------------------------------------------------------------------


@part
def fear_of_firm(world, f):
    """Return firm f's fear (utility) of selling bad goods."""
    rules, lost = world.rules[0], 0.0
    for s in range(world.schemes.size):
        if audits_firms(world, s):
            lost += value_of_points(world.schemes[s].firm_points, world.schemes[s].utility_per_point, 1.0)
    firm = world.firms[f]
    risk = beta_mean(np.float64(firm.caught), np.float64(firm.missed), rules.risk.prior_caught, rules.risk.prior_missed)
    return fear_of_audits(risk, rules.firm.fine, lost)


@part
def count_members(world, s):
    """Fill quarters[s, :, 1] with the members of scheme s in each neighbourhood."""
    for g in range(world.governments.size):
        world.quarters[s, g, 1] = 0
    for i in range(world.rows.size):
        if world.standing.enrolled[s, i]:
            world.quarters[s, world.citizens.neighbourhood[i], 1] += 1


@part
def fear_of_government(world, g):
    """Return government g's fear (utility) of neglecting people: each rater would rate it badly instead of well."""
    rules, fear = world.rules[0].government, 0.0
    for s in range(world.schemes.size):
        scheme = world.schemes[s]
        if rates_governments(world, s):
            raters = world.quarters[s, g, 1] * rules.dealing_rate * scheme.government_rating
            lost = value_of_points(2.0 * scheme.government_points, scheme.utility_per_point, 1.0)
            fear += fear_of_ratings(raters, lost, rules.concern)
    return fear


@shared_loop
def choose_conduct(world, now):
    """Let firms choose whether to sell bad goods this week, and governments whether to neglect people. Who is barred sells nothing."""
    rules, firms, governments = world.rules[0], world.firms, world.governments
    dealing, sharpness = rules.government.dealing_rate > 0.0, rules.exchange.sharpness
    open_accounts(world)
    key = stream(world.seed, now, Purpose.FIRM_CONDUCT)
    for f in range(firms.size):
        chance = probability_of_offending(np.float64(firms[f].integrity), fear_of_firm(world, f), rules.firm.gain, sharpness)
        firms[f].bad = not is_barred(world, f) and draw(key, f) < chance
    for s in range(world.schemes.size):
        if dealing and rates_governments(world, s):
            count_members(world, s)
    key = stream(world.seed, now, Purpose.GOVERNMENT_CONDUCT)
    for g in range(governments.size if dealing else 0):
        integrity, fear = np.float64(governments[g].integrity), fear_of_government(world, g)
        governments[g].neglectful = draw(key, g) < probability_of_offending(integrity, fear, rules.government.neglect_gain, sharpness)


# --- purchases ------------------------------------------------------------------------------------------------------------------


@part
def trust_in_firms(world, i):
    """Return i's belief (0-1) that a firm of which nothing is known sells good goods."""
    customer, rules = world.customers[i], world.rules[0].firm
    return beta_mean(np.float64(customer.good), np.float64(customer.bad), rules.prior_good, rules.prior_bad)


@shared_part
def see_standing(world, now, i, f):
    """Fill sighted[:, i] with where firm f stands with the schemes that show it to i this tick (-1: not shown)."""
    key = np.uint64(stream(world.seed, now, Purpose.FIRM_STANDING))
    for s in range(world.schemes.size):
        world.sighted[s, i] = -1
        if audits_firms(world, s) and draw(key, i, f, s) < world.schemes[s].firm_disclosure:
            is_low = world.accounts[s, f].points < to_milli(world.schemes[s].start - world.schemes[s].firm_points / 2.0)
            world.sighted[s, i] = LOW if is_low else SOUND


@part
def belief_in_firm(world, i):
    """Return i's belief (0-1) in the firm it considers: firms at large, moved by what the standing that it sees has meant so far.

    A firm is believed in like a stranger; where several schemes show a standing, each purchase counts once.
    """
    good, bad, all_good, all_bad, visible = 0.0, 0.0, 0.0, 0.0, 0
    for s in range(world.schemes.size):
        standing = world.sighted[s, i]
        if standing >= 0:
            visible += 1
            good += np.float64(world.signs[s, i, standing, 0])
            bad += np.float64(world.signs[s, i, standing, 1])
            all_good += np.float64(world.signs[s, i, ANY_STANDING, 0])
            all_bad += np.float64(world.signs[s, i, ANY_STANDING, 1])
    share, learning = 1.0 / max(visible, 1), world.rules[0].learning
    return belief_given_grade(
        trust_in_firms(world, i), learning.tie_prior_strength, good * share, bad * share, all_good * share, all_bad * share,
        learning.signal_strength,
    )  # fmt: skip


@part
def find_firm(world, now, i):
    """Return a uniformly drawn firm that is not barred from the market, or -1."""
    key = stream(world.seed, now, Purpose.FIRM)
    for attempt in range(FIRM_ATTEMPTS):
        f = int(draw(key, i, 0, attempt) * world.firms.size)
        if not is_barred(world, f):
            return f
    return -1


@shared_part
def serve(world, now, i, f):
    """Let i buy from firm f: it pays off or not as the goods are, whether i notices or not."""
    customer, rules = world.customers[i], world.rules[0].firm
    customer.bought = 1
    if world.firms[f].bad:
        customer.noticed = luck(world.seed, now, Purpose.DISCOVERY, i, f, 0) < rules.discovery
        world.week.income[i] -= to_micro(rules.bad_loss)
    else:
        world.week.income[i] += to_micro(rules.good_value)


@loop
def buy(world, now, lane):
    """Let a lane's citizens consider a purchase."""
    rules, customers = world.rules[0], world.customers
    occasion, choice = stream(world.seed, now, Purpose.PURCHASE_CHANCE), stream(world.seed, now, Purpose.PURCHASE)
    for i in citizens_of(world, lane):
        customer = customers[i]
        customer.firm, customer.belief, customer.bought, customer.noticed = -1, 0.0, 0, 0
        for s in range(world.schemes.size):
            world.sighted[s, i] = -1
        if is_removed(world, i, now) or draw(occasion, i) >= rules.firm.purchase_rate:
            continue
        f = find_firm(world, now, i)
        customer.firm = f
        if f < 0:
            continue
        see_standing(world, now, i, f)
        customer.belief = belief_in_firm(world, i)
        chance = probability_of_trusting(
            np.float64(customer.belief), rules.firm.good_value, rules.firm.bad_loss, rules.exchange.sharpness
        )  # fmt: skip
        if draw(choice, i, f) < chance:
            serve(world, now, i, f)


@part
def treat(world, i):
    """Let i's local government treat it fairly or not, as it does with all this week."""
    if world.governments[world.citizens.neighbourhood[i]].neglectful:
        world.week.dealt[i] = TREATED_UNFAIRLY
        world.week.income[i] -= to_micro(world.rules[0].government.loss)
    else:
        world.week.dealt[i] = TREATED_FAIRLY


@loop
def deal(world, now, lane):
    """Let a lane's citizens buy from firms, and deal with their local governments."""
    rate = world.rules[0].government.dealing_rate
    if world.firms.size > 0:
        buy(world, now, lane)
    if rate <= 0.0:
        return
    key = stream(world.seed, now, Purpose.DEALING)
    for i in citizens_of(world, lane):
        world.week.dealt[i] = 0
        if not is_removed(world, i, now) and draw(key, i) < rate:
            treat(world, i)


# --- what citizens make of it ---------------------------------------------------------------------------------------------------


@part
def learn_from_purchase(world, i):
    """Count the goods that i bought: for firms at large, for the standing that it saw, and a share for strangers."""
    customer, citizens, spillover = world.customers[i], world.citizens, world.rules[0].firm.spillover
    if customer.noticed:
        customer.bad = np.float64(customer.bad) + 1.0
        citizens.trust_betrayed[i] = np.float64(citizens.trust_betrayed[i]) + spillover
    else:
        customer.good = np.float64(customer.good) + 1.0
        citizens.trust_honoured[i] = np.float64(citizens.trust_honoured[i]) + spillover
    for s in range(world.schemes.size):
        standing, outcome = world.sighted[s, i], np.int64(customer.noticed)
        if standing >= 0:
            world.signs[s, i, standing, outcome] = np.float64(world.signs[s, i, standing, outcome]) + 1.0
            world.signs[s, i, ANY_STANDING, outcome] = np.float64(world.signs[s, i, ANY_STANDING, outcome]) + 1.0


@loop
def learn_of_firms(world, lane):
    """Let a lane's citizens forget a little of what they know of firms, and learn from what they bought."""
    if world.firms.size == 0:
        return
    factor, customers = world.rules[0].learning.forgetting, world.customers
    for i in citizens_of(world, lane):
        for s in range(world.schemes.size):
            for standing in range(ANY_STANDING + 1):
                world.signs[s, i, standing, 0] = np.float64(world.signs[s, i, standing, 0]) * factor
                world.signs[s, i, standing, 1] = np.float64(world.signs[s, i, standing, 1]) * factor
        customers[i].good = np.float64(customers[i].good) * factor
        customers[i].bad = np.float64(customers[i].bad) * factor
        if customers[i].bought:
            learn_from_purchase(world, i)


@loop
def rate_governments(world, now, lane):
    """Let a lane's citizens rate the governments they dealt with, in the schemes that they are members of."""
    if world.rules[0].government.dealing_rate <= 0.0:
        return
    key, dealt = stream(world.seed, now, Purpose.GOVERNMENT_RATING), world.week.dealt
    for s in range(world.schemes.size):
        rate = world.schemes[s].government_rating if rates_governments(world, s) else 0.0
        for i in citizens_of(world, lane):
            world.rated[s, i] = 0
            if dealt[i] and rate > 0.0 and world.standing.enrolled[s, i] and draw(key, i, 0, s) < rate:
                world.rated[s, i] = 1 if dealt[i] == TREATED_FAIRLY else -1


@part
def hear_of_scandal(world, key, i, f):
    """Let i hear of the scandal of firm f, or not: evidence about firms, and about who should have punished it."""
    rules, customer, citizens = world.rules[0].firm, world.customers[i], world.citizens
    if draw(key, i, f) >= rules.scandal_reach:
        return
    customer.bad = np.float64(customer.bad) + rules.scandal_weight
    citizens.trust_betrayed[i] = np.float64(citizens.trust_betrayed[i]) + rules.spillover * rules.scandal_weight
    world.tally[i, _FAIR if world.firms[f].found_out else _UNFAIR] += 1


@loop
def take_note(world, now, lane):
    """Let a lane's citizens hear of scandals, and take in how their governments treated them."""
    key, tally, dealt = stream(world.seed, now, Purpose.HEARSAY), world.tally, world.week.dealt
    for f in range(world.firms.size):
        if world.firms[f].exposed:
            for i in citizens_of(world, lane):
                if not is_removed(world, i, now):
                    hear_of_scandal(world, key, i, f)
    if world.rules[0].government.dealing_rate <= 0.0:
        return
    for i in citizens_of(world, lane):
        tally[i, _FAIR] += dealt[i] == TREATED_FAIRLY
        tally[i, _UNFAIR] += dealt[i] == TREATED_UNFAIRLY
        tally[i, _WRONGED] += dealt[i] == TREATED_UNFAIRLY


# --- the same, by the citizens' decisions ---------------------------------------------------------------------------------------


def deal_by_citizens(society, now):
    """Let citizens buy and deal: the exchange phase's part."""
    world, rules = society.world, society.world.rules[0]
    if world.firms.size > 0:
        world.customers.firm, world.customers.belief, world.customers.bought, world.customers.noticed = -1, 0.0, 0, 0
        world.sighted[:] = -1
        for citizen in society.citizens:
            if not citizen.is_removed(now) and citizen.luck(Purpose.PURCHASE_CHANCE, now) < rules["firm"]["purchase_rate"]:
                _consider_purchase(world, citizen, now)
    rate = rules["government"]["dealing_rate"]
    if rate <= 0.0:
        return
    world.week.dealt[:] = 0
    for citizen in society.citizens:
        if not citizen.is_removed(now) and citizen.luck(Purpose.DEALING, now) < rate:
            neglectful = world.governments.neglectful[world.citizens.neighbourhood[citizen.index]]
            world.week.dealt[citizen.index] = TREATED_UNFAIRLY if neglectful else TREATED_FAIRLY
            world.week.income[citizen.index] -= to_micro(float(rules["government"]["loss"])) if neglectful else 0


def _consider_purchase(world, citizen, now):
    i, f = citizen.index, citizen.finds_firm(now)
    world.customers.firm[i] = f
    if f >= 0:
        see_standing(world, now, i, f)
        world.customers.belief[i] = citizen.belief_in_firm()
        if citizen.buys(f, float(world.customers.belief[i]), now):
            serve(world, now, i, f)


def learn_by_citizens(society, now):
    """Let citizens learn from what they bought, and rate their governments: the learning phase's part."""
    world, rules = society.world, society.world.rules[0]
    if world.firms.size > 0:
        factor, customers = rules["learning"]["forgetting"], world.customers
        for evidence in (customers.good, customers.bad, world.signs):
            evidence[...] = evidence.astype(np.float64) * factor
        for i in np.flatnonzero(customers.bought).tolist():
            society.citizens[i].learns_from_purchase()
    if rules["government"]["dealing_rate"] <= 0.0:
        return
    world.rated[:] = 0
    for s in np.flatnonzero((world.status.running == 1) & (world.schemes["government_rating"] > 0)).tolist():
        for i in np.flatnonzero((world.week.dealt > 0) & (world.standing.enrolled[s] > 0)).tolist():
            world.rated[s, i] = society.citizens[i].rates_government(s, bool(world.week.dealt[i] == TREATED_FAIRLY), now)
