"""What stands beside a pad: the prediction, and where to say what it should have been."""

from collections.abc import Callable

import ipywidgets
import numpy as np

from digitrec.recognize.results import Reading
from digitrec.widgets import html


class Panel:
    """A prediction above, small print below.

    Attributes:
        save: The button that saves the digits kept so far.
        widget: The widget that shows it.
    """

    invitation = ""
    hint = ""
    widget: ipywidgets.Widget

    def __init__(self) -> None:
        self.head = ipywidgets.HTML()
        self.note = ipywidgets.HTML(layout={"flex": "1"})
        self.save = ipywidgets.Button(
            description="Save", tooltip="Save your digits in a file", layout={"width": "56px"}
        )

    def show(self, reading: Reading | None) -> None:
        """Show what was read; None if nothing is drawn."""
        if reading is None:
            self.say(self.invitation)
        else:
            self.head.value = self._html(reading)

    def say(self, text: str) -> None:
        """Show a text in place of a prediction."""
        self.head.value = html.message(text)

    def mark(self, label: str, text: str) -> None:
        """Show the label that the drawing is kept with, "" if it is not, and a text about it."""
        self.note.value = html.note(text or self.hint)

    def spell(self, script: str) -> None:
        """Write digits as a script does, whose ten are given from 0 to 9."""

    def _html(self, reading: Reading) -> str:
        raise NotImplementedError


class DigitPanel(Panel):
    """One digit: ten bars, each with a button that says "it is this one".

    Args:
        keep: Called with the digit when its button is clicked.
    """

    invitation = "Draw a digit"
    hint = "Wrong? Click the correct digit, or press its key: the drawing is kept with it."

    def __init__(self, keep: Callable[[str], None]):
        super().__init__()
        self.choices = [self._choice(str(digit), keep) for digit in range(10)]
        self.bars = ipywidgets.HTML(layout={"flex": "1 1 auto", "margin": "0"})
        bars = ipywidgets.HBox([ipywidgets.VBox(self.choices), self.bars])
        below = ipywidgets.HBox([self.note, self.save], layout={"height": "54px"})  # three lines
        self.widget = ipywidgets.VBox([self.head, bars, below], layout={"width": "270px"})
        self.widget.add_class("beside")

    def show(self, reading: Reading | None) -> None:
        super().show(reading)
        if reading is not None:
            self.bars.value = html.bars(reading.predictions[0].probabilities)

    def say(self, text: str) -> None:
        super().say(text)
        self.bars.value = html.bars(np.zeros(10))

    def mark(self, label: str, text: str) -> None:
        super().mark(label, text)
        for digit, choice in enumerate(self.choices):
            choice.button_style = "success" if str(digit) == label else ""

    def spell(self, script: str) -> None:
        for choice, digit in zip(self.choices, script, strict=True):
            choice.description, choice.tooltip = digit, f"Keep the drawing as a {digit}"

    def _html(self, reading: Reading) -> str:
        return html.digit(reading.predictions[0])

    def _choice(self, digit: str, keep: Callable[[str], None]) -> ipywidgets.Button:
        button = ipywidgets.Button()
        button.add_class("choice")
        button.on_click(lambda button: keep(digit))
        return button


class NumberPanel(Panel):
    """A number of several digits, and a field to enter the correct one.

    Args:
        keep: Called with the number as text when it was entered.
    """

    invitation = "Draw a number"
    hint = "Its digits are kept."

    def __init__(self, keep: Callable[[str], None]):
        super().__init__()
        self.entry = ipywidgets.Text(
            description="Wrong?", placeholder="Type the correct number", continuous_update=False
        )
        self.entry.style.description_width = "52px"
        self.entry.layout.width = "240px"
        self._keep = keep
        self._label = ""
        self.entry.observe(self._entered, "value")
        row = [self.entry, self.note, self.save]
        below = ipywidgets.HBox(row, layout={"align_items": "center", "width": "564px"})
        self.widget = ipywidgets.VBox([self.head, below])

    def mark(self, label: str, text: str) -> None:
        super().mark(label, text)
        self._label = label
        if not label:
            self.entry.value = ""

    def _html(self, reading: Reading) -> str:
        return html.number(reading.predictions)

    def _entered(self, change: dict) -> None:
        number = change["new"] or self._label  # whoever empties the field takes it back
        if number:
            self._keep(number)
