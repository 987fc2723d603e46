"""What the application says: readings as JSON, and errors as a sentence."""

from base64 import b64encode
from html import escape

import cv2
import numpy as np
from flask import Response, jsonify, request

from digitrec.recognize.results import Prediction, Reading

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
    """Give a reading as JSON holds it.

    Args:
        reading: What was read.
        size: Width and height of the picture as shown, pixels, which the boxes are in.
    """
    return {
        "text": reading.text,
        "confidence": round(reading.confidence, 4),
        "accepted": reading.accepted,
        "size": size,
        "digits": [_digit(prediction) for prediction in reading.predictions],
    }


def _digit(prediction: Prediction) -> dict[str, object]:
    return {
        "digit": prediction.digit,
        "text": prediction.text,
        "confidence": round(prediction.confidence, 4),
        "accepted": prediction.accepted,
        "verdict": prediction.verdict,
        "doubt": "" if prediction.accepted else prediction.alternatives,
        "box": list(prediction.box),
        "probabilities": [round(each, 4) for each in prediction.probabilities.tolist()],
        "image": _seen(prediction.image),
    }


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
