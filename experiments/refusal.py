"""What cannot be done, said in one sentence."""


class Refusal(Exception):  # noqa: N818 - it refuses bad input; nothing in the program is wrong
    """Bad input or an output that cannot be written; the message is one sentence naming file, key, found and allowed."""

    exit_code = 2


class Interrupted(Refusal):
    """The user or the system ended a run; the message says what is kept and how to go on."""

    def __init__(self, message: str, signal_number: int):
        super().__init__(message)
        self.exit_code = 128 + signal_number  # the shell's convention: 130 after Ctrl-C, 143 after `kill`


def not_allowed(where: str, key: str, found, allowed: str) -> Refusal:
    """Return the refusal of one value: `where: key = found is not allowed: expected allowed`."""
    place = f"{where}: " if where else ""
    return Refusal(f"{place}{key} = {found!r} is not allowed: expected {allowed}")


def whole_number(where: str, key: str, found, low: int, high: int) -> int:
    """Return `found` if it is a whole number from low to high, else raise the refusal."""
    if isinstance(found, bool) or not isinstance(found, int) or not low <= found <= high:
        raise not_allowed(where, key, found, f"a whole number from {low} to {high}")
    return found


def reason_of(error: OSError) -> str:
    """Return why the system refused, in its words and lower case: 'no space left on device'."""
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]
