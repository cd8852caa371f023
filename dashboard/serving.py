"""How the page is served: nothing is fetched from or told to elsewhere, the look is ours, and who has left is soon forgotten."""

import warnings
from pathlib import Path

import solara
from solara.server import settings

from dashboard.words.words import words

ASSETS = Path(__file__).parent / "assets"


def prepare() -> None:
    """Set what `solara run` would else have to be told in environment variables."""
    settings.telemetry.mixpanel_enable = False
    solara.settings.assets.proxy = True  # scripts come from the package solara-assets, not from the network
    settings.assets.fontawesome_enabled = False
    settings.assets.extra_locations = [str(ASSETS)]  # custom.css and the icon
    settings.theme.title = words("en")["title"]
    settings.theme.loader = "plain"
    settings.theme.show_banner = False
    settings.kernel.cull_timeout = "5m"
    warnings.filterwarnings("ignore", "Cookies with samesite=none")  # needed only inside pages of other sites
