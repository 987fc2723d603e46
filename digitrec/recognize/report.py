"""Rows become one HTML page that needs nothing else: pictures, boxes, digits, doubt and errors.

Rows wait in a file until all are there, since the page begins with those that a person should look
at; only their order is in memory. The page works without a network, and without its script, which
sorts it. Its policy keeps a browser from running or loading anything that is not in it.
"""

import os
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import IO
from urllib.parse import quote

from digitrec.data.atomic_file import replacing
from digitrec.recognize.colours import DOUBT, SURE
from digitrec.recognize.names import printable
from digitrec.recognize.percent import percent
from digitrec.recognize.results import Mark, Row, ShownRow, Tally

HERE = Path(__file__).parent
STYLE = f":root {{ --sure: {SURE}; --doubt: {DOUBT} }}\n" + (HERE / "report.css").read_text("utf-8")
SCRIPT = (HERE / "report.js").read_text("utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


POLICY = (
    "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
    f"style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}"
)

# The first line of a report, by which it is known that it may be replaced.
FIRST_LINE = "<!doctype html><!-- a report by digitrec -->\n"

SHOWN = (270, 180)  # most width and height of a picture, pixels of the page
MOST_ENLARGED = 4  # times, so that one of 28 x 28 pixels is no larger than its neighbours

KINDS = "error", "doubt", "sure"  # of rows, in the order in which they are shown
COLUMNS = {"digits": "Digits", "sure": "How sure", "file": "File"}  # by what the script calls them


class Report:
    """A page that is being written, from `open_report`."""

    def __init__(self, path: str | os.PathLike, rows: IO[bytes]):
        self._path = path
        self._rows = rows
        self._tally = Tally()
        self._places: list[tuple[int, float, int, int]] = []  # kind, confidence, start, length

    def add(self, row: Row) -> None:
        """Add one more row. A ShownRow also has its picture.

        Raises:
            OSError: If it cannot be written.
        """
        kind = KINDS.index(_kind(row))
        content = _row(row, os.path.dirname(os.path.abspath(self._path))).encode()
        self._tally.add(row)
        with _explaining(self._path):
            self._places.append((kind, row.confidence or 0, self._rows.tell(), len(content)))
            self._rows.write(content)

    def write(self, page: IO[bytes]) -> None:
        """Write the whole page: errors first, then what is in doubt, each the least sure first.

        Raises:
            OSError: If it cannot be written.
        """
        with _explaining(self._path):
            page.write(_head(self._tally).encode())
            for _, _, start, length in sorted(self._places):
                self._rows.seek(start)
                page.write(self._rows.read(length))
            page.write(f"</tbody>\n</table>\n<script>{SCRIPT}</script>\n".encode())


@contextmanager
def open_report(path: str | os.PathLike) -> Iterator[Report]:
    """Open a page of rows, which is there once all rows are; until then, what was there stays.

    Args:
        path: The file; missing parent folders are made.

    Raises:
        ValueError: If it is there, and is no report.
        OSError: If it cannot be written.
    """
    _check_may_be_replaced(path)
    with replacing(Path(path)) as fresh, open(fresh.with_name("rows"), "w+b") as rows:
        report = Report(path, rows)
        yield report
        with open(fresh, "wb") as page:
            report.write(page)


def _check_may_be_replaced(path: str | os.PathLike) -> None:
    if not os.path.exists(path):
        return
    if not os.path.isfile(path):
        raise OSError(f"{path} is no file but a folder or a device: choose another name")
    with open(path, "rb") as file:
        if file.read(len(FIRST_LINE)) != FIRST_LINE.encode():
            raise ValueError(f"{path} holds something other than a report: choose another name")


@contextmanager
def _explaining(path: str | os.PathLike) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OSError(
            f"{path} cannot be written ({error.strerror}): make room, or choose another folder, "
            "and run the same command again"
        ) from error


def _head(tally: Tally) -> str:
    headings = "".join(
        f'<th scope="col" role="columnheader"{" aria-sort=ascending" * (key == "sure")}>'
        f'<button type="button" value="{key}" disabled>{name}</button></th>'
        for key, name in COLUMNS.items()
    )
    counts = {"sure": tally.sure, "doubt": tally.in_doubt, "error": tally.errors}
    words = dict(zip(counts, tally.result.split(", "), strict=True))
    choices = "".join(_choice(kind, words[kind]) for kind in KINDS if counts[kind])
    return f"""{FIRST_LINE}<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{tally.pictures}: {tally.result}</title>
<style>{STYLE}</style>
<h1>{tally.pictures}</h1>
<fieldset><legend>Show</legend>{_choice("all", "all", " checked")}{choices}</fieldset>
<table role="table">
<caption>What was read in each picture. Boxes are around the digits that were found.</caption>
<thead role="rowgroup">
<tr role="row"><th scope="col" role="columnheader">Picture</th>{headings}</tr>
</thead>
<tbody role="rowgroup">
"""


def _choice(kind: str, words: str, checked: str = "") -> str:
    button = f'<input type="radio" name="show" value="{kind}"{checked}>'
    return f'<label class="{kind}">{button}{words}</label>'


def _row(row: Row, folder: str) -> str:
    name = escape(printable(row.path))
    href = escape(_link(row.path, folder))
    picture = _picture(row, name) if isinstance(row, ShownRow) else _no_picture(row)
    cells = {
        "picture": picture,
        "digits": escape(printable(row.error)) if row.error else _digits(row),
        "sure": _verdict(row),
        "file": f'<a href="{href}">{name}</a>' if href else name,
    }
    columns = "".join(f'<td role="cell" class="{key}">{cell}</td>' for key, cell in cells.items())
    return f'<tr role="row" class="{_kind(row)}">{columns}</tr>\n'


def _no_picture(row: Row) -> str:
    return "" if row.error else "no picture: read by an earlier run"


def _kind(row: Row) -> str:
    if row.error:
        return "error"
    return "sure" if row.accepted else "doubt"


def _link(path: str, folder: str) -> str:
    """Where the picture is from the folder of the page; empty on another drive of Windows."""
    try:
        relative = os.path.relpath(path, folder)
    except ValueError:
        return ""
    return quote(os.fsencode(relative.replace(os.sep, "/")))


def _picture(row: ShownRow, name: str) -> str:
    width, height = row.size
    scale = min(SHOWN[0] / width, SHOWN[1] / height, MOST_ENLARGED)
    size = f'width="{max(1, round(scale * width))}" height="{max(1, round(scale * height))}"'
    source = f"data:image/jpeg;base64,{b64encode(row.thumbnail).decode()}"
    boxes = "".join(
        f'<path class="{kind}" d="{_path(marks)}"/>'
        for kind, marks in (
            ("sure", [mark for mark in row.marks if not mark.doubt]),
            ("doubt", [mark for mark in row.marks if mark.doubt]),
        )
        if marks
    )
    return (
        f'<span><img {size} alt="{name}" loading="lazy" decoding="async" src="{source}">'
        f'<svg viewBox="0 0 {width} {height}" preserveAspectRatio="none" aria-hidden="true">'
        f"{boxes}</svg></span>"
    )


def _path(marks: list[Mark]) -> str:
    """All boxes as one path, which is shorter than a rectangle for each."""
    return "".join(
        f"M{box.left} {box.top}h{box.width}v{box.height}h-{box.width}z" for box, _ in marks
    )


def _digits(row: Row) -> str:
    """The digits, those in doubt marked."""
    marks = iter(row.marks if isinstance(row, ShownRow) else ())
    return "".join(
        "<br>" if digit == "\n" else _digit(digit, next(marks, None)) for digit in row.text
    )


def _digit(digit: str, mark: Mark | None) -> str:
    return f"<mark>{escape(digit)}</mark>" if mark and mark.doubt else escape(digit)


def _verdict(row: Row) -> str:
    if row.error:
        return "error"
    sure = "" if row.confidence is None else escape(percent(row.confidence))
    if row.accepted:
        return sure
    marks = row.marks if isinstance(row, ShownRow) else ()
    doubts = ", ".join(f"<span>{escape(mark.doubt)}</span>" for mark in marks if mark.doubt)
    return f"{sure} <strong>in doubt</strong><br>{doubts}"
