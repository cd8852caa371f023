"""The one thing here that must follow from no seed: what opens a room, and nobody can guess."""

import secrets
from hmac import compare_digest

#: Longest text that is compared with a token.
LONGEST = 64


def new_token() -> str:
    """Return 128 bits of the system's randomness as 22 letters of an address."""
    return secrets.token_urlsafe(16)


def is_token(token: str, text: str) -> bool:
    """Whether a text is the token. The time it takes does not tell how much of a wrong one is right."""
    return len(text) <= LONGEST and compare_digest(token.encode(), text.encode("utf-8", "replace"))
