"""Small results folders for the shelf of the dashboard: made by societies that cost nothing, published without figures."""

import json
from unittest.mock import patch

import pyarrow.parquet as pq

from agents.compiling import MODEL_VERSION
from experiments.report.publishing import publish
from experiments.results.sealing import BLANK
from experiments.results.store import Results
from experiments.results.writing import write_sealed
from tests.small_experiment import SPEC, experiment_of, performed
from tests.stand_in import StandIn

#: Two factors of a scheme that is there in one arm only. By the stand-in, the scheme alone adds 0.05 to both outcomes of social trust, a
#: weight of contacts takes 0.1 off, exemption adds 0.02: against no scheme +0.05, +0.07, -0.05, -0.03 at points 0 to 3.
GRID = """
title = "Where it turns"
question = "Where does the scheme raise trust?"
seed = 3
replications = 2
effect_window = 5
references = ["none"]
[base]
time.ticks = 30
time.burn_in = 10
population.citizens = 60
[[factor]]
name = "weight"
label = "weight of contacts"
parameter = "scheme.contact_weight"
values = [0.0, 0.3]
[[factor]]
name = "exemption"
parameter = "scheme.exemption"
values = [0.0, 1.0]
[[arm]]
name = "none"
label = "No scheme"
set = { scheme.preset = "none" }
[[arm]]
name = "scheme"
label = "Scheme"
"""
ON_GRID = (0.05, 0.07, -0.05, -0.03)


def stored(folder, text=SPEC, version=MODEL_VERSION, society=StandIn, replications=None, figures=False):
    """Run an experiment into a folder, publish its tables, and return the folder; its figures only if they are asked for."""
    performed(folder, experiment_of(text, replications, version), society=society)
    results = Results(folder)
    if figures:
        publish(results, results.manifest())
    else:
        drawn = ("experiments.report.experiment_figures.experiment_figures", "experiments.report.design_figures.design_figures")
        with patch(drawn[0], lambda *of: []), patch(drawn[1], lambda *of: []):
            publish(results, results.manifest())
    return folder


def change_manifest(folder, **values):
    """Write other values into a manifest; a value that is a function gets the one that is there."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    for key, value in values.items():
        manifest[key] = value(manifest[key]) if callable(value) else value
    path.write_text(json.dumps(manifest))


def change_table(path, change):
    """Let `change` make another of a stored table, and write that, sealed if it was."""
    table = pq.read_table(path)
    metadata = table.schema.metadata or {}
    changed = change(table)
    if path.name == "series.parquet":
        pq.write_table(changed, path)
    else:
        write_sealed(path, changed.replace_schema_metadata({**metadata, b"seal": BLANK.encode()}))


def listing(folder):
    """Return every file under a folder with its content and time."""
    return {path: (path.lstat().st_mtime_ns, path.read_bytes() if path.is_file() else b"") for path in sorted(folder.rglob("*"))}
