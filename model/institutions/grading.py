"""Grades and their locks: which grade a score earns, and when a citizen may move to it."""

from agents.compiling import rule


@rule
def natural_grade(score, grades, count):
    """Return the index of the grade that a score (milli-points) earns: the first whose floor it reaches, else the last.

    grades: the scheme's row of grade records, best first; count: how many of them are in use.
    """
    for g in range(count - 1):
        if score >= grades[g].floor:
            return g
    return count - 1


@rule
def next_grade(current, natural, criminal, locked_until, now, grades, count):
    """Return (grade, locked_until) for this tick.

    A criminal falls to the last grade at once. A worse score lets one fall at any time; a grade with a lock then holds that many
    weeks. A better score lets one rise once the lock is over: out of a grade with a lock only to the next better one, and if that
    has a lock it holds, too (D ends in C, C in B); from the last grade with a lock straight to what the score earns.
    """
    if criminal:
        return count - 1, now + grades[count - 1].lock_weeks
    if natural > current:
        lock = grades[natural].lock_weeks
        return natural, now + lock if lock > 0 else locked_until
    if natural == current or now < locked_until:
        return current, locked_until
    if grades[current].lock_weeks > 0 and grades[current - 1].lock_weeks > 0:
        return current - 1, now + grades[current - 1].lock_weeks
    return natural, locked_until
