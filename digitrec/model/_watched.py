"""Whether this is a notebook, and whether anybody watches what is written to a stream."""

import sys
from typing import TextIO


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    return "ipykernel" in sys.modules


def is_watched(stream: TextIO | None) -> bool:
    """Whether a stream ends in a terminal or in a notebook; a missing one does not."""
    return stream is not None and (in_notebook() or stream.isatty())
