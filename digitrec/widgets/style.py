"""The look of pad and uploader, and how they are shown in a notebook."""

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import anywidget
import ipywidgets
from IPython.display import display

from digitrec.model._watched import in_notebook
from digitrec.viz.axes import DOUBT
from digitrec.widgets.still import Still

SURE = "#1f77b4"  # what is accepted

COLOURS = f".digitrec {{ --sure: {SURE}; --doubt: {DOUBT} }}\n"


class Style(anywidget.AnyWidget):
    """The style sheet; it shows nothing itself."""

    _esm = "export default { render() {} }"
    _css = COLOURS + Path(__file__).with_name("widgets.css").read_text("utf-8")


def styled(children: list[ipywidgets.Widget], **layout: str) -> ipywidgets.Box:
    """A box of widgets with the style sheet."""
    style = Style(layout={"display": "none"})
    box = ipywidgets.Box([*children, style], layout=layout)
    box.add_class("digitrec")
    return box


def show(widget: ipywidgets.Widget, name: str, still: Callable[[], Still]) -> None:
    """Show a widget below the cell of a notebook; elsewhere, say where it can be seen.

    Args:
        widget: What to show.
        name: What to call it.
        still: Gives a picture, which is stored beside the widget. Where no kernel runs, as on a
            page that only shows a notebook, it stands in the widget's place.
    """
    if not in_notebook():
        print(f"{name} can only be seen in a notebook: open JupyterLab, and display it there")
        return
    png, words = still()
    picture = {"image/png": b64encode(png).decode(), "text/plain": name}
    about = {"image/png": {"alt": f"{name}, as it looks where a kernel runs. {words}".strip()}}
    display({**widget._repr_mimebundle_(), **picture}, metadata=about, raw=True)
