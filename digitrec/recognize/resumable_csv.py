"""A CSV file of rows that may be interrupted at any moment, and gone on with.

Each row is written as soon as it is there, and only whole rows count: what a killed program
has left of the last one is cut off before the next is written. The file is the same to the
byte on every system: as RFC 4180 has it, in UTF-8, a confidence with four decimals.
"""

import csv
import io
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import TextIO

from digitrec.recognize.results import Row

COLUMNS = [field.name for field in fields(Row)]
TEXT = {"newline": "", "encoding": "utf-8", "errors": "surrogateescape"}  # a path is any bytes


class Table:
    """An open file of rows, from `open_table`.

    Attributes:
        done: The paths of the pictures that had a row when it was opened.
        errors: How many of these could not be read.
    """

    def __init__(self, file: TextIO):
        self._file, self._writer = file, csv.writer(file)
        self.done: set[str] = set()
        self.errors = 0
        with open(file.name, **TEXT) as rows:
            for row in csv.DictReader(rows):
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
def open_table(path: str | os.PathLike) -> Iterator[Table]:
    """Open a file of rows, with those it has; a missing one is made.

    Raises:
        ValueError: If it holds something else; it is left as it is.
        OSError: If it cannot be written.
    """
    whole = _whole_rows(path) if os.path.exists(path) else 0
    with open(path, "a", **TEXT) as file:
        file.truncate(whole)
        table = Table(file)
        if whole == 0:
            table.write(COLUMNS)
        yield table


def _whole_rows(path: str | os.PathLike) -> int:
    """The length of all rows that are whole, in bytes.

    A newline ends a row unless it is within quotes, where the number of quotes so far is odd.
    """
    heading = io.StringIO()
    csv.writer(heading).writerow(COLUMNS)
    heading = heading.getvalue().encode()
    whole = length = quotes = 0
    with open(path, "rb") as lines:
        if not heading.startswith(lines.read(len(heading))):
            raise ValueError(f"{path} holds something else than such rows: choose another name")
        lines.seek(0)
        for line in lines:
            length += len(line)
            quotes += line.count(b'"')
            if line.endswith(b"\n") and quotes % 2 == 0:
                whole = length
    return whole
