"""Mesa's batch_run, the EMA workbench and SALib drive a Society as docs/other-tools.md says; its programs run as they stand."""

import multiprocessing
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from experiments.specs.designs import KINDS
from model.outcomes import NAMES
from model.society import Society

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "other-tools.md").read_text(encoding="utf-8")
SMALL = {"citizens": 100, "time.burn_in": 10, "time.ticks": 30}

pytestmark = pytest.mark.slow  # three programs of other tools


def section(title: str) -> str:
    return re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)[1]


def run(title: str) -> dict:
    """Run the one program of a section; return its names, and under "printed" what it prints."""
    (program,) = re.findall(r"^```python\n(.*?)^```", section(title), re.MULTILINE | re.DOTALL)
    printed = []
    names = {"__name__": "program", "print": printed.append}
    exec(compile(program, f"docs/other-tools.md: {title}", "exec"), names)
    return names | {"printed": printed}


@pytest.fixture(scope="module")
def mesa_program():
    before = multiprocessing.get_start_method(allow_none=True)
    yield run("Mesa's batch_run")
    multiprocessing.set_start_method(before, force=True)  # batch_run sets it for the whole process


@pytest.fixture(scope="module")
def ema_program():
    return run("The EMA workbench")


@pytest.fixture(scope="module")
def salib_program():
    return run("SALib")


# ---- Mesa ----


def test_batch_run_makes_every_combination_with_every_seed(mesa_program):
    rows = mesa_program["rows"]
    asked = {(row["rng"], row["scheme.reporting_reward"], row["scheme.contact_weight"]) for row in rows}
    assert len(rows) == len(asked) == 3 * 2 * 2
    assert {row["Step"] for row in rows} == {30}
    for row in rows[::5]:
        direct = Society(
            rng=row["rng"], **{name: row[name] for name in ("scheme.reporting_reward", "scheme.contact_weight")}, **SMALL
        ).run()
        np.testing.assert_equal({name: row[name] for name in NAMES}, direct.last())


def test_the_table_of_batch_run_is_the_mean_over_seeds(mesa_program):
    (table,) = mesa_program["printed"]
    assert table.columns == ["scheme.reporting_reward", "scheme.contact_weight", "generalized_trust"]
    assert [row[:2] for row in table.rows()] == [(0, 0.0), (0, 0.3), (10, 0.0), (10, 0.3)]
    own = [
        row["generalized_trust"]
        for row in mesa_program["rows"]
        if (row["scheme.reporting_reward"], row["scheme.contact_weight"]) == (10, 0.3)
    ]
    assert table.rows()[-1][2] == pytest.approx(sum(own) / 3, rel=1e-12)
    assert table["generalized_trust"].n_unique() > 1
    assert isinstance(mesa_program["table"], pl.DataFrame)


def test_batch_run_stops_at_max_steps_as_the_page_warns(mesa_program):
    given = {"number_processes": 1, "display_progress": False, "rng": [1]}
    (short,) = mesa_program["mesa"].batch_run(Society, SMALL, max_steps=5, **given)
    (whole,) = mesa_program["mesa"].batch_run(Society, SMALL, max_steps=500, **given)
    assert (short["Step"], whole["Step"]) == (5, 30)


# ---- EMA workbench ----


def test_each_scenario_meets_each_policy(ema_program):
    experiments = ema_program["experiments"]
    assert len(experiments) == 12
    assert len(experiments[["fine", "spillover"]].drop_duplicates()) == 6
    assert experiments["reward"].nunique() == 2
    assert experiments["fine"].between(0, 4).all()
    assert experiments["spillover"].between(0, 0.2).all()
    # a Latin hypercube: one scenario in each sixth of the range
    assert sorted((experiments["fine"].drop_duplicates() / 4 * 6).astype(int)) == [0, 1, 2, 3, 4, 5]


def test_the_outcomes_of_the_workbench_are_those_of_direct_runs(ema_program):
    outcomes = ema_program["outcomes"]
    assert set(outcomes) == {"generalized_trust", "self_censorship"}
    for place, row in list(ema_program["experiments"].iterrows())[::4]:
        given = {"court.fine": row["fine"], "learning.spillover": row["spillover"], "scheme.reporting_reward": row["reward"]}
        direct = Society(rng=1, **given, **SMALL).run().last()
        assert {name: values[place] for name, values in outcomes.items()} == {name: direct[name] for name in outcomes}
    assert len(set(outcomes["generalized_trust"])) > 5
    (table,) = ema_program["printed"]
    assert table["trust"].tolist() == outcomes["generalized_trust"].tolist()


def test_the_names_that_the_page_gives_are_the_workbenchs():
    import ema_workbench

    assert re.findall(r"`(\w*Model)`", section("The EMA workbench")) == ["ReplicatorModel", "Model"]
    assert hasattr(ema_workbench, "ReplicatorModel")


# ---- SALib ----


def test_the_sample_has_n_times_d_plus_two_points_within_bounds(salib_program):
    points = salib_program["points"]
    assert points.shape == (16 * (3 + 2), 3)
    low, high = np.array(salib_program["problem"]["bounds"]).T
    assert (points >= low).all()
    assert (points <= high).all()


def test_the_values_are_those_of_direct_runs(salib_program):
    for place in (0, 41, 79):
        given = dict(
            zip(("court.fine", "learning.spillover", "scheme.contact_weight"), salib_program["points"][place].tolist(), strict=True)
        )
        trust = Society(rng=1, **given, **SMALL).run().series()["generalized_trust"]
        assert salib_program["values"][place] == np.mean(trust[20:])


def test_the_indices_are_those_of_saltellis_and_jansens_formulas(salib_program):
    """Blocks of D + 2: A, A with each column of B in turn, B."""
    values = salib_program["values"]
    blocks = ((values - values.mean()) / values.std()).reshape(16, 5)
    a, mixed, b = blocks[:, :1], blocks[:, 1:4], blocks[:, 4:]
    variance = np.var(np.concatenate([a, b]))
    np.testing.assert_allclose(salib_program["indices"]["S1"], np.mean(b * (mixed - a), axis=0) / variance)
    np.testing.assert_allclose(salib_program["indices"]["ST"], np.mean((a - mixed) ** 2, axis=0) / 2 / variance)
    lines = salib_program["printed"]
    assert [line.split(":")[0] for line in lines] == salib_program["problem"]["names"]
    assert lines[0].startswith(f"court.fine: first order {salib_program['indices']['S1'][0]:.2f}, total ")


# ---- the page ----


def test_the_kinds_of_design_that_it_names_exist():
    kinds = re.findall(r'`kind = "([\w-]+)"`', PAGE)
    assert kinds == ["factorial", "latin-hypercube", "sobol"]
    assert set(kinds) <= set(KINDS)
