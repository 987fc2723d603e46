"""Show how far a training is: a bar while an epoch runs, one clean line once it is over.

In a terminal and in a notebook that is a `tqdm` bar, written to the standard output, so that the
stored notebook keeps one line an epoch. In a log file Keras itself writes such lines.
"""

import sys
from typing import Any

from tqdm import tqdm

from digitrec.model._tensorflow import keras
from digitrec.model._watched import is_watched

BAR = "{desc}  {bar:24} {percentage:3.0f}%  {remaining} left{postfix}"  # tqdm adds a comma
LINE = "{desc}  {elapsed_s:4.1f} s{postfix}"

MOST_LINES = 12  # that a training leaves behind; of more epochs only every second, third, ...

# What is shown of Keras's logs, in this order; a line has to fit into a narrow notebook.
WORDS = {
    "accuracy": "accuracy",
    "loss": "loss",
    "val_accuracy": "validation accuracy",
    "val_loss": "loss",
}


def showing_progress(callbacks: list[keras.callbacks.Callback]) -> dict[str, Any]:
    """The arguments of `keras.Model.fit` for these callbacks and for showing how far it is."""
    if is_watched(sys.stdout):
        return {"callbacks": [EpochBars(), *callbacks], "verbose": 0}
    return {"callbacks": callbacks, "verbose": 2}


class EpochBars(keras.callbacks.Callback):
    """One bar for each epoch, which becomes a line with the numbers of that epoch."""

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        epochs = str(self.params["epochs"])
        self.bar = tqdm(
            desc=f"epoch {epoch + 1:{len(epochs)}}/{epochs}",
            total=self.params["steps"],
            file=sys.stdout,
            bar_format=BAR,
        )

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self.bar.set_postfix_str(_numbers(logs), refresh=False)
        # Several steps may run in one call; the last call of an epoch counts more than there are.
        self.bar.update(min(batch + 1, self.bar.total) - self.bar.n)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.bar.bar_format = LINE
        last = epoch + 1 == self.params["epochs"]
        self.bar.leave = last or (epoch + 1) % -(-self.params["epochs"] // MOST_LINES) == 0
        self.bar.set_postfix_str(_numbers(logs))
        self.bar.close()


def _numbers(logs: dict | None) -> str:
    logs = logs or {}
    return "  ".join(f"{word} {logs[name]:.4f}" for name, word in WORDS.items() if name in logs)
