"""The responses of a results folder: what the verbs that look at a design begin with."""

from pathlib import Path
from typing import Any

from experiments.analysis.responses import Responses
from experiments.refusal import Refusal
from experiments.report.publishing import stored_findings


def responses_in(folder: Path) -> tuple[dict[str, Any], Responses]:
    """Return (manifest, responses) of the results of a design, finished or not. Raises a Refusal if they are of no design."""
    manifest, found = stored_findings(folder)
    if not isinstance(found, Responses):
        raise Refusal(f"{folder}: the experiment has no design: expected results of one with [design] and [[factor]] tables")
    if not found.contrasts:
        raise Refusal(f"{folder}: the experiment compares nothing: expected two arms of which one is a reference")
    return manifest, found
