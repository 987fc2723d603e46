"""Read pictures of digits from the command line: `python -m digitrec --help`."""

import argparse
import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from digitrec.model.storage import load_model
from digitrec.recognize.folder import find_pictures, read_folder, show_progress
from digitrec.recognize.results import Row

# Exit statuses; the last two are those of programs that a signal ends.
ALL_READ, SOME_NOT_READ, WRONG, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 130, 141

TIMEOUT = 5  # for a scheduler to answer, seconds

DESCRIPTION = """\
Read handwritten digits in pictures: drawn, scanned or photographed, one digit or several
rows of them. A line is printed for each picture: its path, its digits, with " / " between
rows, and how sure the least sure of them is; or why the picture could not be read."""

EXAMPLES = """\
examples:
  python -m digitrec photo.jpg
  python -m digitrec scans/ more_scans/ --csv readings.csv
      Reads all pictures in both folders and in the folders within. If it is interrupted, the
      same command goes on where it stopped. To read a picture again, delete its row.
  python -m digitrec scans/ --json
  python -m digitrec /shared/scans --csv readings.csv --scheduler tcp://192.168.1.10:8786
      On the workers of a Dask cluster; they find the pictures under the same paths.

exit status:
  0  all pictures were read
  1  some were not, or there were none
  2  the command was wrong, or its output could not be written
"""


def main(arguments: list[str] | None = None) -> int:
    """Read the pictures that the command line names; the exit status is given back."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):  # a path may have letters that a terminal lacks
        stream.reconfigure(errors="backslashreplace")
    try:
        return _run(options)
    except KeyboardInterrupt:
        print("interrupted; with --csv, the same command goes on from here", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # as `| head` leaves it; Python would complain of it at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except (OSError, ValueError, ImportError) as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m digitrec",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("pictures", nargs="+", metavar="PICTURE_OR_FOLDER", help="picture files, or folders")
    add("--csv", metavar="FILE", help="write rows to this file, and go on with it if it is there")
    add("--json", action="store_true", help="print a JSON object a line instead of plain text")
    add("--model", metavar="FILE", help="a network of your own: .tflite, .keras, .h5 or a folder")
    add("--processes", type=int, metavar="N", help="on this machine; one for each processor")
    add("--scheduler", metavar="ADDRESS", help="of a Dask cluster, such as tcp://HOST:8786")
    return parser


def _run(options: argparse.Namespace) -> int:
    model = load_model(options.model) if options.model else None
    with _table(options.csv) as table, _cluster(options.scheduler) as client:
        paths, count, errors = find_pictures(options.pictures), 0, 0
        if table:
            paths, count, errors = _new(paths, table.done), len(table.done), table.errors
        rows = read_folder(paths, model, client=client, processes=options.processes, progress=False)
        if table or not sys.stdout.isatty():  # else the lines themselves show it
            rows = show_progress(rows, options.pictures, count)
        for row in rows:
            count += 1
            errors += row.error != ""
            if table:
                table.add(row)
            if options.json or not table:
                print(_json(row) if options.json else _line(row), flush=True)
    if count == 0:
        print("no pictures were found", file=sys.stderr)
    return ALL_READ if count and not errors else SOME_NOT_READ


def _table(path: str | None) -> AbstractContextManager:
    if path is None:
        return nullcontext()
    from digitrec.recognize.resumable_csv import open_table

    return open_table(path)


@contextmanager
def _cluster(address: str | None) -> Iterator:
    if address is None:
        yield None
        return
    try:
        from distributed import CancelledError, Client
        from distributed.comm import CommClosedError
    except ImportError as error:
        message = "--scheduler needs Dask: python -m pip install -r requirements-cluster.txt"
        raise ImportError(message) from error
    for name in ("distributed", "distributed.client"):  # what is lost is said below
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=TIMEOUT)
    except (OSError, ValueError) as error:
        message = f"there is no Dask scheduler at {address}: start one with `dask scheduler`"
        raise OSError(message) from error
    with client:
        try:
            yield client
        except (CancelledError, OSError) as error:
            # Dask says with several exceptions that the scheduler has gone; a full disk is another.
            gone = not isinstance(error, OSError) or isinstance(error, CommClosedError)
            if not gone and client.status == "running":
                raise
            raise OSError("the Dask cluster was lost: start it, and go on") from error


def _new(paths: Iterator[str], done: set[str]) -> Iterator[str]:
    for path in paths:
        if path not in done:
            done.add(path)
            yield path


def _json(row: Row) -> str:
    confidence = None if row.confidence is None else round(row.confidence, 4)
    return json.dumps({**vars(row), "confidence": confidence})


def _line(row: Row) -> str:
    if row.error:
        return f"{row.path}: error: {row.error}"
    doubt = "" if row.accepted else ", in doubt"
    return f"{row.path}: {row.text.replace(chr(10), ' / ')}  ({row.confidence:.1%} sure{doubt})"


if __name__ == "__main__":
    sys.exit(main())
