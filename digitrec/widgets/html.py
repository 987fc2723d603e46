"""What pad and uploader show, as HTML: predictions and pictures in, text out."""

from base64 import b64encode
from collections.abc import Sequence
from html import escape

import cv2
import numpy as np

from digitrec.recognize.results import Prediction, Reading

THUMBNAIL = (200, 150)  # most width and height of an uploaded picture, pixels of the page
SHARP = 2  # pixels of the thumbnail to each of them, for high-density screens


def message(text: str) -> str:
    """Words where the answer would stand."""
    return f'<div class="head">{escape(text)}</div>'


def note(text: str) -> str:
    """Small print."""
    return f'<div class="note">{escape(text)}</div>'


def answer(prediction: Prediction) -> str:
    """The digit, large, with how sure it is and what the network saw."""
    return (
        f'<div class="head {_doubt(prediction)}"><span class="digit">{prediction.digit}</span>'
        f"<span>{prediction.verdict}</span>{_seen(prediction)}</div>"
    )


def bars(probabilities: np.ndarray, names: Sequence[str] = ("",) * 10) -> str:
    """Ten bars with percentages, unless all are 0; with names if nothing beside them has them."""
    shares = [f"{probability:.1%}" if probabilities.any() else "" for probability in probabilities]
    return "".join(
        f'<div class="bar"><b>{name}</b><span class="track">'
        f'<span style="width: {share or 0}"></span></span><span class="share">{share}</span></div>'
        for name, share in zip(names, shares, strict=True)
    )


def number(predictions: Sequence[Prediction]) -> str:
    """Digits side by side: of each, what the network saw, the digit, and how sure it is."""
    figures = [
        f'<figure class="{_doubt(prediction)}">{_seen(prediction)}'
        f"<figcaption>{prediction.digit}</figcaption>{note(_short(prediction))}</figure>"
        for prediction in predictions
    ]
    return f'<div class="number">{"".join(figures)}</div>'


def upload(name: str, rgb: np.ndarray, reading: Reading) -> str:
    """An uploaded picture: itself with each digit boxed, what was read, and how surely."""
    predictions = reading.predictions
    if len(predictions) == 1:
        verdict = predictions[0].verdict
        more = f'<div class="bars">{bars(predictions[0].probabilities, range(10))}</div>'
    else:
        verdict, more = _doubts(predictions), ""
    return (
        f'<div class="upload"><div class="picture">{_thumbnail(rgb, predictions)}</div>'
        f'<div class="words">{note(name)}<div class="text">{reading.text}</div>{verdict}</div>'
        f"{more}</div>"
    )


def failure(name: str, text: str) -> str:
    """A file that could not be read, and why."""
    words = f'{note(name)}<div class="doubt">{escape(text)}</div>'
    return f'<div class="upload"><div class="words">{words}</div></div>'


def _doubts(predictions: Sequence[Prediction]) -> str:
    doubted = [prediction.verdict for prediction in predictions if not prediction.accepted]
    if not doubted:
        return f"{min(prediction.confidence for prediction in predictions):.1%} sure of each"
    return f'<span class="doubt">{"<br>".join(doubted)}</span>'


def _doubt(prediction: Prediction) -> str:
    return "" if prediction.accepted else "doubt"


def _short(prediction: Prediction) -> str:
    """A verdict that fits under one digit: "99%", or "7 or 1?"."""
    if prediction.accepted:
        return f"{prediction.confidence:.0%}"
    return prediction.verdict.removeprefix("not sure: ") + "?"


def _seen(prediction: Prediction) -> str:
    source = _data(".png", (prediction.image * 255).astype(np.uint8))
    return f'<img class="seen" alt="what the network saw" src="{source}">'


def _thumbnail(rgb: np.ndarray, predictions: Sequence[Prediction]) -> str:
    """The picture as SVG, so that boxes and their digits are sharp at any zoom."""
    height, width = rgb.shape[:2]
    scale = min(THUMBNAIL[0] / width, THUMBNAIL[1] / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    source = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    if width > SHARP * size[0]:
        source = cv2.resize(
            source, (SHARP * size[0], SHARP * size[1]), interpolation=cv2.INTER_AREA
        )
    extent = f'width="{size[0]}" height="{size[1]}"'
    marks = "".join(_mark(prediction, scale) for prediction in predictions)
    return (
        f'<svg {extent}><image {extent} preserveAspectRatio="none" '
        f'href="{_data(".png", source)}"/>{marks}</svg>'
    )


def _mark(prediction: Prediction, scale: float) -> str:
    left, top, width, height = (scale * side for side in prediction.box)
    return (
        f'<rect class="{_doubt(prediction)}" x="{left:.1f}" y="{top:.1f}" '
        f'width="{width:.1f}" height="{height:.1f}"/>'
    )


def _data(ending: str, bgr: np.ndarray) -> str:
    content = b64encode(cv2.imencode(ending, bgr)[1]).decode()
    return f"data:image/{ending[1:]};base64,{content}"
