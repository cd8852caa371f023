"""What a citizen says about its decisions is what compiled code did: for every citizen, every decision, both ways round."""

import inspect
import re
from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np
import pytest

from agents import befriending, citizen, conduct, informing, joining, rescuing, trusting
from agents.choosing import logistic
from agents.events import Event
from dashboard.citizen.decision import SCHEMES_PART
from dashboard.citizen.why import KINDS, Decision, explain
from experiments.refusal import Refusal
from model.assign import assign, default_parameters
from model.society import Society
from tests.lively import LEVERS, LOTS, lively
from tests.what_happened import Happened
from tests.worlds import PLAIN_SCHEME, next_week, quiet

#: {name: (parameters, seed, the weeks that are explained)}.
WORLDS = {
    "three schemes": (lively(), 1, (0, 1, 9)),
    "null models": (lively(**LOTS, **{"unfriending.salience": 100.0, "unfriending.review_rate": 0.5}), 2, (3, 8)),
    "lonely": (lively(**{"befriending.offer_rate": 0.1, "unfriending.kin_attachment": 0.0}), 5, (12,)),
    "before the court": (lively(**{"court.fine": 0.3, "court.collection": 0.0, "court.detection": 0.8}), 6, (4,)),
    "no market": (lively(**{"dating.rate": 0.0, "firm.number": 0, "government.dealing_rate": 0.0}), 3, (6,)),
    "no scheme": (replace(lively(), schemes=()), 4, (2,)),
}  # fmt: skip
#: What is tried besides by `make test-all`: other luck, and the default society with its levers.
DEFAULT = assign(
    default_parameters(), {"population.citizens": 120, "time.burn_in": 4} | {f"scheme.{name}": v for name, v in LEVERS.items()}
)
MANY = {f"{name}, seed {seed}": (WORLDS[name][0], seed, (0, 2, 5, 15)) for name in WORLDS for seed in (11, 12, 13)} | {
    "as it comes": (DEFAULT, 1, (3, 4, 5, 30)),
    "edited": (DEFAULT, 2, (2, 3)),
}
EDITS = [(2, "edit.cut", (0, 1)), (2, "edit.tie", (3, 90)), (3, "edit.office", (5, 1)), (3, "scheme.disclosure", 1.0)]
DONE = {
    "trust": "placed", "honour": "honoured", "purchase": "bought", "payment": "paid", "offence": "done", "giving": "done",
    "criticism": "done", "petition": "done", "rescue": "helped", "blame": "blamed", "report": "filed", "accusation": "filed",
    "review": "cut", "answer": "accepted", "letter": "accepted", "enrolment": "joined", "protest": "joined", "approval": "said",
}  # fmt: skip


def weeks_of(name: str, parameters, seed: int, weeks):
    """Yield (what happened, {citizen: its explained decisions}) of each week of a world that is explained."""
    for week in weeks:
        society = Society(parameters, rng=seed, policy=EDITS if name == "edited" else ()).run(week)
        digest = society.digest()
        told = {i: explain(society, i) for i in range(society.graph.citizens)}
        assert society.digest() == digest, "to explain changes nothing"
        yield Happened(society), told


@pytest.fixture(scope="module", params=["few", pytest.param("many", marks=pytest.mark.slow)])
def all_weeks(request) -> list:
    """Return what `weeks_of` yields, for all worlds."""
    worlds = WORLDS if request.param == "few" else MANY
    return [week for name, world in worlds.items() for week in weeks_of(name, *world)]


def of_kind(told: list[Decision], *kinds: str) -> list[Decision]:
    return [decision for decision in told if decision.kind in kinds]


def each(all_weeks, *kinds: str):
    """Yield (what happened, citizen, its decisions of these kinds)."""
    for happened, told in all_weeks:
        for i, decisions in told.items():
            yield happened, i, of_kind(decisions, *kinds)


# ---- probability and draw decide, and nothing else does ----


def test_every_kind_and_every_outcome_comes_up(all_weeks):
    """Else the other tests would hold of nothing."""
    found = defaultdict(set)
    for _, told in all_weeks:
        for decision in (decision for decisions in told.values() for decision in decisions):
            found[decision.kind].add(decision.outcome)
    assert {kind: set(outcomes) for kind, outcomes in KINDS.items()} == found


def test_a_draw_below_the_probability_is_a_yes(all_weeks):
    for _, told in all_weeks:
        for decision in (decision for decisions in told.values() for decision in decisions):
            assert 0.0 <= decision.draw < 1.0
            assert 0.0 <= decision.probability <= 1.0
            if decision.outcome in ("prevented", "spared_by_lot", "cut_by_lot", "nobody") or decision.kind in (
                "meeting",
                "offer",
                "courtship",
            ):
                continue  # what became of it is up to others, too
            yes = decision.outcome == DONE.get(decision.kind)
            assert decision.agreed == yes, decision


def test_whom_it_met(all_weeks):
    for happened, i, decisions in each(all_weeks, "meeting"):
        met = int(happened.week.partner[i])
        if not decisions:
            assert met < 0
            continue
        (meeting,) = decisions
        assert meeting.other == met
        assert meeting.outcome == ("nobody" if met < 0 else "tie" if happened.slot[i] >= 0 else "stranger")
        if met >= 0:
            assert (meeting.outcome == "stranger") == meeting.agreed
            assert (meeting.names["tie"] == "stranger") == (meeting.outcome == "stranger")


def test_trust_as_truster_and_as_trustee(all_weeks):
    for happened, i, decisions in each(all_weeks, "trust", "honour"):
        week, (trust,) = happened.week, (of_kind(decisions, "trust") or [None])
        assert (trust is None) == (week.partner[i] < 0)
        if trust:
            assert trust.other == week.partner[i]
            assert trust.agreed == bool(week.placed[i])
            assert trust.numbers["belief"] == week.belief[i]
            assert trust.names.get("answer") == (("betrayed", "honoured")[week.honoured[i]] if week.placed[i] else None)
        asked = {decision.other: decision.agreed for decision in of_kind(decisions, "honour")}
        trusters = np.flatnonzero((week.partner == i) & (week.placed == 1)).tolist()
        assert asked == {k: bool(week.honoured[k]) for k in trusters}


def test_purchases(all_weeks):
    for happened, i, decisions in each(all_weeks, "purchase"):
        came_up = happened.customers.size > 0 and happened.customers.firm[i] >= 0
        assert len(decisions) == came_up
        for purchase in decisions:
            assert purchase.numbers["firm"] == happened.customers.firm[i]
            assert purchase.numbers["belief"] == happened.customers.belief[i]
            assert purchase.agreed == bool(happened.customers.bought[i])


def test_acts_in_public(all_weeks):
    for happened, i, decisions in each(all_weeks, "offence", "giving", "criticism", "petition"):
        assert len({decision.names["event"] for decision in decisions}) == len(decisions)
        told = {decision.names["event"]: decision.outcome == "done" for decision in decisions}
        did = happened.acts_of(i)
        assert {event for event, done in did.items() if done} == {event for event, done in told.items() if done}
        assert all(decision.agreed for decision in decisions if decision.outcome == "prevented")
        assert happened.paid_a_debt(i) == (told.get("loan_default") is False)


def test_judgments(all_weeks):
    seen = Counter()
    for happened, i, decisions in each(all_weeks, "payment"):
        if not decisions:
            assert not happened.act[i, Event.JUDGMENT_UNPAID]
            assert not happened.act[i, Event.SETTLEMENT]
            continue
        (payment,) = decisions
        again = payment.names["again"] == "again"
        assert payment.numbers["fines"] == (happened.owed if again else happened.ordered)[i] > 0
        assert happened.act[i, Event.JUDGMENT_UNPAID] == (not again and payment.outcome == "refused")
        assert happened.act[i, Event.SETTLEMENT] == (again and payment.outcome == "paid")
        seen[again, payment.outcome] += 1
    assert len(seen) == 4, "paid and refused, at once and on second thoughts"


def test_the_fallen(all_weeks):
    for happened, i, decisions in each(all_weeks, "rescue", "blame"):
        week, rescues = happened.week, of_kind(decisions, "rescue")
        fallen = np.flatnonzero(week.bystander == i).tolist()
        assert {decision.other: decision.agreed for decision in rescues} == {k: bool(week.rescued[k]) for k in fallen}
        blames = of_kind(decisions, "blame")
        assert bool(week.blames[i]) == any(decision.agreed for decision in blames)
        assert all(week.rescued[i] and decision.other == week.bystander[i] for decision in blames)


def test_reports_true_and_false(all_weeks):
    for happened, i, decisions in each(all_weeks, "report", "accusation"):
        filed, kept = Counter(), Counter()
        for decision in of_kind(decisions, "report"):
            (filed if decision.agreed else kept)[i, decision.other, decision.names["event"]] += 1
        assert filed == Counter({case: count for case, count in happened.filed.items() if case[0] == i and count})
        assert all(count <= happened.seen[case] for case, count in (filed + kept).items())
        unasked = sum(count for case, count in happened.seen.items() if case[0] == i) - (filed + kept).total()
        assert unasked <= 1, "only a victim may get no chance to complain"
        accused = {(i, decision.other) for decision in of_kind(decisions, "accusation") if decision.agreed}
        assert accused == {case for case, count in happened.accused.items() if case[0] == i and count}


def test_ties_that_came_up_for_review(all_weeks):
    for happened, told in all_weeks:
        verdicts = {(i, d.other): d for i, decisions in told.items() for d in of_kind(decisions, "review")}
        blind = bool(happened.society.world.rules[0]["unfriending"]["score_blind"])
        for (i, j), mine in verdicts.items():
            other, cause = verdicts[j, i], happened.cause_of(i, j)
            assert mine.names["tie"] == other.names["tie"]
            assert mine.agreed == ("cause" in mine.names)
            causes = [d.names["cause"] for d in (mine, other) if d.agreed]
            ends = {
                "cut": cause is not None and mine.agreed, "cut_by_other": cause in causes and not mine.agreed,
                "kept": cause is None and not mine.agreed, "cut_by_lot": cause == "lot", "spared_by_lot": blind and cause is None,
            }  # fmt: skip
            assert ends[mine.outcome], (mine, other, cause)
            if not blind:
                order = ("distrust", "score", "informer")
                assert cause == (max(causes, key=order.index) if causes else None)
        unasked = set(happened.cut) - set(verdicts)
        assert all(happened.cut[tie] == "lot" for tie in unasked), "a tie that nobody reviewed is cut by lot only"


def test_offers_and_answers(all_weeks):
    for happened, i, decisions in each(all_weeks, "offer", "answer"):
        week = happened.week
        offered = [(d.other, d.outcome == "accepted") for d in of_kind(decisions, "offer") if d.agreed]
        j = int(week.offered[i])
        assert offered == ([(j, bool(week.befriended[j] == i))] if j >= 0 else [])
        assert all((d.outcome == "not_made") != d.agreed for d in of_kind(decisions, "offer"))
        accepted = [d.other for d in of_kind(decisions, "answer") if d.agreed]
        assert accepted == ([int(week.befriended[i])] if week.befriended[i] >= 0 else [])
        for answer in of_kind(decisions, "answer"):
            assert answer.numbers["offers"] == (week.offered == i).sum()


def test_letters(all_weeks):
    for happened, i, decisions in each(all_weeks, "courtship", "letter"):
        week = happened.week
        written = [(d.other, d.outcome == "coupled") for d in of_kind(decisions, "courtship") if d.agreed]
        j = int(week.courted[i])
        assert written == ([(j, bool(week.matched[i] == j))] if j >= 0 else [])
        accepted = [d.other for d in of_kind(decisions, "letter") if d.agreed]
        assert accepted == ([int(week.matched[i])] if week.matched[i] >= 0 and j < 0 else [])


def test_opinions(all_weeks):
    for happened, i, decisions in each(all_weeks, "enrolment", "protest", "silence", "approval", "criticism"):
        joined = {d.names["scheme"] for d in of_kind(decisions, "enrolment") if d.agreed}
        assert joined == happened.joined(i)
        assert any(d.agreed for d in of_kind(decisions, "protest")) == bool(happened.protesting[i])
        silent = bool(happened.week.silent[i]) and not of_kind(decisions, "criticism")
        assert len(of_kind(decisions, "silence")) == silent
        assert bool(happened.week.voices_approval[i]) == all(d.outcome == "feigned" for d in of_kind(decisions, "approval"))


# ---- numbers worked out by hand ----

#: Risk is believed to be 1 in 4; the court fines 0.4, the scheme takes 30 points of 0.01 each.
RISKY = {
    "exchange.sharpness": 2.0, "exchange.temptation": 0.8, "exchange.stake_acquaintance": 0.1,
    "risk.prior_caught": 1.0, "risk.prior_missed": 3.0, "court.fine": 0.4, "court.collection": 1.0, "court.exemption": 0.0,
}  # fmt: skip


def the(kind: str, society: Society, i: int) -> Decision:
    """Return the one decision of that kind."""
    (decision,) = of_kind(explain(society, i), kind)
    return decision


def test_what_a_trustee_weighs():
    """0.5 conscience + 0.1 for the tie + fear of 0.25 x (0.4 + 0.3) = 0.175 against 0.8; without the scheme's 0.075 less."""
    pair = quiet(2, [(0, 1)], RISKY | {"learning.prior_honoured": 1000.0}, schemes=PLAIN_SCHEME)
    honour = the("honour", pair, 1)
    assert honour.other == 0
    assert honour.names == {"tie": "acquaintance"}
    numbers = {"integrity": 0.5, "stake": 0.1, "fear": 0.175, "temptation": 0.8, "sharpness": 2.0, "fear.s0": 0.075, "of_schemes": 0.075}
    assert honour.numbers == pytest.approx(numbers | {"without_schemes": logistic(2.0 * -0.1)})
    assert honour.probability == pytest.approx(logistic(2.0 * -0.025))


@pytest.mark.parametrize(("draw", "agreed", "turned"), [(0.2, True, False), (0.3, True, True), (0.6, False, False)])
def test_a_scheme_turned_a_decision_if_the_draw_lies_between(draw, agreed, turned):
    decision = Decision("honour", "honoured", 0, {"without_schemes": 0.3}, 0.6, draw)
    assert (decision.agreed, decision.turned_by_schemes) == (agreed, turned)


def test_a_draw_equal_to_the_probability_is_a_no():
    assert not Decision("trust", "withheld", 0, {}, 0.25, 0.25).agreed
    assert not Decision("trust", "withheld", 0, {}, 0.25, 0.25).turned_by_schemes


GRADED = PLAIN_SCHEME | {"grade": [{"name": "up", "floor": 900}, {"name": "down"}], "disclosure": 1.0}


def test_what_a_truster_weighs_and_what_it_saw():
    """A prior of 1 in 2, no evidence about the tie; of those in grade "up" all honoured, of all whose grade was seen three in four."""
    given = {"exchange.sharpness": 3.0, "exchange.gain": 1.0, "exchange.loss": 1.5, "learning.tie_prior_strength": 2.0}
    given |= {"learning.prior_honoured": 5.0, "learning.prior_betrayed": 5.0, "learning.signal_strength": 6.0}
    pair = next_week(quiet(2, [(0, 1)], given, schemes=GRADED))
    pair.world.band[0, 0, 0, 1] = 3.0, 0.0
    pair.world.band[0, 0, -1, 1] = 3.0, 1.0
    trust = the("trust", pair, 0)
    weight = 6.0 * 3.0 / (3.0 + 6.0)
    belief = 0.5 + 0.25 * weight / (2.0 + weight)
    assert trust.names == {"tie": "acquaintance", "grade.s0": "up"} | ({"answer": trust.names["answer"]} if trust.agreed else {})
    assert trust.numbers["unaided"] == pytest.approx(0.5)
    assert trust.numbers["belief"] == pytest.approx(belief)
    assert trust.numbers["worth"] == pytest.approx(belief - (1.0 - belief) * 1.5)
    assert trust.probability == pytest.approx(logistic(3.0 * trust.numbers["worth"]))
    assert trust.numbers["of_schemes"] == pytest.approx(belief - 0.5)
    assert trust.numbers["without_schemes"] == pytest.approx(logistic(3.0 * (0.5 - 0.5 * 1.5)))


def test_a_grade_of_which_nothing_is_known_moves_nothing():
    trust = the("trust", quiet(2, [(0, 1)], schemes=GRADED), 0)
    assert trust.names["grade.s0"] == "up"
    assert "of_schemes" not in trust.numbers
    assert not trust.turned_by_schemes


def test_who_is_out_of_circulation_decides_little():
    society = Society(lively(), rng=1).run(3)
    society.world.citizens.removed_until[7] = 99
    assert {decision.kind for decision in explain(society, 7)} <= {"review", "approval"}


# ---- the doors ----


def test_every_decision_comes_through_the_door():
    """A rule that a citizen called by itself could not be heard."""
    calls = re.findall(r"(\w+)\.(?:probability_of|cause_of|value_of_tie)\w*(\W)", inspect.getsource(citizen))
    assert len(calls) > 20
    assert {after for _, after in calls} == {","}, "handed to `weighs`, not called"


def test_the_part_of_schemes_is_a_number_of_the_rule():
    rules = {name: rule for module in (befriending, conduct, informing, joining, rescuing, trusting) for name, rule in vars(module).items()}
    for name, parameter in SCHEMES_PART.items():
        assert parameter in inspect.signature(rules[name].py_func).parameters, name
    assert {name for name in rules if name.startswith("probability_of_")} - set(SCHEMES_PART) == {
        "probability_of_blaming",  # the court alone hears of it
        "probability_of_enrolling",  # all of it is about the scheme
    }


# ---- what cannot be explained ----


@pytest.mark.parametrize("i", [-1, 40, 1.0, True, "7", None])
def test_a_citizen_that_there_is_not(i):
    society = Society(lively(), rng=1)
    with pytest.raises(Refusal, match=rf"^citizen = {i!r} is not allowed: expected a whole number from 0 to 39$"):
        explain(society, i)


def test_the_agents_engine():
    with pytest.raises(Refusal, match=r"^engine = 'agents' is not allowed: expected 'compiled'"):
        explain(Society(lively(), rng=1, engine="agents"), 0)
