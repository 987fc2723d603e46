"""What pad and uploader show, as HTML: predictions and pictures in, text out."""

from base64 import b64encode
from collections.abc import Sequence
from html import escape

import cv2
import numpy as np

from digitrec.model.risk import Outcome
from digitrec.recognize.percent import percent
from digitrec.recognize.results import Prediction, Reading

THUMBNAIL = (200, 150)  # most width and height of an uploaded picture, pixels of the page
PIXEL_RATIO = 2  # pixels of a picture for each pixel of the page, for high-density screens


def message(text: str) -> str:
    """A text in place of a prediction."""
    return f'<div class="head">{escape(text)}</div>'


def note(text: str) -> str:
    """Small print."""
    return f'<div class="note">{escape(text)}</div>'


def error_text(error: Exception) -> str:
    """What to tell about an error: our own say everything, others need their names."""
    if isinstance(error, ValueError):
        return str(error)
    return f"That went wrong: {type(error).__name__}: {error}"


def digit(prediction: Prediction) -> str:
    """The digit, large, with how sure it is and what the network saw."""
    return (
        f'<div class="head {_doubt(prediction)}"><span class="digit">{_shown(prediction)}</span>'
        f"<span>{escape(prediction.verdict)}</span>{_network_image(prediction)}</div>"
    )


def bars(probabilities: np.ndarray, names: Sequence[object] = ("",) * 10) -> str:
    """Ten bars with percentages, or without if all are 0; with names if they need them."""
    shares = [
        (f"{probability:.1%}", escape(percent(probability))) if probabilities.any() else (0, "")
        for probability in probabilities
    ]
    return "".join(
        f'<div class="bar"><b>{name}</b><span class="track">'
        f'<span style="width: {width}"></span></span><span class="share">{share}</span></div>'
        for name, (width, share) in zip(names, shares, strict=True)
    )


def number(predictions: Sequence[Prediction]) -> str:
    """Digits side by side: what the network saw of each, the digit, and how sure it is."""
    figures = [
        f'<figure class="{_doubt(prediction)}">{_network_image(prediction)}'
        f"<figcaption>{_shown(prediction)}</figcaption>{note(_short_verdict(prediction))}</figure>"
        for prediction in predictions
    ]
    return f'<div class="number">{"".join(figures)}</div>'


def upload(name: str, rgb: np.ndarray, reading: Reading) -> str:
    """An uploaded picture with a box around each digit, what was read, and how sure it is."""
    predictions = reading.predictions
    if len(predictions) == 1:
        (one,) = predictions
        verdict = escape(one.verdict)
        more = f'<div class="bars">{bars(one.probabilities, one.script)}</div>'
    else:
        verdict, more = _verdict(reading), ""
    return (
        f'<div class="upload"><div class="picture">{_thumbnail(rgb, predictions)}</div>'
        f'<div class="words">{note(name)}<div class="text">{reading.text}</div>{verdict}</div>'
        f"{more}</div>"
    )


def figure(png: bytes, words: str) -> str:
    """A figure, as a PNG file, and what it shows in words for those who cannot see it.

    Its size and `decoding` keep the page from jumping and flickering while figures change.
    """
    width, height = (int.from_bytes(png[start : start + 4]) for start in (16, 20))
    return (
        f'<img class="figure" width="{width}" height="{height}" decoding="sync" '
        f'alt="{escape(words)}" src="{_png_url(png)}">'
    )


def failed_upload(name: str, text: str) -> str:
    """A file that could not be read, and why."""
    words = f'{note(name)}<div class="doubt">{escape(text)}</div>'
    return f'<div class="upload"><div class="words">{words}</div></div>'


def outcome(counts: Outcome) -> str:
    """What is accepted and refused, as one bar in four parts, each with its number."""
    parts = {
        "correct": ("accepted, correct", counts.correct),
        "wrong": ("accepted, wrong", counts.wrong),
        "refused-wrong": ("refused, would be wrong", counts.refused_wrong),
        "refused-correct": ("refused, would be correct", counts.refused_correct),
    }
    bar = "".join(
        f'<i class="{kind}" style="flex: {count}"></i>' for kind, (_, count) in parts.items()
    )
    rows = "".join(
        f'<tr><td><i class="{kind}"></i></td><td>{text}</td><td>{count:,}</td></tr>'
        for kind, (text, count) in parts.items()
    )
    return f'<div class="outcome"><div class="parts">{bar}</div><table>{rows}</table></div>'


def curve(points: np.ndarray, dot: tuple[float, float], top: float, size: tuple[int, int]) -> str:
    """A curve from left to right with a dot on it.

    Args:
        points: Shape (n, 2), in [0, 1]: to the right and up.
        dot: Where the dot is.
        top: What the upper end stands for, a share.
        size: Width and height, pixels.
    """
    width, height = size
    line = " ".join(f"{width * x:.1f},{height * (1 - y):.1f}" for x, y in points)
    return (
        f'<figure class="curve"><figcaption>wrong, of those accepted: 0 to {top:.1%}</figcaption>'
        f'<svg width="{width}" height="{height}" viewBox="-6 -6 {width + 12} {height + 12}">'
        f'<path class="axes" d="M0 0V{height}H{width}"/><polyline points="{line}"/>'
        f'<circle cx="{width * dot[0]:.1f}" cy="{height * (1 - dot[1]):.1f}" r="5"/></svg>'
        "<figcaption>accepted, of all: 0 to 100%</figcaption></figure>"
    )


def gallery(images: np.ndarray, captions: Sequence[str]) -> str:
    """Images (n, 28, 28), float in [0, 1], side by side, each with its caption."""
    figures = [
        f"<figure>{_seen(image)}<figcaption>{escape(caption)}</figcaption></figure>"
        for image, caption in zip(images, captions, strict=True)
    ]
    return f'<div class="gallery">{"".join(figures)}</div>'


def _verdict(reading: Reading) -> str:
    if reading.accepted:
        return f"{escape(percent(reading.confidence))} sure of each"
    doubted = [prediction.verdict for prediction in reading.predictions if not prediction.accepted]
    return f'<span class="doubt">{"<br>".join(doubted)}</span>'


def _shown(prediction: Prediction) -> str:
    return "?" if prediction.is_unlikely else prediction.text


def _short_verdict(prediction: Prediction) -> str:
    """A verdict that fits under one digit: "99%", "7 or 1?", or "no digit?"."""
    if prediction.accepted:
        return percent(prediction.confidence, 0)
    return f"{prediction.alternatives}?"


def _doubt(prediction: Prediction) -> str:
    return "" if prediction.accepted else "doubt"


def _network_image(prediction: Prediction) -> str:
    return _seen(prediction.image)


def _seen(image: np.ndarray) -> str:
    source = _data_url((image * 255).astype(np.uint8))
    return f'<img class="seen" alt="what the network saw" src="{source}">'


def _thumbnail(rgb: np.ndarray, predictions: Sequence[Prediction]) -> str:
    """The picture as SVG, so that boxes are sharp at any zoom."""
    height, width = rgb.shape[:2]
    scale = min(THUMBNAIL[0] / width, THUMBNAIL[1] / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    picture = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    if width > PIXEL_RATIO * size[0]:
        larger = (PIXEL_RATIO * size[0], PIXEL_RATIO * size[1])
        picture = cv2.resize(picture, larger, interpolation=cv2.INTER_AREA)
    extent = f'width="{size[0]}" height="{size[1]}"'
    boxes = "".join(_box(prediction, scale) for prediction in predictions)
    return (
        f'<svg {extent}><image {extent} preserveAspectRatio="none" '
        f'href="{_data_url(picture)}"/>{boxes}</svg>'
    )


def _box(prediction: Prediction, scale: float) -> str:
    left, top, width, height = (scale * length for length in prediction.box)
    return (
        f'<rect class="{_doubt(prediction)}" x="{left:.1f}" y="{top:.1f}" '
        f'width="{width:.1f}" height="{height:.1f}"/>'
    )


def _data_url(bgr: np.ndarray) -> str:
    return _png_url(cv2.imencode(".png", bgr)[1].tobytes())


def _png_url(content: bytes) -> str:
    return f"data:image/png;base64,{b64encode(content).decode()}"
