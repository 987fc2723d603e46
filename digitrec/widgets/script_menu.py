"""A menu of the scripts that digitrec reads, for a pad."""

import ipywidgets
import numpy as np

from digitrec.data.scripts import SCRIPTS, script_of
from digitrec.model.inputs import Model
from digitrec.preprocess.normalize import SIDE
from digitrec.recognize.classify import classify
from digitrec.recognize.shipped import shipped_script_model
from digitrec.widgets.controls import MARGINS, WIDTH

WESTERN = "western"  # 0 to 9


class ScriptMenu:
    """Chooses the network that reads.

    Args:
        model: Reads its own script, which is chosen at first; a shipped network reads each other.

    Attributes:
        widget: The menu.
    """

    def __init__(self, model: Model | None):
        self._own = model.name if model and script_of(model) else WESTERN
        self._model = model
        self.widget = ipywidgets.Dropdown(
            options=[(name.capitalize(), name) for name in (WESTERN, *SCRIPTS)],
            value=self._own,
            description="Script",
        )
        self.widget.style.description_width = "40px"
        self.widget.layout = {"width": f"{WIDTH - MARGINS}px"}

    @property
    def script(self) -> str:
        """The script that is chosen."""
        return self.widget.value

    def network(self) -> Model | None:
        """Give the network that reads the script, ready to read; None is the shipped one."""
        model = self._model
        if self.script != self._own:
            model = None if self.script == WESTERN else shipped_script_model(self.script)
        # A network's first call is slow; nobody should wait for it with the pen in hand.
        classify(np.zeros((1, SIDE, SIDE), np.float32), model)
        return model
