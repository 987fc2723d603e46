"""Say in words what a figure shows, for those who cannot see it."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from matplotlib.figure import Figure, SubFigure


def describe(figure: Figure | SubFigure, words: str) -> None:
    """Give a figure an alternative text, or add to the one that it has.

    It is the figure's label. Jupyter stores it beside the picture as `alt`, which is where
    nbconvert looks for the text of an `<img>`.
    """
    figure.set_label(f"{figure.get_label()} {words}".strip())

    def metadata(**options: Any) -> tuple[dict, dict]:
        return {}, {"image/png": {"alt": figure.get_label()}}

    # Jupyter calls it on whatever it displays, and draws the picture itself.
    setattr(figure, "_repr_mimebundle_", metadata)  # noqa: B010


def listed(words: Iterable[object]) -> str:
    """Join words as in a list, a row of equal ones as one; lines that are broken are one again."""
    one_line = (" ".join(str(word).split()) for word in words)
    rows = ((word, len(list(row))) for word, row in groupby(one_line))
    return ", ".join(
        f"{count} × {word}" if count > 2 else ", ".join([word] * count) for word, count in rows
    )
