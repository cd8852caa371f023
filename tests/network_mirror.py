"""What the browser makes of the messages of a network channel, in Python: the state that its script keeps."""

from typing import Any

import numpy as np

from dashboard.network.protocol import Message


class Mirror:
    """The browser's state: the scene, the latest frame, and the ties of each side as {(low, high): kind}."""

    def __init__(self):
        """Know nothing."""
        self.world = self.number = 0
        self.position = self.tables = None
        self.colours: dict[Any, np.ndarray] = {}
        self.marks: list[np.ndarray] = []
        self.ties: list[dict[tuple[int, int], int]] = []
        self.gone: list[dict[tuple[int, int], int]] = []  # of the latest frame: pair -> cause

    def take(self, message: Message) -> dict[str, Any] | None:
        """Take a message in; return what the browser answers."""
        header, buffers = message
        if header["what"] == "scene":
            self.world, self.number = header["world"], 0
            self.position = np.frombuffer(buffers[0], "<f4").reshape(-1, 2)
            self.tables = dict(zip(header["ramps"], buffers[2:], strict=True))
            self.ties = [{} for _ in range(header["sides"])]
            return None
        if header["world"] != self.world or header["base"] not in (0, self.number):
            return self.look()
        self.number = header["number"]
        rest = iter(buffers)
        self.marks, self.gone = [], []
        for k, side in enumerate(header["sides"]):
            self.colours[k] = np.frombuffer(next(rest), np.uint8)
            self.marks.append(np.frombuffer(next(rest), np.uint8))
            told, kinds, gone, causes = pairs(next(rest)), next(rest), pairs(next(rest)), next(rest)
            if side["full"]:
                self.ties[k] = {}
            for pair in gone:
                del self.ties[k][pair]
            self.ties[k] |= dict(zip(told, kinds, strict=True))
            self.gone.append(dict(zip(gone, causes, strict=True)))
            assert len(self.ties[k]) == side["ties"]
        if header["difference"]:
            self.colours["difference"] = np.frombuffer(next(rest), np.uint8)
        assert next(rest, None) is None
        return {"do": "seen", "number": self.number}

    def look(self) -> dict[str, Any]:
        """Return what the browser says where it lacks something, and after a silence."""
        return {"do": "look", "world": self.world, "number": self.number}


def pairs(buffer: bytes) -> list[tuple[int, int]]:
    """Read ends of ties."""
    return [tuple(pair) for pair in np.frombuffer(buffer, "<u4").reshape(-1, 2).tolist()]
