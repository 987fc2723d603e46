"""Ink that the browser draws at once, over the pad's canvas, and hands on to the kernel."""

from collections.abc import Callable
from pathlib import Path

import anywidget
import traitlets

from digitrec.widgets.html import PIXEL_RATIO


class LiveInk(anywidget.AnyWidget):
    """Lies over a canvas; it shows a stroke until the kernel has drawn it there.

    It knows the width of the pen, so that strokes look alike before and after.
    """

    _esm = Path(__file__).with_name("live_ink.js")
    width = traitlets.Int().tag(sync=True)
    height = traitlets.Int().tag(sync=True)
    ratio = traitlets.Int(PIXEL_RATIO).tag(sync=True)
    pen = traitlets.Float().tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)

    def on_part(self, draw: Callable[[str, int, list, bool], None]) -> None:
        """Call `draw` with each part of a stroke that the browser sends; ignore anything else.

        Args:
            draw: Takes the name of the stroke, the number of its points that came before, its
                next points and whether these are the last ones. A point is [x, y] in pixels of the
                pad, or [x, y, share] where pressure makes a pen's line wider or thinner than `pen`.
        """

        def receive(_: object, content: object, __: object) -> None:
            match content:
                case {
                    "view": str(view),
                    "part": int(part),
                    "stroke": str(stroke),
                    "start": int(start),
                    "points": list(points),
                    "ended": bool(ended),
                }:
                    try:
                        draw(stroke, start, points, ended)
                    finally:
                        self.send({"view": view, "part": part})

        self.on_msg(receive)
