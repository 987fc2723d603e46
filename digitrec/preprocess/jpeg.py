"""Take a JPEG file apart: what its pixels need, and how the camera was held.

Decoders read all that a file says about itself, and each scan of a progressive picture costs as
much as the whole picture. A hostile file has millions of such parts, so only what the pixels need
is passed on, and the scans are counted. The standard library only.
"""

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from digitrec.preprocess.errors import PictureError

START = b"\xff\xd8"  # of the file
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # the picture's size comes with one of these
PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
START_OF_SCAN, END = 0xDA, 0xD9
EXIF = 0xE1
# What other programs left behind: application data, except for the two kinds that tell the colour
# space, and comments.
NOTES = {*range(0xE1, 0xEE), 0xEF, 0xFE}

FILL = 4096 * b"\xff"  # between two parts; decoders begin such a row again with each block they get
MOST_SEGMENTS = 10_000  # in a file; notes of 100 MB take 1,600
MOST_SCANNED = 1_000_000_000  # pixels times scans; 20 scans of 50 megapixels, where 10 are usual

# A marker may be preceded by any number of 0xFF. Between scans these are not markers: a 0xFF
# that belongs to the picture, which is followed by 0, and restarts.
MARKER = re.compile(rb"\xff+([\x02-\xcf\xd9-\xfe])")


class Segment(NamedTuple):
    """A part of the file.

    Attributes:
        marker: What kind of part it is.
        place: Where its content begins, in bytes.
        content: What it holds.
    """

    marker: int
    place: int
    content: bytes


class Jpeg(NamedTuple):
    """A JPEG file taken apart.

    Attributes:
        content: A JPEG file with the same pixels, and without notes.
        size: Width and height, pixels.
        exif: The camera's notes, empty if there are none.
        header: All that stands before the pixels.
    """

    content: bytes
    size: tuple[int, int]
    exif: bytes
    header: bytes


def take_apart(content: bytes) -> Jpeg:
    """Take a JPEG file apart.

    Raises:
        PictureError: If it has more segments, or more scans, than a picture needs.
    """
    kept, exif, frame = [START], b"", None
    for segment in _segments(content, len(START)):
        if segment.marker == START_OF_SCAN and frame:
            start = segment.place - 4
            scans = _scans(content, segment, frame)
            if FILL in scans:
                raise _too_costly()
            kept += [b"\xff\xda", scans]
            return Jpeg(b"".join(kept), _size(frame), exif, content[:start])
        if segment.marker in FRAMES:
            frame = segment
        if segment.marker == EXIF and segment.content.startswith(b"Exif\0\0"):
            exif = exif or segment.content
        if segment.marker not in NOTES:
            kept.append(content[segment.place - 4 : segment.place] + segment.content)
    raise PictureError("is damaged (it has no pixels): save or send it again")


def _too_costly() -> PictureError:
    return PictureError("takes too long to decode: save it as PNG, or as JPEG in another program")


def _segments(content: bytes, place: int) -> Iterator[Segment]:
    for _ in range(MOST_SEGMENTS):
        marker = MARKER.search(content, place)
        if marker is None or marker[1][0] == END:
            return
        place = marker.end() + 2
        length = _number(content[marker.end() : place]) - 2
        yield Segment(marker[1][0], place, content[place : place + length])
        place += max(0, length)
    raise PictureError(f"has over {MOST_SEGMENTS:,} segments: save it again")


def _size(frame: Segment) -> tuple[int, int]:
    return _number(frame.content[3:5]), _number(frame.content[1:3])


def _pixels(frame: Segment) -> int:
    return math.prod(_size(frame))


def _scans(content: bytes, first: Segment, frame: Segment) -> bytes:
    """The first scan, and all others if not all colours are in it."""
    start = first.place - 2
    if frame.marker not in PROGRESSIVE and first.content[:1] == frame.content[5:6]:
        end = content.find(bytes([0xFF, END]), start)
        return content[start : end + 2] if end > 0 else content[start:]
    scans = content.count(bytes([0xFF, START_OF_SCAN]))
    if _pixels(frame) * scans > MOST_SCANNED:
        # Some of these may be in the notes, or in a film behind the photo.
        following = (segment.marker for segment in _segments(content, first.place))
        scans = 1 + sum(marker == START_OF_SCAN for marker in following)
    if _pixels(frame) * scans > MOST_SCANNED:
        raise _too_costly()
    return content[start:]


def _number(content: bytes) -> int:
    return int.from_bytes(content, "big")
