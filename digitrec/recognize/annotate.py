"""Draw on a picture how it was read: a box around each digit, and the digit above it.

NumPy and Pillow only: no Matplotlib, which takes longer to import than most pictures to read.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from digitrec.preprocess.pieces import Box
from digitrec.recognize.colours import DOUBT, SURE
from digitrec.recognize.results import Prediction

# Chosen by eye on drawings of 28 x 28 pixels, on cheques and on photos of 12 megapixels.
LEAST_SIDE = 280  # of a picture that is drawn on, pixels; a smaller one is enlarged
LINE = 0.003  # width of a line, of the picture's longest side
LEAST_LINE = 2  # pixels
TEXT = 0.4  # size of the digits above the boxes, of the median height of the boxes
MOST_TEXT = 0.06  # of the picture's longest side
LEAST_TEXT = 16  # pixels

DIGIT_HEIGHT = 0.72  # of the size of the font
BACKGROUND = "white"  # of what is added on top, where there is no room for the digits


def annotate(rgb: np.ndarray, predictions: Sequence[Prediction]) -> Image.Image:
    """Draw a box around each digit of a picture, and above it the digit, with "?" if in doubt.

    Args:
        rgb: Shape (height, width, 3), uint8.
        predictions: One or more, with boxes in pixels of the picture.

    Returns:
        The picture, RGB. A small one is enlarged by a whole factor, and one with no room above
        its digits is made higher.
    """
    scale = -(-LEAST_SIDE // max(rgb.shape[:2]))
    longest = scale * max(rgb.shape[:2])
    line = max(LEAST_LINE, round(LINE * longest))
    boxes = [_around(prediction.box, scale, line) for prediction in predictions]
    size = TEXT * float(np.median([bottom - top for _, top, _, bottom in boxes]))
    size = max(LEAST_TEXT, min(size, MOST_TEXT * longest))
    font = ImageFont.load_default(size)
    tag = round(DIGIT_HEIGHT * size) + 4 * line  # its height
    room = max(0, tag - min(top for _, top, _, _ in boxes))
    image = _on_canvas(rgb, scale, room)
    draw = ImageDraw.Draw(image)
    for prediction, (left, top, right, bottom) in zip(predictions, boxes, strict=True):
        colour = SURE if prediction.accepted else DOUBT
        draw.rectangle((left, top + room, right, bottom + room), outline=colour, width=line)
        text = f"{prediction.digit}" if prediction.accepted else f"{prediction.digit}?"
        ends = left + round(font.getlength(text)) + 4 * line, top + room
        draw.rectangle((left, top + room - tag, *ends), fill=colour)
        place = left + 2 * line, top + room - 2 * line
        draw.text(place, text, fill="white", font=font, anchor="ls")
    return image


def _around(box: Box, scale: int, line: int) -> tuple[int, int, int, int]:
    """The outermost pixels of a line around a box of a picture that is enlarged."""
    left, top = scale * box.left - line, scale * box.top - line
    return left, top, scale * box.right + line - 1, scale * box.bottom + line - 1


def _on_canvas(rgb: np.ndarray, scale: int, room: int) -> Image.Image:
    """The picture, enlarged, with some pixels of room above it."""
    image = Image.fromarray(rgb)
    if scale > 1:
        image = image.resize((scale * image.width, scale * image.height), Image.Resampling.NEAREST)
    if room == 0:
        return image
    canvas = Image.new("RGB", (image.width, image.height + room), BACKGROUND)
    canvas.paste(image, (0, room))
    return canvas
