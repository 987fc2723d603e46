"""Read many pictures: in order, as they come, on all processors or on a cluster.

Only a few paths travel to other processes and a few rows of text back, so that memory does not
grow with the number of pictures. NumPy, OpenCV, Pillow and LiteRT only: no Keras, unless a
Keras model is given.
"""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice, takewhile
from multiprocessing import parent_process
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitrec.model._watched import is_watched
from digitrec.model.inputs import Model, check_model
from digitrec.model.lite import LiteModel, processors
from digitrec.model.storage import to_lite
from digitrec.preprocess.errors import PictureError
from digitrec.preprocess.picture import open_picture
from digitrec.recognize.digits import read_digits
from digitrec.recognize.results import Reading, Row

if TYPE_CHECKING:
    import distributed
    from distributed import Client

    from digitrec.recognize.workers import Call, Cluster, Processes

# The files of a folder that are read. A phone's .heic cannot be opened, but its row says so.
ENDINGS = (
    *(".png", ".jpg", ".jpeg", ".jfif", ".webp", ".avif", ".gif", ".bmp", ".tif", ".tiff"),
    *(".ppm", ".pgm", ".pbm", ".heic", ".heif"),
)

# Chosen by time: `python -m benchmarks.speed folder`.
FEW = 16  # pictures; to read so few, it is seldom worth starting other processes
# Paths travel in chunks, which grow by one after so many pictures: photos, which are few and
# slow, are spread evenly, and drawings, which are many, take few calls.
GROWTH = 32

THE_FILE = "the file"  # as errors call it, since the row has its path

ATTEMPTS = 2  # to read a picture that may have killed the process that read it

Paths = str | os.PathLike | Iterable[str | os.PathLike]

# What makes a row more of itself: with the picture, (height, width, 3), uint8, None if it could
# not be opened; and with its reading, None if it could not be read.
Draw = Callable[[Row, np.ndarray | None, Reading | None], Row]


@dataclass(frozen=True)
class Task:
    """What is done with each picture."""

    model: LiteModel | None
    draw: Draw | None = None


def read_folder(
    folder_or_paths: Paths,
    model: Model | None = None,
    *,
    client: "Client | None" = None,
    processes: int | None = None,
    progress: bool = True,
    draw: Draw | None = None,
) -> Iterator[Row]:
    """Read many pictures as `read_digits` does, on all processors of this machine or of many.

    Args:
        folder_or_paths: A folder, a picture, or any number of both, even from an endless
            generator. In a folder and the folders within, however deep, all files that have one
            of ENDINGS and are not hidden are read, ordered by name.
        model: As for `predict_digit`. A Keras model reads with its present weights: training it
            further meanwhile changes nothing.
        client: Of a Dask cluster, whose workers have digitrec and find the pictures under the
            same paths; None is this machine.
        processes: How many on this machine; None is one for each processor, 1 is only this one.
        progress: Whether to show, in a terminal or a notebook, how many pictures are read.
        draw: Called for each picture, where it is read, with its row, the picture and its reading;
            the row that it gives back takes the place of the first. What it raises ends the
            reading. It travels to other processes.

    Returns:
        A row for each picture, in the order of the pictures, as soon as it is known. A picture
        that cannot be read is a row with an error.

    Raises:
        ValueError: If the model does not turn (n, 28, 28, 1) into (n, 10), or `processes` is
            less than 1.
    """
    if processes is not None and processes < 1:
        raise ValueError(f"{processes} processes can read nothing: give 1 or more")
    task = Task(_portable(model), draw)
    rows = _rows(find_pictures(folder_or_paths), task, client, processes)
    return show_progress(rows, folder_or_paths) if progress else rows


def find_pictures(folder_or_paths: Paths) -> Iterator[str]:
    """Find the pictures that `read_folder` reads; a file given by name always is one."""
    if isinstance(folder_or_paths, str | os.PathLike):
        folder_or_paths = [folder_or_paths]
    for path in map(os.fsdecode, folder_or_paths):
        if os.path.isdir(path):
            yield from _within(path)
        else:
            yield path


def _within(folder: str) -> Iterator[str]:
    """Find pictures however deep they are, with only the folders above them in memory."""
    above = [_entries(folder)]
    while above:
        path, is_folder = next(above[-1], (None, False))
        if path is None:
            above.pop()
        elif is_folder:
            above.append(_entries(path))
        else:
            yield path


def _entries(folder: str) -> Iterator[tuple[str, bool]]:
    """The pictures and folders in a folder, by name, each with whether it is a folder."""
    try:
        with os.scandir(folder) as entries:
            found = {}
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                is_folder = entry.is_dir(follow_symlinks=False)
                if is_folder or entry.name.lower().endswith(ENDINGS):
                    found[entry.name] = is_folder
    except OSError:  # not readable: its row will say so
        yield folder, False
        return
    for name in sorted(found):
        yield os.path.join(folder, name), found[name]


def show_progress(rows: Iterable[Row], pictures: Paths, done: int = 0) -> Iterator[Row]:
    """Show how many rows are done, of how many pictures, if a terminal or notebook is there.

    Args:
        rows: Those to come.
        pictures: As for `read_folder`. How many a generator gives is not known in advance.
        done: How many rows were there before.
    """
    if not is_watched(sys.stderr):
        return iter(rows)
    from tqdm.auto import tqdm

    total = None if isinstance(pictures, Iterator) else sum(1 for _ in find_pictures(pictures))
    return iter(tqdm(rows, initial=done, total=total, unit=" pictures"))


def _portable(model: Model | None) -> LiteModel | None:
    """What can be sent to processes that have no TensorFlow; they have the shipped model, None."""
    if model is None or isinstance(model, LiteModel):
        return model
    check_model(model)
    return to_lite(model)


def _rows(
    paths: Iterator[str], task: Task, client: "Client | None", processes: int | None
) -> Iterator[Row]:
    first = list(islice(paths, FEW + 1))
    paths = chain(first, paths)
    count = processors() if processes is None else processes
    if client is None and (count == 1 or len(first) <= FEW):
        yield from (_row(path, task) for path in paths)
        return
    from digitrec.recognize.workers import Cluster, Processes

    with Processes(count) if client is None else Cluster(client) as workers:
        yield from _rows_from(workers, paths, task)


def _rows_from(workers: "Processes | Cluster", paths: Iterator[str], task: Task) -> Iterator[Row]:
    """Keep the workers busy with chunks of paths, and give their rows in order."""
    pending: deque[tuple[list[str], Call | distributed.Future]] = deque()
    sent = 0
    while chunk := list(islice(paths, min(1 + sent // GROWTH, workers.chunk_size))):
        pending.append((chunk, workers.submit(read_chunk, chunk, task)))
        sent += len(chunk)
        if len(pending) > workers.max_pending:
            yield from _result(*pending.popleft(), task, workers)
    while pending:
        yield from _result(*pending.popleft(), task, workers)


def _result(
    chunk: list[str],
    call: "Call | distributed.Future",
    task: Task,
    workers: "Processes | Cluster",
) -> list[Row]:
    try:
        return call.result()
    except workers.worker_died:
        return [_read_alone(path, task, workers) for path in chunk]


def _read_alone(path: str, task: Task, workers: "Processes | Cluster") -> Row:
    """Read one of the pictures whose process died: any of them may be the cause.

    At the first attempt another picture that is being read at the same time may be the cause
    again, but not at the second.
    """
    for _ in range(ATTEMPTS):
        try:
            (row,) = workers.submit(read_chunk, [path], task).result()
            return row
        except workers.worker_died:
            pass
    error = "killed the process that read it, perhaps for lack of memory: reduce the picture"
    return Row(path, error=f"{THE_FILE} {error}")


def read_chunk(paths: list[str], task: Task) -> list[Row]:
    """Read some pictures, until nobody waits for them; this call travels to other processes."""
    from digitrec.recognize.workers import is_stopped

    if parent_process():
        cv2.setNumThreads(1)  # the other processors have processes of their own
    return [_row(path, task) for path in takewhile(lambda _: not is_stopped(), paths)]


def _row(path: str, task: Task) -> Row:
    rgb = reading = None
    try:
        if task.draw:
            rgb = open_picture(path)
        reading = read_digits(path if rgb is None else rgb, task.model)
        row = Row(path, reading.text, reading.confidence, reading.accepted)
    except PictureError as error:
        error.subject = THE_FILE
        row = Row(path, error=str(error))
        if os.path.isdir(path) and not os.path.islink(path):  # it is here since it is not listed
            row = Row(path, error="the folder may not be read by you: change its permissions")
    except Exception as error:  # one picture in a million must not stop the others
        row = Row(path, error=f"{THE_FILE} cannot be read ({type(error).__name__}: {error})")
    return task.draw(row, rgb, reading) if task.draw else row
