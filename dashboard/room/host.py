"""Whether the page may be shown to others: whoever starts it has to say so, by the address of a network that it listens on."""

import socket
import sys
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

#: Longest address of a page that is believed.
MOST = 200


def open_host(arguments: Sequence[str] | None = None) -> str | None:
    """Return the host that the command line tells Solara to listen on; None where it is told none, or this machine alone.

    arguments: of the command line, this process's own by default. Read here and not in Solara's settings, since those do not tell a host
    that was asked for from a HOST in the environment, which some systems set without being asked. The last one counts, as for Solara.
    """
    host, words = "", iter(sys.argv[1:] if arguments is None else arguments)
    for word in words:
        if word == "--host":
            host = next(words, "")
        elif word.startswith("--host="):
            host = word.removeprefix("--host=")
    return None if not host or is_this_machine(host) else host


def is_this_machine(host: str) -> bool:
    """Whether a host is one that only this machine can reach."""
    name = host.strip("[]").rstrip(".").lower()
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name in ("localhost", "ip6-localhost") or name.endswith(".localhost")


def address_for_others(at: str, host: str) -> str:
    """Return the address under which others open the page.

    at: where the presenter's browser has it, which others cannot use if it is this machine's own name for itself; host: listened on.
    Raises ValueError for what is no address of a page.
    """
    parts = urlsplit(at) if len(at) <= MOST and at.isprintable() else urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ValueError("expected the address of a page")
    name, port = parts.hostname, parts.port
    if is_this_machine(name):
        name = _own_address() if _is_any(host) else host.strip("[]")
    name = f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{name}{f':{port}' if port else ''}{parts.path or '/'}"


def _is_any(host: str) -> bool:
    """Whether a host stands for all addresses of the machine."""
    try:
        return ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        return False


def _own_address() -> str:
    """Return the address of this machine in its network: that from which it would send. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address for examples (RFC 5737)
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()
