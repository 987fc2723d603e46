"""Import TensorFlow without the page of log lines it greets with, on processors and GPUs absent.

They come from C++, past Python's `sys.stderr` and logging, and would stand at the top of every
notebook. Set the environment variable TF_CPP_MIN_LOG_LEVEL, to 0 for example, to see them.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

STDERR = 2  # file descriptor


@contextmanager
def _stderr_to_nowhere() -> Iterator[None]:
    kept = os.dup(STDERR)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, STDERR)
    try:
        yield
    finally:
        os.dup2(kept, STDERR)
        os.close(kept)
        os.close(nowhere)


if "TF_CPP_MIN_LOG_LEVEL" in os.environ:
    import tensorflow as tf
else:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "1"  # no more informative lines later on
    with _stderr_to_nowhere():
        import tensorflow as tf

        tf.config.list_physical_devices()  # looks for GPUs, with as many words

__all__ = ["tf"]
