"""The parts of the page in the browser, as far as they are Python's."""

import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.charts.view import Charts, Timeline
from dashboard.network.view import Network
from dashboard.room.widgets import FollowerBar, RoomPanel
from dashboard.stored.widgets import Picker, RegimeMap
from dashboard.widgets import Bar, Connection, Drawer, Levers, PersonCard, Story

ROOT = Path(__file__).resolve().parent.parent
PARTS = (Bar, Charts, Connection, Drawer, FollowerBar, Levers, Network, PersonCard, Picker, RegimeMap, RoomPanel, Story, Timeline)


@pytest.mark.slow
def test_a_part_that_is_closed_is_kept_by_nothing():
    """In a process of its own: others' pages leave their marks on the widgets of this one."""
    program = """
import gc, weakref
from tests.test_parts import PARTS
for kind in PARTS:
    part = kind()
    known = weakref.ref(part)
    part.close()
    del part
    gc.collect()
    assert known() is None, kind
print("all gone")
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "all gone\n", done.stderr


@pytest.mark.parametrize("kind", PARTS)
def test_what_a_part_is_told_goes_to_its_listener(kind):
    heard = []
    part = kind(listener=heard.append)
    part._heard(part, {"do": "anything"}, [])
    part._heard(part, "nonsense", [])
    part.close()
    assert heard == [{"do": "anything"}]


@pytest.mark.parametrize("kind", PARTS)
def test_scripts_and_styles_are_text_that_stands_on_its_own(kind):
    assert "export default" in kind._esm
    assert 'from "./' not in kind._esm
    assert isinstance(getattr(kind, "_css", ""), str)
