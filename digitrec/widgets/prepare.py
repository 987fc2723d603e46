"""Do in the background what somebody would else wait for with the pen in hand."""

import gc
from contextlib import suppress
from threading import Lock, Thread

from digitrec.data.drawn_digits import draw_digits
from digitrec.model._watched import in_notebook
from digitrec.model.inputs import Model
from digitrec.model.lite_copy import make_lite_copy
from digitrec.recognize.explain import explain
from digitrec.widgets import still

# Several pads that are shown at once need not load the same things at once.
_preparing = Lock()


def prepare(model: Model | None) -> Thread | None:
    """In a notebook, make a model's readings fast, and its first explanation, beside other work.

    A Keras model gets a copy for LiteRT. Then a digit is explained that nobody sees: the first
    explanation takes seconds, in which TensorFlow is loaded and what the network makes of the
    known digits is computed.

    Args:
        model: As for `explain`.

    Returns:
        What is at work; None outside a notebook.
    """
    if not in_notebook():
        return None
    thread = Thread(target=_prepare, args=(model,))
    thread.start()
    return thread


def _prepare(model: Model | None) -> None:
    # Without a copy the model reads itself; what fails to be explained is told to whoever asks.
    with _preparing:
        with suppress(Exception):
            make_lite_copy(model)
        with suppress(Exception):
            still.explained(explain(draw_digits(1, seed=0)[0][0], model, None))
        # Else Python would look through all that TensorFlow has loaded, for 0.3 to 0.6 seconds,
        # while somebody waits: often at the first click.
        gc.collect()
