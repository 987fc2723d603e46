"""Why a reading is as it is: a figure, which takes TensorFlow and Matplotlib."""

from digitrec.model.inputs import Model
from digitrec.recognize.results import Reading


class MissingError(Exception):
    """Something is not installed."""


def reasons(reading: Reading, model: Model | None) -> tuple[bytes, str]:
    """Explain a reading; of several digits, the least sure one.

    Args:
        reading: What to explain.
        model: As for `digitrec.explain`.

    Returns:
        A figure as a PNG file, and what it shows in words.

    Raises:
        MissingError: If TensorFlow or Matplotlib is not installed.
        ValueError: As for `digitrec.explain`.
    """
    try:
        import matplotlib

        matplotlib.use("agg")  # a server has no screen, and this is not its main thread
        from digitrec.recognize.explain import explain
        from digitrec.widgets import still

        return still.explained(explain(reading, model))
    except ImportError as error:
        raise MissingError(
            "an explanation needs TensorFlow and Matplotlib: install digitrec with the extras "
            "'train' and 'notebook' where it runs"
        ) from error
