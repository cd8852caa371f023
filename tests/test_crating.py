"""`export --crate`: a results folder as a Process Run RO-Crate, read back by rocrate and held against the profile's own words."""

import hashlib
import json
import shutil
import socket
import zipfile
from datetime import date
from pathlib import Path

import pytest
from rocrate import vocabs
from rocrate.rocrate import ROCrate

from agents.compiling import MODEL_VERSION
from experiments.__main__ import main
from experiments.results.identity import Identity
from experiments.review import citation, crating
from experiments.review.crating import write_crate
from tests import command_line
from tests.command_line import ROOT, SMALL, made_once, refused

# fixtures of this file too
_quick_and_in_a_folder_of_its_own = command_line.quick_and_in_a_folder_of_its_own
small, society = command_line.small, command_line.society

TABLES = ["resolved.json", "manifest.json", "journal.jsonl", "runs.parquet", "series.parquet", "effects.csv", "report.html"]
FIGURES = ["figures/trust over time.svg", "figures/wirkung ü 100%.png"]
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a finished experiment, in a folder and with figures whose names have spaces: for each test to copy."""
    folder = made_once(tmp_path_factory.mktemp("made"), SMALL, ["run", "small.toml", "--out", "my results"])
    for number, name in enumerate(FIGURES):
        (folder / "my results" / name).write_bytes(b"drawn" * number)
    return folder


@pytest.fixture
def folder(made, society, tmp_path):
    """A copy of it."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return Path("my results")


def graph_of(crate) -> dict:
    """Return {@id: entity} of a crate's metadata file."""
    document = json.loads((Path(crate) / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    graph = {entity["@id"]: entity for entity in document["@graph"]}
    assert len(graph) == len(document["@graph"]), "every @id once"
    return graph


def one(graph: dict, kind: str) -> dict:
    (found,) = [entity for entity in graph.values() if entity["@type"] == kind]
    return found


def ids(value) -> list[str]:
    return [entry["@id"] for entry in (value if isinstance(value, list) else [value])]


def changed_manifest(folder, **facts) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | facts))


# --- what is written ------------------------------------------------------------------------------------------------------------


def test_the_crate_holds_the_results_and_names_them(folder, capsys):
    assert main(["export", "my results", "--crate", "made/first crate"]) == 0
    assert "made/first crate  (Process Run RO-Crate, 10 files of my results)\n" in capsys.readouterr().out
    crate = Path("made/first crate")
    there = {path.relative_to(crate).as_posix() for path in crate.rglob("*") if path.is_file()}
    assert there == {"spec.toml", *TABLES, *FIGURES, "ro-crate-metadata.json"}
    assert [path.name for path in Path("made").iterdir()] == ["first crate"]
    files = {entity["name"]: entity for entity in graph_of(crate).values() if entity["@type"] == "File"}
    assert set(files) == there - {"ro-crate-metadata.json"}
    for name, entity in files.items():
        content = (folder / name).read_bytes()
        assert (crate / name).read_bytes() == content
        assert (entity["sha256"], entity["contentSize"]) == (hashlib.sha256(content).hexdigest(), str(len(content)))
    assert files[FIGURES[0]]["@id"] == "figures/trust%20over%20time.svg"
    assert files[FIGURES[0]]["encodingFormat"] == "image/svg+xml"


def test_rocrate_reads_it_back(folder, recwarn):
    write_crate(folder, Path("crate"), today=date(2031, 5, 4))
    crate = ROCrate("crate")
    assert (crate.version, crate.datePublished.date()) == ("1.1", date(2031, 5, 4))
    assert (crate.name, crate.license.id) == ("Small (social-credit-lab)", "https://spdx.org/licenses/MIT")
    assert crate.description == "Does it run? 2 arms, 2 replications, 4 runs of simulated societies."
    (author,) = crate.root_dataset["author"]
    assert (author.type, author["name"]) == ("Organization", "the social-credit-lab authors")
    assert {entity.id for entity in crate.data_entities} >= {"spec.toml", *TABLES, "figures/", "figures/trust%20over%20time.svg"}
    assert all(Path(entity.source).exists() for entity in crate.data_entities)
    assert not recwarn.list


def test_the_profile_is_met(folder):
    write_crate(folder, Path("crate"))
    graph = graph_of("crate")
    root, software, action = graph["./"], graph["#social-credit-lab"], one(graph, "CreateAction")
    assert graph["ro-crate-metadata.json"]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert root["conformsTo"] == {"@id": PROFILE}
    assert (graph[PROFILE]["@type"], graph[PROFILE]["version"]) == ("CreativeWork", "0.5")
    assert ids(root["mentions"]) == [action["@id"]]
    assert ids(action["instrument"]) == ["#social-credit-lab"]
    assert ids(action["object"]) == ["spec.toml", "#replications", "#first-seed", "#effect-window"]
    assert [graph[key]["value"] for key in ids(action["object"])[1:]] == [2, 5, 5]
    assert ids(action["result"]) == [*TABLES, "figures/"]
    assert action["actionStatus"] == {"@id": "http://schema.org/CompletedActionStatus"}
    assert "error" not in action
    assert action["description"] == "python -m experiments run small.toml --out 'my results'"
    assert (software["@type"], software["name"], software["softwareVersion"]) == ("SoftwareApplication", "social-credit-lab", "0.1.0")
    assert "version" not in software, "one of the two"
    marks = {graph[key]["name"]: graph[key]["value"] for key in ids(software["identifier"])}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert marks == {"model version": MODEL_VERSION} | ({"git commit": manifest["git"]["commit"]} if manifest["git"]["commit"] else {})
    assert {graph[key]["name"]: graph[key]["softwareVersion"] for key in ids(software["softwareRequirements"])} == manifest["versions"]


def test_every_reference_leads_somewhere_and_every_word_is_defined(folder):
    write_crate(folder, Path("crate"))
    document = json.loads(Path("crate/ro-crate-metadata.json").read_text())
    assert document["@context"] == ["https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context"]
    graph = graph_of("crate")
    words = {word for entity in graph.values() for word in entity if not word.startswith("@")}
    assert words <= vocabs.RO_CRATE["@context"].keys()
    values = [value for entity in graph.values() for entry in entity.values() for value in (entry if isinstance(entry, list) else [entry])]
    referred = {value["@id"] for value in values if isinstance(value, dict)}
    assert {key for key in referred if key not in graph} == {"https://w3id.org/ro/crate/1.1", "http://schema.org/CompletedActionStatus"}
    assert set(graph) - referred == {"ro-crate-metadata.json"}, "nothing is left unconnected"


def test_times_are_those_of_the_journal_and_the_manifest(folder):
    def at(*moments):
        lines = [json.dumps({"event": "ok", "at": moment}) for moment in moments]
        (folder / "journal.jsonl").write_text("\n".join(lines) + "\n{torn")

    def times(name):
        write_crate(folder, Path(name))
        action = one(graph_of(name), "CreateAction")
        return action.get("startTime"), action.get("endTime")

    first, last = "2030-01-01T08:00:00.000+00:00", "2030-01-01T09:00:00.000+00:00"
    changed_manifest(folder, written="2030-01-01T08:59:59+00:00")
    at(first, "2030-01-01T08:30:00.000+00:00", last)
    assert times("a") == (first, last)
    changed_manifest(folder, written="2030-01-01T10:00:00+02:00")
    at(first, last)
    assert times("b") == (first, last), "08:00 in UTC"
    changed_manifest(folder, written="2030-01-01T09:00:01+00:00")
    assert times("c") == (first, "2030-01-01T09:00:01+00:00")
    (folder / "journal.jsonl").unlink()
    assert times("d") == (None, "2030-01-01T09:00:01+00:00")


def test_the_same_folder_gives_the_same_crate_as_zip_and_as_folder(folder):
    day = date(2031, 5, 4)
    for name in ("a.zip", "b.ZIP", "folder"):
        write_crate(folder, Path(name), today=day)
    assert Path("a.zip").read_bytes() == Path("b.ZIP").read_bytes()
    with zipfile.ZipFile("a.zip") as archive:
        assert archive.testzip() is None
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}, "no time of its own"
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert packed == {path.relative_to("folder").as_posix(): path.read_bytes() for path in Path("folder").rglob("*") if path.is_file()}
    assert set(packed) >= set(FIGURES)
    assert ROCrate("a.zip").name == "Small (social-credit-lab)"


def test_another_day_changes_the_date_alone(folder):
    for name, day in (("a", date(2031, 5, 4)), ("b", date(2031, 5, 5))):
        write_crate(folder, Path(name), today=day)
    one_day, next_day = graph_of("a"), graph_of("b")
    assert one_day.pop("./") | {"datePublished": "2031-05-05"} == next_day.pop("./")
    assert one_day == next_day


def test_it_is_written_without_a_network(folder, monkeypatch):
    def refuse(*arguments, **keywords):
        raise AssertionError("a crate needs no network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert main(["export", "my results", "--crate", "crate.zip"]) == 0
    assert zipfile.is_zipfile("crate.zip")


def test_parts_are_there_if_asked_for(folder):
    assert main(["export", "my results", "--crate", "crate", "--parts"]) == 0
    parts = sorted(path.name for path in (folder / "parts").glob("*.parquet"))
    assert parts
    assert ids(graph_of("crate")["parts/"]["hasPart"]) == [f"parts/{name}" for name in parts]
    assert "parts/" in ids(one(graph_of("crate"), "CreateAction")["result"])


# --- what is not as usual -------------------------------------------------------------------------------------------------------


def test_an_unfinished_experiment_is_said_to_be_one(folder, capsys):
    changed_manifest(folder, status="running", runs_stored=0)  # and nobody writes there: it was killed
    for name in ("runs.parquet", "series.parquet", "effects.csv", "report.html"):
        (folder / name).unlink()
    for part in sorted((folder / "parts").glob("*.parquet"))[1:]:
        part.unlink()
    capsys.readouterr()
    assert main(["export", "my results", "--crate", "crate", "--parts"]) == 0
    sentence = "the experiment is interrupted; 2 of 4 runs are stored"
    assert capsys.readouterr().err == f"note: {sentence}\n"
    action = one(graph_of("crate"), "CreateAction")
    assert (action["actionStatus"]["@id"], action["error"]) == ("http://schema.org/FailedActionStatus", sentence)
    assert ids(action["result"]) == [*TABLES[:3], "figures/", "parts/"]
    assert graph_of("crate")["./"]["description"].endswith("The experiment is interrupted; 2 of 4 runs are stored.")


def test_runs_that_failed_make_a_failed_action(folder):
    changed_manifest(folder, status="finished with failures")
    write_crate(folder, Path("crate"))
    action = one(graph_of("crate"), "CreateAction")
    assert action["actionStatus"]["@id"] == "http://schema.org/FailedActionStatus"
    assert action["error"] == "the experiment is finished with failures; 4 of 4 runs are stored"


def test_an_experiment_that_is_running_has_not_ended(folder, monkeypatch):
    changed_manifest(folder, status="running")
    monkeypatch.setattr("experiments.results.store.Results.being_written", lambda self: True)
    write_crate(folder, Path("crate"))
    action = one(graph_of("crate"), "CreateAction")
    assert action["actionStatus"]["@id"] == "http://schema.org/ActiveActionStatus"
    assert "startTime" in action
    assert "endTime" not in action


def test_runs_of_another_version_get_no_version_of_the_program(folder):
    document = json.loads((folder / "resolved.json").read_text()) | {"model_version": "0" * 16}
    (folder / "resolved.json").write_text(json.dumps(document))
    other = {"id": Identity(**document).digest, "model_version": "0" * 16, "runs_stored": 0}
    changed_manifest(folder, **other, status="interrupted", git={"commit": "abc", "dirty": True})
    write_crate(folder, Path("crate"))
    graph = graph_of("crate")
    assert "softwareVersion" not in graph["#social-credit-lab"]
    assert graph["#model-version"]["value"] == "0" * 16
    assert (graph["#git-commit"]["value"], graph["#git-commit"]["description"]) == ("abc", "the files differed from this commit")


def test_network_files_are_named_by_their_content_and_not_copied(folder):
    changed_manifest(folder, networks={"sha256:ab": "/private/friends.csv"})
    write_crate(folder, Path("crate"))
    graph = graph_of("crate")
    assert "#network-1" in ids(one(graph, "CreateAction")["object"])
    assert (graph["#network-1"]["name"], graph["#network-1"]["identifier"]) == ("friends.csv", "sha256:ab")
    assert not list(Path("crate").rglob("friends.csv"))


def test_home_page_and_persons_of_the_citation_are_used(folder, monkeypatch, tmp_path):
    text = (ROOT / "CITATION.cff").read_text().replace("  - name: the social-credit-lab authors\n", "")
    text = text.replace(
        "authors:\n", "authors:\n  - {given-names: Ada, family-names: Li, orcid: 'https://orcid.org/0000-0001', affiliation: X}\n"
    )
    (tmp_path / "cited.cff").write_text(text + "url: https://lab.example\n")
    monkeypatch.setattr(citation, "CITATION", tmp_path / "cited.cff")
    write_crate(folder, Path("crate"))
    graph = graph_of("crate")
    assert ids(one(graph, "CreateAction")["instrument"]) == ["https://lab.example"]
    assert graph["https://lab.example"]["url"] == "https://lab.example"
    assert ids(graph["./"]["author"]) == ["https://orcid.org/0000-0001"]
    assert one(graph, "Person") == {"@id": "https://orcid.org/0000-0001", "@type": "Person", "name": "Ada Li", "affiliation": "X"}


# --- what is refused, and what is left ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("out", ["there", "there.zip"])
def test_what_exists_is_left_alone(folder, capsys, out):
    there = Path(out)
    there.mkdir() if out == "there" else there.write_bytes(b"mine")
    sentence = refused(capsys, "export", "my results", "--crate", out)
    assert sentence == f"--crate {out}: this exists already: expected a new folder or .zip file"
    assert not list(there.iterdir()) if there.is_dir() else there.read_bytes() == b"mine"


def test_the_results_are_left_as_they_are(folder, capsys):
    said = refused(capsys, "export", "my results", "--crate", "my results/crate")
    assert said == "--crate my results/crate: this is in the folder of the results, which is left as it is: expected another place"
    assert not (folder / "crate").exists()


def test_bad_input_is_refused(folder, capsys):
    assert refused(capsys, "export", "my results").startswith("Missing option '--crate'")
    assert refused(capsys, "export", "none", "--crate", "x") == "none: there is no such folder: expected the results of an experiment"
    Path("empty").mkdir()
    assert refused(capsys, "export", "empty", "--crate", "x") == "empty: there is no manifest.json: expected the results of an experiment"
    said = refused(capsys, "export", "my results", "--crate", "small.toml/x")
    assert said == "small.toml: a file is in the way: expected a folder for the crate"
    assert not Path("x").exists()


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes()[:-9])])
def test_damaged_results_are_not_vouched_for(folder, capsys, harm):
    harm(folder / "runs.parquet")
    assert "runs.parquet: " in refused(capsys, "export", "my results", "--crate", "x")
    assert not Path("x").exists()


@pytest.mark.parametrize("out", ["made/crate", "made/crate.zip"])
@pytest.mark.parametrize(("error", "code"), [(OSError(28, "No space left on device"), 2), (KeyboardInterrupt(), 130)])
def test_nothing_half_written_is_left(folder, capsys, monkeypatch, out, error, code):
    def fail(*arguments):
        raise error

    monkeypatch.setattr(crating.shutil, "copyfileobj", fail)
    assert main(["export", "my results", "--crate", out]) == code
    said = capsys.readouterr().err
    expected = "interrupted; nothing is written" if code == 130 else f"--crate {out}: the crate cannot be written: no space left on device"
    assert said.splitlines()[-1] == f"error: {expected}"
    assert list(Path("made").iterdir()) == []


def test_what_a_killed_export_left_is_cleared(folder):
    left = Path(".crate.crate.partial")
    left.mkdir()
    (left / "runs.parquet").write_bytes(b"half")
    (left / "foreign").write_bytes(b"")
    write_crate(folder, Path("crate"))
    assert not left.exists()
    assert not Path("crate/foreign").exists()
    shutil.rmtree("crate")
