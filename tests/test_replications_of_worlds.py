"""Background replications: other seeds of the same choice, their quantiles, begun anew when the choice changes, ended when closed."""

import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dashboard.worlds import replications as module
from dashboard.worlds.choice import Choice
from dashboard.worlds.replications import DIFFERENCE, Replications, band_of, seeds_after
from dashboard.worlds.twins import LEFT, RIGHT
from experiments.refusal import Refusal
from experiments.specs.spec import MAX_SEED
from model.society import Society

SMALL = (("population.citizens", 40), ("network.mean_degree", 8.0), ("time.burn_in", 4), ("time.ticks", 60))
OUTCOMES = ("generalized_trust", "exchange_rate", "clustering")
LATER = ((10, "scheme.reporting_reward", 20.0), (20, "edit.office", (1, 1)))


def as_they_are(*outcomes):
    """Return outcomes as quantities, which they are already."""
    return {name: ((name,), lambda values: values) for name in outcomes}


@pytest.fixture
def replicate():
    """Make replications that end with the test."""
    made = []

    def make(**given) -> Replications:
        made.append(Replications(as_they_are(*OUTCOMES), **given))
        return made[-1]

    yield make
    for one in made:
        one.close()
        one._thread.join(20)
        assert not one._thread.is_alive()


def wait(condition) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


def number_of(one: Replications) -> int:
    return one.found.number if one.found else 0


def by_hand(choice: Choice, policy, number: int) -> np.ndarray:
    """Return the outcomes of uninterrupted runs with the seeds that follow: (runs, outcomes, ticks)."""
    runs = [Society(choice.parameters, rng=choice.seed + step, policy=policy).run().series() for step in range(1, number + 1)]
    return np.array([[run[name] for name in OUTCOMES] for run in runs], np.float32)


# ---- quantiles ----


def test_bands_are_quantiles_by_hand():
    runs = np.array(
        [[1, 5], [2, np.nan], [3, 7], [4, np.nan], [5, 6], [6, np.nan], [7, np.nan], [8, np.nan], [9, np.nan], [10, np.nan], [11, np.nan]]
    )
    band = band_of(runs.astype(np.float32))
    assert [band.low[0], band.median[0], band.high[0]] == [2, 6, 10]
    np.testing.assert_allclose([band.low[1], band.median[1], band.high[1]], [5.2, 6, 6.8], rtol=1e-6)
    assert {part.dtype for part in (band.low, band.median, band.high)} == {np.dtype(np.float32)}


@given(arrays(np.float32, st.tuples(st.integers(1, 9), st.integers(1, 5)), elements=st.floats(0, 1, width=32) | st.just(np.nan)))
def test_a_band_holds_its_median_and_lies_within_what_was_found(runs):
    band = band_of(runs)
    for column in range(runs.shape[1]):
        seen = runs[:, column][~np.isnan(runs[:, column])]
        told = np.array([band.low[column], band.median[column], band.high[column]])
        assert np.isnan(told).all() if seen.size == 0 else (np.diff([seen.min(), *told, seen.max()]) >= -1e-6).all()


def test_the_seeds_are_others():
    assert seeds_after(7, 3) == [8, 9, 10]
    assert seeds_after(MAX_SEED, 2) == [0, 1]
    assert MAX_SEED not in seeds_after(MAX_SEED, 200)


# ---- replications ----


def test_twins_are_replicated_with_paired_differences(replicate):
    choice = Choice(7, SMALL, True, (), LATER, tick=30)
    one = replicate(number=3)
    one.show(choice)
    wait(lambda: number_of(one) == 3)
    left, right = by_hand(choice, (), 3), by_hand(choice, LATER, 3)
    for side, runs in ((LEFT, left), (RIGHT, right)):
        for name, found in zip(OUTCOMES, np.moveaxis(runs, 1, 0), strict=True):
            np.testing.assert_array_equal(one.found.series[side][name], found)
    found = one.found
    assert found.choice == choice.at_the_start()
    assert set(found.bands) == {(name, side) for name in OUTCOMES for side in (LEFT, RIGHT, DIFFERENCE)}
    for place, name in enumerate(OUTCOMES):
        for side, runs in ((LEFT, left), (RIGHT, right), (DIFFERENCE, right - left)):
            expected, band = band_of(runs[:, place]), found.bands[name, side]
            for part in ("low", "median", "high"):
                np.testing.assert_array_equal(getattr(band, part), getattr(expected, part), err_msg=f"{name} {side}")
    trust = found.bands["generalized_trust", DIFFERENCE]
    assert (trust.median[:10] == 0).all()
    assert (trust.median[11:] != 0).any()


def test_a_single_world_and_twins_that_are_the_same(replicate):
    one = replicate(number=2)
    one.show(Choice(7, SMALL))
    wait(lambda: number_of(one) == 2)
    assert {side for _, side in one.found.bands} == {LEFT}
    band = one.found.bands["exchange_rate", LEFT]
    np.testing.assert_array_equal(band.median, band_of(by_hand(Choice(7, SMALL), (), 2)[:, 1]).median)
    one.show(Choice(7, SMALL, twin=True))
    wait(lambda: number_of(one) == 2)
    assert (one.found.bands["exchange_rate", DIFFERENCE].high == 0).all()


def test_they_fill_in_one_by_one_and_begin_anew_with_another_choice(replicate):
    told = []
    one = replicate(number=4, announce=told.append)
    first, second = Choice(7, SMALL), Choice(7, SMALL, False, LATER)
    one.show(first)
    wait(lambda: number_of(one) == 4)
    assert [found.number for found in told] == [1, 2, 3, 4]
    one.show(Choice(7, SMALL, tick=20))  # the same worlds, looked at in another week
    assert number_of(one) == 4
    one.show(second)
    assert number_of(one) < 4
    wait(lambda: number_of(one) == 4)
    assert one.found.choice == second
    assert [found.number for found in told] == [1, 2, 3, 4] * 2


def test_what_is_not_wanted_any_more_is_dropped_on_the_way(replicate):
    """A run that would take for ever makes room for the next choice at once."""
    endless = Choice(7, (("population.citizens", 20_000), ("time.ticks", 10_000)))
    one = replicate(number=2)
    one.show(endless)
    wait(lambda: one._due is None)
    one.show(Choice(7, SMALL))
    wait(lambda: number_of(one) == 2)
    assert one.found.choice == Choice(7, SMALL)


def test_while_nobody_looks_on_nothing_is_run_and_then_it_goes_on(replicate):
    one = replicate(number=3)
    one.watched(False)
    one.show(Choice(7, (*SMALL[:3], ("time.ticks", 400)), True, (), LATER))
    time.sleep(0.3)
    assert number_of(one) == 0
    one.watched(True)
    wait(lambda: number_of(one) == 3)


def test_closing_ends_the_thread_while_nobody_looks_on(replicate):
    one = replicate(number=3)
    one.watched(False)
    one.show(Choice(7, SMALL))
    time.sleep(0.05)
    one.close()
    one._thread.join(5)
    assert not one._thread.is_alive()


def test_closing_ends_the_thread_in_the_midst_of_a_run(replicate):
    endless = Choice(7, (("population.citizens", 2_000), ("time.ticks", 10_000)))
    one = replicate(number=2)
    one.show(endless)
    wait(lambda: one._due is None)
    one.close()
    one._thread.join(20)
    assert not one._thread.is_alive()
    one.show(Choice(7, SMALL))
    assert number_of(one) == 0
    assert not any(thread.name == "replications" and thread.is_alive() for thread in threading.enumerate())


def test_a_seed_that_fails_costs_no_other(replicate, monkeypatch):
    whole = module._replication

    def failing(choice, seed, *others):
        if seed == 8:
            raise ArithmeticError("never")
        return whole(choice, seed, *others)

    monkeypatch.setattr(module, "_replication", failing)
    one = replicate(number=3, announce=lambda found: 1 / 0)
    assert not one.is_busy
    one.show(Choice(7, SMALL))
    assert one.is_busy
    wait(lambda: number_of(one) == 2)
    wait(lambda: not one.is_busy)  # though one of three is not there
    expected = band_of(by_hand(Choice(7, SMALL), (), 3)[1:, 0])
    np.testing.assert_array_equal(one.found.bands["generalized_trust", LEFT].median, expected.median)


def test_what_is_computed_from_outcomes_has_bands_too():
    """Each replication first, then the quantiles: the median of a product is not the product of medians."""
    pair = ("generalized_trust", "exchange_rate")
    one = Replications({"product": (pair, np.multiply)}, number=3)
    try:
        one.show(Choice(7, SMALL, twin=True, right=LATER))
        wait(lambda: number_of(one) == 3)
        left, right = (by_hand(Choice(7, SMALL), policy, 3) for policy in ((), LATER))
        products = left[:, 0] * left[:, 1], right[:, 0] * right[:, 1]
        assert set(one.found.bands) == {("product", side) for side in (LEFT, RIGHT, DIFFERENCE)}
        np.testing.assert_array_equal(one.found.bands["product", LEFT].median, band_of(products[0]).median)
        np.testing.assert_array_equal(one.found.bands["product", DIFFERENCE].high, band_of(products[1] - products[0]).high)
    finally:
        one.close()


def test_only_outcomes_are_kept_and_only_so_many():
    with pytest.raises(Refusal, match=r"outcome = 'generalised_trust' is not allowed: .*did you mean 'generalized_trust'"):
        Replications(as_they_are("generalised_trust"))
    with pytest.raises(Refusal, match="number = 0 is not allowed: expected a whole number from 1 to 200"):
        Replications(as_they_are(*OUTCOMES), 0)
