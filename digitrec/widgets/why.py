"""A button that shows why a digit was read as it was, and takes that away again."""

from collections.abc import Callable

import ipywidgets

from digitrec.model.inputs import Model
from digitrec.recognize.explain import explain
from digitrec.recognize.results import Reading
from digitrec.widgets import html, still


class Why:
    """Explains a reading below its button. No reading is explained before it is asked for.

    Args:
        model: As for `explain`; a function, since the model may be another one by then.
        reading: Gives what to explain, or None if nothing has been read.
        true: Gives the correct text, or "" if it is not known.

    Attributes:
        button: Opens the explanation, and closes it.
        widget: The button, and the explanation below it while it is open.
    """

    def __init__(
        self,
        model: Callable[[], Model | None],
        reading: Callable[[], Reading | None],
        true: Callable[[], str] = str,
    ):
        self._model, self._reading, self._true = model, reading, true
        self.button = ipywidgets.Button(
            description="Why?", tooltip="Show why it was read so", layout={"width": "72px"}
        )
        self.button.on_click(lambda button: self.close() if self.is_open else self.open())
        self.widget = ipywidgets.VBox([self.button], layout={"width": "100%"})

    @property
    def is_open(self) -> bool:
        """Whether an explanation is shown."""
        return len(self.widget.children) > 1

    def open(self) -> None:
        """Show the explanation of what is read now, or why there is none."""
        self.close()
        answer = ipywidgets.HTML(html.message("Looking for reasons …"))
        self.widget.children += (answer,)
        self.button.description = "Close"
        try:
            answer.value = self._answer()
        except Exception as error:  # an exception in a callback would vanish unseen
            answer.value = html.message(html.error_text(error))

    def close(self) -> None:
        """Take the explanation away, if there is one."""
        if self.is_open:
            button, answer = self.widget.children
            self.widget.children = (button,)
            self.button.description = "Why?"
            close_all(answer)

    def renew(self) -> None:
        """Explain anew, if an explanation is shown."""
        if self.is_open:
            self.open()

    def _answer(self) -> str:
        reading = self._reading()
        if reading is None:
            raise ValueError("Nothing has been read yet: draw first, then ask why.")
        explanation = explain(reading, self._model(), self._true() or None)
        return html.figure(*still.explained(explanation))


def close_all(widget: ipywidgets.Widget) -> None:
    """Close a widget and all that it is made of; each lives until it is closed."""
    for child in getattr(widget, "children", ()):
        close_all(child)
    for part in (widget.layout, getattr(widget, "style", None), widget):
        if part is not None:
            part.close()
