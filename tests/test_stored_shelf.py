"""The shelf of the dashboard: folders in short, one sentence on each that cannot be opened, and nothing from outside the root."""

import json
import os
import shutil
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.compiling import MODEL_VERSION
from dashboard.stored import shelf
from dashboard.stored.shelf import folder_named, plain, root_of, shelved
from experiments.refusal import Refusal
from tests.stored_results import GRID, change_manifest, listing, stored


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An experiment with arms alone, and one with a design."""
    home = tmp_path_factory.mktemp("made")
    stored(home / "plain")
    stored(home / "grid", GRID, version="")
    return home


@pytest.fixture
def root(made, tmp_path):
    """The two of them, to be damaged."""
    shutil.copytree(made, tmp_path / "results")
    return tmp_path / "results"


def names(folders):
    return [folder.name for folder in folders]


# --- in short -------------------------------------------------------------------------------------------------------------------


def test_a_folder_in_short(root):
    for name in ("effects.svg", "effects.png", "notes.txt"):
        (root / "plain" / "figures" / name).write_text("")
    change_manifest(root / "plain", notes=["one\nnote"], written="2026-02-03T04:05:06+00:00")
    folder = folder_named(root, "plain")
    assert (folder.fault, folder.title, folder.question, folder.status) == ("", "Small", "", "finished")
    assert folder.arms == (("none", "none"), ("alone", "alone"), ("exempt", "exempt"), ("lenient", "lenient"))
    assert (folder.runs, folder.runs_stored, folder.replications, folder.seed, folder.points, folder.design) == (12, 12, 3, 3, 1, "")
    assert (folder.model_version, folder.same_model, folder.own_citizens) == (MODEL_VERSION, True, False)
    assert (folder.figures, folder.notes) == (("effects.png", "effects.svg"), ("one note",))
    assert folder.written == "2026-02-03T04:05:06+00:00"


def test_a_design_has_its_points_and_runs_of_another_model_say_so(root):
    folder = folder_named(root, "grid")
    assert (folder.design, folder.points, folder.replications) == ("factorial", 4, 2)
    assert folder.runs == (4 + 1) * 2  # the arm without a scheme is the same at all points
    assert (folder.model_version, folder.same_model) == ("", False)


def test_levels_that_round_to_one_whole_number_are_one_point(tmp_path):
    text = GRID.replace(
        'parameter = "scheme.contact_weight"\nvalues = [0.0, 0.3]', 'parameter = "population.citizens"\nlow = 60\nhigh = 62\nlevels = 5'
    )
    assert folder_named(stored(tmp_path / "r" / "x", text).parent, "x").points == 3 * 2


@pytest.mark.parametrize(("status", "said"), [("running", "interrupted"), ("finished with failures", "finished with failures")])
def test_a_run_that_was_killed_is_interrupted(root, status, said):
    change_manifest(root / "plain", status=status, runs_stored=5)
    folder = folder_named(root, "plain")
    assert (folder.status, folder.runs_stored, folder.runs) == (said, 5, 12)


def test_the_latest_comes_first_and_what_cannot_be_opened_last(root):
    change_manifest(root / "plain", written="2026-01-02T00:00:00+00:00")
    change_manifest(root / "grid", written="2026-01-03T00:00:00+00:00")
    (root / "a foreign folder").mkdir()
    (root / ".hidden").mkdir()
    (root / "a file").write_text("")
    assert names(shelved(root)) == ["grid", "plain", "a foreign folder"]


def test_looking_changes_nothing(root):
    before = listing(root)
    shelved(root)
    folder_named(root, "grid")
    assert listing(root) == before


def test_where_results_are(monkeypatch):
    monkeypatch.delenv(shelf.VARIABLE, raising=False)
    assert str(root_of()) == "results"
    monkeypatch.setenv(shelf.VARIABLE, "/elsewhere")
    assert str(root_of()) == "/elsewhere"
    assert str(root_of("given")) == "given"


def test_without_a_root_there_is_nothing_and_a_file_is_refused(tmp_path):
    assert shelved(tmp_path / "none") == ()
    (tmp_path / "file").write_text("")
    with pytest.raises(Refusal, match="the folder of results cannot be read: not a directory"):
        shelved(tmp_path / "file")


# --- damaged --------------------------------------------------------------------------------------------------------------------


def spec_with(text):
    return lambda spec: spec.replace("[base]", text + "\n[base]", 1)


DAMAGE = {
    "no manifest": (lambda path: path.unlink(), "there is no manifest.json"),
    "empty": (lambda path: path.write_text(""), "not a manifest"),
    "cut": (lambda path: path.write_text(path.read_text()[:700]), "not a manifest"),
    "a list": (lambda path: path.write_text("[1]"), "found list"),
    "deep": (lambda path: path.write_text("[" * 100_000), "manifest"),
    "binary": (lambda path: path.write_bytes(b"\xff\xfe\x00"), "manifest"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "manifest.json is of another kind: expected an ordinary file"),
    "not a number": (lambda path: change_manifest(path.parent, replications=float("nan")), "replications = nan is not allowed"),
    "no seeds": (lambda path: change_manifest(path.parent, seeds=[]), "seeds = [] is not allowed"),
    "a spec that is none": (lambda path: change_manifest(path.parent, spec="= 1"), "spec: it cannot be read"),
    "a spec too deep": (lambda path: change_manifest(path.parent, spec="a = " + "[" * 100_000), "spec: it cannot be read"),
    "a spec that names a file": (
        lambda path: change_manifest(path.parent, spec=spec_with('[design]\nkind = "table"\nfile = "../../secret.csv"')),
        "it names a file of points",
    ),
    "other arms": (lambda path: change_manifest(path.parent, cells=[[[], "nobody"]]), "names the arm 'nobody'"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_folder_is_listed_with_one_sentence_and_hides_no_other(root, damage):
    spoil, said = DAMAGE[damage]
    spoil(root / "plain" / "manifest.json")
    sound, faulty = shelved(root)
    assert (sound.name, sound.fault, faulty.name) == ("grid", "", "plain")
    assert said in faulty.fault
    assert "\n" not in faulty.fault
    assert str(root) not in faulty.fault  # where the root is, is nobody's business
    assert len(faulty.fault) <= shelf.MOST_TEXT
    with pytest.raises(Refusal, match=r"^plain: "):
        folder_named(root, "plain")


def test_what_is_too_large_is_not_read(root, monkeypatch):
    monkeypatch.setattr(shelf, "MOST_BYTES", (root / "plain" / "manifest.json").stat().st_size)
    assert shelf.folder_named(root, "plain").fault == ""
    monkeypatch.setattr(shelf, "MOST_BYTES", shelf.MOST_BYTES - 1)
    with pytest.raises(Refusal, match="expected at most"):
        folder_named(root, "plain")


def test_an_error_that_nobody_thought_of_hides_no_other_folder(root, monkeypatch):
    read = shelf._read
    monkeypatch.setattr(shelf, "_read", lambda path: read(path) if path.name == "grid" else 1 / 0)
    assert [folder.fault for folder in shelved(root)] == ["", "the folder cannot be read: ZeroDivisionError: division by zero"]


# --- the root is not left -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../results/plain", "plain/", "plain/../plain", "/etc", "plain\0", ".hidden", "x" * 3000, None, 7]
)
def test_a_name_is_never_a_path(root, name):
    (root / ".hidden").mkdir()
    with pytest.raises(Refusal, match="there is no such folder of results") as caught:
        folder_named(root, name)
    assert len(str(caught.value)) < 300


@given(name=st.text() | st.sampled_from(["../", "..\\", "/", "~", "%2e%2e%2f"]).map(lambda head: head + "plain"))
def test_whatever_is_asked_for_nothing_but_a_folder_of_the_root_is_opened(made, name):
    try:
        opened = folder_named(made, name).path.parent
    except Refusal:
        opened = None
    assert opened in (None, made.resolve())


def test_the_nearest_name_is_told(root):
    with pytest.raises(Refusal, match=r"did you mean 'plain'\?"):
        folder_named(root, "plane")


@pytest.mark.parametrize(
    "inside", ["", "manifest.json", "resolved.json", "responses.csv", "effects.csv", "report.html", "figures", "parts", ".lock"]
)
def test_links_are_refused(root, tmp_path, inside):
    away = tmp_path / "away"
    shutil.move(root / "plain", away) if not inside else shutil.copytree(root / "plain", away)
    (away / "figures").mkdir(exist_ok=True)
    place = root / "plain" / inside
    if inside and place.is_dir():
        shutil.rmtree(place)
    elif inside:
        place.unlink(missing_ok=True)
    os.symlink(away / inside, place)
    faulty = shelved(root)[-1]
    assert faulty.name == "plain"
    assert faulty.fault.startswith(f"{inside or 'plain'} is a link: expected")


def test_a_link_among_the_parts_is_refused(root, tmp_path):
    part = next((root / "plain" / "parts").iterdir())
    shutil.move(part, tmp_path / "part")
    part.symlink_to(tmp_path / "part")
    assert shelved(root)[-1].fault == f"parts/{part.name} is a link: expected an ordinary file that lies there itself"


@pytest.mark.parametrize("name", ["manifest.json", "responses.csv", "parts/replication-00009-x.parquet"])
def test_a_pipe_which_would_never_end_is_not_opened(root, name):
    (root / "plain" / name).unlink(missing_ok=True)
    os.mkfifo(root / "plain" / name)
    assert shelved(root)[-1].fault == f"{name} is of another kind: expected an ordinary file"


def test_a_link_to_itself_and_a_link_into_the_void_are_left_out(root):
    (root / "self").symlink_to(root / "self")
    (root / "void").symlink_to(root / "nowhere")
    assert sorted(names(shelved(root))) == ["grid", "plain"]


def test_the_root_itself_may_be_a_link(root, tmp_path):
    (tmp_path / "link").symlink_to(root)
    assert folder_named(tmp_path / "link", "plain").path == root.resolve() / "plain"


# --- what is shown --------------------------------------------------------------------------------------------------------------


@given(text=st.text(st.characters(), max_size=300), most=st.integers(2, 100))
def test_text_from_a_folder_can_be_shown_anywhere(text, most):
    shown = plain(text, most)
    assert len(shown) <= most
    assert shown.isprintable()
    assert json.loads(json.dumps(shown, ensure_ascii=False).encode()) == shown  # no half of a surrogate pair
    assert not any(unicodedata.category(one) in ("Cc", "Cf", "Cs") for one in shown)


def test_text_is_cut_with_a_sign_of_it():
    assert plain("abcdef", 6) == "abcdef"
    assert plain("abcdefg", 6) == "abcde…"
    assert plain(" a\u202e\n\tb ") == "a b"


@pytest.mark.parametrize("name", ["<script>alert(1)<", "a\nb", "rtl\u202ename", "ünï", os.fsdecode(b"\xff\xfe")])
def test_a_hostile_name_is_listed_and_can_be_opened(root, name):
    shutil.copytree(root / "plain", root / name)
    (folder,) = (folder for folder in shelved(root) if folder.name == name)
    assert folder.fault == ""
    assert folder.shown_name.isprintable()
    assert folder_named(root, name) == folder


def test_hostile_words_in_a_manifest_are_made_harmless(root):
    title = "\\u202e<b>" + "x" * 5000
    change_manifest(root / "plain", spec=lambda spec: spec.replace('"Small"', f'"{title}"'), status="a\nb\ud800")
    folder = folder_named(root, "plain")
    assert folder.title == "<b>" + "x" * 396 + "…"
    assert folder.status == "a b"
