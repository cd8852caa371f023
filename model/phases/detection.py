"""Phase 5. Wrongs and acts become cases; cameras, victims and witnesses notice them; some report. Some accuse falsely.

One case per (accused, victim, tick). Cases stand in a fixed order: betrayals by victim, acts in public by actor and event, false
accusations by accuser. Reporting changes no other state, so the phase can be repeated with more room.
"""

import numpy as np

from agents.chance import Purpose, draw, stream
from agents.compiling import loop, part, shared_part, variable
from agents.events import ON_FILE, WRONGS, Event, is_among, mask_of
from agents.informing import loyalty_to, probability_of_accusing, probability_of_reporting
from agents.tie_kinds import KIN
from model.network.ties import ends_of, neighbours, slot_of
from model.perception import counts_for, is_removed, is_wrong, reward_value, tie_belief
from model.phases.encounter import luckiest_slot
from model.population import REGIONS, Count

#: Whether a report is false, and whether rewards paid by lot (null model) are counted as if they were paid for it.
_TRUE, _FALSE, _AS_PAID, _WITH_LOTS = np.bool_(False), np.bool_(True), np.bool_(False), np.bool_(True)
_DISHONOUR, _ON_FILE = variable(Event.DISHONOUR), mask_of(ON_FILE)
#: The cases of one accused are numbered by event, or by victim from this number on.
FIRST_VICTIM = 64
CASES, WITNESSES = Count.CASES, Count.WITNESSES


@part
def case_index(victim, event):
    """Return a number that tells the cases of one accused in one tick apart."""
    return event if victim < 0 else victim + FIRST_VICTIM


@shared_part
def is_case(world, accused, event):
    """Return whether any institution at work counts the event against the accused: the court, or a running scheme of theirs."""
    if is_wrong(event):
        return True
    for s in range(world.schemes.size):
        if world.status[s].running and world.standing.enrolled[s, accused] and counts_for(world, s, event):
            return True
    return False


@part
def camera_rate(rules, region):
    """Return the probability that an act in public is recorded in that region."""
    if region == 0:
        return rules.region.urban_cameras
    return rules.region.rural_cameras if region == 1 else rules.region.special_cameras


@part
def loyalty_of(world, witness, accused):
    """Return the loyalty (utility) of a witness to the accused: by trust in the tie and kinship; none between strangers."""
    slot = slot_of(world, witness, accused)
    if slot < 0:
        return 0.0
    informing = world.rules[0].informing
    kin = informing.kin_loyalty if world.slots.kind[slot] == KIN else 0.0
    return loyalty_to(tie_belief(world, witness, slot), informing.loyalty, kin)


@part
def chance_to_report(world, witness, accused, event, grudge, with_lots):
    """Return the probability that a witness reports a true wrong of the accused."""
    informing = world.rules[0].informing
    duty = informing.civic_duty * np.float64(world.citizens.integrity[witness])
    reward = reward_value(world, witness, accused, event, _TRUE, with_lots)
    loyalty = loyalty_of(world, witness, accused)
    return probability_of_reporting(reward, duty, grudge, loyalty, informing.dislike, world.rules[0].exchange.sharpness)


@part
def open_case(world, accused, victim, event, is_false):
    """Append a case and return its row; beyond the room only the count goes on."""
    cases = world.cases
    row = world.counts[CASES]
    world.counts[CASES] += 1
    if row < world.cases.size:
        cases[row].accused, cases[row].victim, cases[row].event = accused, victim, event
        cases[row].false, cases[row].camera, cases[row].court = is_false, 0, 0
        cases[row].first = cases[row].end = min(world.counts[WITNESSES], world.witnesses.size)
    return row


@part
def add_witness(world, row, witness, filed, would):
    """Append a witness to the latest case; beyond the room only the count goes on."""
    cases = world.cases
    position = world.counts[WITNESSES]
    world.counts[WITNESSES] += 1
    if position < world.witnesses.size and row < world.cases.size:
        world.witnesses[position].who, world.witnesses[position].filed, world.witnesses[position].would = witness, filed, would
        cases[row].end = position + 1


@part
def has_lots(world):
    """Return whether any running scheme pays its rewards at random (null model)."""
    for s in range(world.schemes.size):
        if world.status[s].running and world.schemes[s].rewards_at_random:
            return True
    return False


@part
def hear_witness(world, key, row, witness, accused, event, index, grudge, may_file):
    """Add a witness to a case and let it decide whether to report."""
    luck = draw(key, witness, accused, index)
    filed = may_file and luck < chance_to_report(world, witness, accused, event, grudge, _AS_PAID)
    would = may_file and luck < chance_to_report(world, witness, accused, event, grudge, _WITH_LOTS) if has_lots(world) else filed
    add_witness(world, row, witness, filed, would)


@loop
def betrayal_cases(world, now):
    """Open a case for each betrayal of the week: its victim, and friends of both who learned of it, may report."""
    week, informing = world.week, world.rules[0].informing
    court, complain = stream(world.seed, now, Purpose.COURT), stream(world.seed, now, Purpose.COMPLAINT)
    saw, report = stream(world.seed, now, Purpose.SAW), stream(world.seed, now, Purpose.REPORT)
    mark = world.mark
    for i in range(mark.size):
        mark[i] = -1
    for i in range(world.rows.size):
        if not week.placed[i] or week.honoured[i]:
            continue
        j, index = np.int64(week.partner[i]), case_index(i, _DISHONOUR)
        row = open_case(world, j, i, _DISHONOUR, 0)
        if row < world.cases.size:
            world.cases[row].court = draw(court, j, index) < world.rules[0].court.detection
        hear_witness(world, report, row, i, j, _DISHONOUR, index, informing.grudge, draw(complain, i, j) < informing.complaint_rate)
        for slot in ends_of(world, j):
            mark[world.slots.neighbour[slot]] = i
        for slot in ends_of(world, i):
            k = np.int64(world.slots.neighbour[slot])
            if mark[k] == i and not is_removed(world, k, now) and draw(saw, k, j, index) < informing.witness_rate:
                hear_witness(world, report, row, k, j, _DISHONOUR, index, 0.0, True)


@loop
def public_cases(world, now):
    """Open a case for each act in public that an institution counts: cameras, the court and the actor's ties may notice it."""
    rules, cases = world.rules[0], world.cases
    camera, court = stream(world.seed, now, Purpose.CAMERA), stream(world.seed, now, Purpose.COURT)
    saw, report = stream(world.seed, now, Purpose.SAW), stream(world.seed, now, Purpose.REPORT)
    for i in range(world.rows.size):
        for event in world.tried:
            if not world.act[i, event] or not is_case(world, i, event):
                continue
            row = open_case(world, i, -1, event, 0)
            if is_among(event, _ON_FILE):
                continue  # nobody sees it
            if row < world.cases.size:
                cases[row].camera = draw(camera, i, event) < camera_rate(rules, world.citizens.region[i])
                cases[row].court = is_wrong(event) and draw(court, i, event) < rules.court.detection
            for slot in ends_of(world, i):
                k = np.int64(world.slots.neighbour[slot])
                if not is_removed(world, k, now) and draw(saw, k, i, event) < rules.informing.public_witness_rate:
                    hear_witness(world, report, row, k, i, event, event, 0.0, True)


@part
def chance_to_accuse(world, i, j, with_lots):
    """Return the probability that i accuses its tie j of a betrayal that never was."""
    informing = world.rules[0].informing
    return probability_of_accusing(
        reward_value(world, i, j, _DISHONOUR, _FALSE, with_lots),
        np.float64(world.citizens.integrity[i]),
        loyalty_of(world, i, j),
        informing.dislike,
        world.rules[0].exchange.sharpness,
    )


@loop
def false_cases(world, now):
    """Open a case for each false accusation, unless the accused betrayed the accuser this very week."""
    week = world.week
    occasion, whom = stream(world.seed, now, Purpose.ACCUSE_CHANCE), stream(world.seed, now, Purpose.ACCUSE_WHOM)
    choice = stream(world.seed, now, Purpose.ACCUSE)
    for i in range(world.rows.size):
        if is_removed(world, i, now) or draw(occasion, i) >= world.rules[0].informing.false_report_rate:
            continue
        slot = luckiest_slot(world, whom, i)
        if slot < 0:
            continue
        j = np.int64(world.slots.neighbour[slot])
        if is_removed(world, j, now) or (week.partner[i] == j and week.placed[i] and not week.honoured[i]):
            continue
        luck = draw(choice, i, j)
        filed = luck < chance_to_accuse(world, i, j, _AS_PAID)
        would = luck < chance_to_accuse(world, i, j, _WITH_LOTS) if has_lots(world) else filed
        if filed or would:
            add_witness(world, open_case(world, j, i, _DISHONOUR, 1), i, filed, would)


@loop
def detection(world, now):
    """Fill the cases; return whether there was room for all of them."""
    world.counts[CASES] = world.counts[WITNESSES] = 0
    betrayal_cases(world, now)
    public_cases(world, now)
    false_cases(world, now)
    return world.counts[CASES] <= world.cases.size and world.counts[WITNESSES] <= world.witnesses.size


def detection_by_citizens(society, now):
    """The same, by the citizens' decisions; returns whether there was room for all cases."""
    world, docket = society.world, []
    week = world.week
    for i in np.flatnonzero((week.placed == 1) & (week.honoured == 0)).tolist():
        docket.append(_betrayal(society, i, int(week.partner[i]), now))
    for i in range(world.rows.size):
        for event in world.tried.tolist():
            if world.act[i, event] and is_case(world, i, event):
                docket.append(_public_act(society, i, event, now))
    for accuser in society.citizens:
        accused = accuser.gets_to_accuse(now)
        if accused >= 0:
            docket.extend(_accusation(accuser, accused, now))
    return _write(world, docket)


def _betrayal(society, victim, accused, now):
    rules, index = society.world.rules[0], victim + FIRST_VICTIM
    court = society.luck(Purpose.COURT, now, accused, index) < rules["court"]["detection"]
    betrayed = society.citizens[victim]
    complains = betrayed.gets_to_complain(accused, now)
    seen = [(victim, betrayed.reports(accused, _DISHONOUR, index, True, now) if complains else (False, False))]
    friends_of_accused = set(neighbours(society.world, accused).tolist())
    for k in neighbours(society.world, victim).tolist():
        if (
            k in friends_of_accused
            and not society.is_removed(k, now)
            and society.luck(Purpose.SAW, now, k, accused, index) < rules["informing"]["witness_rate"]
        ):
            seen.append((k, society.citizens[k].reports(accused, _DISHONOUR, index, False, now)))
    return accused, victim, _DISHONOUR, False, False, court, seen


def _public_act(society, actor, event, now):
    rules, region = society.world.rules[0], REGIONS[society.world.citizens.region[actor]]
    camera = society.luck(Purpose.CAMERA, now, actor, event) < rules["region"][f"{region}_cameras"]
    if event in ON_FILE:
        return actor, -1, event, False, False, False, []
    court = event in WRONGS and society.luck(Purpose.COURT, now, actor, event) < rules["court"]["detection"]
    seen = []
    for k in neighbours(society.world, actor).tolist():
        if not society.is_removed(k, now) and society.luck(Purpose.SAW, now, k, actor, event) < rules["informing"]["public_witness_rate"]:
            seen.append((k, society.citizens[k].reports(actor, event, event, False, now)))
    return actor, -1, event, False, camera, court, seen


def _accusation(accuser, accused, now):
    answers, i = accuser.accuses(accused, now), accuser.index
    return [(accused, i, _DISHONOUR, True, False, False, [(i, answers)])] if any(answers) else []


def _write(world, docket):
    """Copy the docket into the cases' arrays; return whether there was room."""
    cases = world.cases
    world.counts[CASES], world.counts[WITNESSES] = len(docket), sum(len(case[-1]) for case in docket)
    if world.counts[CASES] > world.cases.size or world.counts[WITNESSES] > world.witnesses.size:
        return False
    position = 0
    for row, (accused, victim, event, is_false, camera, court, seen) in enumerate(docket):
        cases[row].accused, cases[row].victim, cases[row].event = accused, victim, event
        cases[row].false, cases[row].camera, cases[row].court = is_false, camera, court
        cases[row].first = position
        for witness, (filed, would) in seen:
            world.witnesses[position].who, world.witnesses[position].filed, world.witnesses[position].would = (
                witness,
                filed,
                would,
            )
            position += 1
        cases[row].end = position
    return True
