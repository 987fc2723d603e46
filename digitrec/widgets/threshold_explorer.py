"""Move the threshold of doubt, and see errors traded for refusals."""

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

from digitrec import viz
from digitrec.data.mnist import scale
from digitrec.model.risk import Outcome, outcome, risk_coverage
from digitrec.recognize.classify import ACCEPTED
from digitrec.widgets import html, still
from digitrec.widgets.style import show, styled

STEP = 0.005  # of the threshold
SHOWN = 10  # errors that are let through, the most confident first
CURVE = (300, 150)  # width and height of the curve, pixels
POINTS = 300  # of the curve that are drawn; more would not be seen
ROOM = 1.15  # height of the curve's axis, highest risks of its drawn part
FEWEST = 0.1  # coverage where the drawn part begins: the risk of fewer pictures jumps about


class ThresholdExplorer:
    """A slider for the least confidence that is accepted: what is accepted, refused, and wrong.

    Args:
        probabilities: Shape (n, 10), in [0, 1], as a network gives them.
        labels: Shape (n,), integers: the true digits, and -1 where there is none.
        images: Shape (n, 28, 28), uint8, or float in [0, 1], to show what is accepted wrongly;
            None shows no pictures.

    Attributes:
        threshold: The slider, 0 to 1.
        widget: What is shown.

    Raises:
        ValueError: If there are none, not as many of each, or other labels.
    """

    def __init__(
        self, probabilities: np.ndarray, labels: np.ndarray, images: np.ndarray | None = None
    ):
        self._probabilities, self._labels = np.asarray(probabilities), np.asarray(labels)
        self._curve = risk_coverage(self._probabilities, self._labels)
        self._images = None if images is None else _as_float(images, len(self._labels))
        self.threshold = ipywidgets.FloatSlider(
            ACCEPTED, min=0, max=1, step=STEP, description="Accept from", readout_format=".1%"
        )
        self.threshold.layout.width = "420px"
        self.threshold.style.description_width = "80px"
        self.threshold.observe(lambda change: self._show(), "value")
        self._view = ipywidgets.HTML()
        self.widget = styled([self.threshold, self._view], flex_flow="column")
        self._show()

    def display(self) -> None:
        """Show it below the cell; the explorer as a cell's last line does the same."""
        show(self.widget, type(self).__name__, self._still)

    _ipython_display_ = display

    @property
    def outcome(self) -> Outcome:
        """How many are accepted and refused, correct and wrong, at the chosen threshold."""
        return outcome(self._probabilities, self._labels, self.threshold.value)

    @property
    def errors(self) -> np.ndarray:
        """The places of what is accepted wrongly, the most confident first; shape (m,), int."""
        confidence = self._probabilities.max(axis=1)
        wrong = self._probabilities.argmax(axis=1) != self._labels
        places = np.flatnonzero(wrong & (confidence >= self.threshold.value))
        return places[np.argsort(-confidence[places], kind="stable")]

    def _still(self) -> still.Still:
        counts = self.outcome
        figure = plt.figure(figsize=(viz.WIDTH, 3), layout="constrained")
        ax = figure.subplots()
        chosen = counts.coverage, counts.risk
        viz.plot_risk_coverage(self._curve.coverage, self._curve.risk, chosen=chosen, ax=ax)
        ax.set_title(
            f"accepted from {self.threshold.value:.1%}: {counts.correct:,} correct, "
            f"{counts.wrong:,} wrong; {counts.refused_correct + counts.refused_wrong:,} refused"
        )
        return still.stacked([figure])

    def _show(self) -> None:
        counts = self.outcome
        self._view.value = (
            f'<div class="trade">{html.outcome(counts)}{self._drawn_curve(counts)}</div>'
            f"{self._shown_errors()}"
        )

    def _drawn_curve(self, counts: Outcome) -> str:
        coverage, risk = self._curve.coverage, self._curve.risk
        from_here = coverage >= FEWEST
        top = ROOM * max(risk[from_here].max(initial=0), 1e-3)
        every = max(1, len(risk) // POINTS)
        points = np.column_stack([coverage[from_here], risk[from_here] / top])[::-every][::-1]
        return html.curve(points, (counts.coverage, min(counts.risk / top, 1)), top, CURVE)

    def _shown_errors(self) -> str:
        if self._images is None:
            return ""
        digits = self._probabilities.argmax(axis=1)
        places = self.errors[:SHOWN]
        captions = [f"as {digits[place]}" for place in places]
        return html.gallery(self._images[places], captions)


def _as_float(images: np.ndarray, count: int) -> np.ndarray:
    images = np.asarray(images).reshape(len(images), *np.shape(images)[1:3])
    if len(images) != count:
        raise ValueError(f"{len(images)} images but {count} labels: give an image for each label")
    return scale(images) if images.dtype == np.uint8 else images
