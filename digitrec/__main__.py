"""Read pictures of digits from the command line: `digitrec --help`, `python -m digitrec --help`."""

from __future__ import annotations

import io
import os
import sys
from contextlib import AbstractContextManager, nullcontext, suppress

INTERRUPTION = "interrupted; with --csv, run the same command again to resume\n"
# Whatever else is needed is imported within `main`, which first prepares for Ctrl+C.
try:
    import signal

    import digitrec
except KeyboardInterrupt:
    os.write(2, INTERRUPTION.encode())
    os._exit(130)

TYPE_CHECKING = False  # as in `typing`, which would have to be imported
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from distributed import Client

    from digitrec.recognize.results import Row
    from digitrec.recognize.resumable_csv import ResumableCsv

# Exit statuses; the last two are those of programs that a signal ends.
ALL_READ, SOME_NOT_READ, WRONG, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 130, 141

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
  digitrec scans/ --json
  digitrec /shared/scans --csv readings.csv --scheduler tcp://192.168.1.10:8786
      Reads on the workers of a Dask cluster, which find the pictures under the same paths.

  Without installing digitrec, in its folder: python -m digitrec photo.jpg

exit status:
  0  all pictures were read
  1  some pictures could not be read, or there were none
  2  the command was wrong, or its output could not be written
"""


def main(arguments: list[str] | None = None) -> int:
    """Read the pictures that the command line names, and give the exit status back.

    Args:
        arguments: None is those of this process, which then is the command's own: so are its
            Ctrl+C and its warnings.
    """
    _open_missing_streams()
    interruption = Interruption(is_ours=arguments is None)
    options = _parser().parse_args(arguments)
    if arguments is None:
        _silence_warnings()
    status = WRONG
    try:
        try:
            status = _run(options, interruption)
        finally:
            interruption.end_at_once()
    except BaseException as error:  # libraries make anything of an interruption
        interruption.has_come |= isinstance(error, KeyboardInterrupt)
        if not interruption.has_come:
            status = _status_after(error)
    if interruption.has_come:
        with suppress(OSError):
            print(INTERRUPTION, end="", file=sys.stderr)
        return INTERRUPTED
    return status


class Interruption:
    """What Ctrl+C does: it ends the command with one sentence, whenever it comes.

    Python's own way is an exception wherever the program happens to be, and a traceback if that
    is in an import or at the end. Where SIGINT is ignored, as in a shell's background jobs, it
    stays so.

    Args:
        is_ours: Whether the process is the command's own; in another's, nothing is changed.

    Attributes:
        has_come: Whether the exception has been raised.
    """

    def __init__(self, is_ours: bool):
        self.has_come = False
        self._is_handled = is_ours and signal.getsignal(signal.SIGINT) != signal.SIG_IGN
        if self._is_handled:
            # The descriptor itself may be redirected, while a network is loaded.
            self._stderr = os.dup(sys.stderr.fileno())
            self.end_at_once()
            self._ignore_at_exit()

    def end_at_once(self) -> None:
        """From now on it ends the process: nothing has begun yet, or all is done."""
        if self._is_handled and not self.has_come:
            signal.signal(signal.SIGINT, self._end)

    def unwind(self) -> None:
        """From now on it raises KeyboardInterrupt, once: files and processes are open."""
        if self._is_handled:
            signal.signal(signal.SIGINT, self._raise_once)
            sys.unraisablehook = self._end_if_lost

    def _end(self, *_: object) -> None:
        with suppress(OSError):
            os.write(self._stderr, INTERRUPTION.encode())
        os._exit(INTERRUPTED)

    def _raise_once(self, *_: object) -> None:
        if not self.has_come:
            self.has_come = True
            raise KeyboardInterrupt

    def _end_if_lost(self, lost: sys.UnraisableHookArgs) -> None:
        """An exception in a finalizer does not reach `main`."""
        if isinstance(lost.exc_value, KeyboardInterrupt):
            self._end()
        sys.__unraisablehook__(lost)

    def _ignore_at_exit(self) -> None:
        """At the very end Python would restore what SIGINT does by default."""
        import atexit

        atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)


def _open_missing_streams() -> None:
    """Without a standard stream, the next file to be opened would get what is written to it."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:  # the lowest that is free
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    sys.stdout = sys.stdout or os.fdopen(nowhere, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(nowhere, "w", closefd=False)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a path may have letters that a terminal lacks
            stream.reconfigure(errors="backslashreplace")


def _silence_warnings() -> None:
    """Those of libraries, about odd pictures, would stand between the lines."""
    import warnings

    if not sys.warnoptions:
        warnings.simplefilter("ignore")


def _status_after(error: BaseException) -> int:
    """Explain an error that can be expected, and give the exit status of it."""
    if isinstance(error, BrokenPipeError):  # as `| head` leaves it
        # Python would complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    if isinstance(error, OSError | ValueError | ImportError):
        print(f"error: {error}", file=sys.stderr)
        return WRONG
    raise error


def _parser() -> argparse.ArgumentParser:
    import argparse

    parser = argparse.ArgumentParser(
        prog="digitrec",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("pictures", nargs="+", metavar="PICTURE_OR_FOLDER", help="picture files, or folders")
    add("--csv", metavar="FILE", help="write rows to this file, and resume it if it exists")
    add("--json", action="store_true", help="print a JSON object for each picture")
    add("--model", metavar="FILE", help="your own network: .tflite, .keras, .h5 or a folder")
    add("--processes", type=int, metavar="N", help="on this machine; default: one per processor")
    add("--scheduler", metavar="ADDRESS", help="of a Dask cluster, such as tcp://HOST:8786")
    add("--version", action="version", version=f"digitrec {digitrec.__version__}")
    return parser


def _run(options: argparse.Namespace, interruption: Interruption) -> int:
    from digitrec.model.storage import load_model
    from digitrec.recognize.folder import find_pictures, read_folder, show_progress

    model = load_model(options.model) if options.model else None
    interruption.unwind()
    with _csv(options.csv) as table, _cluster(options.scheduler) as client:
        paths, count, errors = find_pictures(options.pictures), 0, 0
        if table:
            paths, count, errors = _new(paths, table.done), len(table.done), table.errors
        rows = read_folder(paths, model, client=client, processes=options.processes, progress=False)
        if table or not sys.stdout.isatty():  # else the printed lines themselves show it
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


def _csv(path: str | None) -> AbstractContextManager[ResumableCsv | None]:
    if path is None:
        return nullcontext()
    from digitrec.recognize.resumable_csv import open_csv

    return open_csv(path)


def _cluster(address: str | None) -> AbstractContextManager[Client | None]:
    if address is None:
        return nullcontext()
    from digitrec.recognize.workers import connect

    return connect(address)


def _new(paths: Iterator[str], done: set[str]) -> Iterator[str]:
    for path in paths:
        if path not in done:
            done.add(path)
            yield path


def _json(row: Row) -> str:
    import json

    confidence = None if row.confidence is None else round(row.confidence, 4)
    return json.dumps({**vars(row), "confidence": confidence})


def _line(row: Row) -> str:
    if row.error:
        return f"{row.path}: error: {row.error}"
    doubt = "" if row.accepted else ", in doubt"
    return f"{row.path}: {row.text.replace(chr(10), ' / ')}  ({row.confidence:.1%} sure{doubt})"


if __name__ == "__main__":
    sys.exit(main())
