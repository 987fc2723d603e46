"""The hand that draws: events of mouse, fingers and pen become strokes of a sketch."""

import math
from collections.abc import Callable

from ipycanvas import Canvas

from digitrec.widgets.html import PIXEL_RATIO
from digitrec.widgets.live_ink import LiveInk
from digitrec.widgets.sketch import Point, Sketch, to_point, to_share

FAR = 40  # from the pen's tip, pixels; a touch so far away is another finger


class Hand:
    """Draws on a sketch what the browser tells of a canvas and of the ink over it.

    Args:
        canvas: Whose events to follow, where the ink does not lie over it.
        ink: Whose strokes to draw.
        sketch: What to draw on.
        guard: Wraps each callback, so that exceptions do not vanish.
        started: Called when a stroke has begun.
        moved: Called when it has got longer.
        ended: Called when the pen was taken up.
    """

    def __init__(
        self,
        canvas: Canvas,
        ink: LiveInk,
        sketch: Sketch,
        guard: Callable[[Callable], Callable],
        *,
        started: Callable[[], None],
        moved: Callable[[], None],
        ended: Callable[[], None],
    ):
        self._sketch = sketch
        self._started, self._moved, self._ended = started, moved, ended
        self._stroke = ""  # the ink's name for the stroke that is being drawn
        ink.on_part(guard(self._draw))
        canvas.on_mouse_down(guard(lambda *place: self._press([place])))
        canvas.on_mouse_move(guard(lambda *place: self._move([place])))
        canvas.on_mouse_up(guard(lambda *place: self._release(place)))
        # A button released outside the canvas sends no event: leaving the canvas ends the stroke.
        canvas.on_mouse_out(guard(lambda *place: self._release(place)))
        canvas.on_touch_start(guard(self._press))
        canvas.on_touch_move(guard(self._move))
        canvas.on_touch_end(guard(self._touch_end))
        canvas.on_touch_cancel(guard(self._touch_end))

    def _draw(self, stroke: str, start: int, points: list, ended: bool) -> None:
        """Draw part of a stroke."""
        places = _on_paper(points)
        begins = start == 0 and bool(places)
        if begins:
            self._stroke = stroke
            self._sketch.press(*places[0])
        if stroke != self._stroke or not self._sketch.drawing:  # it was taken back meanwhile
            return
        for place in places:
            self._sketch.move(*place)
        if begins:
            self._started()
        if ended:
            self._end_stroke()
        else:
            self._moved()

    def _press(self, touches: list[Point]) -> None:
        points = _on_page(touches)
        if points and not self._sketch.drawing:  # else it is another button, or another finger
            self._sketch.press(*points[-1])  # the latest finger
            self._started()

    def _move(self, touches: list[Point]) -> None:
        points = _on_page(touches)
        if points and self._sketch.drawing:
            self._sketch.move(*min(points, key=self._from_tip))
            self._moved()

    def _release(self, place: Point) -> None:
        if self._sketch.drawing:
            for point in _on_page([place]):
                self._sketch.move(*point)
            self._end_stroke()

    def _touch_end(self, touches: list[Point]) -> None:
        """A finger was taken up; those that are left may include the one that draws."""
        if self._sketch.drawing:
            away = min(map(self._from_tip, _on_page(touches)), default=FAR)
            if away >= FAR:
                self._end_stroke()

    def _end_stroke(self) -> None:
        self._sketch.release()
        self._ended()

    def _from_tip(self, point: Point) -> float:
        return math.dist(point, self._sketch.tip)


def _on_page(places: list[Point]) -> list[Point]:
    """Those places on the canvas that are numbers, as points of the sketch."""
    points = (to_point(*place) for place in places)
    return [(point[0] / PIXEL_RATIO, point[1] / PIXEL_RATIO) for point in points if point]


def _on_paper(places: list) -> list[tuple[float, float, float]]:
    """Those places of the paper that are two or three numbers.

    The third is a share of the pen's width; 1 is added where it is left out.
    """
    told = (place for place in places if isinstance(place, list) and len(place) in (2, 3))
    read = ((to_point(x, y), to_share(*share or [1])) for x, y, *share in told)
    return [(*point, share) for point, share in read if point and share]
