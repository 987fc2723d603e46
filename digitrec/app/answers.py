"""What the application says: readings as JSON, and errors as a sentence."""

from base64 import b64encode
from html import escape

import cv2
import numpy as np
from flask import Response, jsonify, request

from digitrec.recognize.results import Reading

API = "/api/"

ERROR_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>digitrec</title>
<p>{sentence}</p>
"""


def as_json(reading: Reading, size: tuple[int, int]) -> dict[str, object]:
    """Give a reading as JSON holds it, with what the network saw of each digit.

    Args:
        reading: What was read.
        size: Width and height of the picture as shown, pixels, which the boxes are in.
    """
    digits = [
        {
            **prediction.as_dict(),
            "doubt": "" if prediction.accepted else prediction.alternatives,
            "image": _seen(prediction.image),
        }
        for prediction in reading.predictions
    ]
    return {**reading.as_dict(), "size": size, "digits": digits}


def _seen(image: np.ndarray) -> str:
    pixels = np.rint(image * 255).astype(np.uint8)
    return data_url(cv2.imencode(".png", pixels)[1].tobytes())


def data_url(png: bytes) -> str:
    """Give a PNG file as an address that is the file itself."""
    return f"data:image/png;base64,{b64encode(png).decode()}"


def error(sentence: str, status: int) -> Response:
    """Say what went wrong: to programs as JSON, to people as a page."""
    if request.path.startswith(API):
        answer = jsonify(error=sentence)
    else:
        answer = Response(ERROR_PAGE.format(sentence=escape(sentence)), mimetype="text/html")
    answer.status_code = status
    return answer
