"""A circle of six in which one has betrayed another and all others are friends of either or both: brought before court and scheme."""

from tests.worlds import PLAIN_SCHEME, bring, play, quiet

#: 1 betrays 0. 2 and 3 are friends of both, 4 of the victim, 5 of the betrayer.
CIRCLE = [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (0, 4), (1, 5)]
STRICT = {"court.enforcement": 1.0}


def judged(scheme=PLAIN_SCHEME, given=None, *, seed=1, **case):
    """Return the circle after 1 was brought before court and scheme for betraying 0 (or as `case` says)."""
    society = quiet(6, CIRCLE, given, schemes=scheme, seed=seed)
    bring(society, 1, **({"victim": 0} | case))
    return play(society, "adjudication")


def opinions(society):
    """Return {citizen: (fair, unfair)} of those who took in any evidence about institutions."""
    people = society.world.citizens
    return {i: (f, u) for i, (f, u) in enumerate(zip(people.fair.tolist(), people.unfair.tolist(), strict=True)) if f or u}
