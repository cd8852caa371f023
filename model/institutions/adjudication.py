"""Phase 6. Court and schemes decide the week's cases; everyone who knows of a case learns from how it ended."""

from agents.chance import Purpose, stream
from agents.compiling import loop, part
from model.institutions.lessons import face_reporters, teach_accused, teach_knowers
from model.institutions.penalties import collect, draw_lots, mark_the_unwelcome, pay_reporters, post_penalty
from model.institutions.rulings import (
    NO_CASE,
    PUNISHED,
    any_punished,
    is_dropped,
    knows_of_punishment,
    ruling_of_court,
    ruling_of_scheme,
    scheme_takes,
)
from model.perception import is_wrong
from model.phases.detection import has_lots
from model.population import Count

CASES, UPHELD, TRUE_REPORTS, FALSE_REPORTS = Count.CASES, Count.UPHELD, Count.TRUE_REPORTS, Count.FALSE_REPORTS


@part
def count_reports(world, row, punished):
    """Count the filed reports of a case, true, false and upheld."""
    cases = world.cases
    for position in range(cases[row].first, cases[row].end):
        if world.witnesses[position].filed:
            world.counts[FALSE_REPORTS if cases[row].false else TRUE_REPORTS] += 1
            world.counts[UPHELD] += punished


@part
def decide(world, now, uphold, row, rulings, lots):
    """Let court and schemes end a case: fill rulings (court first); fine, post and pay.

    Return whether a punishment outlasts appeal that the accused learns of.
    """
    cases, stands = world.cases, False
    for institution in range(rulings.size):
        rulings[institution] = NO_CASE
    if is_wrong(cases[row].event):
        rulings[0] = ruling_of_court(world, now, uphold, row)
        if rulings[0] == PUNISHED:
            collect(world, now, row)
            stands = True
    for s in range(world.schemes.size):
        if not scheme_takes(world, s, row):
            continue
        rulings[s + 1] = ruling_of_scheme(world, now, uphold, row, s)
        if rulings[s + 1] == PUNISHED:
            outlasts = post_penalty(world, now, row, s) and not world.schemes[s].secret
            stands = stands or outlasts
        pay_reporters(world, uphold, row, s, lots, is_dropped(world, now, row, s + 1))
    return stands


@part
def keep_secrets(world, rulings):
    """Strike out what nobody outside learns of: the rulings of secret schemes."""
    for s in range(world.schemes.size):
        if world.schemes[s].secret:
            rulings[s + 1] = NO_CASE


@loop
def adjudicate(world, now):
    """Decide every case in its order, and draw the lots of the null model."""
    cases = world.cases
    uphold, expose = stream(world.seed, now, Purpose.UPHOLD), stream(world.seed, now, Purpose.EXPOSURE)
    mark, rulings, lots = world.mark, world.rulings, world.lots
    for s in range(world.schemes.size):
        lots[s] = 0
    for count in range(CASES):
        world.counts[count] = 0
    for row in range(world.counts[CASES]):
        stands = decide(world, now, uphold, row, rulings, lots)
        count_reports(world, row, any_punished(rulings))
        keep_secrets(world, rulings)
        if not cases[row].false:
            teach_knowers(world, row, rulings)
        teach_accused(world, now, row, rulings, stands)
        if knows_of_punishment(world, now, row, rulings):
            face_reporters(world, expose, row, mark)
    mark_the_unwelcome(world, now)
    if has_lots(world):
        draw_lots(world, now, lots)
