"""Compiled code is never stale, and Python cannot fall into it."""

import os
import shutil
import subprocess
import sys
from multiprocessing import get_context
from pathlib import Path

import pytest
from numba.core.caching import IndexDataCacheFile

from agents import compiling
from agents.compiling import ROOT, loop, part, source_hash
from model.perception import generalized_trust
from model.society import Society


@loop
def _doubled(x):
    return 2 * x


@part
def _halved(x):
    return x / 2


def test_python_is_refused_where_it_would_crash():
    """Whether the function was compiled before, for another's sake, or not."""
    society = Society(citizens=20, rng=1, **{"network.mean_degree": 8.0}).run(1)
    for closed, arguments in ((generalized_trust, (society.world, 0)), (_doubled, (1,)), (_halved, (1,))):
        with pytest.raises(TypeError, match=f"{closed.py_func.__name__} is called by compiled code only"):
            closed(*arguments)


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """Return a copy of the sources, which the version is then taken from."""
    for folder in ("agents", "model"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(compiling, "ROOT", tmp_path)
    return tmp_path


def edit(path, old, new):
    """Replace a text that stands in a file once."""
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize("name", ["agents/trusting.py", "model/phases/record.py", "model/institutions/presets/rongcheng.toml"])
def test_an_edit_anywhere_makes_another_version(copied, name):
    before = source_hash()
    (copied / name).write_text((copied / name).read_text() + "\n")
    assert source_hash() != before


def test_what_is_no_source_leaves_the_version(copied):
    before = source_hash()
    (copied / "agents" / "notes.md").write_text("...")
    (copied / "model" / "__pycache__").mkdir()
    (copied / "model" / "__pycache__" / "society.pyc").write_text("...")
    assert source_hash() == before == compiling.MODEL_VERSION


RUN = """
from model.society import Society
for engine in ("compiled", "agents"):
    print(Society(citizens=40, rng=3, engine=engine, contact_weight=0.3, **{"network.mean_degree": 8.0, "time.burn_in": 1}).run(3).digest())
"""


@pytest.mark.parametrize(("given", "folder"), [("", ROOT / ".cache" / "numba"), ("/tmp/own", Path("/tmp/own"))])
def test_compiled_code_is_kept_where_it_is_asked_for(given, folder):
    """A setting that is empty is none: the working directory of whoever runs the program is no place for it."""
    ask = "import numba, agents.compiling; print(numba.config.CACHE_DIR)"
    environment = os.environ | {"SOCIAL_CREDIT_LAB_CACHE": given}
    done = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()).parent == folder


@pytest.mark.slow
def test_an_edited_rule_changes_both_engines_alike(copied):
    """The rule stands in one file, and the loops that call it in others: the trap of Numba's cache."""

    def digests():
        given = os.environ | {"SOCIAL_CREDIT_LAB_CACHE": str(copied / "cache")}
        done = subprocess.run([sys.executable, "-c", RUN], cwd=copied, env=given, capture_output=True, text=True, check=True)
        compiled, agents = done.stdout.split()
        assert compiled == agents
        return compiled

    before = digests()
    assert digests() == before
    edit(copied / "agents" / "trusting.py", "belief * gain - (1.0 - belief) * loss", "belief * gain - (1.0 - belief) * loss - 0.2")
    after = digests()
    assert after != before
    edit(copied / "agents" / "trusting.py", " * loss - 0.2", " * loss")
    assert digests() == before


def _save_many(folder: str, own: int) -> None:
    """Save signatures of one function, as a process that compiles it does."""
    cache = IndexDataCacheFile(folder, "function", "stamp")
    for number in range(40):
        cache.save((own, number), f"code of {own}, {number}")


@pytest.mark.slow
def test_processes_that_compile_at_once_do_not_take_each_others_code(tmp_path):
    """Whatever the order in which they save, each signature leads to its own code, and none is lost."""
    processes = [get_context("spawn").Process(target=_save_many, args=(str(tmp_path), own)) for own in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    cache = IndexDataCacheFile(str(tmp_path), "function", "stamp")
    signatures = [(own, number) for own in range(4) for number in range(40)]
    assert {key: cache.load(key) for key in signatures} == {(own, number): f"code of {own}, {number}" for own, number in signatures}
