"""The verb `export`: results in the forms in which others keep them. It returns the exit code; bad input raises a Refusal."""

from pathlib import Path

from experiments.refusal import Interrupted
from experiments.verbs.commands import console, say_incomplete, signal_of, terminable


def export(folder: str, crate: str, parts: bool) -> int:
    """Write the results of a folder as a Process Run RO-Crate, and say where."""
    from experiments.review.crating import write_crate

    target = Path(crate)
    try:
        with terminable():
            crated = write_crate(Path(folder), target, parts)
    except KeyboardInterrupt as error:
        raise Interrupted("interrupted; nothing is written", signal_of(error)) from None
    say_incomplete(dict(crated.manifest))
    console().print(f"{target}  (Process Run RO-Crate, {crated.files} files of {folder})", soft_wrap=True, markup=False)
    return 0
