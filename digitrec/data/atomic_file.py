"""Write files so that none is ever half-written, even if the program is killed."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path, replace: Callable[[Path, Path], object] = os.replace) -> Iterator[Path]:
    """Give a path to write to; once that is done, what was written replaces `path`.

    Args:
        path: What to replace, if it exists. Missing parent folders are made.
        replace: Called with the written path and `path`; `os.replace` for files.

    Raises:
        OSError: If it cannot be written. After this or any other exception `path` is as before.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".saving-", dir=path.parent) as folder:
        fresh = Path(folder) / path.name
        yield fresh
        replace(fresh, path)
