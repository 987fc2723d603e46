"""Make the icons of the web application: `python -m images.icons`.

Draws the 5 of the pad's still picture, in white on the colour of what is sure, into
`digitrec/app/icon.svg` and `icon-*.png`.
"""

from pathlib import Path

import cv2
import numpy as np

from digitrec.widgets import still
from digitrec.widgets.sketch import Sketch
from digitrec.widgets.style import SURE

FOLDER = Path(__file__).parents[1] / "digitrec" / "app"
SIDE = 280  # of the pad, pixels
SIZES = (180, 192, 512)  # of the PNG files, pixels
SHRUNK = 0.8  # so that a launcher may cut off the corners


def main() -> None:
    five = still.example(Sketch(SIDE, SIDE))
    (stroke,) = five.strokes
    points = " ".join(f"{x:g},{y:g}" for x, y in stroke.path())
    place = SIDE * (1 - SHRUNK) / 2
    (FOLDER / "icon.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}">'
        f'<rect width="{SIDE}" height="{SIDE}" rx="56" fill="{SURE}"/>'
        f'<polyline points="{points}" transform="translate({place:g} {place:g}) scale({SHRUNK})" '
        f'fill="none" stroke="white" stroke-width="{stroke.pen}" stroke-linecap="round" '
        'stroke-linejoin="round"/></svg>\n'
    )
    red, green, blue = (int(SURE[start : start + 2], 16) for start in (1, 3, 5))
    ink = five.to_array()[..., np.newaxis] / 255
    picture = (1 - ink) * (blue, green, red) + ink * 255
    for size in SIZES:
        scale = size * SHRUNK / SIDE
        middle = size * (1 - SHRUNK) / 2
        matrix = np.array([[scale, 0, middle], [0, scale, middle]])
        large = cv2.warpAffine(
            np.rint(picture).astype(np.uint8),
            matrix,
            (size, size),
            flags=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC,
            borderValue=(blue, green, red),
        )
        cv2.imwrite(str(FOLDER / f"icon-{size}.png"), large)


if __name__ == "__main__":
    main()
