"""A wire between a browser and a server, for tests: it can be cut, mended, and led to another server."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Wire:
    """Carries every connection to the server on another port of this machine."""

    def __init__(self, to: int):
        """Carry connections to a port."""
        self.to, self.whole = to, True
        self._ends: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._door.getsockname()[1]}/"
        threading.Thread(target=self._admit, daemon=True).start()

    def cut(self) -> None:
        """Break all connections, and let no new one come about until `mend`."""
        self.whole = False
        ends, self._ends = self._ends, []
        for end in ends:
            _close(end)

    def mend(self, to: int | None = None) -> None:
        """Carry connections again, where given to another port."""
        self.to, self.whole = to or self.to, True

    def close(self) -> None:
        """Cut it for ever."""
        self.cut()
        _close(self._door)

    def _admit(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                try:
                    if not self.whole:
                        raise OSError("cut")
                    far = socket.create_connection(("127.0.0.1", self.to))
                except OSError:
                    _close(near)
                    continue
                self._ends += [near, far]
                for source, drain in ((near, far), (far, near)):
                    threading.Thread(target=_carry, args=(source, drain), daemon=True).start()


def _carry(source: socket.socket, drain: socket.socket) -> None:
    with suppress(OSError):
        while told := source.recv(65536):
            drain.sendall(told)
    _close(source)
    _close(drain)


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def wired(address: str) -> Iterator[Wire]:
    """Lay a wire to the server of an address."""
    wire = Wire(int(address.rstrip("/").rsplit(":", 1)[1]))
    try:
        yield wire
    finally:
        wire.close()
