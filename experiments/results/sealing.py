"""Files that can tell whether they are whole: each carries the SHA-256 of its own bytes, the place of the seal itself blank."""

import hashlib

_MARK = b"sealed-by-sha256:"
_DIGITS = 64
#: To be put, once, where the seal goes.
BLANK = (_MARK + b"0" * _DIGITS).decode()


def sealed(content: bytes) -> bytes:
    """Return the content with its seal in the place of the blank one."""
    return content.replace(BLANK.encode(), _MARK + hashlib.sha256(content).hexdigest().encode(), 1)


def intact(content: bytes) -> bool:
    """Whether the content is as it was sealed, to the bit."""
    start = content.rfind(_MARK) + len(_MARK)
    end = start + _DIGITS
    blank = hashlib.sha256(content[:start])
    blank.update(b"0" * _DIGITS + content[end:])
    return _MARK in content and content[start:end] == blank.hexdigest().encode()
