"""A CSV file of rows that survives interruption at any moment and can be resumed.

Each row is written as soon as it is known, and only whole rows count: what a killed program left
of the last one is cut off before the next is written. The file is the same to the byte on every
system: in the form of RFC 4180, in UTF-8, confidences with four decimals.
"""

import csv
import io
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import IO, Any

from digitrec.recognize.results import Row

COLUMNS = [field.name for field in fields(Row)]
TEXT: dict[str, Any] = {"newline": "", "encoding": "utf-8", "errors": "surrogateescape"}


class ResumableCsv:
    """An open file of rows, from `open_csv`.

    Attributes:
        done: The paths of the pictures that had a row when it was opened.
        errors: How many of these could not be read.
    """

    def __init__(self, file: IO[str]):
        self._file, self._writer = file, csv.writer(file)
        self.done: set[str] = set()
        self.errors = 0
        with open(file.name, **TEXT) as earlier:
            for row in csv.DictReader(earlier):
                self.done.add(row["path"])
                self.errors += row["error"] != ""

    def add(self, row: Row) -> None:
        """Write one more row, now."""
        confidence = "" if row.confidence is None else f"{row.confidence:.4f}"
        self.write([row.path, row.text, confidence, str(row.accepted).lower(), row.error])

    def write(self, values: Iterable[str]) -> None:
        self._writer.writerow(values)
        self._file.flush()


@contextmanager
def open_csv(path: str | os.PathLike) -> Iterator[ResumableCsv]:
    """Open a file of rows, with those it has; a missing one is made.

    Args:
        path: The file. Names that are not UTF-8 survive in it, since a path may be any bytes.

    Raises:
        ValueError: If it holds something else; it is left as it is.
        OSError: If it cannot be written.
    """
    length = _length_of_whole_rows(path) if os.path.exists(path) else 0
    with open(path, "a", **TEXT) as file:
        file.truncate(length)
        rows = ResumableCsv(file)
        if length == 0:
            rows.write(COLUMNS)
        yield rows


def _length_of_whole_rows(path: str | os.PathLike) -> int:
    """How many bytes all whole rows take.

    A newline ends a row unless it is within quotes, where the number of quotes so far is odd.
    """
    heading = io.StringIO()
    csv.writer(heading).writerow(COLUMNS)
    expected = heading.getvalue().encode()
    whole = length = quotes = 0
    with open(path, "rb") as lines:
        if not expected.startswith(lines.read(len(expected))):
            raise ValueError(f"{path} holds something other than such rows: choose another name")
        lines.seek(0)
        for line in lines:
            length += len(line)
            quotes += line.count(b'"')
            if line.endswith(b"\n") and quotes % 2 == 0:
                whole = length
    return whole
