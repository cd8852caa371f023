"""What schemes do with firms and local governments: audits, and one door to their points, which always equal what was posted."""

import numpy as np

from agents.chance import Purpose, draw, stream
from agents.compiling import loop, part, shared_part
from agents.dealing import third_of_five
from agents.units import to_milli
from model.organisations import Posting

_OPENING, _AUDIT, _RATING = int(Posting.OPENING), int(Posting.AUDIT), int(Posting.RATING)
_RECOVERY, _NEW_HEAD, _LIMIT = int(Posting.RECOVERY), int(Posting.NEW_HEAD), int(Posting.LIMIT)


@shared_part
def audits_firms(world, s):
    """Return whether scheme s is at work on firms this tick."""
    return world.status[s].running and world.schemes[s].firm_audit > 0.0


@part
def rates_governments(world, s):
    """Return whether scheme s lets its members rate local governments this tick."""
    return world.status[s].running and world.schemes[s].government_rating > 0.0


@shared_part
def is_barred(world, f):
    """Return whether a scheme keeps firm f from the market."""
    for s in range(world.schemes.size):
        if audits_firms(world, s) and world.accounts[s, f].open and world.accounts[s, f].points < to_milli(world.schemes[s].firm_floor):
            return True
    return False


@part
def post_to(world, s, party, kind, amount):
    """Post milli-points to the account of a party: the only door to its points."""
    world.books[s, party, kind] += amount
    world.accounts[s, party].points += amount


@part
def keep_within_scale(world, s, party):
    """Cut off what leaves the scale of scheme s, and post the cut."""
    scheme, points = world.schemes[s], np.int64(world.accounts[s, party].points)
    within = min(max(points, to_milli(scheme.floor)), to_milli(scheme.ceiling))
    if within != points:
        post_to(world, s, party, _LIMIT, within - points)


@part
def open_account(world, s, party):
    """Let a party that scheme s did not score so far begin at the start."""
    if not world.accounts[s, party].open:
        world.accounts[s, party].open = 1
        post_to(world, s, party, _OPENING, to_milli(world.schemes[s].start))


@part
def open_accounts(world):
    """Open what accounts are missing: of firms with schemes that audit, of governments with schemes whose members rate."""
    firms = world.firms.size
    for s in range(world.schemes.size):
        for f in range(firms if audits_firms(world, s) else 0):
            open_account(world, s, f)
        for g in range(world.governments.size if rates_governments(world, s) and world.rules[0].government.dealing_rate > 0.0 else 0):
            open_account(world, s, firms + g)


@part
def audit_firm(world, now, f):
    """Let the ordinary auditors and those of schemes look at firm f; return whether anybody did. Bad goods cost points."""
    audited = draw(stream(world.seed, now, Purpose.AUDIT), f) < world.rules[0].firm.audit
    key = stream(world.seed, now, Purpose.SCHEME_AUDIT)
    for s in range(world.schemes.size):
        if audits_firms(world, s) and draw(key, f, 0, s) < world.schemes[s].firm_audit:
            audited = True
            if world.firms[f].bad:
                world.accounts[s, f].due -= to_milli(world.schemes[s].firm_points)
    return audited


@loop
def audit(world, now):
    """Audit the firms, and let them learn how firmly they are gripped; expose some of those that sell bad goods.

    Who is barred from the market sells nothing: it is not audited.
    """
    rules, firms = world.rules[0], world.firms
    for f in range(firms.size):
        firm, forgetting = firms[f], rules.learning.forgetting
        audited = not is_barred(world, f) and audit_firm(world, now, f)
        caught, missed = np.float64(firm.caught) * forgetting, np.float64(firm.missed) * forgetting
        firm.found_out = firm.bad != 0 and audited
        firm.caught = caught + np.float64(firm.found_out)
        firm.missed = missed + np.float64(firm.bad != 0 and not audited)
        firm.exposed = firm.bad != 0 and draw(stream(world.seed, now, Purpose.SCANDAL), f) < rules.firm.scandal_rate


@part
def post_to_firm(world, s, f):
    """Post what firm f's audits cost, and its recovery towards the start."""
    account, scheme = world.accounts[s, f], world.schemes[s]
    points = np.int64(account.points)
    post_to(world, s, f, _AUDIT, np.int64(account.due))
    account.due = 0
    if scheme.recovery > 0.0:
        post_to(world, s, f, _RECOVERY, int(np.floor((to_milli(scheme.start) - points) * scheme.recovery + 0.5)))
    keep_within_scale(world, s, f)


@part
def post_ratings(world, s):
    """Post this week's ratings of local governments."""
    accounts, firms, points = world.accounts, world.firms.size, to_milli(world.schemes[s].government_points)
    for i in range(world.rows.size):
        accounts[s, firms + world.citizens.neighbourhood[i]].due += world.rated[s, i] * points
    for party in range(firms, firms + world.governments.size):
        post_to(world, s, party, _RATING, np.int64(accounts[s, party].due))
        accounts[s, party].due = 0
        keep_within_scale(world, s, party)


@part
def is_held_accountable(world, g):
    """Return whether the points of government g have fallen below what a scheme demands."""
    for s in range(world.schemes.size):
        floor = to_milli(world.schemes[s].government_floor)
        if rates_governments(world, s) and world.accounts[s, world.firms.size + g].points < floor:
            return True
    return False


@part
def replace_head(world, now, g):
    """Give government g another head, of whom nothing is known yet: its points are back at the start."""
    key = stream(world.seed, now, Purpose.HEAD_INTEGRITY)
    world.governments[g].integrity = third_of_five(
        draw(key, g, 0, 0), draw(key, g, 0, 1), draw(key, g, 0, 2), draw(key, g, 0, 3), draw(key, g, 0, 4)
    )
    world.governments[g].heads += 1
    party = world.firms.size + g
    for s in range(world.schemes.size):
        if rates_governments(world, s):
            post_to(world, s, party, _NEW_HEAD, to_milli(world.schemes[s].start) - np.int64(world.accounts[s, party].points))


@loop
def post_to_organisations(world, now):
    """Post the week's audits and ratings; replace the heads of governments that have fallen too low."""
    dealing = world.rules[0].government.dealing_rate > 0.0
    for s in range(world.schemes.size):
        for f in range(world.firms.size if audits_firms(world, s) else 0):
            post_to_firm(world, s, f)
        if dealing and rates_governments(world, s):
            post_ratings(world, s)
    for g in range(world.governments.size if dealing else 0):
        replaced = is_held_accountable(world, g)
        world.governments[g].replaced = replaced
        if replaced:
            replace_head(world, now, g)
