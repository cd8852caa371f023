"""Reads a user's own friendship network from a file: `load(path)` is all that other modules need.

A file comes from anywhere, so nothing in it is trusted: sizes are bounded before they are believed, compressed data is unpacked
under a limit, XML may not declare anything, and every failure is a `NetworkError` of one sentence.
"""

import gzip
import io
import os
import re
import stat
import zlib
from pathlib import Path
from xml.parsers import expat

import numpy as np

from model.network import formats
from model.network.formats import Reading, Source, counted, distinct, kind_code, shown
from model.network.graph import ACQUAINTANCE, Graph, NetworkError, simple_graph
from model.parameters import nearest

#: The most bytes a file may hold, after unpacking.
MOST_BYTES = 2 * 1024**3
#: A compressed file may grow at most this much (edge lists grow three- to tenfold) once it has grown past FREE_BYTES.
MOST_GROWTH = 100
FREE_BYTES = 16 * 1024**2
#: How much is unpacked or parsed before the limits are looked at again.
CHUNK = 2**16
#: The longest tag or comment in GraphML.
MOST_TAG = 2**20

FORMS = {
    **dict.fromkeys((".txt", ".edges", ".edgelist", ".el"), "edges"),
    **dict.fromkeys((".graphml", ".xml"), "graphml"),
    **dict.fromkeys((".graph", ".metis", ".adj"), "metis"),
    ".csv": "csv",
    ".tsv": "tsv",
}
KNOWN = "an edge list, CSV, GraphML or METIS, perhaps compressed as .gz"

_BINARY = {
    b"\x89PNG": "a PNG image",
    b"PK\x03\x04": "a ZIP archive or a spreadsheet",
    b"BZh": "bzip2 data",
    b"\x1f\x8b": "gzip data",
    b"\xfd7zXZ": "xz data",
    **dict.fromkeys((b"\xff\xfe", b"\xfe\xff"), "UTF-16 text"),
}
_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\v\f\r"))
_FOREIGN = {
    "XML or HTML (a GraphML file must be named .graphml)": re.compile(rb"\s*<"),
    "JSON": re.compile(rb"\s*[{\[]"),
    "Matrix Market": re.compile(rb"%%MatrixMarket", re.IGNORECASE),
    "Pajek": re.compile(rb"\s*\*vertices", re.IGNORECASE),
    "GML or DOT": re.compile(rb"\s*(?:strict\s+)?(?:di)?graph\b[^\n\[{]{0,80}[\[{]", re.IGNORECASE),
}
_GRAPHML_NAMESPACE = "http://graphml.graphdrawing.org"
_MEANT_FOR = {"kind": "edge", "kin_group": "node", "work_unit": "node"}
_GROUP = re.compile(r"(-?[0-9]{1,18})(?:\.0+)?")


def load(path: str | Path) -> Graph:
    """Read the network in a file: an edge list, CSV, GraphML or METIS, plain or as .gz; what was repaired is in `Graph.notes`.

    Vertices are numbered by their labels if all of these are whole numbers, otherwise as they first appear in the file. Ties are
    ACQUAINTANCE unless the file says otherwise. Raises NetworkError, and nothing else, for a file that cannot be read.
    """
    name = str(path).encode("utf-8", "replace").decode()
    try:
        source = Source(name, _text(name, _unpacked(name, _content(name, Path(path)))))
        form = _form(source)
        if form == "graphml":
            return _graph(source, _GraphmlReader(source).reading())
        return _graph(source, formats.read_metis(source) if form == "metis" else formats.read_table(source, form))
    except MemoryError:
        raise NetworkError(f"{name}: the network does not fit into this machine's memory") from None


# --- From the file to text -------------------------------------------------------------------------------------------------


def _content(name: str, path: Path) -> bytes:
    """Return the bytes of a regular file of at most MOST_BYTES."""
    try:
        status = path.stat()
        regular = stat.S_ISREG(status.st_mode)  # a pipe or a device might never end
        data = path.read_bytes() if regular and status.st_size <= MOST_BYTES else b""
    except FileNotFoundError:
        raise NetworkError(f"{name}: there is no such file{_nearest_file(path)}") from None
    except (OSError, ValueError) as error:  # ValueError: no operating system allows such a name
        raise NetworkError(f"{name}: the file cannot be read ({getattr(error, 'strerror', None) or error})") from None
    if not regular:
        found = "a directory" if stat.S_ISDIR(status.st_mode) else "a pipe or a device"
        raise NetworkError(f"{name}: this is {found}, expected a regular file")
    if status.st_size > MOST_BYTES:
        raise NetworkError(f"{name}: the file has {status.st_size:,} bytes, expected at most {MOST_BYTES:,}")
    return data


def _nearest_file(path: Path) -> str:
    """Return a hint at the file of the same directory with the most similar name, if there is one."""
    try:
        return nearest(path.name, os.listdir(path.parent))
    except OSError:
        return ""


def _unpacked(name: str, packed: bytes) -> bytes:
    """Return the content of gzip data, and other data as it is; unpacking stops as soon as a limit is passed."""
    if not packed.startswith(b"\x1f\x8b"):
        if packed and name.lower().endswith(".gz"):
            raise NetworkError(f"{name}: the name ends in .gz, but the file is not compressed with gzip")
        return packed
    parts, size = [], 0
    limit = min(MOST_BYTES, max(FREE_BYTES, MOST_GROWTH * len(packed)))
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as stream:
            while part := stream.read(CHUNK):
                parts.append(part)
                size += len(part)
                if size > limit:
                    raise NetworkError(f"{name}: the {len(packed):,} bytes unpack to more than {limit:,}, the most that is allowed")
    except EOFError:
        raise NetworkError(f"{name}: the compressed file is cut short: it ends before its end mark") from None
    except (OSError, zlib.error) as error:
        raise NetworkError(f"{name}: the compressed file is damaged ({error})") from None
    return b"".join(parts)


def _text(name: str, data: bytes) -> bytes:
    """Return the data as UTF-8 without byte order mark and with `\\n` line ends, after making sure that it is text."""
    if not data:
        raise NetworkError(f"{name}: the file is empty")
    for magic, meaning in _BINARY.items():
        if data.startswith(magic):
            raise NetworkError(f"{name}: the file holds {meaning}, expected {KNOWN}, as UTF-8 text")
    if len(data.translate(None, _CONTROLS)) < len(data):
        place = next(place for place, byte in enumerate(data) if byte in _CONTROLS)
        line = data.count(b"\n", 0, place) + 1
        raise NetworkError(f"{name}, line {line}: found the byte 0x{data[place]:02x}, so this is a binary file, expected {KNOWN}")
    if not data.isascii():
        try:
            data.decode()
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            found = f"found the byte 0x{data[error.start]:02x}, which is not UTF-8"
            raise NetworkError(f"{name}, line {line}: {found}: save the file with the encoding UTF-8") from None
        data = data.removeprefix(b"\xef\xbb\xbf")
    for old, new in ((b"\r\n", b"\n"), (b"\r", b"\n"), (b"\v", b" "), (b"\f", b" ")):
        if old in data:
            data = data.replace(old, new)
    return data


def _form(source: Source) -> str:
    """Return the format, by the file's suffix or, where that says nothing, by its content."""
    suffix = Path(source.name.lower().removesuffix(".gz")).suffix
    form = FORMS.get(suffix)
    if not form:
        form = "graphml" if source.data.lstrip().startswith(b"<") else "metis" if _looks_like_metis(source.data) else "edges"
    for meaning, start in _FOREIGN.items():
        if form != "graphml" and start.match(source.data):
            raise source.wrong(f"the file looks like {meaning}, expected {KNOWN}")
    return form


def _looks_like_metis(data: bytes) -> bool:
    """Whether the first line is `n m`, n lines follow and together they hold 2m numbers: an edge list hardly ever is so."""
    head = re.match(rb"(?:%[^\n]*\n)*([0-9]{1,18})[ \t]+([0-9]{1,18})[ \t]*\n", data)
    if not head:
        return False
    rows = [row for row in data[head.end() :].removesuffix(b"\n").split(b"\n") if not row.lstrip().startswith(b"%")]
    return int(head[1]) == len(rows) and 2 * int(head[2]) == sum(len(row.split()) for row in rows)


# --- From the reading to the graph -----------------------------------------------------------------------------------------


def _graph(source: Source, reading: Reading) -> Graph:
    """Number the vertices, count and drop self-ties and repeats, and build the Graph."""
    labels, first, second, place = _numbered(reading)
    citizens = len(labels)
    if citizens < 3:
        raise source.wrong(f"the number of different vertices is {citizens}, expected at least 3")
    apart = first != second
    if not apart.any():
        raise source.wrong("found no tie between two different vertices, expected at least one")
    kin_group, work_unit = (None if group is None else group[place] for group in (reading.kin_group, reading.work_unit))
    graph = simple_graph(citizens, first, second, reading.kind, kin_group, work_unit, labels)
    loops = int(first.size - np.count_nonzero(apart))
    directed = int(distinct((first * citizens + second)[apart]).size)
    # METIS lists every tie from both ends: there that is no repeat.
    twice, repeats = (0 if reading.both_ends else directed - graph.low.size), first.size - loops - directed
    notes = [
        *reading.notes,
        *counted(loops, "tie of a vertex with itself was dropped", "ties of a vertex with itself were dropped"),
        *counted(repeats, "repeat of a tie was dropped", "repeats of ties were dropped"),
        *counted(twice, "tie given in both directions was read once", "ties given in both directions were read once"),
        *_conflict_note(reading, graph, first, second),
    ]
    return Graph(**{**vars(graph), "notes": tuple(notes)})


def _conflict_note(reading: Reading, graph: Graph, first: np.ndarray, second: np.ndarray) -> list[str]:
    """Count the ties that the file gives with more than one kind."""
    if reading.kind is None:
        return []
    keys = graph.low.astype(np.int64) * graph.citizens + graph.high
    given = np.minimum(first, second) * graph.citizens + np.maximum(first, second)
    place = np.minimum(np.searchsorted(keys, given), keys.size - 1)
    differs = (keys[place] == given) & (graph.kind[place] != reading.kind)
    number = int(distinct(place[differs]).size)
    return counted(number, "tie given with two kinds keeps the closer one", "ties given with several kinds keep the closest one")


def _numbered(reading: Reading) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray | None]:
    """Return (labels, first, second, place): the vertices in their final order, the ends as int64 numbers of vertices, and where
    the vertices stand in `reading.labels` if the format lists them.
    """
    if reading.labels is None:
        number = _by_value if reading.first.dtype.is_integer() else _by_appearance
        return *number(reading.first, reading.second), None
    place = np.arange(len(reading.labels))
    if all(map(formats.WHOLE.fullmatch, reading.labels)):
        numbers = list(map(int, reading.labels))
        if max(map(abs, numbers), default=0) < 2**63:
            place = np.argsort(np.array(numbers, np.int64))
    rank = np.empty_like(place)
    rank[place] = np.arange(place.size)
    return [reading.labels[i] for i in place.tolist()], rank[reading.first], rank[reading.second], place


def _by_value(first, second) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return (labels, first, second) of ends whose labels are whole numbers, numbered in numeric order."""
    numbers = np.concatenate([first.to_numpy(), second.to_numpy()])
    least, span = int(numbers.min()), int(numbers.max()) - int(numbers.min())
    if span <= 4 * numbers.size:  # dense enough for a look-up table, several times as fast as a search
        seen = np.zeros(span + 1, bool)
        seen[numbers - least] = True
        values, codes = np.flatnonzero(seen) + least, (np.cumsum(seen) - 1)[numbers - least]
    else:
        values = distinct(numbers)
        codes = np.searchsorted(values, numbers)
    return list(map(str, values.tolist())), codes[: len(first)], codes[len(first) :]


def _by_appearance(first, second) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return (labels, first, second) of ends whose labels are text, numbered as they first appear, line by line."""
    import polars as pl

    both = pl.concat([first.alias("label"), second.alias("label")])
    codes = both.cast(pl.Categorical(pl.Categories.random())).to_physical().to_numpy().astype(np.int64)
    lines = np.arange(len(first))[::-1]
    never = 2 * codes.size
    seen = np.full((2, int(codes.max()) + 1), never)
    for side, part in enumerate((codes[: lines.size], codes[lines.size :])):
        seen[side, part[::-1]] = 2 * lines + side  # of repeated assignments the last, hence the earliest line, stays
    earliest = seen.min(axis=0)
    order = np.argsort(earliest)[: np.count_nonzero(earliest < never)]
    rank = np.zeros(earliest.size, np.int64)
    rank[order] = np.arange(order.size)
    cells = earliest[order]
    labels = both.gather(cells // 2 + cells % 2 * lines.size).to_list()
    return labels, rank[codes[: lines.size]], rank[codes[lines.size :]]


# --- GraphML ---------------------------------------------------------------------------------------------------------------


class _GraphmlReader:
    """Collects nodes and edges while expat goes through the text, so that no tree is ever held in memory."""

    def __init__(self, source: Source):
        self.source = source
        self.parser = expat.ParserCreate("UTF-8", namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.graphs, self.directed = -1, False  # -1: before the root element
        self.nodes: dict[str, int] = {}
        self.edges: list[tuple[str, str, int]] = []  # source, target, line
        self.names: dict[str, str] = {}  # key id -> attribute name
        self.values: dict[str, dict] = {name: {} for name in _MEANT_FOR}  # by node id or edge number, None for the default
        self.owner: tuple[str, object] = ("", None)  # what an open <data> or <default> is about: "node" or "edge", and which
        self.name = ""  # the attribute that the open <data> or <default> gives
        self.text: list[str] = []

    def reading(self) -> Reading:
        """Parse the whole text and return what it says."""
        try:
            for place in range(0, len(self.source.data), CHUNK):  # expat stops only at the end of a chunk
                self.parser.Parse(self.source.data[place : place + CHUNK])
                if place - self.parser.CurrentByteIndex > MOST_TAG:  # expat would look at it again with every chunk
                    raise self._wrong(f"found a tag or comment of more than {MOST_TAG:,} bytes, the most that is allowed")
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            reason = f"the XML is not well-formed ({expat.ErrorString(error.code)})"
            raise self.source.wrong(reason, error.lineno) from None
        first, second = np.zeros((2, len(self.edges)), np.int64)
        for number, (start, end, line) in enumerate(self.edges):
            for node in (start, end):
                if node not in self.nodes:
                    raise self.source.wrong(f"the edge names {shown(node)}, expected the id of a node of this file", line)
            first[number], second[number] = self.nodes[start], self.nodes[end]
        kinds = self.values["kind"]
        default = kinds.get(None, ACQUAINTANCE)
        kind = np.fromiter((kinds.get(number, default) for number in range(len(self.edges))), np.uint8, len(self.edges))
        notes = ["Directed edges were read as ties without direction"] if self.directed else []
        kin_group, work_unit = self._groups("kin_group", notes), self._groups("work_unit", notes)
        return Reading(first, second, list(self.nodes), kind, kin_group, work_unit, notes=notes)

    def _groups(self, name: str, notes: list[str]) -> np.ndarray | None:
        """Return the group of each node, numbered from 0 without gaps, -1 for none; None if no node has one."""
        given = self.values[name]
        if not given:
            return None
        texts = [given.get(node, given.get(None, "")).strip() or "-1" for node in self.nodes]
        matches = [_GROUP.fullmatch(text) for text in texts]
        values = np.array([int(match[1]) if match else -2 for match in matches], np.int64)
        if values.size and values.min() < -1:
            odd = shown(texts[int(np.argmin(values))])
            notes.append(f"The attribute {name} was ignored, as it is not a whole number from -1 everywhere: found {odd}")
            return None
        known = distinct(values[values >= 0])
        return np.where(values < 0, -1, np.searchsorted(known, values)).astype(np.int32)

    def _wrong(self, reason: str) -> NetworkError:
        return self.source.wrong(reason, self.parser.CurrentLineNumber)

    def _doctype(self, *_) -> None:
        raise self._wrong("found a document type declaration (DTD), which may define harmful entities, expected none")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, tag = name.rpartition(" ")
        if self.graphs < 0:
            if tag != "graphml":
                raise self._wrong(f"found the root element <{shown(tag)[1:-1]}>, expected <graphml>")
            self.graphs = 0
        if space and not space.startswith(_GRAPHML_NAMESPACE):
            return  # another program's additions, such as shapes and colours
        if tag == "edge":
            self.owner = ("edge", len(self.edges))
            ends = (self._given("edge", "source", attributes), self._given("edge", "target", attributes))
            self.edges.append((*ends, self.parser.CurrentLineNumber))
        elif tag == "node":
            node = self._given("node", "id", attributes)
            if node in self.nodes:
                raise self._wrong(f"the node {shown(node)} is given twice")
            self.owner, self.nodes[node] = ("node", node), len(self.nodes)
        elif tag == "key":
            self._declare(attributes)
        elif tag == "data":
            key = attributes.get("key", "")
            self.name, self.text = self.names.get(key, key).lower(), []
        elif tag == "default":
            self.text = []
        elif tag == "graph":
            self.graphs += 1
            self.directed |= attributes.get("edgedefault") == "directed"
            if self.graphs > 1:
                raise self._wrong("found a second or a nested <graph>, expected one")
        elif tag == "hyperedge":
            raise self._wrong("found a <hyperedge>, expected only edges between two nodes")

    def _given(self, tag: str, name: str, attributes: dict[str, str]) -> str:
        if name not in attributes:
            raise self._wrong(f"found <{tag}> without the attribute {name}, expected one")
        return attributes[name]

    def _declare(self, attributes: dict[str, str]) -> None:
        """Remember which attribute a key stands for, if it belongs to what the attribute means something for."""
        name = attributes.get("attr.name", "").lower()
        meant_for = _MEANT_FOR.get(name, "")
        self.owner, self.name = (meant_for, None), name if attributes.get("for", "all") in (meant_for, "all") else ""
        self.names[attributes.get("id", "")] = self.name

    def _characters(self, text: str) -> None:
        if self.name in _MEANT_FOR:
            self.text.append(text)

    def _end(self, name: str) -> None:
        space, _, tag = name.rpartition(" ")
        if space and not space.startswith(_GRAPHML_NAMESPACE):
            return
        element, which = self.owner
        if tag in ("data", "default") and _MEANT_FOR.get(self.name) == element:
            text = "".join(self.text)
            try:
                self.values[self.name][which] = kind_code(text) if self.name == "kind" else text
            except ValueError as error:
                raise self._wrong(str(error)) from None
        if tag in ("data", "key"):
            self.name = ""
        if tag in ("node", "edge", "key"):
            self.owner = ("", None)
