"""The Containerfile takes what the project consists of, from a base that is pinned, and gives nobody more rights or doors than needed."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "Containerfile").read_text(encoding="utf-8")


def instructions(text: str) -> list[tuple[str, list[str]]]:
    """Return (instruction, its words) of a Containerfile, without comments and with continued lines joined."""
    lines = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    return [(words[0], words[1:]) for line in lines if (words := shlex.split(line))]


STEPS = instructions(TEXT)


def copied() -> dict[str, str]:
    """Return {source: where it goes} of all COPY instructions."""
    found = {}
    for name, words in STEPS:
        if name == "COPY":
            *sources, target = [word for word in words if not word.startswith("--")]
            found |= {source: source if target == "./" else target for source in sources}
    return found


def test_continued_lines_and_comments_are_read():
    assert instructions("# RUN no\nRUN a \\\n    && b\nCOPY x y\n") == [("RUN", ["a", "&&", "b"]), ("COPY", ["x", "y"])]


def test_every_file_of_the_project_is_copied_to_its_place_and_nothing_else():
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    assert set(copied()) == {name.split("/")[0] for name in names if (ROOT / name).is_file()} | {".git"}
    assert all(source == target for source, target in copied().items())
    assert all((ROOT / source).exists() for source in copied())


def test_packages_are_installed_before_the_sources_are_copied():
    """So that an edit of a rule does not fetch 400 MB again, and the set-up finds all that it reads."""
    first = STEPS.index(("RUN", ["scripts/setup.sh", "environment"]))
    before = {word for name, words in STEPS[:first] if name == "COPY" for word in words}
    assert {"requirements.lock", "scripts"} <= before
    assert "agents" not in before
    assert STEPS.index(("RUN", ["scripts/setup.sh"])) > max(place for place, (name, _) in enumerate(STEPS) if name == "COPY")
    assert (ROOT / "scripts/setup.sh").stat().st_mode & 0o111


def test_the_base_has_to_be_given_by_digest():
    assert STEPS[:2] == [("ARG", ["BASE"]), ("FROM", ["${BASE}"])], "no default that a registry could change"
    assert sum(name == "FROM" for name, _ in STEPS) == 1
    assert "--build-arg BASE=python:3.12-slim@sha256:" in TEXT
    assert not re.search(r"sha256:[0-9a-f]{8}", TEXT), "no digest that nobody has checked"


def test_nothing_is_fetched_from_a_named_host():
    assert re.findall(r"https?:|\b(?:[a-z0-9-]+\.)+(?:io|org|com|net|dev)\b", TEXT) == []
    fetching = {"curl", "wget", "ADD", "pip"}
    assert not fetching & {word for name, words in STEPS for word in (name, *words)}


def test_it_runs_as_a_user_without_rights_and_listens_on_nothing():
    names = [name for name, _ in STEPS]
    (user,) = [words for name, words in STEPS if name == "USER"]
    assert user == ["lab"]
    assert names.index("USER") < names.index("COPY")
    assert not {"EXPOSE", "HEALTHCHECK", "VOLUME"} & set(names)
    assert all("--chown=lab:lab" in words for name, words in STEPS if name == "COPY")


@pytest.mark.parametrize("target", ["run", "test"])
def test_the_commands_that_it_names_are_those_of_the_makefile(target):
    assert re.search(rf"\bmake {target}\b", TEXT)
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert STEPS[-1] == ("CMD", ["[make,", "run]"])
