"""The parts of the page in the browser, as far as they are Python's."""

import gc
import weakref

import pytest

from dashboard.charts.view import Charts, Timeline
from dashboard.network.view import Network
from dashboard.room.widgets import FollowerBar, RoomPanel
from dashboard.stored.widgets import Picker, RegimeMap
from dashboard.widgets import Bar, Connection, Drawer, Levers, PersonCard, Story

PARTS = (Bar, Charts, Connection, Drawer, FollowerBar, Levers, Network, PersonCard, Picker, RegimeMap, RoomPanel, Story, Timeline)


@pytest.mark.parametrize("kind", PARTS)
def test_a_part_that_is_closed_is_kept_by_nothing(kind):
    heard = []
    part = kind(listener=heard.append)
    part._heard(part, {"do": "anything"}, [])
    assert heard == [{"do": "anything"}]
    known = weakref.ref(part)
    part.close()
    del part
    gc.collect()
    assert known() is None


@pytest.mark.parametrize("kind", PARTS)
def test_scripts_and_styles_are_text_that_stands_on_its_own(kind):
    assert "export default" in kind._esm
    assert 'from "./' not in kind._esm
    assert isinstance(getattr(kind, "_css", ""), str)
