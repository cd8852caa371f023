"""Whatever is wrong with a network file is said in one sentence, and whatever the file, nothing else than that or a Graph comes out."""

import gzip
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.network import load as loading
from model.network.graph import NetworkError
from model.network.load import load
from tests import network_files
from tests.network_files import SAMPLES, assert_simple, read

folder = network_files.folder  # the fixture of this file
SUFFIXES = (".txt", ".edges", ".csv", ".tsv", ".graphml", ".graph", "", ".txt.gz")


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
