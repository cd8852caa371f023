"""A user's own network: each format by hand, and every format against the others."""

import gzip
from xml.sax.saxutils import quoteattr

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.network.graph import ACQUAINTANCE, KIN, TIE_KINDS, WORK
from model.network.load import load
from tests import network_files
from tests.network_files import SAMPLES, assert_simple, read, ties

folder = network_files.folder  # the fixture of this file


# ---- by hand ----


def test_an_edge_list_with_comments_repeats_and_further_columns():
    graph = load(SAMPLES / "meetings.txt")
    assert_simple(graph)
    assert graph.labels == ("3", "7", "10", "12")  # in numeric order, not as text
    assert ties(graph) == [(0, 1, ACQUAINTANCE), (0, 2, ACQUAINTANCE), (1, 2, ACQUAINTANCE)]
    assert graph.kin_group.tolist() == graph.work_unit.tolist() == [-1] * 4
    assert graph.notes == (
        "3 comment lines were skipped",
        "Columns after the second were ignored",
        "1 tie of a vertex with itself was dropped",
        "1 repeat of a tie was dropped",
        "1 tie given in both directions was read once",
    )


def test_a_csv_with_a_header_in_another_order_and_kinds():
    graph = load(str(SAMPLES / "village.csv"))
    assert_simple(graph)
    assert graph.labels == ("Ada", "Bo", "Chen", "Dî")  # as they first appear, source before target
    assert ties(graph) == [(0, 1, KIN), (0, 2, ACQUAINTANCE), (2, 3, WORK)]
    assert graph.notes == (
        "Line 1 was read as a header: ties join 'Citizen' and 'Friend'",
        "Other columns were ignored: 'Since'",
        "1 tie given in both directions was read once",
        "1 tie given with two kinds keeps the closer one",
    )


def test_a_csv_with_quotes_and_semicolons():
    graph = load(SAMPLES / "quoted.csv")
    assert_simple(graph)
    assert graph.labels == ("Ruiz, Ana", "Lee; Kim", 'O"Brien', 'the "Boss"')
    assert ties(graph) == [(0, 1, ACQUAINTANCE), (0, 2, ACQUAINTANCE), (1, 3, ACQUAINTANCE)]
    assert graph.notes == ()


def test_graphml_with_kinds_and_groups():
    graph = load(SAMPLES / "households.graphml")
    assert_simple(graph)
    assert graph.labels == ("ming", "lan", "wei", "alone")
    assert ties(graph) == [(0, 1, KIN), (0, 2, WORK), (1, 2, ACQUAINTANCE)]
    assert graph.kin_group.tolist() == [1, 1, 0, -1]  # 70, 70, 5 and none
    assert graph.work_unit.tolist() == [-1] * 4
    assert graph.notes == ("The attribute work_unit was ignored, as it is not a whole number from -1 everywhere: found 'mill'",)


def test_metis_with_an_isolated_vertex():
    graph = load(SAMPLES / "plain.graph")
    assert_simple(graph)
    assert graph.labels == ("1", "2", "3", "4", "5")
    assert ties(graph) == [(0, 1, ACQUAINTANCE), (0, 2, ACQUAINTANCE), (1, 2, ACQUAINTANCE), (2, 4, ACQUAINTANCE)]
    assert graph.degrees().tolist() == [2, 2, 3, 0, 1]
    assert graph.notes == ("1 comment line was skipped",)


def test_metis_with_weights():
    graph = load(SAMPLES / "weighted.metis")
    assert_simple(graph)
    assert ties(graph) == [(0, 1, ACQUAINTANCE), (1, 2, ACQUAINTANCE), (2, 3, ACQUAINTANCE)]
    assert graph.notes == ("1 comment line was skipped", "Weights were ignored")


@pytest.mark.parametrize(
    ("content", "suffix", "labels", "expected"),
    [
        pytest.param("1 2\n2 3\n", ".el", "1 2 3", [(0, 1), (1, 2)], id="edge list"),
        pytest.param("﻿1\t2\r\n2\t3\r\n", ".edges", "1 2 3", [(0, 1), (1, 2)], id="byte order mark and CRLF"),
        pytest.param("1 2\r2 3\r", ".edgelist", "1 2 3", [(0, 1), (1, 2)], id="CR alone"),
        pytest.param("9 -2\n-2 100", ".txt", "-2 9 100", [(0, 1), (0, 2)], id="negative, gaps, no last line end"),
        pytest.param("07 7\n7 8\n", ".txt", "07 7 8", [(0, 1), (1, 2)], id="07 is not 7"),
        pytest.param("9000000000000000000 1\n1 2\n", ".txt", "1 2 9000000000000000000", [(0, 1), (0, 2)], id="far apart"),
        pytest.param("99999999999999999999 1\n1 2\n", ".txt", "99999999999999999999 1 2", [(0, 1), (1, 2)], id="over 64 bits"),
        pytest.param("1 2\t1 1082\n2 3\t1 1083\n", ".txt", "1 2 3", [(0, 1), (1, 2)], id="blanks, then tabs"),
        pytest.param("1 2 {'a': 1, 'b': 2}\n2 3 {}\n", ".txt", "1 2 3", [(0, 1), (1, 2)], id="networkx's edge list"),
        pytest.param("b c {'a': 1, 'b': 2}\nc a {}\n", ".txt", "b c a", [(0, 1), (1, 2)], id="the same with words"),
        pytest.param("1, 2\n2, 3\n", ".txt", "1 2 3", [(0, 1), (1, 2)], id="commas in .txt"),
        pytest.param("李 王\n王 张\n", ".txt", "李 王 张", [(0, 1), (1, 2)], id="unicode"),
        pytest.param('"a b" c\n"a b" d\n', ".txt", "a b|c|d", [(0, 1), (0, 2)], id="quotes in .txt"),
        pytest.param("An Li\tBo Hu\nBo Hu\tCy Ma\n", ".txt", "An Li|Bo Hu|Cy Ma", [(0, 1), (1, 2)], id="blanks between tabs"),
        pytest.param("source\ttarget\nb\ta\na\tc\n", ".tsv", "b a c", [(0, 1), (1, 2)], id="tsv"),
        pytest.param("From , To\n3,2\n2,1\n", ".csv", "1 2 3", [(0, 1), (1, 2)], id="header with blanks"),
        pytest.param("V;U;w\n3;2;0,5\n2;1;0,7\n", ".csv", "1 2 3", [(0, 1), (1, 2)], id="v before u"),
        pytest.param("knower,known\n3,2\n2,1\n", ".csv", "1 2 3", [(0, 1), (1, 2)], id="unknown header above numbers"),
        pytest.param("id_1,id_2\n5,6\n6,7\n", ".csv", "5 6 7", [(0, 1), (1, 2)], id="id_1 and id_2"),
        pytest.param('"","from","to"\n"1",5,6\n"2",6,7\n', ".csv", "5 6 7", [(0, 1), (1, 2)], id="with row names, as R writes it"),
        pytest.param("to,b\nb,c\n", ".csv", "to b c", [(0, 1), (1, 2)], id="a short word alone is no header"),
        pytest.param("#me,a\na,b\nb,c\n", ".csv", "a b c", [(0, 1), (1, 2)], id="a comment in CSV"),
        pytest.param('"#me",a\na,b\n', ".csv", "#me a b", [(0, 1), (1, 2)], id="a quoted label like a comment"),
        pytest.param("3 2\n2\n1 3\n2\n", "", "1 2 3", [(0, 1), (1, 2)], id="METIS by content"),
        pytest.param("3 2\n2 1\n1 5\n", "", "1 2 3 5", [(0, 1), (0, 3), (1, 2)], id="edge list by content"),
        pytest.param("u,v\na,b\nb,c\n", ".data", "a b c", [(0, 1), (1, 2)], id="CSV by content"),
        pytest.param("3 2 0\n\n3\n2 3\n\n\n", ".adj", None, None, id="METIS with a self-tie, and blank lines after the last"),
    ],
)
def test_what_users_write(tmp_path, content, suffix, labels, expected):
    graph = read(tmp_path, content, suffix)
    assert_simple(graph)
    if labels is None:
        assert (graph.labels, ties(graph)) == (("1", "2", "3"), [(1, 2, ACQUAINTANCE)])
        assert graph.notes == ("1 tie of a vertex with itself was dropped",)
    else:
        assert graph.labels == tuple(labels.split("|") if "|" in labels else labels.split())
        assert [(low, high) for low, high, _ in ties(graph)] == expected


def test_columns_read_and_ignored_are_reported(tmp_path):
    assert read(tmp_path, "knower,known\n3,2\n2,1\n", ".csv").notes == (
        "Line 1 ('knower' and 'known') was read as a header, as every other line gives two numbers",
    )
    for content in ("1 2\n2 3 1\n", '1 2\n2 3 "1"\n', "1 2 1\n2 3\n"):
        assert read(tmp_path, content).notes == ("Columns after the second were ignored",)
    assert read(tmp_path, "1 2 \n2 3\t\n").notes == ()


def test_graphml_by_content_and_in_numeric_order(tmp_path):
    nodes = "".join(f"<node id='{name}'><data key='kin_group'>{group}</data></node>" for name, group in ((10, 4), (9, 2), (1, -1)))
    edges = "<edge source='10' target='9'/><edge source='9' target='10'/><edge source='1' target='10'/>"
    graph = read(tmp_path, f"<graphml><graph edgedefault='directed'>{edges}{nodes}</graph></graphml>", "")
    assert_simple(graph)
    assert (graph.labels, ties(graph)) == (("1", "9", "10"), [(0, 2, ACQUAINTANCE), (1, 2, ACQUAINTANCE)])
    assert graph.kin_group.tolist() == [-1, 0, 1]
    assert graph.notes == ("Directed edges were read as ties without direction", "1 tie given in both directions was read once")


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.iterdir()))
def test_compressed_is_the_same(tmp_path, name):
    plain = (SAMPLES / name).read_bytes()
    (tmp_path / f"{name}.GZ").write_bytes(gzip.compress(plain))
    graph, again = load(SAMPLES / name), load(tmp_path / f"{name}.GZ")
    assert (graph.labels, ties(graph), graph.notes) == (again.labels, ties(again), again.notes)


@pytest.mark.parametrize("spread", [1, 1_000_003])
@pytest.mark.parametrize("prefix", ["", "n"])
def test_a_larger_edge_list_against_numpy(tmp_path, spread, prefix):
    rng = np.random.default_rng(7)
    ends = rng.integers(0, 3000, (50_000, 2))
    text = "".join(f"{prefix}{first * spread} {prefix}{second * spread}\n" for first, second in ends.tolist())
    graph = read(tmp_path, text)
    assert_simple(graph)
    if prefix:
        appearance = {label: place for place, label in enumerate(dict.fromkeys(ends.ravel().tolist()))}
        assert graph.labels == tuple(f"n{label * spread}" for label in appearance)
        ends = np.vectorize(appearance.get)(ends)
    else:
        known = np.unique(ends)
        assert graph.labels == tuple(str(label * spread) for label in known.tolist())
        ends = np.searchsorted(known, ends)
    pairs = np.unique(np.sort(ends[ends[:, 0] != ends[:, 1]], axis=1), axis=0)
    assert np.array_equal(np.column_stack([graph.low, graph.high]), pairs)


# ---- every format against the others ----


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=6)


@st.composite
def networks(draw, labels=None):
    """Return (labels, ties as (first, second, kind) with repeats, both directions and self-ties)."""
    size = draw(st.integers(3, 9))
    if labels is None:
        labels = st.sampled_from([str(number + 1) for number in range(size)])
    labels = draw(st.lists(labels, min_size=size, max_size=size, unique=True))
    ends = st.integers(0, size - 1)
    plain = draw(st.lists(st.tuples(ends, ends, st.sampled_from((KIN, WORK, ACQUAINTANCE))), min_size=1, max_size=20))
    first, second = draw(st.permutations(range(size)))[:2]
    again = [(end, start, kind) for start, end, kind in draw(st.lists(st.sampled_from(plain), max_size=5))]
    loners = [(vertex, vertex, ACQUAINTANCE) for vertex in range(size)]  # so that tables know every vertex
    return labels, draw(st.permutations([*plain, *again, *loners, (first, second, ACQUAINTANCE)]))


def meant(labels, rows, with_kinds):
    """Return the ties as {pair of labels: closest kind}."""
    found: dict[frozenset, int] = {}
    for first, second, kind in rows:
        if first != second:
            pair = frozenset((labels[first], labels[second]))
            found[pair] = min(found.get(pair, ACQUAINTANCE), kind if with_kinds else ACQUAINTANCE)
    return found


def got(graph):
    return {frozenset((graph.labels[low], graph.labels[high])): kind for low, high, kind in ties(graph)}


def as_table(labels, rows, separator, header):
    def cell(text):
        return '"' + text.replace('"', '""') + '"' if '"' in text or separator in text or text[0] in "#%" else text

    lines = [separator.join(header)] if header else []
    for first, second, kind in rows:
        cells = [cell(labels[first]), cell(labels[second]), TIE_KINDS[kind]]
        lines.append(separator.join(cells if header else cells[:2]))
    return "\n".join(lines) + "\n"


def as_graphml(labels, rows):
    nodes = "".join(f"<node id={quoteattr(label)}/>" for label in labels)
    edges = ""
    for first, second, kind in rows:
        ends = f"source={quoteattr(labels[first])} target={quoteattr(labels[second])}"
        edges += f"<edge {ends}><data key='k'>{TIE_KINDS[kind]}</data></edge>\n"
    key = '<key id="k" for="edge" attr.name="kind" attr.type="string"/>'
    return f'<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{key}<graph>{nodes}{edges}</graph></graphml>'


def as_metis(labels, rows):
    entries = [(first, second) for first, second, _ in rows if first != second]
    entries += [(second, first) for first, second in entries]
    order = [labels.index(str(number + 1)) for number in range(len(labels))]
    lines = [" ".join(labels[second] for first, second in entries if first == vertex) for vertex in order]
    return "\n".join([f"{len(labels)} {len(entries) // 2}", *lines]) + "\n"


def assert_reads(folder, content, suffix, labels, rows, with_kinds, order):
    compressed = gzip.compress(content.encode(), 1)
    for graph in (read(folder, content, suffix), read(folder, compressed, suffix + ".gz")):
        assert_simple(graph)
        assert got(graph) == meant(labels, rows, with_kinds)
        assert list(graph.labels) == order


@given(networks(st.integers(-(10**12), 10**12).map(str)))
def test_numeric_labels_are_the_same_in_every_format(folder, network):
    labels, rows = network
    order = sorted(labels, key=int)
    assert_reads(folder, as_table(labels, rows, " ", None), ".txt", labels, rows, False, order)
    assert_reads(folder, as_table(labels, rows, "\t", None), ".el", labels, rows, False, order)
    assert_reads(folder, as_table(labels, rows, "\t", ("u", "v", "kind")), ".tsv", labels, rows, True, order)
    assert_reads(folder, as_table(labels, rows, ",", ("source", "target", "kind")), ".csv", labels, rows, True, order)
    assert_reads(folder, as_graphml(labels, rows), ".graphml", labels, rows, True, order)


@given(networks(WORDS.filter(lambda word: not word.lstrip("+-").isdecimal())))
def test_words_as_labels_are_the_same_in_every_format(folder, network):
    labels, rows = network
    order = list(dict.fromkeys(labels[vertex] for row in rows for vertex in row[:2]))
    assert_reads(folder, as_table(labels, rows, ",", ("from", "to", "kind")), ".csv", labels, rows, True, order)
    assert_reads(folder, as_table(labels, rows, "\t", ("from", "to", "kind")), ".tsv", labels, rows, True, order)
    assert_reads(folder, as_graphml(labels, rows), ".xml", labels, rows, True, labels)


@given(networks())
def test_metis_is_the_same_as_an_edge_list(folder, network):
    labels, rows = network
    order = sorted(labels, key=int)
    assert_reads(folder, as_metis(labels, rows), ".metis", labels, rows, False, order)
    assert_reads(folder, as_table(labels, rows, "  ", None), ".txt", labels, rows, False, order)
