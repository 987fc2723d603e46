"""How far the training is: live while it runs, one clean line an epoch once it has run.

A terminal and a log file are served well by Keras itself. In a notebook its progress bar
would be stored as pages of backspaces; here one output is rewritten in place instead, and
its last state is what the notebook keeps.
"""

import sys
import time

import keras
from IPython import get_ipython
from IPython.display import display

BAR = 24  # characters
PAUSE = 0.2  # seconds between two updates

# What is shown of Keras's logs, in this order; a line has to fit into a narrow notebook.
WORDS = {
    "accuracy": "accuracy",
    "loss": "loss",
    "val_accuracy": "validation accuracy",
    "val_loss": "loss",
}


def in_notebook() -> bool:
    return getattr(get_ipython(), "kernel", None) is not None


def verbosity() -> int:
    """Keras's own: a bar in a terminal, a line an epoch in a file, nothing in a notebook."""
    if in_notebook():
        return 0
    return 1 if sys.stdout.isatty() else 2


def progress() -> list[keras.callbacks.Callback]:
    """The callbacks to give to Keras beside the verbosity."""
    return [NotebookProgress()] if in_notebook() else []


class NotebookProgress(keras.callbacks.Callback):
    """Show a bar with the time left, and a line for each epoch that is over."""

    def on_train_begin(self, logs: dict | None = None) -> None:
        self.lines: list[str] = []
        self.start = self.shown = time.monotonic()
        self.epoch = 0
        self.output = display({"text/plain": ""}, raw=True, display_id=True)

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.epoch = epoch
        self.epoch_start = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if time.monotonic() - self.shown < PAUSE:
            return
        steps, epochs = self.params["steps"], self.params["epochs"]
        step = min(batch + 1, steps)  # of several steps at once the last ones may not exist
        done = (self.epoch * steps + step) / (epochs * steps)
        left = (time.monotonic() - self.start) * (1 - done) / done
        filled = round(done * BAR)
        bar = "█" * filled + "░" * (BAR - filled)
        self._show(f"{self._name()}  {bar} {done:4.0%}  {left:3.0f} s left  {_numbers(logs)}")

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        seconds = time.monotonic() - self.epoch_start
        self.lines.append(f"{self._name()}  {seconds:4.1f} s  {_numbers(logs)}")
        self._show()

    def _name(self) -> str:
        epochs = str(self.params["epochs"])
        return f"epoch {self.epoch + 1:{len(epochs)}}/{epochs}"

    def _show(self, *last: str) -> None:
        self.shown = time.monotonic()
        self.output.update({"text/plain": "\n".join([*self.lines, *last])}, raw=True)


def _numbers(logs: dict) -> str:
    return "  ".join(f"{word} {logs[name]:.4f}" for name, word in WORDS.items() if name in logs)
