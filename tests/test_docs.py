"""What the documentation says about the code is so: tables, phases, parameters, state, draws, links and sources."""

import re
import subprocess
import unicodedata
from functools import cache
from pathlib import Path

import pytest

from agents.chance import Purpose
from agents.events import Event
from docs import tables
from experiments.__main__ import app
from model.declarations import SocietyParameters
from model.institutions.reading import PRESETS
from model.institutions.scheme import Grade, Scheme
from model.organisations import ACCOUNT, CUSTOMER, FIRM, GOVERNMENT
from model.outcomes import OUTCOMES
from model.parameters import walk
from model.population import STATUS, Citizens, Slots, Standing
from model.schedule import PHASES

ROOT = Path(__file__).resolve().parent.parent
ODD, SOURCES, README = ROOT / "docs" / "odd.md", ROOT / "docs" / "sources.md", ROOT / "README.md"


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def documents() -> list[Path]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return [ROOT / name for name in sorted(set(names)) if name and (ROOT / name).is_file()]


def prose_of_odd() -> str:
    """Return odd.md without its generated tables."""
    return re.sub(r"<!-- table: .*?<!-- end of table -->", "", text_of(ODD), flags=re.DOTALL)


def section(title: str) -> str:
    """Return the section of odd.md under a heading of the second level."""
    return re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", text_of(ODD), re.MULTILINE | re.DOTALL)[1]


# ---- tables ----


def test_tables_are_current():
    assert tables.main(["--check"]) == 0


def test_a_table_that_is_out_of_date_is_noticed_and_renewed(tmp_path, monkeypatch, capsys):
    document = tmp_path / "odd.md"
    document.write_text("before\n<!-- table: events -->\nold\n<!-- end of table -->\nafter\n", encoding="utf-8")
    monkeypatch.setattr(tables, "FILES", (document,))
    monkeypatch.setattr(tables, "DOCS", tmp_path / "docs")
    assert tables.main(["--check"]) == 1
    assert "odd.md: a table is out of date" in capsys.readouterr().err
    assert "old" in document.read_text(encoding="utf-8")
    assert tables.main([]) == 0
    renewed = document.read_text(encoding="utf-8")
    assert "`scheme.event.tax_evasion`" in renewed
    assert renewed.startswith("before\n")
    assert renewed.endswith("after\n")
    assert tables.main(["--check"]) == 0


@pytest.mark.parametrize("text", ["<!-- table: nonsense -->\n<!-- end of table -->", "<!-- table: events -->\nno end"])
def test_a_table_that_nothing_makes_is_refused(text):
    with pytest.raises(ValueError, match="table"):
        tables.renewed(text)


def test_tables_hold_every_parameter_and_outcome():
    made = text_of(ODD)
    declared = [d.name for d, _ in walk(SocietyParameters())] + [d.name for d, _ in walk(Scheme(name=""), "scheme.")]
    assert [name for name in declared if f"| `{name}` |" not in made] == []
    assert [name for name in OUTCOMES if "." not in name and not re.search(rf"^\| (\*\*)?`{name}`", made, re.MULTILINE)] == []


def test_a_preset_is_shown_with_the_source_of_each_number():
    made = tables.preset("rongcheng")
    assert "| `event.tax_evasion` | −100 | reported | [ICO] |" in made
    assert "| `grade D.lock_weeks` | 260 | reported | five years [ICO] |" in made
    assert "| `grade AAA.floor` | 1,050 | secondary literature | assumption (secondary literature) |" in made


# ---- the model is described as it is ----


def test_phases_are_those_of_the_schedule():
    overview = re.findall(r"^\d+\. \*\*(\w+)\*\*", section("3. Process overview and scheduling"), re.MULTILINE)
    submodels = re.findall(r"^### Phase (\d+): (\w+)$", section("7. Submodels"), re.MULTILINE)
    assert tuple(overview) == PHASES
    assert submodels == [(str(number), phase) for number, phase in enumerate(PHASES, start=1)]


def test_the_protocol_is_complete():
    headings = re.findall(r"^## (.+)$", text_of(ODD), re.MULTILINE)
    elements = [
        "Purpose and patterns", "Entities, state variables and scales", "Process overview and scheduling", "Design concepts",
        "Initialization", "Input data", "Submodels",
    ]  # fmt: skip
    concepts = [
        "Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing", "Interaction",
        "Stochasticity", "Collectives", "Observation",
    ]  # fmt: skip
    assert headings[:7] == [f"{number}. {element}" for number, element in enumerate(elements, start=1)]
    assert re.findall(r"^\*\*([\w ]+)\.\*\*", section("4. Design concepts"), re.MULTILINE) == concepts


def test_every_parameter_has_its_place_in_the_text():
    prose = prose_of_odd()
    society = [d.name for d, _ in walk(SocietyParameters()) if not d.name.startswith("network.")]  # those are in network.md
    scheme = [d.name for d, _ in walk(Scheme(name=""), "scheme.") if not d.name.startswith("scheme.event.")]
    grade = [d.name for d, _ in walk(Grade(name=""), "grade.")]
    assert [name for name in (*society, *scheme, *grade) if not re.search(rf"\b{re.escape(name)}\b", prose)] == []


def test_every_parameter_named_in_a_document_exists():
    known = {d.name for d, _ in walk(SocietyParameters())} | {d.name for d, _ in walk(Scheme(name=""), "scheme.")}
    known |= {d.name for d, _ in walk(Grade(name=""), "grade.")} | {"scheme.preset", "scheme.file", "scheme.grade"}
    groups = {name.split(".")[0] for name in known}
    named = re.compile(rf"(?<![\w./\]])(?:{'|'.join(sorted(groups))})\.[a-z]\w*(?:\.[a-z]\w*)*(?![\w/(])")
    wrong = []
    for path in documents():
        for name in named.findall(text_of(path)):
            if name not in known and not name.endswith((".md", ".py", ".csv", ".svg")):
                wrong.append(f"{path.name}: {name}")
    assert wrong == []


def test_every_state_variable_event_and_draw_is_described():
    state = section("2. Entities, state variables and scales")
    storage = {"fate", "owner"}  # within a phase only; not state
    fields = [
        name for names in (Citizens._fields, Slots._fields, Standing._fields, STATUS.names or ()) for name in names if name not in storage
    ]
    fields += [name for table in (FIRM, CUSTOMER, GOVERNMENT, ACCOUNT) for name in table.names or ()] + [
        "dealt",
        "signs",
        "sighted",
        "rated",
    ]
    assert [name for name in fields if f"`{name}`" not in state] == []
    assert [event.name for event in Event if f"`{event.name.lower()}`" not in state] == []
    draws = section("7. Submodels")
    assert [purpose.name for purpose in Purpose if not re.search(rf"\b{purpose.name} {purpose.value}\b", draws)] == []


# ---- the front page ----


def test_commands_of_the_front_page_exist():
    verbs = {command.name or command.callback.__name__ for command in app.registered_commands}
    used = set(re.findall(r"python -m experiments (\w+)", text_of(README)))
    assert used == verbs
    targets = re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE)
    assert set(re.findall(r"\bmake ([a-z-]+)", "\n".join(re.findall(r"`[^`]+`|^make .+$", text_of(README), re.MULTILINE)))) <= {*targets}


# ---- links and sources ----


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub gives to a document's headings."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_leads_somewhere():
    broken = []
    for path in documents():
        for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text_of(path)):
            name, _, anchor = target.partition("#")
            goal = (path.parent / name).resolve() if name else path
            if not goal.exists() or (anchor and anchor not in anchors(text_of(goal))):
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert broken == []


def cited() -> str:
    """Return all that is said where parameters, presets, rules and documents name a source."""
    groups = (SocietyParameters(), Scheme(name=""), Grade(name=""))
    declared = [f"{d.meaning} {d.source}" for group in groups for d, _ in walk(group)]
    files = [*PRESETS.glob("*.toml"), *(ROOT / "agents").glob("*.py"), ODD, ROOT / "docs" / "network.md"]
    return "\n".join([*declared, *(text_of(path) for path in files)])


def test_every_source_key_is_explained():
    groups = re.findall(r"\[([A-Z][A-Z0-9]{1,3}(?: [A-Z][A-Z0-9]{1,3})*)\]", cited())
    keys = {key for group in groups for key in group.split()}
    assert {"KJ", "D4C", "EZ", "ICO", "FP"} <= keys
    assert keys <= set(re.findall(r"^\| \*\*(\w+)\*\* \|", text_of(SOURCES), re.MULTILINE))


def plain(text: str) -> str:
    """Return text without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.replace("ø", "o")) if not unicodedata.combining(c))


def test_every_work_cited_is_listed():
    author = r"([A-Z][a-z]\w+)(?:, [A-Z]\w+)*(?: & [A-Z]\w+| et al\.)? (?=(?:1[89]|20)\d\d\b)(\d{4})"
    listed = [line for line in plain(text_of(SOURCES)).splitlines() if line.startswith("- ")]
    works = set(re.findall(author, plain(cited())))
    assert {("Josang", "2002"), ("Grimm", "2020"), ("Steele", "2014")} <= works
    months = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November"}
    missing = [
        f"{name} {year}"
        for name, year in sorted(works)
        if name not in months and not any(line.startswith(f"- {name}") and year in line for line in listed)
    ]
    assert missing == []
