"""Read pictures of digits from the command line: `digitrec --help`, `python -m digitrec --help`."""

import os
import sys

INTERRUPTION = "interrupted; with --csv, run the same command again to resume\n"
STOPPED = "stopped\n"  # the web application
APP = "app"  # as the first word; a folder of that name is ./app
# Exit statuses; the last two are those of programs that a signal ends.
ALL_READ, SOME_NOT_READ, WRONG, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 130, 141

try:  # What takes longer is imported within `main`, once that has prepared for Ctrl+C.
    import argparse
    import io
    import json
    import warnings
    from collections.abc import Iterator
    from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
    from typing import TYPE_CHECKING

    import digitrec
    from digitrec.recognize.interruption import Interruption
except KeyboardInterrupt:
    try:
        os.write(2, INTERRUPTION.encode())
    finally:
        os._exit(INTERRUPTED)

if TYPE_CHECKING:
    from distributed import Client

    from digitrec.recognize.annotated_folder import AnnotatedFolder
    from digitrec.recognize.folder import Draw
    from digitrec.recognize.report import Report
    from digitrec.recognize.results import Row, Tally
    from digitrec.recognize.resumable_csv import ResumableCsv

DESCRIPTION = """\
Read handwritten digits in pictures: drawn, scanned or photographed, one digit or several
lines of them. For each picture a line is printed: its path, its digits, with " / " between
lines of digits, and how sure the least sure digit is; or why the picture could not be read."""

EXAMPLES = """\
examples:
  digitrec photo.jpg
  digitrec scans/ more_scans/ --csv readings.csv
      Reads all pictures in both folders and the folders within. After an interruption, run
      the same command again to resume. To read a picture again, delete its row.
  digitrec scans/ --html report.html --annotated annotated/
      Shows on one page each picture, its digits in boxes, and how sure they are, first what a
      person should look at; and writes pictures with the boxes and digits drawn on them.
  digitrec scans/ --json
  digitrec /shared/scans --csv readings.csv --scheduler tcp://192.168.1.10:8786
      Reads on the workers of a Dask cluster, which find the pictures under the same paths.

  digitrec app --open
      The web application; digitrec app --help says more.

  Without installing digitrec, in its folder: python -m digitrec photo.jpg

exit status:
  0  all pictures were read
  1  some pictures could not be read, or there were none
  2  the command was wrong, a name does not exist, or the output could not be written
"""


def main(arguments: list[str] | None = None) -> int:
    """Read the pictures that the command line names, and give the exit status back.

    Args:
        arguments: None is those of this process, which then is the command's own: so are its
            Ctrl+C and its warnings.
    """
    _open_missing_streams()
    words = sys.argv[1:] if arguments is None else arguments
    is_app = words[:1] == [APP]
    sentence = STOPPED if is_app else INTERRUPTION
    interruption = Interruption(sentence, INTERRUPTED, is_ours=arguments is None)
    options = None if is_app else _parser().parse_args(words)
    if arguments is None and not sys.warnoptions:
        warnings.simplefilter("ignore")  # of libraries, about odd pictures, between the lines
    status = WRONG
    try:
        try:
            status = _run(options, interruption) if options else _serve(words[1:], interruption)
        finally:
            interruption.end_at_once()
    except BaseException as error:  # libraries make anything of an interruption
        interruption.has_come |= isinstance(error, KeyboardInterrupt)
        if not interruption.has_come:
            status = _status_after(error)
    if interruption.has_come:
        with suppress(OSError):
            print(sentence, end="", file=sys.stderr)
        return INTERRUPTED
    return status


def _open_missing_streams() -> None:
    """Without a standard stream, the next file to be opened would get what is written to it."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:  # the lowest that is free
        os.set_inheritable(descriptor, True)
    if sys.stdout and sys.stderr:
        os.close(descriptor)
    else:
        sys.stdout = sys.stdout or os.fdopen(descriptor, "w", closefd=False)
        sys.stderr = sys.stderr or os.fdopen(descriptor, "w", closefd=False)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a path may have letters that a terminal lacks
            stream.reconfigure(errors="backslashreplace")


def _status_after(error: BaseException) -> int:
    """Explain an error that can be expected, and give the exit status of it."""
    if isinstance(error, BrokenPipeError):  # as `| head` leaves it
        # Python would complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    if isinstance(error, OSError | ValueError | ImportError):
        _say(f"error: {error}")
        return WRONG
    raise error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="digitrec",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("pictures", nargs="+", metavar="PICTURE_OR_FOLDER", help="or a wildcard such as *.png")
    add("--csv", metavar="FILE", help="write rows to this file, and resume it if it exists")
    add("--html", metavar="FILE", help="write a page that shows each picture, for some thousands")
    add("--annotated", metavar="FOLDER", help="write pictures on which the digits are marked")
    add("--json", action="store_true", help="print a JSON object for each picture")
    network = parser.add_mutually_exclusive_group().add_argument
    network("--model", metavar="FILE", help="your own network: .tflite, .keras, .h5 or a folder")
    network("--script", metavar="NAME", help="other digits: arabic, chinese or devanagari")
    add("--processes", type=int, metavar="N", help="on this machine; default: one per processor")
    add("--scheduler", metavar="ADDRESS", help="of a Dask cluster, such as tcp://HOST:8786")
    add("--version", action="version", version=f"digitrec {digitrec.__version__}")
    return parser


def _serve(words: list[str], interruption: Interruption) -> int:
    digitrec.app  # noqa: B018 - whose error says what to install
    from digitrec.app.command import run

    run(words, interruption)
    return ALL_READ


def _run(options: argparse.Namespace, interruption: Interruption) -> int:
    from digitrec.recognize.names import find_names

    names, missing = find_names(options.pictures)
    for name in missing:
        _say(f"error: {name} does not exist: check its name and folder")
    if not names:
        return WRONG
    tally = _read(names, options, interruption)
    if tally.count == 0:
        _say(f"no pictures were found in {', '.join(names)}")
    elif options.csv:
        _say(f"{tally.pictures} in {options.csv}: {tally.result}")
    elif tally.count > 1 and (options.html or options.annotated or sys.stderr.isatty()):
        _say(f"{tally.pictures}: {tally.result}")
    if missing:
        return WRONG
    return ALL_READ if tally.count and not tally.errors else SOME_NOT_READ


def _read(names: list[str], options: argparse.Namespace, interruption: Interruption) -> "Tally":
    """Print or write the rows of pictures; count those there are then."""
    from digitrec.recognize.folder import find_pictures, read_folder, show_progress
    from digitrec.recognize.results import Tally
    from digitrec.recognize.shipped import chosen_model

    model = chosen_model(options.model, options.script)
    interruption.unwind()
    with (
        _csv(options.csv) as table,
        _report(options.html, table) as report,
        _annotated(options.annotated, names) as annotated,
        _cluster(options.scheduler) as client,
    ):
        paths, tally = find_pictures(names), Tally()
        if table:
            paths, tally = _new(paths, table.done), table.tally
        draw = _illustrator(report is not None, annotated)
        rows = read_folder(
            paths, model, client=client, processes=options.processes, progress=False, draw=draw
        )
        is_printed = options.json or not (table or report)
        if not is_printed or table or not sys.stdout.isatty():  # else the printed lines show it
            rows = show_progress(rows, names, tally.count)
        for row in rows:
            _write(row, tally, table, report)
            if is_printed:
                print(_json(row) if options.json else _line(row), flush=True)
    return tally


def _write(
    row: "Row", tally: "Tally", table: "ResumableCsv | None", report: "Report | None"
) -> None:
    tally.add(row)
    if table:
        table.add(row)
    if report:
        report.add(row)


def _say(message: str) -> None:
    from digitrec.recognize.names import printable

    print(printable(message), file=sys.stderr)


def _csv(path: str | None) -> "AbstractContextManager[ResumableCsv | None]":
    if path is None:
        return nullcontext()
    from digitrec.recognize.resumable_csv import open_csv

    return open_csv(path)


@contextmanager
def _report(path: str | None, table: "ResumableCsv | None") -> "Iterator[Report | None]":
    """A page that also has the rows that a CSV file had before; their pictures are not kept."""
    if path is None:
        yield None
        return
    from digitrec.recognize.report import open_report

    with open_report(path) as report:
        for row in table.rows() if table else ():
            report.add(row)
        yield report


def _annotated(
    folder: str | None, names: list[str]
) -> "AbstractContextManager[AnnotatedFolder | None]":
    if folder is None:
        return nullcontext()
    from digitrec.recognize.annotated_folder import open_annotated

    return open_annotated(folder, names)


def _illustrator(has_thumbnails: bool, annotated: "AnnotatedFolder | None") -> "Draw | None":
    if not has_thumbnails and annotated is None:
        return None
    from digitrec.recognize.illustrate import Illustrator

    return Illustrator(has_thumbnails, annotated)


def _cluster(address: str | None) -> "AbstractContextManager[Client | None]":
    if address is None:
        return nullcontext()
    from digitrec.recognize.workers import connect

    return connect(address)


def _new(paths: Iterator[str], done: set[str]) -> Iterator[str]:
    for path in paths:
        if path not in done:
            done.add(path)
            yield path


def _json(row: "Row") -> str:
    from digitrec.recognize.resumable_csv import COLUMNS

    confidence = None if row.confidence is None else round(row.confidence, 4)
    values = {name: getattr(row, name) for name in COLUMNS}
    return json.dumps({**values, "confidence": confidence})


def _line(row: "Row") -> str:
    from digitrec.recognize.names import printable
    from digitrec.recognize.percent import percent

    path = printable(row.path)
    if row.error:
        return f"{path}: error: {printable(row.error)}"
    doubt = "" if row.accepted else ", in doubt"
    sure = "" if row.confidence is None else percent(row.confidence)
    return f"{path}: {row.text.replace(chr(10), ' / ')}  ({sure} sure{doubt})"


if __name__ == "__main__":
    sys.exit(main())
