"""Network files to read: the samples, and what is written on the spot; and what every Graph read from one promises."""

from pathlib import Path

import numpy as np
import pytest

from model.network.graph import ACQUAINTANCE, Graph
from model.network.load import load

SAMPLES = Path(__file__).parent / "networks"


def ties(graph: Graph) -> list[tuple[int, int, int]]:
    return list(zip(graph.low.tolist(), graph.high.tolist(), graph.kind.tolist(), strict=True))


def read(folder: Path, content: bytes | str, suffix: str = ".txt") -> Graph:
    path = folder / f"network{suffix}"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return load(path)


def assert_simple(graph: Graph) -> None:
    """Check what every Graph promises."""
    assert (graph.low.dtype, graph.high.dtype, graph.kind.dtype) == (np.uint32, np.uint32, np.uint8)
    assert graph.kin_group.dtype == graph.work_unit.dtype == np.int32
    assert graph.kin_group.shape == graph.work_unit.shape == (graph.citizens,)
    assert graph.citizens == len(graph.labels) == len({*graph.labels}) >= 3
    pairs = [(low, high) for low, high, _ in ties(graph)]
    assert pairs
    assert pairs == sorted({*pairs})
    assert all(low < high < graph.citizens for low, high in pairs)
    assert graph.kind.max() <= ACQUAINTANCE


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("networks")
