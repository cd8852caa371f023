"""The line-based formats in which a friendship network comes (tables of ties, METIS), each read into one `Reading`."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from model.network.graph import ACQUAINTANCE, TIE_KINDS, NetworkError
from model.parameters import nearest

if TYPE_CHECKING:
    import polars as pl

#: The most vertices a network may have; also keeps `first * vertices + second` within 64 bits.
MOST_VERTICES = 2**31
#: The most columns that the first line of a table may have; more are a matrix, or a list of neighbours.
MOST_COLUMNS = 1000

#: Column names that say which end of a tie a column holds, compared without case, blanks, `_` and `-`.
SOURCE_NAMES = {"source", "from", "u", "src", "citizen", "person", "ego", "node1", "id1", "person1", "citizen1", "fromnodeid"}
TARGET_NAMES = {"target", "to", "v", "dst", "friend", "contact", "alter", "node2", "id2", "person2", "citizen2", "tonodeid"}

#: A label that is a whole number, written as that number would be.
WHOLE = re.compile(r"(?:0|-?[1-9][0-9]{0,18})")
_SKIPPED = re.compile(rb"^(?:[ \t]*+(?:[#%][^\n]*+)?+(?:\n|\Z))++", re.MULTILINE)
_DATA = re.compile(rb"^[ \t]*+[^\s#%]", re.MULTILINE)
_COMMENT = re.compile(rb"^[ \t]*[#%]", re.MULTILINE)


@dataclass(frozen=True)
class Source:
    """The content of a file as UTF-8 text with `\\n` line ends, and the name by which messages call the file."""

    name: str
    data: bytes

    def wrong(self, reason: str, line: int | None = None) -> NetworkError:
        """Return the error that names the file, the line (from 1) if there is one, and the reason."""
        return NetworkError(f"{self.name}{f', line {line}' if line else ''}: {reason}")


@dataclass
class Reading:
    """What a file says, before vertices are numbered and self-ties and repeats are dropped.

    first, second: the two ends of every tie, as often as the file gives it. Where the format lists its vertices, `labels` holds
    them in the file's order and the ends are int64 arrays of places in that list. Where it does not, `labels` is None and the
    ends are polars Series of labels: Int64 if all are whole numbers, else String.
    kind: uint8 array beside them, or None where the file knows no kinds. kin_group, work_unit: int32 arrays beside `labels`,
    or None. both_ends: whether the format itself lists every tie from both of its ends. notes: one sentence each.
    """

    first: Any
    second: Any
    labels: list[str] | None = None
    kind: np.ndarray | None = None
    kin_group: np.ndarray | None = None
    work_unit: np.ndarray | None = None
    both_ends: bool = False
    notes: list[str] = field(default_factory=list)


def counted(number: int, one: str, many: str) -> list[str]:
    """Return the note `number one` or `number many`, or no note for zero."""
    return [f"{number:,} {one if number == 1 else many}"] if number else []


def shown(text: str) -> str:
    """Return the text quoted for a message: on one line, and cut where it is long."""
    return repr(text if len(text) <= 40 else text[:37] + "...")


def distinct(values: np.ndarray) -> np.ndarray:
    """Return the different values in ascending order (sorting is several times as fast as `np.unique` here)."""
    values = np.sort(values)
    keep = np.ones(values.size, bool)
    keep[1:] = values[1:] != values[:-1]
    return values[keep]


def kind_code(word: str) -> int:
    """Return the code of a kind of tie; an empty word says nothing, and so means an acquaintance; ValueError for others."""
    word = word.strip()
    if word and word.lower() not in TIE_KINDS:
        hint = nearest(word.lower(), TIE_KINDS)
        raise ValueError(f"the kind of tie {shown(word)} is not allowed: expected one of {', '.join(TIE_KINDS)}{hint}")
    return TIE_KINDS.index(word.lower()) if word else ACQUAINTANCE


# --- Tables: a tie on each line --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Layout:
    """How a table is laid out: the separator, the columns of the first line, the header's cells (none without a header), and
    which columns hold the two ends and the kind.
    """

    separator: str
    columns: int
    header: tuple[str, ...]
    ends: tuple[int, int]
    kind: int | None = None


def read_table(source: Source, form: str) -> Reading:
    """Read a tie from each line of an edge list (form "edges"), a "csv" or a "tsv" file."""
    first = _DATA.search(source.data)
    if not first:
        raise source.wrong("the file holds no ties, only comments and blank lines")
    number = source.data.count(b"\n", 0, first.start()) + 1
    head = source.data[first.start() :].partition(b"\n")[0]
    layout = _layout(source, number, head.decode(), form)
    body, comments = _without_comments(source.data, first.start(), layout.separator)
    notes = counted(comments, "comment line was skipped", "comment lines were skipped") + _layout_notes(layout, number)
    frame, wider = (_quoted_columns if b'"' in body else _plain_columns)(source, layout, body)
    notes += ["Columns after the second were ignored"] if wider and not layout.header else []
    first_row = 1 if layout.header else 0
    frame = frame.slice(first_row)
    if not frame.height:
        raise source.wrong("found no ties below the header, expected at least one", number)
    _refuse_missing_ends(source, frame, first_row)
    numbers = [_whole_numbers(frame.to_series(column)) for column in (0, 1)]
    blanks = [column.is_null() for column in numbers]
    if not layout.header and frame.height > 1 and all(blank[0] and blank.sum() == 1 for blank in blanks):
        # An unknown header above nothing but numbers.
        cells = " and ".join(shown(cell) for cell in frame.row(0)[:2])
        notes.append(f"Line {number} ({cells}) was read as a header, as every other line gives two numbers")
        frame, numbers = frame.slice(1), [column.slice(1) for column in numbers]
    if any(column.null_count() for column in numbers):
        numbers = [frame.to_series(column) for column in (0, 1)]
    kind = None if layout.kind is None else _kinds(source, frame.to_series(2), first_row)
    return Reading(numbers[0], numbers[1], kind=kind, notes=notes)


def _data_lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (line number from 1, line) of every line that is neither blank nor a comment."""
    start, number = 0, 1
    while start < len(data):
        end = data.find(b"\n", start)
        line = data[start : end if end >= 0 else len(data)]
        bare = line.strip()
        if bare and bare[0] not in b"#%":
            yield number, line
        start, number = (end + 1 if end >= 0 else len(data)), number + 1


def _line_of(source: Source, row: int) -> int:
    """Return the line number in the file of the given data line, counted from 0."""
    return next(islice(_data_lines(source.data), row, None))[0]


def _layout(source: Source, number: int, head: str, form: str) -> _Layout:
    """Find out, from the first line that holds data, how the columns are separated and what they mean."""
    separator = _separator(re.sub('"[^"]*"', "q", head), form)
    head = _tidy(head.encode()).decode() if separator == " " else head
    if head.count(separator) >= MOST_COLUMNS:
        found = f"found {head.count(separator) + 1:,} columns, expected at most {MOST_COLUMNS:,}"
        raise source.wrong(f"{found}: a tie takes a line of its own, in other formats than METIS", number)
    try:
        cells = [cell.strip() for cell in next(csv.reader([head], delimiter=separator, strict=True))]
    except csv.Error as error:
        raise source.wrong(f"a label is damaged ({error})", number) from None
    if len(cells) < 2:
        named = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blank"}[separator]
        reason = f"found one column ({shown(cells[0])}), expected two or more, separated by a {named}"
        raise source.wrong(reason, number)
    names = [re.sub("[ _-]", "", cell).lower() for cell in cells]
    start = next((i for i, name in enumerate(names) if name in SOURCE_NAMES), None)
    end = next((i for i, name in enumerate(names) if name in TARGET_NAMES), None)
    if start is not None and end is not None:
        return _Layout(separator, len(cells), tuple(cells), (start, end), names.index("kind") if "kind" in names else None)
    lone = start if start is not None else end
    if lone is not None and len(names[lone]) > 2:  # not `u`, `v`, `to`: those may well be labels
        other, known = ("target", TARGET_NAMES) if lone == start else ("source", SOURCE_NAMES)
        reason = f"the header names {shown(cells[lone])} but no {other} column: expected one of {', '.join(sorted(known))}"
        raise source.wrong(reason, number)
    if "kind" in names:
        raise source.wrong("the header names 'kind' but not the ends of a tie: expected such columns as source and target", number)
    return _Layout(separator, len(cells), (), (0, 1))


def _separator(head: str, form: str) -> str:
    """Return the character that separates the columns of a line; a blank stands for any run of blanks and tabs."""
    if form == "tsv":
        return "\t"
    if form == "csv":
        return max(",;\t|", key=head.count)
    words = head.split()
    if len(words) > 1 and WHOLE.fullmatch(words[0]) and WHOLE.fullmatch(words[1]):
        return " "
    if "\t" in head.strip():
        return "\t"
    plain = head.partition("{")[0]  # networkx ends a line with a dictionary of attributes
    return max(",;", key=plain.count) if "," in plain or ";" in plain else " "


def _layout_notes(layout: _Layout, number: int) -> list[str]:
    """Say which columns were taken for what."""
    if not layout.header:
        return []
    notes = [f"Line {number} was read as a header: ties join " + " and ".join(shown(layout.header[end]) for end in layout.ends)]
    used = {*layout.ends, layout.kind}
    ignored = [shown(cell) for place, cell in enumerate(layout.header) if place not in used]
    more = f" and {len(ignored) - 10:,} more" if len(ignored) > 10 else ""
    return notes + ([f"Other columns were ignored: {', '.join(ignored[:10])}{more}"] if ignored else [])


def _without_comments(data: bytes, start: int, separator: str) -> tuple[bytes, int]:
    """Return the lines that hold data, the first of which is at `start`, and how many comment lines there were."""
    comments, body = len(_COMMENT.findall(data[:start])), data[start:]  # mostly all comments stand at the head
    if any(mark in body for mark in (b"#", b"%", b"\n\n", b"\n ", b"\n\t")):
        comments += len(_COMMENT.findall(body))
        body = _SKIPPED.sub(b"", body)
    return (_tidy(body) if separator == " " else body), comments


def _tidy(body: bytes) -> bytes:
    """Make every run of blanks and tabs one blank, and none at either end of a line."""
    body = body.replace(b"\t", b" ")
    if b"  " in body:
        body = re.sub(rb" {2,}", b" ", body)
    for edge in (b"\n ", b" \n"):
        if edge in body:
            body = body.replace(edge, b"\n")
    return body.strip(b" ")


def _plain_columns(source: Source, layout: _Layout, body: bytes) -> tuple["pl.DataFrame", bool]:
    """Return the columns of the two ends, and of the kind if there is one, as text, and whether a line has more than two columns:
    the fast way, for a file without quotes.
    """
    import polars as pl

    wanted = [place for place in (*layout.ends, layout.kind) if place is not None]
    read = partial(pl.read_csv, body, separator=layout.separator, has_header=False, quote_char=None, infer_schema=False)
    wider = layout.columns > 2
    try:
        try:
            frame = read(columns=sorted(wanted))
        except pl.exceptions.ComputeError:  # a line has more columns than the first
            if layout.header:
                raise
            wider, frame = True, read(columns=sorted(wanted), truncate_ragged_lines=True)
    except pl.exceptions.PolarsError as error:
        for row, (number, line) in enumerate(_data_lines(source.data)):
            cells = (_tidy(line) if layout.separator == " " else line).decode().split(layout.separator)
            _refuse_overlong(source, layout, cells, row, number)
        raise source.wrong(f"the table cannot be read ({str(error).splitlines()[0]})") from None
    columns = [frame.to_series(sorted(wanted).index(place)) for place in wanted]
    if layout.separator != " ":
        columns = [column.str.strip_chars(" \t") for column in columns]
    return pl.DataFrame([column.alias(str(place)) for place, column in enumerate(columns)]), wider


def _quoted_columns(source: Source, layout: _Layout, body: bytes) -> tuple["pl.DataFrame", bool]:
    """Return the same as `_plain_columns` for a file with quotes, where csv's strict reader finds what is damaged."""
    import polars as pl

    wanted = [place for place in (*layout.ends, layout.kind) if place is not None]
    rows: list[list[str | None]] = []
    wider = False
    reader = csv.reader(body.decode().removesuffix("\n").split("\n"), delimiter=layout.separator, strict=True)
    try:
        for cells in reader:
            if reader.line_num != len(rows) + 1:
                raise source.wrong("a quoted label goes on in the next line", _line_of(source, len(rows)))
            _refuse_overlong(source, layout, cells, len(rows))
            wider |= len(cells) > 2
            rows.append([cells[place].strip(" \t") if place < len(cells) else None for place in wanted])
    except csv.Error as error:
        raise source.wrong(f"a label is damaged ({error})", _line_of(source, len(rows))) from None
    return pl.DataFrame(rows, schema={str(place): pl.String for place in range(len(wanted))}, orient="row"), wider


def _refuse_overlong(source: Source, layout: _Layout, cells: list[str], row: int, number: int | None = None) -> None:
    """Refuse a line with more columns than the header, as it leaves open which name belongs to which column."""
    if layout.header and len(cells) > len(layout.header):
        reason = f"found {len(cells):,} columns, expected at most the {len(layout.header):,} that the header names"
        raise source.wrong(reason, number or _line_of(source, row))


def _refuse_missing_ends(source: Source, frame: "pl.DataFrame", first_row: int) -> None:
    """Refuse a line that lacks one end of its tie."""
    for column, end in enumerate(("first", "second")):
        labels = frame.to_series(column)
        missing = (labels.is_null() | (labels.str.len_bytes() == 0)).arg_true()
        if len(missing):
            row = int(missing[0])
            given = frame.row(row)[1 - column] or ""
            reason = f"found no label for the {end} end of the tie (the other end is {shown(given)}), expected two"
            raise source.wrong(reason, _line_of(source, row + first_row))


def _whole_numbers(labels: "pl.Series") -> "pl.Series":
    """Return the labels as Int64, null where a label is not written as that number would be: `07` and `7` differ."""
    import polars as pl

    numbers = labels.cast(pl.Int64, strict=False)
    padded = labels.str.starts_with("0") & (labels.str.len_bytes() > 1)
    odd = padded | labels.str.starts_with("-0") | labels.str.starts_with("+")
    return numbers.set(odd, None) if odd.any() else numbers


def _kinds(source: Source, words: "pl.Series", first_row: int) -> np.ndarray:
    """Return the codes (uint8) of a column of kinds."""
    words = words.fill_null("")
    codes = np.full(len(words), ACQUAINTANCE, np.uint8)
    for word in words.unique(maintain_order=True).to_list():
        rows = (words == word).arg_true().to_numpy()
        try:
            codes[rows] = kind_code(word)
        except ValueError as error:
            raise source.wrong(str(error), _line_of(source, int(rows[0]) + first_row)) from None
    return codes


# --- METIS: the neighbours of one vertex on each line ----------------------------------------------------------------------


def read_metis(source: Source) -> Reading:
    """Read adjacency in METIS format: a header `vertices ties [fmt [ncon]]`, then a line of neighbours for each vertex."""
    lines = [(n, line) for n, line in enumerate(source.data.split(b"\n"), 1) if not line.lstrip().startswith(b"%")]
    comments = source.data.count(b"\n") + 1 - len(lines)
    head = next((place for place, (_, line) in enumerate(lines) if line.strip()), None)
    if head is None:
        raise source.wrong("the file holds no header, only comments and blank lines")
    numbers, rows = zip(*lines[head:], strict=True)
    citizens, ties, skip, step = _metis_header(source, rows[0].decode(), numbers[0])
    last = max((place for place, row in enumerate(rows) if row.strip()), default=0)
    given = max(last, len(rows) - 1 - source.data.endswith(b"\n"))
    if last > citizens or given < citizens:
        found = last if last > citizens else given
        raise source.wrong(f"the header announces {citizens:,} vertices, but {found:,} lines of neighbours follow")
    rows, numbers = rows[1 : citizens + 1], numbers[1 : citizens + 1]
    first, second = _metis_neighbours(source, rows, numbers, skip, step)
    outside = np.flatnonzero((second < 0) | (second >= citizens))
    if outside.size:
        reason = f"found the neighbour {second[outside[0]] + 1}, expected a vertex from 1 to {citizens:,}"
        raise source.wrong(reason, numbers[first[outside[0]]])
    _refuse_one_sided(source, citizens, first, second, numbers)
    loops = np.count_nonzero(first == second)
    if 2 * ties not in (first.size, first.size - loops, first.size + loops):
        raise source.wrong(f"the header announces {ties:,} ties, but the lines list {first.size:,} neighbours, two for each tie")
    notes = counted(comments, "comment line was skipped", "comment lines were skipped")
    notes += ["Weights were ignored"] if skip or step == 2 else []
    return Reading(first, second, list(map(str, range(1, citizens + 1))), both_ends=True, notes=notes)


def _metis_header(source: Source, text: str, line: int) -> tuple[int, int, int, int]:
    """Return (vertices, ties, numbers to skip at the start of a line, numbers that each neighbour takes)."""
    words = text.split()
    plain = 2 <= len(words) <= 4 and all(re.fullmatch("[0-9]{1,18}", word) for word in words)
    if not plain or not re.fullmatch("[01]{1,3}", (*words, "0")[2] if len(words) == 2 else words[2]):
        expected = "expected a METIS header: the number of vertices, the number of ties, and perhaps fmt (as 011) and ncon"
        raise source.wrong(f"found {shown(text.strip())}, {expected}", line)
    citizens, ties = int(words[0]), int(words[1])
    if citizens > MOST_VERTICES:
        raise source.wrong(f"the header announces {citizens:,} vertices, expected at most {MOST_VERTICES:,}", line)
    fmt = (words[2] if len(words) > 2 else "0").zfill(3)  # 1 for: vertex sizes, vertex weights, tie weights
    weights = (int(words[3]) if len(words) > 3 else 1) * int(fmt[1])
    return citizens, ties, int(fmt[0]) + weights, 1 + int(fmt[2])


def _metis_neighbours(source: Source, rows, numbers, skip: int, step: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (vertex, neighbour), both from 0, of every neighbour that the lines list, weights left out."""
    text = b" ".join(rows)
    if text.translate(None, b"0123456789 \t") or re.search(rb"[0-9]{19}", text):
        for number, row in zip(numbers, rows, strict=True):
            strange = next((word for word in row.split() if not re.fullmatch(rb"[0-9]{1,18}", word)), None)
            if strange is not None:
                raise source.wrong(f"found {shown(strange.decode())}, expected only whole numbers from 1", number)
    counts = np.fromiter((len(row.split()) for row in rows), np.int64, len(rows))
    wrong = np.flatnonzero((counts < skip) | ((counts - skip) % step != 0))
    if wrong.size:
        expected = f"{skip} for the vertex" + (" and two for each neighbour" if step == 2 else " and one for each neighbour")
        raise source.wrong(f"found {counts[wrong[0]]} numbers, expected by the header's fmt {expected}", numbers[wrong[0]])
    values = np.fromstring(text, dtype=np.int64, sep=" ") if counts.any() else np.zeros(0, np.int64)
    place = np.arange(values.size) - np.repeat(np.cumsum(counts) - counts, counts) - skip
    keep = (place >= 0) & (place % step == 0)
    return np.repeat(np.arange(counts.size), counts)[keep], values[keep] - 1


def _refuse_one_sided(source: Source, citizens: int, first: np.ndarray, second: np.ndarray, numbers) -> None:
    """Refuse a tie that only one of its ends lists."""
    forward, backward = distinct(first * citizens + second), distinct(second * citizens + first)
    if not np.array_equal(forward, backward):
        lister, other = divmod(int(np.setdiff1d(forward, backward)[0]), citizens)
        answer = f"vertex {other + 1} (line {numbers[other]}) does not list {lister + 1}"
        raise source.wrong(f"vertex {lister + 1} lists {other + 1}, but {answer}", numbers[lister])
