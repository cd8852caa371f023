"""The queries that docs/running.md gives: DuckDB runs them on the files as they are, and they find what is there."""

import re
from pathlib import Path

import duckdb
import polars as pl
import pytest

from experiments.__main__ import main
from tests.command_line import ROOT, quick_in
from tests.stand_in import StandIn, stand_in_for_society

SPEC = """
replications = 3
effect_window = 5
[base]
time.ticks = 12
time.burn_in = 4
population.citizens = 60
[[factor]]
parameter = "exchange.loss"
values = [1.0, 1.2]
[[arm]]
name = "scheme-alone"
[[arm]]
name = "snitching"
set = { scheme.reporting_reward = 20 }
"""


class Fragile(StandIn):
    """Raises with the second seed where the loss is large."""

    def step(self):
        """Make up one tick."""
        if self.seed == 2 and self.parameters.exchange.loss > 1.1:
            raise ArithmeticError("too fragile")
        super().step()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with results under the name that the page uses."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "regime-maps.toml").write_text(SPEC)
    with pytest.MonkeyPatch.context() as patch:
        quick_in(folder, patch)
        stand_in_for_society(patch, Fragile)
        assert main(["run", "regime-maps.toml"]) == 1
    return folder


@pytest.fixture
def queries(made, monkeypatch) -> list[str]:
    """The queries of the page, where the results are that they read."""
    monkeypatch.chdir(made)
    (block,) = re.findall(r"```sql\n(.*?)```", (ROOT / "docs" / "running.md").read_text(encoding="utf-8"), re.DOTALL)
    return [query for query in block.split(";") if query.strip()]


def test_the_effect_at_each_point(queries):
    found = duckdb.sql(queries[0]).fetchall()
    runs = pl.read_parquet("results/regime-maps/runs.parquet")
    assert [(row[0], row[1], row[3]) for row in found] == [(0, 1.0, 3), (1, 1.2, 2)]
    value = {(row["arm"], row["point"], row["replication"]): row["exchange_rate"] for row in runs.iter_rows(named=True)}
    for point, _, effect, seeds in found:
        by_hand = [value["snitching", point, n] - value["scheme-alone", point, n] for n in (0, 1, 2) if ("snitching", point, n) in value]
        assert effect == pytest.approx(sum(by_hand) / seeds)


def test_which_runs_failed(queries):
    found = duckdb.sql(queries[1]).fetchall()
    assert sorted(row[:4] for row in found) == [("failed", "scheme-alone", 1, 1), ("failed", "snitching", 1, 1)]
    assert all("ArithmeticError: too fragile" in row[4] for row in found)
    assert Path("results/regime-maps/journal.jsonl").exists()
