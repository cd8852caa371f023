"""Replications that grow until the intervals are narrow enough: the rule, its end, and that an interrupt does not move it."""

import io
import json
from collections import Counter

import numpy as np
import pytest

from experiments.refusal import Refusal
from experiments.results import assembling
from experiments.results.journal import entries
from experiments.results.store import Results
from experiments.runs.precision import check_precision
from experiments.runs.progress import PlainLines
from experiments.specs.spec import parse_spec
from tests.small_experiment import SPEC, content_of, experiment_of, performed, tables
from tests.stand_in import StandIn


class Noisy(StandIn):
    """Differs from its reference by an amount that belongs to the seed: normal, of standard deviation 1."""

    def step(self):
        """Make up a tick, in which the arms of scheme `exempt` have the noise of their seed on top."""
        super().step()
        if self.parameters.schemes and self.parameters.schemes[0].exemption:
            self.rows[-1] = self.rows[-1] + np.random.default_rng(self.seed).normal()


def growing(half_width: float, maximum: int = 200, replications: int = 10, step: int = 10):
    """Return a small experiment that compares two arms and grows."""
    text = SPEC.replace("replications = 3", f"replications = {replications}").replace(
        'references = ["alone", "none"]', 'references = ["alone"]'
    )
    arms = text.index('[[arm]]\nname = "none"')
    arms_end = text.index('[[arm]]\nname = "alone"')
    text = text[:arms] + text[arms_end : text.index('[[arm]]\nname = "lenient"')]
    rule = f"[precision]\noutcome = 'welfare'\nhalf_width = {half_width}\nmaximum = {maximum}\nstep = {step}\n"
    return experiment_of(text.replace("[base]", rule + "[base]"))


def half_width(folder, replications):
    """Return the half-width of the 95 % interval over the first seeds, by hand."""
    runs = tables(folder)[0].to_pylist()
    value = {(row["arm"], row["replication"]): row["welfare"] for row in runs}
    differences = [value["exempt", n] - value["alone", n] for n in range(replications)]
    from scipy.stats import t

    return t.ppf(0.975, replications - 1) * np.std(differences, ddof=1) / replications**0.5


@pytest.mark.slow
def test_replications_grow_until_the_interval_is_narrow_enough_and_not_further(tmp_path):
    experiment, _ = performed(tmp_path / "r", growing(0.45), society=Noisy)
    found = experiment.spec.replications
    assert found % 10 == 0
    assert 20 <= found < 200
    assert half_width(tmp_path / "r", found) <= 0.45 < half_width(tmp_path / "r", found - 10)
    manifest = json.loads((tmp_path / "r" / "manifest.json").read_text())
    assert manifest["replications"] == found == len(manifest["seeds"])
    assert '[precision]\noutcome = "welfare"\nhalf_width = 0.45\nmaximum = 200\nstep = 10' in manifest["spec"]


@pytest.mark.slow
def test_a_wide_rule_stays_at_the_least_number_and_a_narrow_one_ends_at_the_most(tmp_path):
    assert performed(tmp_path / "wide", growing(5.0), society=Noisy)[0].spec.replications == 10
    assert performed(tmp_path / "narrow", growing(1e-6, maximum=25), society=Noisy)[0].spec.replications == 25


@pytest.mark.slow
def test_the_most_is_the_end_also_when_the_course_is_taken_up_again(tmp_path):
    """Steps of 10 from 3 pass by 8, the most: what is there stays as it is, and more that are asked for are kept."""
    for _ in range(2):
        assert performed(tmp_path / "r", growing(1e-6, maximum=8, replications=3), society=Noisy)[0].spec.replications == 8
    assert performed(tmp_path / "r", growing(1e-6, maximum=9, replications=9), society=Noisy)[0].spec.replications == 9
    assert performed(tmp_path / "r", growing(1e-6, maximum=8, replications=3), society=Noisy)[0].spec.replications == 9


def test_equal_arms_are_precise_at_once(tmp_path):
    assert performed(tmp_path / "r", growing(1e-9, replications=2))[0].spec.replications == 2


@pytest.mark.slow
def test_the_end_does_not_depend_on_workers_or_interrupts(tmp_path, monkeypatch):
    performed(tmp_path / "whole", growing(0.45), society=Noisy)
    performed(tmp_path / "more", growing(0.45), workers=3, society=Noisy)
    real, calls = Results.add, []

    def add(self, batch):
        calls.append(batch)
        real(self, batch)
        if len(calls) in (3, 8, 13):
            raise KeyboardInterrupt

    monkeypatch.setattr(Results, "add", add)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            performed(tmp_path / "r", growing(0.45), society=Noisy)
    performed(tmp_path / "r", growing(0.45), society=Noisy)
    assert content_of(tmp_path / "r") == content_of(tmp_path / "whole") == content_of(tmp_path / "more")


def test_each_part_is_read_once_however_often_replications_grow(tmp_path, monkeypatch):
    """And once more for the tables: twice runs and series."""
    read, real = [], assembling.read_parquet
    monkeypatch.setattr(assembling, "read_parquet", lambda path, *rest: read.append(path.name) or real(path, *rest))
    performed(tmp_path / "r", growing(1e-6, maximum=8, replications=2, step=2), society=Noisy)
    assert sorted(Counter(read).values()) == [2] * 2 + [3] * 6


class Flawed(Noisy):
    """Raises in one arm of the first seed."""

    def step(self):
        """Make up a tick, or raise."""
        if self.parameters.schemes and self.parameters.schemes[0].exemption and self.seed == 3:
            raise ValueError("flawed")
        super().step()


def test_a_run_that_fails_is_one_failure_however_often_replications_grow(tmp_path):
    """It is tried once a session."""
    for _ in range(2):
        experiment, done = performed(tmp_path / "r", growing(1e-6, maximum=8, replications=2, step=2), society=Flawed)
        assert experiment.spec.replications == 8
        assert [(failure.arm, failure.replication) for failure in done.failures] == [("exempt", 0)]
    assert [entry["event"] for entry in entries(tmp_path / "r" / "journal.jsonl")].count("failed") == 2


def test_progress_is_told_of_runs_that_are_added(tmp_path):
    told = io.StringIO()
    lines = PlainLines(4, 0, "runs", told)
    for share, more in ((2, 4), (4, 2), (4, 0)):
        lines(share)
        lines.added(more)
    assert [line.split(",")[0] for line in told.getvalue().splitlines()] == ["2 of 4 runs", "6 of 8 runs", "10 of 10 runs"]


def test_a_rule_without_an_outcome_or_a_comparison_is_refused():
    rule = "replications = 5\n[precision]\noutcome = '{}'\nhalf_width = 1\nmaximum = 9\n"
    arms = "[[arm]]\nname = 'a'\n"
    with pytest.raises(Refusal, match=r"outcome = 'welfair' is not allowed: expected the name of an outcome \(did you mean 'welfare'\?\)"):
        check_precision(parse_spec(rule.format("welfair") + arms + arms.replace("a'", "b'"), "my.toml"))
    with pytest.raises(Refusal, match="precision is not allowed without a comparison"):
        check_precision(parse_spec(rule.format("welfare") + arms, "my.toml"))
