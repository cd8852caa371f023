"""Tables of arrays go to compiled code as one pointer, which never leads to arrays of another table, or to none."""

import copy
import pickle
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import NamedTuple

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.by_reference import by_reference
from agents.compiling import ROOT
from model.institutions.ledger import count_levels
from model.society import Society

PLACE = np.dtype([("start", "i8"), ("room", "i4")], align=True)


@by_reference
class Inner(NamedTuple):
    """A table in a table."""

    narrow: np.ndarray
    number: int


@by_reference
class Outer(NamedTuple):
    """A table of everything a table may hold."""

    first: np.ndarray
    inner: Inner
    cube: np.ndarray
    places: np.recarray
    last: int


@numba.njit(_nrt=False)
def _look(table, out):
    """Write down every length and the last element of everything."""
    inner, cube = table.inner, table.cube
    out[0], out[1] = table.first.size, table.first[-1]
    out[2], out[3], out[4] = inner.narrow.size, inner.narrow[-1], inner.number
    out[5], out[6], out[7] = cube.shape[0], cube.shape[1], cube.shape[2]
    row = cube[cube.shape[0] - 1]
    out[8], out[9] = cube[-1, -1, -1], row[0, 0]
    out[10], out[11] = table.places.size, table.places[table.places.size - 1].room
    out[12] = table.last


@numba.njit(_nrt=False)
def _raise_all(table):
    """Add 1 to the last number of every array."""
    table.first[-1] += 1
    table.inner.narrow[-1] += 1
    table.cube[-1, -1, -1] += 1
    table.places[table.places.size - 1].room += 1


def _table(n=3, m=2, shape=(2, 3, 4), number=7, last=-5):
    places = np.zeros(n, PLACE).view(np.recarray)
    places.room = np.arange(n) + 40
    inner = Inner(np.arange(m, dtype=np.int8) + 10, number)
    return Outer(np.arange(n, dtype=np.float64) + 0.5, inner, np.arange(np.prod(shape), dtype=np.float32).reshape(shape), places, last)


def _seen(table):
    out = np.empty(13)
    _look(table, out)
    return out.tolist()


lengths = st.integers(1, 5)
whole = st.integers(-(2**40), 2**40)


@given(n=lengths, m=lengths, shape=st.tuples(lengths, lengths, lengths), number=whole, last=whole)
def test_compiled_code_sees_what_python_sees(n, m, shape, number, last):
    size = np.prod(shape)
    row = size - shape[1] * shape[2]  # the first element of the last plane
    expected = [n, n - 0.5, m, m + 9, number, *shape, size - 1, row, n, n + 39, last]
    assert _seen(_table(n, m, shape, number, last)) == expected


#: Where the last numbers of the four arrays stand in what `_look` writes down.
LAST_NUMBERS = [1, 3, 8, 11]


def _pickled(table):
    return pickle.loads(pickle.dumps(table))


@pytest.mark.parametrize("copied", [copy.deepcopy, _pickled])
def test_a_copy_has_addresses_of_its_own(copied):
    """Had it kept those of the original, what is done to the copy would be done to the original, or to freed memory."""
    table = _table()
    before = _seen(table)
    twin = copied(table)
    assert _seen(twin) == before
    _raise_all(twin)
    assert _seen(table) == before
    assert np.flatnonzero(np.array(_seen(twin)) - before).tolist() == LAST_NUMBERS
    assert (twin.first[-1], twin.inner.narrow[-1], twin.cube[-1, -1, -1], twin.places.room[-1]) == (3.5, 12, 24, 43)


def test_a_table_with_another_array_leaves_the_first_as_it_was():
    table = _table()
    before = _seen(table)
    longer = table._replace(first=np.full(9, 2.5), last=8, inner=table.inner._replace(number=1))
    assert _seen(longer) == [9, 2.5, *before[2:4], 1, *before[5:12], 8]
    assert _seen(table) == before
    _raise_all(longer)
    assert (longer.first[-1], table.first[-1]) == (3.5, 2.5)
    assert table.cube[-1, -1, -1] == longer.cube[-1, -1, -1] == 24  # which both have


def test_an_array_is_not_resized_under_compiled_code():
    table = _table()
    _look(table, np.empty(13))
    with pytest.raises(ValueError, match="cannot resize"):  # which is refused of an array that is held twice: no name for it here
        table.first.resize(1000)
    with pytest.raises(ValueError, match="cannot resize"):
        table.inner.narrow.resize(1000)


def test_threads_that_come_at_once_get_one_address():
    start, interval = Barrier(8), sys.getswitchinterval()

    def address(table):
        start.wait()
        return table.address

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            for table in [_table() for _ in range(50)]:
                assert set(pool.map(address, [table] * 8)) == {table.written.numbers.ctypes.data}
    finally:
        sys.setswitchinterval(interval)


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ({"first": np.arange(6.0)[::2]}, "Outer.first is array(float64, 1d, A)"),
        ({"cube": np.zeros((2, 3, 4)).T}, "Outer.cube is array(float64, 3d, F)"),
        ({"last": 0.5}, "Outer.last is float64"),
        ({"inner": (np.zeros(2), 1)}, "Outer.inner is Tuple(array(float64, 1d, C), int64)"),
    ],
)
def test_what_compiled_code_could_not_find_is_refused(other, found):
    """Rather than read at the wrong place."""
    with pytest.raises(TypeError, match=re.escape(f"{found}: a table holds C-contiguous arrays, ints and tables only")):
        _look(_table()._replace(**other), np.empty(13))


SMALL = {"citizens": 40, "network.mean_degree": 8.0, "time.burn_in": 1, "time.ticks": 8}


@pytest.mark.parametrize("anew", [copy.deepcopy, _pickled, lambda world: type(world)(*copy.deepcopy(tuple(world)))])
@pytest.mark.parametrize("threads", [1, 2])
def test_a_society_whose_arrays_were_replaced_goes_on_with_the_new_ones(anew, threads):
    undisturbed = Society(rng=4, **SMALL).run()
    society = Society(rng=4, threads=threads, **SMALL).run(4)
    old, society.world = society.world, anew(society.world)
    for array in old.written.arrays:
        array.view(np.uint8)[...] = 255  # whoever still looked here would not come to the same end
    society.run()
    assert society.digest() == undisturbed.digest()


def test_a_fork_outlives_its_original():
    original = Society(rng=4, **SMALL).run(4)
    twin = original.fork()
    for array in original.world.written.arrays:
        array.view(np.uint8)[...] = 255
    assert twin.run().digest() == Society(rng=4, **SMALL).run().digest()


COUNT = """
from model.institutions.ledger import count_levels
from model.network.graph import simple_graph
from model.society import Society
count_levels(Society(graph=simple_graph(2, [0], [1])).world, 0)
print(sum(count_levels.stats.cache_hits.values()), sum(count_levels.stats.cache_misses.values()))
"""


@pytest.mark.slow
def test_another_process_finds_what_was_compiled():
    count_levels(Society(rng=4, **SMALL).world, 0)
    done = subprocess.run([sys.executable, "-c", COUNT], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "0"]
