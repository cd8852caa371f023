"""The benchmarks measure what they say, and the peer is one: the same rules, written again in plain Mesa."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from agents.compiling import ROOT
from benchmarks import __main__ as command
from benchmarks.measure import Figure, Span, alternate, ratio, timed, typical
from benchmarks.peer.society import MEASURES, PeerSociety
from benchmarks.report import number
from model.assign import assign, default_parameters
from model.population import REGIONS
from model.society import Society, build_graph

# ---- the peer ----

LEVERS = {"scheme.contact_weight": 0.3, "scheme.reporting_reward": 10.0, "scheme.exemption": 1.0}
#: Societies in which, between them, every rule that the peer has matters.
CASES = {
    "levers": LEVERS,
    "none": {"scheme.preset": "none"},
    "lively": LEVERS | {
        "scheme.contact_weight": 0.6, "scheme.reporting_reward": 40.0, "scheme.exemption": 0.5, "scheme.recovery": 0.02,
        "scheme.expiry_weeks": 13, "scheme.verification": 0.5, "scheme.appeal": 0.3, "scheme.utility_per_point": 0.02,
        "unfriending.salience": 10.0, "unfriending.review_rate": 0.1, "learning.gossip_rate": 0.5, "learning.spillover": 0.1,
        "learning.unfairness_inference": 0.3, "exchange.stranger_share": 0.4, "informing.exposure": 0.6, "population.official_share": 0.07,
    },
    "voluntary": LEVERS | {
        "scheme.enrolment": "voluntary", "scheme.coverage": 0.8, "opinion.enrolment_reluctance": 0.2, "scheme.reward_on": "filed",
        "scheme.abandonment": 0.3, "scheme.rejection": 0.2,
    },
}  # fmt: skip
SMALL = {"population.citizens": 160, "network.mean_degree": 12.0, "time.burn_in": 20, "time.ticks": 80}
SEEDS = range(8)


def means(series) -> list[float]:
    """Return the mean of every measure over the second half of the run."""
    return [float(np.nanmean(series[name][40:])) if not np.isnan(series[name][40:]).all() else 0.0 for name in MEASURES]


def born_alike(peer: PeerSociety, society: Society) -> None:
    """Give the peer's citizens the traits of the society's, to compare runs of the same people."""
    citizens = society.world.citizens
    for i, citizen in enumerate(peer.people):
        citizen.integrity, citizen.score_concern, citizen.threshold = (
            float(column[i]) for column in (citizens.integrity, citizens.score_concern, citizens.threshold)
        )
        citizen.region, citizen.online, citizen.official = REGIONS[citizens.region[i]], bool(citizens.online[i]), bool(citizens.official[i])
        for standing in citizen.standings:
            within = standing.scheme.declared.enrolment == "mandatory" or citizen.online
            standing.within_reach = within and peer.random.random() < standing.scheme.declared.coverage


def differences(values: dict, its_values: dict | None = None) -> dict[str, float]:
    """Return, by measure, the peer's mean minus the society's in standard errors over seeds."""
    found = []
    parameters = assign(default_parameters(), SMALL | values)
    its = assign(default_parameters(), SMALL | (its_values or values))
    for seed in SEEDS:
        graph = build_graph(parameters, seed)
        society, peer = Society(parameters, rng=seed, graph=graph), PeerSociety(its, rng=seed, graph=graph)
        born_alike(peer, society)
        peer.run_for(SMALL["time.ticks"])
        frame = peer.datacollector.get_model_vars_dataframe()
        found.append(np.subtract(means({name: frame[name].to_numpy() for name in MEASURES}), means(society.run().series())))
    error = np.std(found, axis=0, ddof=1) / np.sqrt(len(SEEDS))
    return dict(zip(MEASURES, np.mean(found, axis=0) / np.where(error > 0, error, np.inf), strict=True))


#: In standard errors of eight pairs: beyond it one of a thousand measures lies that truly agree (t, 7 degrees of freedom: 5.4).
FAR = 5.4


#: Two of the four are for `make test-all`: each takes as long as a hundred other tests.
LONG = ("lively", "levers", "voluntary", "none")


@pytest.mark.parametrize("case", [pytest.param(case, marks=pytest.mark.slow) if case in LONG else case for case in CASES])
def test_the_peer_keeps_the_rules_of_the_society(case):
    """Written independently, with other random numbers, it comes to the same outcomes."""
    assert {name: z for name, z in differences(CASES[case]).items() if abs(z) > FAR} == {}


@pytest.mark.slow
def test_a_peer_with_another_rule_would_be_found_out():
    apart = differences(CASES["levers"], CASES["levers"] | {"exchange.temptation": 0.7})
    assert abs(apart["trustworthiness"]) > FAR


def test_the_peer_says_what_it_does_not_have():
    for lot in ({"unfriending.score_blind": True}, {"scheme.rewards_at_random": True}, {"scheme.exemption_at_random": True}):
        with pytest.raises(ValueError, match="no null models"):
            PeerSociety(assign(default_parameters(), SMALL | lot))


# ---- clocks ----


def test_a_ratio_is_the_median_of_the_ratios_of_each_round():
    slow, fast = [Span(10, 20), Span(8, 8), Span(90, 9)], [Span(1, 2), Span(2, 4), Span(3, 9)]
    assert ratio(slow, fast) == Span(10, 2)
    assert typical(slow) == Span(10, 9)
    assert Span(6, 8) / 2 == Span(3, 4)


def test_works_take_turns_and_each_begins_a_round():
    said = []
    spans = alternate({name: lambda name=name: said.append(name) for name in "abc"}, 3)
    assert "".join(said) == "abcbcacab"
    assert [len(spans[name]) for name in "abc"] == [3, 3, 3]


def test_processor_time_is_not_wall_time():
    """Who sleeps spends none."""
    span, result = timed(lambda: subprocess.run(["sleep", "0.2"], check=True).returncode)
    assert result == 0
    assert span.wall >= 0.2 > 0.1 > span.cpu


@pytest.mark.parametrize(
    ("value", "goal", "more", "met"),
    [(59.9, 60, False, True), (60, 60, False, True), (60.1, 60, False, False), (2.0, 2, True, True), (1.9, 2, True, False)],
)
def test_a_goal_is_met_or_missed(value, goal, more, met):
    assert Figure("here", "what", value, "ms", goal=goal, more_is_better=more).met is met
    assert Figure("here", "what", value, "ms").met is None


def test_numbers_have_three_digits():
    assert [number(x) for x in (None, 0.01234, 1.234, 12.34, 123.4, 1234567.0)] == ["", "0.012", "1.23", "12.3", "123", "1,234,567"]


# ---- the command ----


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "benchmarks", *arguments], cwd=ROOT, capture_output=True, text=True, env=dict(os.environ))


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> tuple[str, dict]:
    """Return what a quick measurement prints as Markdown, and what it writes."""
    path = tmp_path_factory.mktemp("bench") / "results.json"
    done = run("--quick", "--experiment", "--markdown", "--json", str(path))
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads(path.read_text())


@pytest.mark.slow
def test_everything_is_measured_and_described(measured):
    printed, document = measured
    assert {"processor", "cores", "caches", "versions", "model", "load average", "digest of the run"} <= set(document["machine"])
    whats = {figure["what"] for figure in document["figures"]}
    assert {"one tick", "times as fast", "state", "society.agents", "the first tick", "exchange", "record"} <= whats
    assert all(figure["value"] >= 0 for figure in document["figures"])
    assert all(what in printed for what in whats)


@pytest.mark.slow
def test_the_page_shows_the_rows_that_the_command_prints(measured):
    """docs/performance.md is what `--large --cold --experiment --markdown` printed: no row that is not measured, none left out."""
    page = (ROOT / "docs" / "performance.md").read_text()

    def rows(text):
        return {re.sub(r"[\d,.]+[kM]?", "#", line.split("|")[1].strip()) for line in text.splitlines() if line.startswith("| ")}

    assert rows(measured[0]) <= rows(page)
    assert "python -m benchmarks" in page


@pytest.mark.parametrize("path", ["{0}/none/results.json", "{0}"])
def test_a_result_that_cannot_be_written_is_one_sentence(path, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("benchmarks.report.document", lambda *_: {})
    for name in ("standard_run", "throughput", "threaded", "by_phase", "against_peer", "agent_set", "graphs", "start"):
        monkeypatch.setattr(f"benchmarks.subjects.{name}", lambda *_, name=name: ([], "") if name == "standard_run" else [])
    target = Path(path.format(tmp_path))
    assert command.main(["--quick", "--json", str(target)]) == 2
    assert capsys.readouterr().err.startswith(f"error: --json {target}: ")
