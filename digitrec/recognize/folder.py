"""Read many pictures: in order, as they come, on all processors or on a cluster.

What travels between processes are a few paths one way and a few rows of text the other, so
that the memory taken does not depend on how many pictures there are. NumPy, OpenCV, Pillow
and LiteRT only: no Keras, unless a Keras model is given.
"""

import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from multiprocessing import parent_process
from typing import TYPE_CHECKING

import cv2

from digitrec.model.inputs import check_model
from digitrec.model.lite import LiteModel, processors
from digitrec.model.storage import to_lite
from digitrec.preprocess.picture import PictureError
from digitrec.recognize.digits import read_digits
from digitrec.recognize.results import Row

if TYPE_CHECKING:
    from concurrent.futures import Future

    from distributed import Client

    from digitrec.recognize.workers import Cluster, Processes

# The files of a folder that are read. A telephone's .heic is no picture that can be opened,
# but its row says so.
ENDINGS = (".png", ".jpg", ".jpeg", ".jfif", ".webp", ".avif", ".gif", ".bmp", ".tif", ".tiff")
ENDINGS += (".ppm", ".pgm", ".pbm", ".heic", ".heif")
FEW = 16  # pictures for which it is seldom worth the time to start other processes
GROWTH = 32  # Chunks of paths grow by one after so many: a few photos, which take long each, are
# spread evenly, and many drawings, which do not, travel in few calls.
TRIES = 2  # at a picture that may have ended the process that read it

Paths = str | os.PathLike | Iterable[str | os.PathLike]


def read_folder(
    folder_or_paths: Paths,
    model=None,
    *,
    client: "Client | None" = None,
    processes: int | None = None,
    progress: bool = True,
) -> Iterator[Row]:
    """Read many pictures as `read_digits` does, on all processors of this machine or of many.

    Args:
        folder_or_paths: A folder; or a picture; or any number of both, also from a generator
            without an end. Of a folder, the pictures in it and in the folders within are
            read, ordered by name: all files with one of ENDINGS that are not hidden.
        model: As for `predict_digit`. A Keras model reads as it is now: training it further
            meanwhile changes nothing.
        client: Of a Dask cluster, whose workers have digitrec and find the pictures under the
            same paths; None is this machine.
        processes: On this machine; None is one for each processor, 1 is this one alone.
        progress: Whether a terminal or a notebook shows how far it is.

    Returns:
        A row for each picture, in the order of the pictures, as soon as it is there. A picture
        that cannot be read is a row with an error.

    Raises:
        ValueError: If the model does not turn (n, 28, 28, 1) into (n, 10), or there are fewer
            processes than 1.
    """
    if processes is not None and processes < 1:
        raise ValueError(f"{processes} processes can read nothing: give 1 or more")
    rows = _rows(find_pictures(folder_or_paths), _portable(model), client, processes)
    return show_progress(rows, folder_or_paths) if progress else rows


def find_pictures(folder_or_paths: Paths) -> Iterator[str]:
    """The paths of the pictures, as `read_folder` takes them; a file given by name is one."""
    if isinstance(folder_or_paths, str | os.PathLike):
        folder_or_paths = [folder_or_paths]
    for path in map(os.fsdecode, folder_or_paths):
        if os.path.isdir(path):
            yield from _within(path)
        else:
            yield path


def _within(folder: str) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:  # not readable: its row will say so
        yield folder
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _within(entry.path)
        elif entry.name.lower().endswith(ENDINGS):
            yield entry.path


def show_progress(rows: Iterable[Row], pictures: Paths, done: int = 0) -> Iterator[Row]:
    """Show how many rows there are of how many pictures, if a terminal or notebook is there.

    Args:
        rows: Those to come.
        pictures: As for `read_folder`. From a generator it is not known how many they are.
        done: Rows that were there before.
    """
    if "ipykernel" not in sys.modules and not (sys.stderr and sys.stderr.isatty()):
        return iter(rows)
    from tqdm.auto import tqdm

    total = None if isinstance(pictures, Iterator) else sum(1 for _ in find_pictures(pictures))
    return iter(tqdm(rows, initial=done, total=total, unit=" pictures"))


def _portable(model) -> LiteModel | None:
    """What can be sent to processes that have no TensorFlow; None is what they have."""
    if model is None or isinstance(model, LiteModel):
        return model
    check_model(model)
    return to_lite(model)


def _rows(
    paths: Iterator[str], model: LiteModel | None, client: "Client | None", processes: int | None
) -> Iterator[Row]:
    first = list(islice(paths, FEW + 1))
    paths = chain(first, paths)
    count = processors() if processes is None else processes
    if client is None and (count == 1 or len(first) <= FEW):
        yield from (_row(path, model) for path in paths)
        return
    from digitrec.recognize.workers import Cluster, Processes

    with Processes(count) if client is None else Cluster(client) as workers:
        waiting: deque[tuple[list[str], Future]] = deque()
        sent = 0
        while chunk := list(islice(paths, min(1 + sent // GROWTH, workers.longest))):
            waiting.append((chunk, workers.submit(read_chunk, chunk, model)))
            sent += len(chunk)
            if len(waiting) > workers.ahead:
                yield from _result(*waiting.popleft(), model, workers)
        while waiting:
            yield from _result(*waiting.popleft(), model, workers)


def _result(
    chunk: list[str], future: "Future", model: LiteModel | None, workers: "Processes | Cluster"
) -> list[Row]:
    try:
        return future.result()
    except workers.LOST:
        return [_alone(path, model, workers) for path in chunk]


def _alone(path: str, model: LiteModel | None, workers: "Processes | Cluster") -> Row:
    """Read a picture that was with others when their process died: one of them is the cause.

    At the first try another picture that is read at the same time may be it, but then that one
    is not tried again meanwhile.
    """
    for _ in range(TRIES):
        try:
            (row,) = workers.submit(read_chunk, [path], model).result()
            return row
        except workers.LOST:
            pass
    error = "ended the process that read it, perhaps for lack of memory: reduce the picture"
    return Row(path, error=f"{path} {error}")


def read_chunk(paths: list[str], model: LiteModel | None) -> list[Row]:
    """Read some pictures; the call that travels to other processes."""
    if parent_process():
        cv2.setNumThreads(1)  # the other processors have processes of their own
    return [_row(path, model) for path in paths]


def _row(path: str, model: LiteModel | None) -> Row:
    try:
        reading = read_digits(path, model)
    except PictureError as error:
        return Row(path, error=str(error))
    except Exception as error:  # one picture in a million must not stop the others
        return Row(path, error=f"{path} cannot be read ({type(error).__name__}: {error})")
    digits = reading.predictions
    return Row(
        path,
        reading.text,
        min(digit.confidence for digit in digits),
        all(digit.accepted for digit in digits),
    )
