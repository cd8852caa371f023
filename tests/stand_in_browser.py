"""A browser that is none, for tests of the engine behind a page: it keeps what it is sent, and acknowledges it."""

import threading
import time

from dashboard.engine import Engine
from dashboard.status import Status
from dashboard.viewers import Viewer


class Part:
    """Stands in for a part in a browser: keeps what it is sent."""

    def __init__(self):
        self.got, self.places = [], []

    def tell(self, messages):
        self.got += list(messages)

    def place(self, tick, reached):
        self.places.append((tick, reached))


class Browser:
    """Stands in for a browser: acknowledges frames unless told not to."""

    def __init__(self, choice):
        self.statuses: list[Status] = []
        self.engine = Engine(choice, self.statuses.append)
        self.parts = {"network": Part(), "charts": Part()}
        self.timeline, self.acknowledges = Part(), True
        self.viewer = Viewer(self.parts["network"], self.parts["charts"], self.timeline)
        before = set(threading.enumerate())
        self.engine.join(self.viewer)
        self.engine.start()
        (self.thread,) = {thread for thread in set(threading.enumerate()) - before if thread.name == "engine"}

    def do(self, what, **details):
        self.engine.hear({"do": what, **details}, self.viewer)

    @property
    def status(self):
        return self.statuses[-1] if self.statuses else Status()

    @property
    def tick(self):
        return self.engine.worlds().tick

    def acknowledge(self):
        for name, part in self.parts.items():
            while part.got:
                header = part.got.pop(0).header
                if header["what"] == "frame":
                    self.do("seen", number=header["number"], of=name)

    def wait(self, condition, seconds=20):
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, self.status
            if self.acknowledges:
                self.acknowledge()
            time.sleep(0.005)
