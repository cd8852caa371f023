"""A user's own network: each format by hand, every format against the others, and everything that may be wrong with a file."""

import gzip
import os
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.network import load as loading
from model.network.graph import ACQUAINTANCE, KIN, TIE_KINDS, WORK, Graph, NetworkError
from model.network.load import load

SAMPLES = Path(__file__).parent / "networks"
SUFFIXES = (".txt", ".edges", ".csv", ".tsv", ".graphml", ".graph", "", ".txt.gz")


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


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("networks")


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


# ---- what may be wrong ----

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
LAUGHS = '<!DOCTYPE g [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><graphml><graph><node id="&b;"/></graph></graphml>'
OUTSIDE = '<!DOCTYPE g SYSTEM "file:///etc/passwd"><graphml/>'
KIND = "<edge source='a' target='b'><data key='kind'>wrk</data></edge>"
EDGE = "<edge source='a' target='b'/>"
NODES = "<node id='a'/><node id='b'/><node id='c'/>"


def graphml(inside: str) -> str:
    return f"<graphml>\n<graph>\n{inside}</graph></graphml>"


BAD = [
    ("empty", ".txt", b"", r": the file is empty$"),
    ("empty gzip", ".txt.gz", gzip.compress(b""), r": the file is empty$"),
    ("comments only", ".txt", "# a\n\n% b\n", r": the file holds no ties, only comments and blank lines$"),
    ("comments only, METIS", ".graph", "% a\n", r": the file holds no header, only comments and blank lines$"),
    ("PNG", ".txt", PNG, r": the file holds a PNG image, expected an edge list, CSV, GraphML or METIS.* as UTF-8 text$"),
    ("PNG in GraphML", ".graphml", PNG, r": the file holds a PNG image"),
    ("random bytes", ".csv", b"a,b\nc,\x01\x92\n", r", line 2: found the byte 0x01, so this is a binary file, expected"),
    ("NUL", ".txt", b"1 2\n2 3\0\n", r", line 2: found the byte 0x00, so this is a binary file"),
    ("UTF-16", ".csv", "a,b\nb,c".encode("utf-16"), r": the file holds UTF-16 text"),
    ("Latin-1", ".txt", "a b\nb é\n".encode("latin-1"), r", line 2: found the byte 0xe9, which is not UTF-8: save the file"),
    ("no gzip", ".txt.gz", b"1 2\n2 3\n", r": the name ends in \.gz, but the file is not compressed with gzip$"),
    ("gzip cut short", ".txt.gz", gzip.compress(b"1 2\n2 3\n" * 99)[:-12], r": the compressed file is cut short"),
    ("gzip damaged", ".txt.gz", gzip.compress(b"1 2\n2 3\n")[:-8] + bytes(8), r": the compressed file is damaged \(CRC"),
    ("gzip in gzip", ".txt.gz", gzip.compress(gzip.compress(b"1 2\n")), r": the file holds gzip data"),
    ("JSON", ".txt", '{"nodes": []}', r": the file looks like JSON, expected"),
    ("web page", ".txt", "<!DOCTYPE html><p>not found", r": the file looks like XML or HTML \(a GraphML file must be"),
    ("Matrix Market", ".txt", "%%MatrixMarket matrix\n3 3 2\n1 2\n", r": the file looks like Matrix Market"),
    ("GML", ".gml", "graph [\n node [\n", r": the file looks like GML or DOT"),
    ("one column", ".csv", "a b\nb c\n", r", line 1: found one column \('a b'\), expected two or more, separated by a comma$"),
    ("one column, .txt", ".txt", "# x\nanna\n", r", line 2: found one column \('anna'\), .* separated by a blank$"),
    ("neighbours", ".txt", "1 " * 2000, r", line 1: found 2,000 columns, expected at most 1,000: a tie takes a line of its own"),
    ("one end", ".txt", "1 2\n# x\n\n3\n", r", line 4: found no label for the second end of the tie \(the other end is '3'\)"),
    ("no first end", ".csv", "a,b\n ,c\n", r", line 2: found no label for the first end of the tie \(the other end is 'c'\)"),
    ("no end, quoted", ".csv", 'a,"b"\n#\nc,""\n', r", line 3: found no label for the second end"),
    ("header only", ".csv", "source,target\n", r", line 1: found no ties below the header"),
    ("half a header", ".csv", "source,tgt\na,b\n", r", line 1: the header names 'source' but no target column: expected one of"),
    ("no ends in header", ".csv", "x,kind\na,b\n", r", line 1: the header names 'kind' but not the ends of a tie"),
    ("kind", ".csv", "u,v,kind\na,b,kin\n#\nb,c,famly\n", r", line 4: the kind of tie 'famly' is not allowed: expected one"),
    ("nearest kind", ".csv", "u,v,kind\na,b,acquaintence\n", r"\(did you mean 'acquaintance'\?\)$"),
    ("too wide", ".csv", "source,target\na,b\n1,c,d\n", r", line 3: found 3 columns, expected at most the 2 that the header"),
    ("too wide, quoted", ".csv", 'source,target\n"a",b\n1,c,d\n', r", line 3: found 3 columns, expected at most the 2"),
    ("open quote", ".csv", 'a,b\n"b,c\nc,d\n', r", line 2: a label is damaged \(unexpected end of data\)$"),
    ("open quote first", ".csv", '"b,c\nc,d\n', r", line 1: a label is damaged"),
    ("broken label", ".csv", 'a,b\n"b\nc",d\n', r", line 2: a quoted label goes on in the next line$"),
    ("two people", ".txt", "a b\nb a\n", r": the number of different vertices is 2, expected at least 3$"),
    ("no ties", ".txt", "a a\nb b\nc c\n", r": found no tie between two different vertices, expected at least one$"),
    ("DTD", ".graphml", LAUGHS, r", line 1: found a document type declaration \(DTD\)"),
    ("outside entity", ".xml", OUTSIDE, r", line 1: found a document type declaration \(DTD\)"),
    ("malformed", ".graphml", "<graphml>\n<graph></graphml>", r", line 2: the XML is not well-formed \(mismatched tag\)$"),
    ("cut short", ".graphml", "<graphml>\n<graph>", r", line 2: the XML is not well-formed \(no element found\)$"),
    ("HTML", ".xml", "<html></html>", r", line 1: found the root element <html>, expected <graphml>$"),
    ("no XML", ".graphml", "1 2\n", r", line 1: the XML is not well-formed"),
    ("no nodes", ".graphml", "<graphml/>", r": the number of different vertices is 0, expected at least 3$"),
    ("no edges", ".graphml", graphml(NODES), r": found no tie between two different vertices"),
    ("lost node", ".graphml", graphml(f"<node id='a'/>\n{EDGE}"), r", line 4: the edge names 'b', expected the id of a node"),
    ("node twice", ".graphml", graphml("<node id='a'/>\n<node id='a'/>"), r", line 4: the node 'a' is given twice$"),
    ("long tag", ".graphml", graphml(f"<node id='{'x' * 2**21}'/>"), r", line 3: found a tag or comment of more than 1,048,576"),
    ("no id", ".graphml", graphml("<node/>"), r", line 3: found <node> without the attribute id, expected one$"),
    ("no target", ".graphml", graphml("<edge source='a'/>"), r", line 3: found <edge> without the attribute target"),
    ("two graphs", ".graphml", graphml("<node id='a'><graph/></node>"), r", line 3: found a second or a nested <graph>"),
    ("hyperedge", ".graphml", graphml("<hyperedge/>"), r", line 3: found a <hyperedge>"),
    ("kind in GraphML", ".graphml", graphml(KIND), r", line 3: the kind of tie 'wrk' .*'work'"),
    ("METIS too few", ".graph", "10 9\n" + "2\n" * 9, r": the header announces 10 vertices, but 9 lines of neighbours follow$"),
    ("METIS too many", ".graph", "3 2\n2\n1 3\n2\n2\n", r": the header announces 3 vertices, but 4 lines of neighbours follow$"),
    ("METIS ties", ".graph", "3 5\n2\n1 3\n2\n", r": the header announces 5 ties, but the lines list 4 neighbours, two for each"),
    ("METIS far", ".graph", "3 2\n2\n%\n1 4\n2\n", r", line 4: found the neighbour 4, expected a vertex from 1 to 3$"),
    ("METIS zero", ".graph", "3 2\n2\n1 0\n2\n", r", line 3: found the neighbour 0, expected a vertex from 1 to 3$"),
    ("METIS one-sided", ".graph", "3 2\n2 3\n1\n2\n", r", line 2: vertex 1 lists 3, but vertex 3 \(line 4\) does not list 1$"),
    ("METIS word", ".graph", "3 2\n2\n1 x\n2\n", r", line 3: found 'x', expected only whole numbers from 1$"),
    ("METIS header", ".graph", "% x\n3 two\n", r", line 2: found '3 two', expected a METIS header"),
    ("METIS fmt", ".graph", "3 2 7\n2\n1 3\n2\n", r", line 1: found '3 2 7', expected a METIS header"),
    ("METIS weights", ".graph", "3 2 1\n2 5\n1 5 3\n2 5\n", r", line 3: found 3 numbers, expected by the header's fmt 0 for"),
    ("METIS huge", ".graph", "2147483649 1\n2\n1\n", r", line 1: the header announces 2,147,483,649 vertices, expected at most"),
    ("METIS long", ".graph", "3 2\n2\n1 3\n99999999999999999999\n", r", line 4: found '99999999999999999999', expected only"),
]


@pytest.mark.parametrize(("suffix", "content", "message"), [pytest.param(*case[1:], id=case[0]) for case in BAD])
def test_a_bad_file_is_named_with_the_reason(tmp_path, suffix, content, message):
    with pytest.raises(NetworkError, match=message) as caught:
        read(tmp_path, content, suffix)
    assert str(caught.value).startswith(str(tmp_path / f"network{suffix}"))
    assert "\n" not in str(caught.value)


def test_a_file_that_is_none(tmp_path):
    (tmp_path / "freinds.csv").write_text("a,b\n")
    with pytest.raises(NetworkError, match=r"friends\.csv: there is no such file \(did you mean 'freinds\.csv'\?\)$"):
        load(tmp_path / "friends.csv")
    with pytest.raises(NetworkError, match=r"nowhere/friends\.csv: there is no such file$"):
        load(tmp_path / "nowhere" / "friends.csv")
    with pytest.raises(NetworkError, match=r": this is a directory, expected a regular file$"):
        load(tmp_path)
    with pytest.raises(NetworkError, match=r": the file cannot be read \(.*null"):
        load("a\0b")
    with pytest.raises(NetworkError, match=r": the file cannot be read \(File name too long\)$"):
        load("a" * 5000)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NetworkError, match=r": this is a pipe or a device, expected a regular file$"):
        load(tmp_path / "pipe")


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    def refused(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(NetworkError, match=r"network\.txt: the file cannot be read \(Permission denied\)$"):
        read(tmp_path, "1 2\n")


def test_a_network_larger_than_memory(tmp_path, monkeypatch):
    def exhausted(source, form):
        raise MemoryError

    monkeypatch.setattr(loading.formats, "read_table", exhausted)
    with pytest.raises(NetworkError, match=r"network\.txt: the network does not fit into this machine's memory$"):
        read(tmp_path, "1 2\n")


def test_sizes_are_limited(tmp_path, monkeypatch):
    bomb = gzip.compress(b"1 2\n" * 5_000_000, 1)
    with pytest.raises(NetworkError, match=r"network\.txt\.gz: the [\d,]+ bytes unpack to more than 16,777,216, the most"):
        read(tmp_path, bomb, ".txt.gz")
    monkeypatch.setattr(loading, "MOST_BYTES", 10)
    with pytest.raises(NetworkError, match=r"network\.txt: the file has 12 bytes, expected at most 10$"):
        read(tmp_path, "1 2\n2 3\n3 4\n")


# ---- whatever the file, a Graph or a NetworkError ----

PIECES = [
    b"1",
    b"2",
    b"3",
    b"-7",
    b"07",
    b"1.5",
    b"ab",
    "é".encode(),
    b" ",
    b"  ",
    b"\t",
    b",",
    b";",
    b"|",
    b"\n",
    b"\n",
    b"\r\n",
]
PIECES += [b"#", b"%", b'"', b"'", b"kind", b"kin", b"source", b"target", b"u", b"v", b"<graphml>", b"<graph>", b"</graph>"]
PIECES += [
    b"<node id='1'/>",
    b"<node id='2'/>",
    b"<edge source='1' target='2'/>",
    b"<data key='kind'>",
    b"</data>",
    b"</graphml>",
]
PIECES += [
    b"<!DOCTYPE a>",
    b"<!--",
    b"&amp;",
    b"&x;",
    b"\0",
    b"\x1f\x8b",
    b"\xff",
    b"\v",
    b"\f",
    b"0",
    b"99999999999999999999",
    b"{",
]


@st.composite
def spoiled(draw):
    """Return one of the samples with some bytes replaced, cut out or put in."""
    content = bytearray((SAMPLES / draw(st.sampled_from(sorted(path.name for path in SAMPLES.iterdir())))).read_bytes())
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        content[start : start + draw(st.integers(0, 8))] = draw(st.sampled_from(PIECES))
    return bytes(content)


CONTENT = st.binary(max_size=200) | st.text(max_size=200).map(str.encode) | st.lists(st.sampled_from(PIECES)).map(b"".join) | spoiled()


@settings(max_examples=600)
@given(CONTENT, st.sampled_from(SUFFIXES), st.booleans())
def test_whatever_the_file_only_a_network_error_comes_out(folder, content, suffix, compress):
    try:
        graph = read(folder, gzip.compress(content, 1) if compress else content, suffix)
    except NetworkError as error:
        message = str(error)
    else:
        assert_simple(graph)
        message = str(folder)
    assert message.startswith(str(folder))
    assert len(message.splitlines()) == 1
