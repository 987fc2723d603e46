"""Write files so that none is ever half-written, even if the program is killed.

What is written waits in a folder beside its place until it is whole. A killed program leaves that
folder behind, but not the lock on a file in it, by which the next one knows that it can go.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from digitrec.data.file_lock import lock

PREFIX = ".saving-"
LOCK = "digitrec.lock"


@contextmanager
def replacing(path: Path, replace: Callable[[Path, Path], object] = os.replace) -> Iterator[Path]:
    """Give a path to write to; once that is done, what was written replaces `path`.

    Args:
        path: What to replace, if it exists; of a symbolic link, what it leads to. The path to
            write to has the same ending. Missing parent folders are made.
        replace: Called with the written path and the one to replace; `os.replace` for files.

    Raises:
        OSError: If it cannot be written, or is read-only. After this or any other exception `path`
            is as before.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not os.access(target, os.W_OK):  # else it would be replaced
        raise PermissionError(f"{target} is read-only: choose another name")
    with waiting_room(target.parent) as folder:
        fresh = folder / f"fresh{path.suffix}"
        yield fresh
        replace(fresh, target)


@contextmanager
def waiting_room(parent: Path) -> Iterator[Path]:
    """Give a new folder for what is written until it can be moved to its place in `parent`.

    Args:
        parent: It is made if it is missing. What killed programs left in it is removed.

    Raises:
        OSError: If nothing can be written there.
    """
    parent.mkdir(parents=True, exist_ok=True)
    for folder in parent.glob(f"{PREFIX}*"):
        _remove_if_left_behind(folder)
    with _locked_folder(parent) as folder:
        yield folder


@contextmanager
def _locked_folder(parent: Path) -> Iterator[Path]:
    """Make a folder that others leave alone, and remove it in the end."""
    with ExitStack() as stack:
        while True:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix=PREFIX, dir=parent))
            # Another program may be quicker, and take the folder for one left behind.
            with suppress(FileNotFoundError):
                file = stack.enter_context(open(Path(folder) / LOCK, "w"))
                if lock(file) is not False and os.path.exists(file.name):
                    break
        yield Path(folder)


def _remove_if_left_behind(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()  # if it is empty, its program was killed before it had made the lock
        return
    with suppress(OSError):
        with open(folder / LOCK, "r+") as file:
            if lock(file) is not True:
                return
            shutil.rmtree(folder, ignore_errors=True)
        # Windows keeps files that are open, and what holds them.
        (folder / LOCK).unlink(missing_ok=True)
        folder.rmdir()
