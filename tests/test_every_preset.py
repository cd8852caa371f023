"""What holds for every preset: it runs alike in both engines, its ledger adds up, all that its file says matters and has a source."""

import re
import tomllib
from functools import cache

import numpy as np
import pytest

from model.assign import assign
from model.declarations import SocietyParameters
from model.digest import state_arrays
from model.institutions.reading import PRESETS, preset_names, system
from model.parameters import Declaration, ParameterError, as_dict, walk
from model.society import Society
from tests.lively import LIVELY
from tests.same_run import assert_same_run

NAMES = [name for name in preset_names() if name != "none"]
every_preset = pytest.mark.parametrize("name", NAMES)
#: Something of everything happens: half of the fines are left to the convicted, half of those asked to join do, many live in a zone.
BUSY = LIVELY | {
    "court.collection": 0.5, "time.burn_in": 2, "time.ticks": 30, "opinion.enrolment_reluctance": 0.0, "region.special_share": 0.3,
}  # fmt: skip


def parameters(presets, citizens, **values):
    """Return a lively society of that many citizens under one preset or several, separated by commas."""
    size = {"population.citizens": citizens, "network.mean_degree": 8.0}
    return assign(SocietyParameters(), size | BUSY | {"scheme.preset": presets} | values)


# ---- a run under it ----


@pytest.mark.slow
@every_preset
def test_both_engines_go_through_the_same(name):
    compiled, agents = (Society(parameters(name, 40), rng=4, engine=engine).run(12) for engine in ("compiled", "agents"))
    assert compiled.world.standing.enrolled.any()
    assert compiled.world.ledger.any()
    assert_same_run(compiled, agents)


def with_levers(name):
    """Return what turns the three levers of every scheme on, and appeal, as far as a secret one can have them."""
    values = {"reporting_reward": 12.5, "exemption": 0.5, "verification": 0.5, "contact_weight": 0.3, "appeal": 0.5}
    return {
        f"schemes.{scheme.name}.{key}": value
        for scheme in system(name).schemes
        for key, value in values.items()
        if not scheme.secret or key not in ("contact_weight", "appeal")
    }


@every_preset
@pytest.mark.parametrize("levers", [False, True], ids=["as it is", "with levers"])
def test_the_ledger_adds_up_and_the_scale_holds_each_week(name, levers):
    society = Society(parameters(name, 100, **(with_levers(name) if levers else {})), rng=5)
    world = society.world
    for _ in range(30):
        society.step()
        for s, scheme in enumerate(society.parameters.schemes):
            member, postings = world.standing.enrolled[s] == 1, world.ledger[s].sum(axis=1)
            assert (world.standing.points[s][member] == round(scheme.start * 1000) + postings[member]).all()
            assert not postings[~member].any()
            for held in (world.standing.points[s][member], world.standing.score[s][member]):
                assert ((held >= round(scheme.floor * 1000)) & (held <= round(scheme.ceiling * 1000))).all()
            assert (world.standing.grade[s] < len(scheme.grade)).all()
    assert world.standing.enrolled.any(axis=1).all()


@every_preset
def test_without_a_lock_the_grade_is_what_the_score_earns(name):
    society = Society(parameters(name, 100), rng=6).run(30)
    standing = society.world.standing
    for s, scheme in enumerate(society.parameters.schemes):
        floors = [round(grade.floor * 1000) for grade in scheme.grade[:-1]]
        earned = np.array([sum(score < floor for floor in floors) for score in standing.score[s].tolist()])
        running = bool(society.world.status.running[s])
        free = (standing.enrolled[s] == 1) & (standing.locked_until[s] <= society.tick - 1) & running
        if not any(grade.lock_weeks for grade in scheme.grade):
            assert (standing.grade[s][free] == earned[free]).all()
        assert (standing.grade[s][(standing.enrolled[s] == 1) & running] >= earned[(standing.enrolled[s] == 1) & running]).all()


#: Arrays that only schemes touch.
OF_SCHEMES = ("status", "standing", "band", "ledger", "pending", "expiring", "grip", "accounts", "books", "signs", "sighted", "rated")


@every_preset
def test_a_system_switched_off_is_a_society_without(name):
    off = {f"schemes.{scheme.name}.active": False for scheme in system(name).schemes}
    switched_off, without = (Society(p, rng=7).run(12) for p in (parameters(name, 60, **off), parameters("none", 60)))
    found = {part: array for part, array in state_arrays(switched_off.world) if part.split(".")[0] not in OF_SCHEMES}
    expected = {part: array for part, array in state_arrays(without.world) if part.split(".")[0] not in OF_SCHEMES}
    assert [part for part, array in expected.items() if found[part].tobytes() != array.tobytes()] == []
    mine, yours = switched_off.series(), without.series()
    odd = [outcome for outcome in mine if mine[outcome].tobytes() != yours[outcome].tobytes()]
    assert [outcome for outcome in odd if not outcome.startswith(("score", "gini_score"))] == []
    assert not switched_off.world.standing.enrolled.any()


# ---- its file ----


@cache
def document(name):
    """Return what a preset's file says."""
    return tomllib.loads((PRESETS / f"{name}.toml").read_text())


def keys_of(name):
    """Return the keys of a preset's file: scalars, points of events, and what a grade has beside its name."""
    data = document(name)
    if "combines" in data:
        return [f"each.{key}" for key in data["each"]] + [f"own.{member}.{key}" for member, own in data["own"].items() for key in own]
    keys = [key for key in data if key not in ("about", "event", "grade")] + [f"event.{event}" for event in data["event"]]
    return keys + [f"grade.{grade['name']}.{key}" for grade in data["grade"] for key in grade if key != "name"]


def dotted(name, key):
    """Return the parameters that a key sets, by their dotted names."""
    table, _, rest = key.partition(".")
    if table == "each":
        return [f"schemes.{member}.{rest}" for member in document(name)["combines"]]
    return [f"schemes.{rest}" if table == "own" else f"schemes.{name}.{key}"]


@every_preset
def test_what_the_file_says_is_what_is_in_force(name):
    """Every key is written once and read as it stands; and there is at least one."""
    held, data = as_dict(parameters(name, 40)), document(name)
    for key in keys_of(name):
        table, *path = key.split(".", 2)
        tables = {"event": data.get("event"), "each": data.get("each"), "own": data.get("own", {}).get(path[0] if path else "")}
        if table == "grade":
            written = next(grade for grade in data["grade"] if grade["name"] == path[0])[path[1]]
        else:
            written = tables[table][path[-1]] if table in tables else data[key]
        own = {f"schemes.{member}.{key}" for member, table in data.get("own", {}).items() for key in table}
        for dotted_name in dotted(name, key):
            if table == "own" or dotted_name not in own:
                assert held[dotted_name] == written
    assert keys_of(name)


#: Keys that cannot matter in their preset, and why.
WITHOUT_EFFECT = {
    ("rongcheng", "grade.D.floor"): "the last grade has no floor",
    ("hangzhou", "ceiling"): "nothing raises anyone above the start, and below it the ceiling may not lie",
    ("watchdogs", "ceiling"): "likewise",
    ("defaulters", "ceiling"): "likewise",
}
#: What the world must be like for a key to matter: another system beside it, offences enough, or room for another start.
WORLD = {
    ("honest-shanghai", "data_sharing"): ("honest-shanghai,rongcheng", {}),
    ("hangzhou", "cameras"): ("hangzhou", {"conduct.fare_fraud_gain": 0.8}),
    ("defaulters", "start"): ("defaulters", {"scheme.ceiling": 10.0}),
    ("watchdogs", "start"): ("watchdogs", {"scheme.ceiling": 10.0}),
}


def world_for(name, key):
    """Return the society in which a key is tried: for one of a grade, a society in which one begins in that grade, if one can."""
    presets, more = WORLD.get((name, key), (name, {}))
    if key.startswith("grade."):
        scheme = system(name).schemes[0]
        number = [grade.name for grade in scheme.grade].index(key.split(".")[1])
        last = number == len(scheme.grade) - 1
        start = scheme.grade[number - 1].floor - 1 if last else scheme.grade[number].floor
        more = {"scheme.start": start} if start >= max(scheme.floor, 0) else {}
    return parameters(presets, 40, **more)


def others(declaration: Declaration, held, start):
    """Return values that differ markedly from the present one, likely ones first."""
    if declaration.choices:
        return [choice for choice in declaration.choices if choice != held]
    if isinstance(held, bool):
        return [not held]
    if declaration.name.endswith((".floor", "_floor", ".ceiling", ".start")):
        candidates = [start, start - 1, start + 1, start - 5, start + 5, held + 5, held - 5, start + 15, start - 15, held + 15, held - 15]
    elif (declaration.low, declaration.high) == (0.0, 1.0):
        candidates = [held + 0.4 if held < 0.5 else held - 0.4, 0.0, 1.0]
    else:
        candidates = [held + 3, held - 3, held / 2, 2 * held]
    return [value for value in candidates if value != held and declaration.low <= value <= declaration.high]


@cache
def outcome_of(society_parameters, seed):
    """Return all that can be known of a run."""
    society = Society(society_parameters, rng=seed).run(16)
    return society.digest(), tuple(values.tobytes() for values in society.series().values())


def matters(base, names, value):
    """Tell whether a value, if it is allowed, changes the state or an outcome of a short run, in one of a few societies."""
    try:
        changed = assign(base, dict.fromkeys(names, value))
    except ParameterError:
        return False
    return any(outcome_of(base, seed) != outcome_of(changed, seed) for seed in range(3))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "key"), [(name, key) for name in NAMES for key in keys_of(name)])
def test_every_key_of_the_file_matters(name, key):
    base = world_for(name, key)
    names, held = dotted(name, key), as_dict(base)
    declared = {d.name: d for d, _ in walk(base)}
    start = next(scheme.start for scheme in base.schemes if names[0].startswith(f"schemes.{scheme.name}."))
    found = any(matters(base, names, value) for value in others(declared[names[0]], held[names[0]], start))
    assert found != ((name, key) in WITHOUT_EFFECT)


def test_the_exceptions_are_keys():
    assert [(name, key) for name, key in [*WITHOUT_EFFECT, *WORLD] if key not in keys_of(name)] == []


# ---- its words ----

#: Reasons that need no source: what the number means leaves no other.
PLAIN = (
    "nobody is on the list", "nobody is exposed", "nothing is better than not to be on it", "nothing is better than not to be exposed",
    "everything below C",
)  # fmt: skip
SOURCES = re.compile(r"\[(?:(?:KJ|D4C|EZ|FP|ICO) ?)+\]|\bassumption\b|\bsecondary\b|\bby definition\b")


@every_preset
def test_it_is_told_in_one_sentence(name):
    about = system(name).about
    assert about == document(name)["about"]
    assert re.fullmatch(r"[A-Z].{30,200}\.", about)


@every_preset
def test_every_number_has_a_source_a_reason_or_the_word_assumption(name):
    """Also every switch and every choice."""
    lines = (PRESETS / f"{name}.toml").read_text().splitlines()
    values = [line for line in lines if re.match(r'enrolment|[\w-]+ *= *[^ "\[]', line)]
    assert len(values) == len(keys_of(name))
    for line in values:
        _, _, comment = line.partition("#")
        assert SOURCES.search(comment) or comment.strip() in PLAIN, line
