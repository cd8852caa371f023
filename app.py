"""The entry of the dashboard: `make dashboard`, or `solara run app.py --production`."""

from dashboard.page import Laboratory, Layout
from dashboard.serving import prepare

prepare()
Page = Laboratory

__all__ = ["Layout", "Page"]
