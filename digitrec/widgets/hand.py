"""The hand that draws: events of mouse, fingers and pen become strokes of a sketch."""

from collections.abc import Callable

import numpy as np
from ipycanvas import Canvas

from digitrec.widgets.html import PIXEL_RATIO
from digitrec.widgets.sketch import Point, Sketch

FAR = 40  # from the pen's tip, pixels; a touch so far away is another finger


class Hand:
    """Draws on a sketch what the browser tells of a canvas.

    Args:
        canvas: Whose events to follow.
        sketch: What to draw on.
        guard: Wraps each callback, so that exceptions do not vanish.
        started: Called when a stroke has begun.
        moved: Called when it has got longer.
        ended: Called when the pen was taken up.
    """

    def __init__(
        self,
        canvas: Canvas,
        sketch: Sketch,
        guard: Callable[[Callable], Callable],
        *,
        started: Callable[[], None],
        moved: Callable[[], None],
        ended: Callable[[], None],
    ):
        self._sketch = sketch
        self._started, self._moved, self._ended = started, moved, ended
        canvas.on_mouse_down(guard(self._press))
        canvas.on_mouse_move(guard(self._move))
        canvas.on_mouse_up(guard(self._release))
        # A button released outside the canvas sends no event: leaving the canvas ends the stroke.
        canvas.on_mouse_out(guard(self._release))
        canvas.on_touch_start(guard(self._touch))
        canvas.on_touch_move(guard(self._touch_move))
        canvas.on_touch_end(guard(self._touch_end))
        canvas.on_touch_cancel(guard(self._touch_end))

    def _press(self, x: float, y: float) -> None:
        if not self._sketch.drawing:  # else it is another button, or another finger
            self._sketch.press(x / PIXEL_RATIO, y / PIXEL_RATIO)
            self._started()

    def _move(self, x: float, y: float) -> None:
        if self._sketch.drawing:
            self._sketch.move(x / PIXEL_RATIO, y / PIXEL_RATIO)
            self._moved()

    def _release(self, x: float, y: float) -> None:
        if self._sketch.drawing:
            self._sketch.move(x / PIXEL_RATIO, y / PIXEL_RATIO)
            self._end_stroke()

    def _end_stroke(self) -> None:
        self._sketch.release()
        self._ended()

    def _touch(self, touches: list[Point]) -> None:
        self._press(*touches[-1])  # the latest finger

    def _touch_move(self, touches: list[Point]) -> None:
        if self._sketch.drawing:
            self._move(*min(touches, key=self._from_tip))

    def _touch_end(self, touches: list[Point]) -> None:
        """A finger was taken up; those that are left may include the one that draws."""
        if self._sketch.drawing and min(map(self._from_tip, touches), default=FAR) >= FAR:
            self._end_stroke()

    def _from_tip(self, touch: Point) -> float:
        return float(np.hypot(*np.subtract(np.divide(touch, PIXEL_RATIO), self._sketch.tip)))
