"""What stands beside a pad: the answer, and where to say what it should have been."""

from collections.abc import Callable
from pathlib import Path

import ipywidgets
import numpy as np

from digitrec.recognize.results import Reading
from digitrec.widgets import html

STYLE = Path(__file__).with_name("widgets.css")


class Panel:
    """An answer above, small print below.

    Attributes:
        widget: What is shown.
    """

    invitation = ""
    hint = ""

    def __init__(self):
        self.head = ipywidgets.HTML()
        self.note = ipywidgets.HTML()

    def show(self, reading: Reading | None) -> None:
        """Show what was read; None where nothing was drawn."""
        if reading is None:
            self.say(self.invitation)
        else:
            self.head.value = self._answer(reading)

    def say(self, text: str) -> None:
        """Show words in place of the answer."""
        self.head.value = html.message(text)

    def mark(self, label: str, text: str) -> None:
        """Show as what the drawing was kept, and a text about it; "" where it was not."""
        self.note.value = html.note(text or self.hint)

    def _answer(self, reading: Reading) -> str:
        raise NotImplementedError


class DigitPanel(Panel):
    """One digit: ten bars, each with the button that says "it is this one".

    Args:
        keep: Called with the digit, when its button is clicked.
    """

    invitation = "Draw a digit"
    hint = "Wrong? Click the right digit, and the drawing is kept with it."

    def __init__(self, keep: Callable[[str], None]):
        super().__init__()
        self.choices = [self._choice(str(digit), keep) for digit in range(10)]
        self.bars = ipywidgets.HTML(layout={"flex": "1 1 auto", "margin": "0"})
        self.note.layout.height = "36px"  # two lines
        rows = ipywidgets.HBox([ipywidgets.VBox(self.choices), self.bars])
        self.widget = ipywidgets.VBox([self.head, rows, self.note], layout={"width": "270px"})
        self.widget.add_class("beside")

    def show(self, reading: Reading | None) -> None:
        super().show(reading)
        self.bars.value = html.bars(
            reading.predictions[0].probabilities if reading else np.zeros(10)
        )

    def say(self, text: str) -> None:
        super().say(text)
        self.bars.value = html.bars(np.zeros(10))

    def mark(self, label: str, text: str) -> None:
        super().mark(label, text)
        for choice in self.choices:
            choice.button_style = "success" if choice.description == label else ""

    def _answer(self, reading: Reading) -> str:
        return html.answer(reading.predictions[0])

    def _choice(self, digit: str, keep: Callable[[str], None]) -> ipywidgets.Button:
        button = ipywidgets.Button(description=digit, tooltip=f"Keep the drawing as a {digit}")
        button.add_class("choice")
        button.on_click(lambda button: keep(digit))
        return button


class NumberPanel(Panel):
    """A number of several digits, and a line to write the right one in.

    Args:
        keep: Called with the number as text, when it was entered.
    """

    invitation = "Draw a number"
    hint = "Wrong? Enter the right number, and its digits are kept."

    def __init__(self, keep: Callable[[str], None]):
        super().__init__()
        self.entry = ipywidgets.Text(
            description="It is", placeholder="2026", continuous_update=False
        )
        self.entry.style.description_width = "32px"
        self.entry.layout.width = "180px"
        self.entry.observe(lambda change: change["new"] and keep(change["new"]), "value")
        below = ipywidgets.HBox([self.entry, self.note], layout={"align_items": "center"})
        self.widget = ipywidgets.VBox([self.head, below])

    def mark(self, label: str, text: str) -> None:
        super().mark(label, text)
        if not label:
            self.entry.value = ""

    def _answer(self, reading: Reading) -> str:
        return html.number(reading.predictions)


def styled(widget: ipywidgets.Widget) -> ipywidgets.Widget:
    """The widget with the style sheet beside it, which Jupyter knows no other place for."""
    style = ipywidgets.HTML(f"<style>{STYLE.read_text('utf-8')}</style>")
    style.layout.display = "none"
    widget.children += (style,)
    widget.add_class("digitrec")
    return widget


def in_words(error: Exception) -> str:
    """Ours are in words already; others need their names."""
    if isinstance(error, ValueError):
        return str(error)
    return f"That went wrong: {type(error).__name__}: {error}"
