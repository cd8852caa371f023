"""Emulators: of a smooth function nearly all is told, of noise nothing, and the error held out says which."""

import io
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console
from sklearn.metrics import r2_score

from experiments.specs.designs import Design, Factor
from experiments.understanding import emulator
from experiments.understanding.emulator import emulate, emulator_rows
from experiments.understanding.figures import emulator_figures
from experiments.verbs.understanding import print_emulators
from tests.made_up_responses import responses_of, unit_factors


def smooth(positions):
    return np.sin(3 * positions[:, 0]) + positions[:, 1] ** 2


def only(responses):
    (found,) = emulate(responses)
    return found


@pytest.fixture(scope="module")
def good():
    return only(responses_of(Design("latin-hypercube", unit_factors(2), 80), smooth, 10, noise=0.05))


def test_a_smooth_function_is_told_nearly_whole(good):
    assert good.score.r2 > 0.97
    assert good.score.points == 80
    places = np.random.default_rng(9).random((200, 2))
    mean, sd = good.predict(places)
    assert mean == pytest.approx(smooth(places), abs=0.12)
    assert np.mean(np.abs(mean - smooth(places)) <= 1.96 * sd) > 0.85
    assert sd.mean() < 0.05


def test_the_score_is_that_of_points_unseen(good):
    told, means = good.held_out[:, 1], good.held_out[:, 0]
    assert good.score.r2 == pytest.approx(r2_score(means, told))
    assert good.score.rmse == pytest.approx(np.sqrt(np.mean((means - told) ** 2)))
    assert not np.allclose(told, good.predict(good.cube.positions)[0], atol=1e-4)


def test_the_best_that_noise_allows_is_known(good):
    """Means over ten runs with noise 0.05 are blurred by 0.05 / sqrt(10)."""
    assert good.score.noise == pytest.approx(0.05 / np.sqrt(10), rel=0.15)
    assert good.score.ceiling == pytest.approx(1 - good.score.noise**2 / good.held_out[:, 0].var(ddof=1))
    assert good.score.r2 <= good.score.ceiling + 0.01
    assert 0.85 <= good.score.within <= 1


def test_of_pure_noise_nothing_is_told():
    found = only(responses_of(Design("latin-hypercube", unit_factors(3), 100), lambda x: 0 * x[:, 0], 5, noise=1.0))
    assert found.score.r2 < 0.1
    assert found.score.ceiling < 0.4
    assert found.score.rmse == pytest.approx(1 / np.sqrt(5), rel=0.2)


def test_one_replication_has_no_ceiling():
    score = only(responses_of(Design("latin-hypercube", unit_factors(2), 60), smooth)).score
    assert np.isnan(score.ceiling)
    assert np.isnan(score.noise)
    assert score.r2 > 0.97


@pytest.mark.slow
def test_many_points_are_boosted(monkeypatch):
    monkeypatch.setattr(emulator, "MOST_GAUSSIAN", 500)
    found = only(responses_of(Design("latin-hypercube", unit_factors(2), 600), smooth, 3, noise=0.1))
    assert found.kind == emulator.BOOSTING
    assert found.score.r2 > 0.9
    mean, sd = found.predict_points([(0.5, 0.5), (0.1, 0.9)])
    assert mean == pytest.approx(smooth(np.array([[0.5, 0.5], [0.1, 0.9]])), abs=0.15)
    assert (sd == found.error).all()
    assert 0 < found.error < 0.15


def test_points_may_be_given_in_the_factors_own_values():
    factor = Factor("fine", "fine", "court.fine", low=1.0, high=100.0, scale="log")
    found = only(responses_of(Design("latin-hypercube", (factor,), 40), lambda x: x[:, 0]))
    assert found.predict_points([(10.0,)])[0] == pytest.approx([0.5], abs=0.02)
    assert found.predict_points([(10.0,)])[0] == pytest.approx(found.predict(np.array([[0.5]]))[0])


def test_without_an_emulator_nothing_is_predicted():
    responses = responses_of(Design("latin-hypercube", unit_factors(2), 9), smooth)
    found = only(responses)
    assert found.remark == "9 points with a value are too few: expected at least 10"
    with pytest.raises(ValueError, match="there is no emulator of a scheme against no scheme"):
        found.predict(np.zeros((1, 2)))
    constant = replace(
        responses_of(Design("latin-hypercube", unit_factors(2), 20), smooth), values_of=lambda arm, outcome: np.ones((20, 1))
    )
    assert only(constant).remark == "the effect is the same at all points"


def test_places_of_another_shape_are_refused(good):
    with pytest.raises(ValueError, match=r"expected positions of shape \(n, 2\), found \(1, 3\)"):
        good.predict(np.zeros((1, 3)))


def test_what_is_printed_written_and_drawn(good):
    stream = io.StringIO()
    print_emulators([good], Console(file=stream, width=140))
    assert f"{good.score.r2:.2f}" in stream.getvalue()
    (row,) = emulator_rows([good])
    assert (row["arm"], row["r2"], row["emulator"]) == ("treated", good.score.r2, "Gaussian process")
    (figure,), (again,) = emulator_figures([good]), emulator_figures([good])
    assert (figure.png, figure.svg) == (again.png, again.svg)
