"""Handle one event at a time, although the kernel may hand them to several threads.

JupyterLab asks for a thread beside the one that runs the cells, so that widgets answer while a
cell runs. ipykernel 7.4 heeds that only for a widget that has been sent something since: ink would
go to one thread, and the Clear button, to which nothing is ever sent, to another.
"""

import threading
from collections.abc import Callable, Sequence
from functools import wraps
from typing import ParamSpec, TypeVar

import ipywidgets

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

# One for all pads, since ipycanvas keeps in one place what is drawn on any canvas.
_turn = threading.RLock()


def in_turn(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """A function that waits while another thread is in one of these."""

    @wraps(function)
    def waiting(*arguments: Parameters.args, **options: Parameters.kwargs) -> Result:
        with _turn:
            return function(*arguments, **options)

    return waiting


class Gathering:
    """Brings the events of widgets, and of all that they hold, to one thread: the caller's.

    There they are handled in the order in which they happened. To be called with each message of
    the page's, which says to which thread the next ones should come.

    Args:
        widgets: Those that a hand can act on.
    """

    def __init__(self, widgets: Sequence[ipywidgets.Widget]):
        self._widgets = widgets
        self._thread: int | None = None

    def __call__(self, *_: object) -> None:
        if self._thread != threading.get_ident():
            self._thread = threading.get_ident()
            _send_nothing(self._widgets)


def _send_nothing(widgets: Sequence[ipywidgets.Widget]) -> None:
    for widget in widgets:
        widget.send({})
        _send_nothing(getattr(widget, "children", ()))
