"""The counter-based draws are uniform, independent across every part of their key, and the same for ever."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numba import njit
from scipy import stats

from agents.chance import Purpose, actor_key, draw, luck, mix, pair_key, stream, ticket, tie_draw, tie_luck, unit
from model.network.communities import GraphPurpose

#: Chance of a false alarm of any one statistical test; seeds are fixed, so that a pass stays a pass.
LEVEL = 1e-4
N = 200_000
MASK = 2**64 - 1

#: Parts of a key, in their order, with the largest value each may have.
LIMITS = {"seed": 2**63 - 1, "tick": 2**31 - 1, "purpose": 255, "actor": 2**32 - 1, "other": 2**32 - 1, "index": 2**31 - 1}
KEY = {"seed": 3, "tick": 7, "purpose": int(Purpose.TRUST), "actor": 11, "other": 13, "index": 2}
keys = st.tuples(*(st.integers(-1 if part == "tick" else 0, most) for part, most in LIMITS.items()))


@njit
def tickets_of(seed, tick, purpose, actor, other, index, out):
    """Fill `out` with the hashes of the keys; every argument is an array."""
    for k in range(out.size):
        out[k] = ticket(seed[k], tick[k], purpose[k], actor[k], other[k], index[k])


def hashes(**parts) -> np.ndarray:
    """Return the uint64 hashes of the keys in which these parts are arrays, the others as in KEY."""
    columns = np.broadcast_arrays(*(np.asarray((KEY | parts)[part], np.int64) for part in LIMITS))
    out = np.empty(columns[0].size, np.uint64)
    tickets_of(*(np.ascontiguousarray(column.ravel()) for column in columns), out)
    return out


def units(**parts) -> np.ndarray:
    """Return the draws of the keys in which these parts are arrays."""
    return (hashes(**parts) >> np.uint64(11)) * 2.0**-53


def steps(part: str, n: int = N) -> np.ndarray:
    """Return n consecutive values of a part of the key (only a hundred purposes)."""
    return np.arange(min(n, LIMITS[part]))


# ---- the definition ----


def chained(seed: int, *parts: tuple[int, int]) -> int:
    """The hash as documented, in Python's integers: the finaliser once for each part of the key, which is (value, factor)."""

    def finaliser(x):
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & MASK
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB & MASK
        return x ^ (x >> 31)

    golden = 0x9E3779B97F4A7C15
    key = finaliser((seed + golden) & MASK)
    for value, factor in parts:
        key = finaliser(key ^ ((value * factor + golden) & MASK))
    return key


ODD, EVEN = 0xD1B54A32D192ED03, 0x8CB92BA72F3D8DD7


def reference(seed, tick, purpose, actor, other, index) -> int:
    return chained(seed, (tick, ODD), (purpose, EVEN), (actor, ODD), (other | index << 32, EVEN))


@given(keys)
@example((0, -1, 1, 0, 0, 0))
@example(tuple(LIMITS.values()))
def test_the_compiled_draw_is_the_documented_one(key):
    assert ticket(*key) == reference(*key)
    assert luck(*key) == (reference(*key) >> 11) * 2.0**-53


@given(keys)
def test_the_compiled_draw_of_a_tie_is_the_documented_one(key):
    seed, tick, purpose, i, j, _ = key
    low, high = min(i, j), max(i, j)
    expected = chained(seed, (tick, ODD), (purpose, EVEN), (low | high << 32, EVEN))
    assert tie_luck(seed, tick, purpose, i, j) == tie_luck(seed, tick, purpose, j, i) == (expected >> 11) * 2.0**-53


@pytest.mark.parametrize(
    ("key", "known"),
    [
        ((0, 0, 1, 0, 0, 0), 0x26BD0DCC96A1DA4D),
        ((0, -1, 1, 0, 0, 0), 0x131E63EBCD2EA392),
        ((7, 3, 36, 5, 9, 0), 0xAFCE729025A1AFDE),
        ((2**62, 519, 90, 999_999, 1, 2), 0x8319A11DD36175B6),
        ((1, 0, 30, 2**32 - 1, 2**32 - 1, 2**31 - 1), 0x614D5E7B26933630),
    ],
)
def test_draws_are_the_same_for_ever(key, known):
    """These values were written down once: another value here changes every result ever published."""
    assert ticket(*key) == known


def test_the_mix_is_the_published_finaliser():
    """SplitMix64 seeded with 1234567 begins with these outputs (Vigna's reference code)."""
    golden, outputs = 0x9E3779B97F4A7C15, []
    for k in range(1, 6):
        outputs.append(mix(np.uint64((1234567 + k * golden) & MASK)))
    assert outputs == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


@given(keys)
def test_a_draw_is_the_same_by_whatever_way_it_is_reached(key):
    seed, tick, purpose, actor, other, index = key
    key_of_stream = np.uint64(stream(seed, tick, purpose))
    by_parts = pair_key(np.uint64(actor_key(key_of_stream, actor)), other, index)
    assert by_parts == ticket(*key)
    assert draw(key_of_stream, actor, other, index) == unit(np.uint64(by_parts)) == luck(*key)
    assert 0.0 <= luck(*key) < 1.0


def test_types_of_whole_numbers_do_not_matter():
    plain = ticket(3, -1, 35, 11, 13, 2)
    for kind in (np.int64, np.int32):
        assert ticket(3, kind(-1), kind(35), kind(11), kind(13), kind(2)) == plain
    assert ticket(3, -1, 35, np.uint32(11), np.uint32(13), np.uint8(2)) == plain
    assert ticket(3, -1, Purpose.TRUST.value, 11, 13, 2) == plain


def test_defaults_of_a_draw_are_zero():
    key = np.uint64(stream(3, 7, 35))
    assert draw(key, 11) == draw(key, 11, 0, 0)
    assert draw(key, 11, 13) == draw(key, 11, 13, 0)


def test_a_unit_lies_in_its_half_open_interval():
    assert unit(np.uint64(0)) == 0.0
    assert unit(np.uint64(MASK)) == 1.0 - 2.0**-53


# ---- keys ----


def test_purposes_never_collide():
    numbers = [int(purpose) for purpose in Purpose] + [int(purpose) for purpose in GraphPurpose]
    assert len(numbers) == len(set(numbers))
    assert not [p.name for p in Purpose if 10 <= p <= 29], "10-29 belong to the generator of graphs"
    assert all(10 <= p <= 29 for p in GraphPurpose)
    assert len(Purpose.__members__) == len(Purpose), "no purpose is another name of one"


def test_ids_are_ordered():
    """What i draws about j is not what j draws about i."""
    assert luck(3, 7, 35, 11, 13, 0) != luck(3, 7, 35, 13, 11, 0)
    i, j = (x.ravel() for x in np.meshgrid(np.arange(300), np.arange(300)))
    apart = i < j
    here, there = units(actor=i[apart], other=j[apart]), units(actor=j[apart], other=i[apart])
    assert not (here == there).any()
    assert stats.pearsonr(here, there).pvalue > LEVEL


@njit
def ties_of(stream_key, i, j, out):
    """Fill `out` with the draws of the ties of i and j, two arrays."""
    for k in range(out.size):
        out[k] = tie_draw(stream_key, i[k], j[k])


def test_what_belongs_to_a_tie_does_not_depend_on_who_is_named_first():
    key = np.uint64(stream(3, 7, int(Purpose.REVIEW)))
    i, j = (x.ravel() for x in np.meshgrid(np.arange(600), np.arange(600)))
    i, j = i[i < j], j[i < j]
    one, other = np.empty(i.size), np.empty(i.size)
    ties_of(key, i, j, one)
    ties_of(key, j.astype(np.uint32), i.astype(np.uint32), other)
    assert (one == other).all()
    assert np.unique(one).size == one.size
    assert stats.kstest(one, "uniform").pvalue > LEVEL
    assert stats.pearsonr(one[:-1], one[1:]).pvalue > LEVEL
    own = units(purpose=int(Purpose.REVIEW), actor=i, other=j)
    assert not (own == one).any()
    assert stats.pearsonr(own, one).pvalue > LEVEL
    assert tie_luck(3, 7, int(Purpose.REVIEW), 5, 2) == tie_luck(3, 7, int(Purpose.REVIEW), 2, 5) == tie_draw(key, 2, 5)
    assert tie_luck(3, 8, int(Purpose.REVIEW), 5, 2) != tie_luck(3, 7, int(Purpose.REVIEW), 5, 2)


def test_the_draw_of_a_tie_is_the_same_for_ever():
    assert [tie_luck(0, 0, 80, 1, 0), tie_luck(7, 3, 82, 5, 999_999)] == [0.45270984042048146, 0.9891661868359167]


def test_the_tick_before_the_first_is_a_tick_of_its_own():
    ticks = np.arange(-1, 1000)
    assert np.unique(hashes(tick=ticks)).size == ticks.size
    before, first = units(tick=-1, actor=steps("actor")), units(tick=0, actor=steps("actor"))
    assert stats.pearsonr(before, first).pvalue > LEVEL


def test_no_two_keys_of_a_run_share_a_hash():
    """Two million keys of 64 bits: a repeat has a chance of one in ten million."""
    grid = np.meshgrid(np.arange(4), np.arange(-1, 9), [1, 30, 35, 90], np.arange(50), np.arange(50), np.arange(5), indexing="ij")
    found = hashes(**dict(zip(LIMITS, (axis.ravel() for axis in grid), strict=True)))
    assert found.size == 2_000_000
    assert np.unique(found).size == found.size


@pytest.mark.parametrize("part", ["actor", "other", "index", "seed", "tick"])
def test_no_draw_repeats_along_a_part_of_the_key(part):
    assert np.unique(hashes(**{part: steps(part)})).size == N


# ---- uniformity ----


@pytest.mark.parametrize("part", LIMITS)
def test_draws_are_uniform_along_each_part_of_the_key(part):
    others = {"actor": np.arange(2000)[:, None]} if part == "purpose" else {}
    x = units(**{part: steps(part)}, **others)
    assert stats.kstest(x, "uniform").pvalue > LEVEL
    counts = np.bincount((x * 1024).astype(int), minlength=1024)
    assert stats.chisquare(counts).pvalue > LEVEL


@pytest.mark.parametrize("purpose", [*Purpose, *GraphPurpose], ids=lambda purpose: purpose.name)
def test_draws_of_every_purpose_are_uniform(purpose):
    x = units(purpose=int(purpose), actor=np.arange(300)[:, None], tick=np.arange(-1, 99))
    assert stats.kstest(x, "uniform").pvalue > LEVEL


def test_p_values_of_many_streams_are_uniform_themselves():
    """Five hundred (seed, tick, purpose) streams, each of a thousand draws: neither too even nor too uneven."""
    numbers = np.arange(500)
    x = units(
        seed=(numbers * 7919)[:, None],
        tick=(numbers % 520)[:, None],
        purpose=np.array([int(p) for p in Purpose])[numbers % len(Purpose)][:, None],
        actor=np.arange(1000),
    ).reshape(500, 1000)
    p_values = [stats.kstest(row, "uniform").pvalue for row in x]
    assert stats.kstest(p_values, "uniform").pvalue > LEVEL


@pytest.mark.parametrize("bit", range(0, 64, 7))
def test_every_bit_is_a_fair_coin(bit):
    ones = int((hashes(actor=steps("actor")) >> np.uint64(bit) & np.uint64(1)).sum())
    assert stats.binomtest(ones, N).pvalue > LEVEL


# ---- independence ----


@pytest.mark.parametrize("lag", [1, 2, 7, 52])
@pytest.mark.parametrize("part", ["seed", "tick", "actor", "other", "index"])
def test_neighbouring_values_of_a_part_are_uncorrelated(part, lag):
    x = units(**{part: steps(part)})
    assert stats.pearsonr(x[:-lag], x[lag:]).pvalue > LEVEL


@pytest.mark.parametrize("part", ["seed", "tick", "actor", "other", "index"])
def test_pairs_of_neighbours_fill_the_square(part):
    x = (units(**{part: steps(part)}) * 32).astype(int)
    counts = np.bincount(x[:-1:2] * 32 + x[1::2], minlength=1024)
    assert stats.chisquare(counts).pvalue > LEVEL


def test_purposes_are_independent_of_each_other():
    """Every pair of purposes, over actors; the level is shared among the pairs."""
    purposes = sorted([int(p) for p in Purpose] + [int(p) for p in GraphPurpose])
    x = units(purpose=np.array(purposes)[:, None], actor=np.arange(20_000)).reshape(len(purposes), -1)
    pairs = len(purposes) * (len(purposes) - 1) // 2
    correlation = np.corrcoef(x)[np.triu_indices(len(purposes), 1)]
    p_values = 2 * stats.norm.sf(np.abs(correlation) * np.sqrt(x.shape[1]))
    assert p_values.min() > LEVEL / pairs


@pytest.mark.parametrize(("one", "other"), [*pairwise(LIMITS), ("seed", "actor"), ("tick", "other"), ("actor", "index")])
def test_two_parts_do_not_stand_for_each_other(one, other):
    """Swapping the values of two parts gives another, unrelated draw."""
    a, b = (x.ravel() for x in np.meshgrid(np.arange(1, 120), np.arange(1, 120)))
    apart = a != b
    x, y = units(**{one: a[apart], other: b[apart]}), units(**{one: b[apart], other: a[apart]})
    assert not (x == y).any()
    assert stats.pearsonr(x, y).pvalue > LEVEL


def test_the_smallest_draw_of_a_row_is_a_fair_choice():
    """How a partner is chosen among ties: each of k with the same chance, whatever the ids of the ties."""
    ties = np.array([3, 17, 18, 400, 999_999])
    chosen = hashes(actor=np.arange(50_000)[:, None], other=ties).reshape(-1, ties.size).argmin(axis=1)
    assert stats.chisquare(np.bincount(chosen, minlength=ties.size)).pvalue > LEVEL


@pytest.mark.parametrize("part", LIMITS)
def test_flipping_one_bit_of_the_key_flips_half_of_the_hash(part):
    """Avalanche: on average 32 of 64 bits, each with a chance near one half, for every bit of every part."""
    samples = np.arange(4000)
    rest = {"actor": samples, "seed": samples % 97} if part != "actor" else {"other": samples, "seed": samples % 97}
    plain = {part: rest.pop(part) if part in rest else np.full(samples.size, KEY[part])}
    before = hashes(**rest, **plain)
    for bit in range(LIMITS[part].bit_length()):
        flipped = before ^ hashes(**rest, **{part: plain[part] ^ (1 << bit)})
        by_bit = np.array([(flipped >> np.uint64(b) & np.uint64(1)).sum() for b in range(64)]) / samples.size
        assert abs(by_bit.mean() - 0.5) < 6 * 0.5 / np.sqrt(64 * samples.size), (part, bit)
        assert np.abs(by_bit - 0.5).max() < 6 * 0.5 / np.sqrt(samples.size), (part, bit)
