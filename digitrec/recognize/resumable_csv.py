"""A CSV file of rows that survives interruption at any moment and can be resumed.

Each row is written as soon as it is known, and only whole rows count: what a killed program left
of the last one is cut off before the next is written. The file is the same to the byte on every
system: in the form of RFC 4180, in UTF-8, confidences with four decimals. A spreadsheet takes no
cell for a formula.
"""

import csv
import io
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields
from typing import IO, Any

from digitrec.data.file_lock import lock
from digitrec.recognize.results import Row, Tally

COLUMNS = [field.name for field in fields(Row)]
TEXT: dict[str, Any] = {"newline": "", "encoding": "utf-8", "errors": "surrogateescape"}

# A cell that begins with one of these may be run as a formula, or, beginning with the last, may
# look like one that was made harmless (OWASP, "CSV Injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
HARMLESS = "'"  # before them, it makes a spreadsheet show the cell as it is


class ResumableCsv:
    """An open file of rows, from `open_csv`.

    Attributes:
        done: The paths of the pictures that had a row when it was opened.
        tally: How many of these were read, are in doubt, or could not be read.
    """

    def __init__(self, file: io.FileIO):
        self._file = file
        self.done: set[str] = set()
        self.tally = Tally()
        for row in self.rows():
            self.done.add(row.path)
            self.tally.add(row)

    def rows(self) -> Iterator[Row]:
        """Give all its rows, one by one; until the last one, none may be added."""
        with _from_start(self._file, "r", **TEXT) as lines:
            for cells in csv.DictReader(lines, restval=""):
                yield _row({name: _as_it_was(cells[name]) for name in COLUMNS})

    def add(self, row: Row) -> None:
        """Write one more row, now.

        Raises:
            OSError: If it cannot be written; what was written before is whole.
        """
        confidence = "" if row.confidence is None else f"{row.confidence:.4f}"
        self.write([row.path, row.text, confidence, str(row.accepted).lower(), row.error])

    def write(self, values: Iterable[str]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerow(map(_harmless, values))
        content = memoryview(text.getvalue().encode(TEXT["encoding"], TEXT["errors"]))
        length = self._file.seek(0, os.SEEK_END)
        try:
            while content:  # a disk that becomes full takes only the first bytes
                content = content[self._file.write(content) :]
        except OSError as error:
            with suppress(OSError):
                self._file.truncate(length)
            raise OSError(
                f"{self._file.name} cannot be written any further ({error.strerror}): "
                "make room, and run the same command again to resume"
            ) from error


@contextmanager
def open_csv(path: str | os.PathLike) -> Iterator[ResumableCsv]:
    """Open a file of rows, with those it has; a missing one is made.

    Args:
        path: The file. Names that are not UTF-8 survive in it, since a path may be any bytes.

    Raises:
        ValueError: If it holds something else; it is left as it is.
        OSError: If it cannot be written, is no file but a pipe or a device, or another run is
            writing it.
    """
    with _open(path) as file:
        _check_kind(path, os.fstat(file.fileno()))  # again, as Windows has devices by other names
        if lock(file) is False:
            raise OSError(
                f"{path} is being written by another run: wait until it ends, "
                "or choose another name"
            )
        length = _length_of_whole_rows(file)
        file.truncate(length)
        rows = ResumableCsv(file)
        if length == 0:
            rows.write(COLUMNS)
        yield rows


def _open(path: str | os.PathLike) -> io.FileIO:
    if os.path.exists(path):
        _check_kind(path, os.stat(path))  # before it is opened, as a pipe waits for a reader
    folder = os.path.dirname(path) or os.curdir
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"there is no folder {folder}: make it, or choose another name")
    try:
        return io.FileIO(path, "a+")
    except OSError as error:
        raise OSError(
            f"{path} cannot be written ({error.strerror}): choose another name or folder"
        ) from error


def _check_kind(path: str | os.PathLike, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(f"{path} is a folder: choose the name of a file")
    if not stat.S_ISREG(status.st_mode):
        raise OSError(
            f"{path} is a pipe or a device, where nothing can be resumed: choose the name of a "
            "file, or print rows with --json"
        )


def _length_of_whole_rows(file: io.FileIO) -> int:
    """How many bytes all whole rows take.

    A newline ends a row unless it is within quotes, where the number of quotes so far is odd.
    """
    heading = io.StringIO()
    csv.writer(heading).writerow(COLUMNS)
    expected = heading.getvalue().encode()
    whole = length = quotes = 0
    with _from_start(file, "rb") as lines:
        if not expected.startswith(lines.read(len(expected))):
            raise ValueError(
                f"{file.name} holds something other than such rows: choose another name"
            )
        lines.seek(0)
        for line in lines:
            length += len(line)
            quotes += line.count(b'"')
            if line.endswith(b"\n") and quotes % 2 == 0:
                whole = length
    return whole


def _from_start(file: io.FileIO, mode: str, **options: Any) -> IO:
    """Read the same open file: closing another one could end the lock on it."""
    file.seek(0)
    return open(file.fileno(), mode, closefd=False, **options)


def _row(cells: dict[str, str]) -> Row:
    """What was written; a person, or a spreadsheet, may have changed it since."""
    confidence = None
    with suppress(ValueError):
        confidence = float(cells["confidence"])
    accepted = cells["accepted"].lower() == "true"
    return Row(cells["path"], cells["text"], confidence, accepted, cells["error"])


def _harmless(cell: str) -> str:
    return HARMLESS + cell if cell.startswith(FORMULA_STARTS) else cell


def _as_it_was(cell: str) -> str:
    """Undo `_harmless`; a cell that was written without it is left as it is."""
    return cell[1:] if cell[:1] == HARMLESS and cell[1:].startswith(FORMULA_STARTS) else cell
