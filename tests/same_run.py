"""Whether two societies have gone through the same, to the bit."""

from model.society import Society


def assert_same_series(one: Society, other: Society) -> None:
    mine, yours = one.series(), other.series()
    assert list(mine) == list(yours)
    for name in mine:
        assert mine[name].tobytes() == yours[name].tobytes(), name


def assert_same_run(one: Society, other: Society) -> None:
    assert one.tick == other.tick > 0
    assert_same_series(one, other)
    assert one.digest() == other.digest()
