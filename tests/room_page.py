"""The page as it is served to a network on purpose, for tests: it takes an address for examples for the one it listens on."""

import sys

from app import Layout, Page

sys.argv += ["--host", "192.0.2.1"]  # RFC 5737

__all__ = ["Layout", "Page"]
