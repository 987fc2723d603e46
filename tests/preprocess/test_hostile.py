"""Files that cost more than their pixels, lines that look like many digits: within time and memory.

Each file is read in a process of its own, which tells its processor time and its memory.
"""

import contextlib
import io
import platform
import subprocess
import sys
import time

import cv2
import hostile
import numpy as np
import pytest
from PIL import Image

import digitrec

GIGABYTE = 1_000_000_000
LONGEST = 5  # seconds of processor time for a file
LONGEST_DRAWING = 2  # seconds of processor time for a drawing of up to 1000x1000

# How many pages of memory the system has to give for each drawing, after the first ones.
COUNT_PAGES = """
import resource
import numpy as np
from digitrec.preprocess.picture import open_picture
from digitrec.preprocess.segment import find_lines

drawing = np.full((280, 280), 255, np.uint8)
drawing[60:220, 130:150] = 0
pages = []
for _ in range(70):
    assert find_lines(open_picture(drawing))
    pages.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
print((pages[-1] - pages[19]) / 50)
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", hostile.HOSTILE)
def test_a_costly_file_is_read_or_refused_in_time(name):
    result = hostile.measure(hostile.HOSTILE[name]())
    assert result["outcome"].startswith(("read", "refused: the picture "))
    assert result["seconds"] < LONGEST
    assert result["peak"] < GIGABYTE


@pytest.mark.slow
@pytest.mark.parametrize("name", hostile.HONEST)
def test_a_large_or_unusual_file_is_read_in_time(name):
    result = hostile.measure(hostile.HONEST[name]())
    assert result["outcome"] == "read"
    assert result["seconds"] < LONGEST
    assert result["peak"] < GIGABYTE


def test_what_is_refused_says_why():
    tile = hostile.HOSTILE["TIFF, a tile of 65536x32752"]()
    scans = hostile.HOSTILE["JPEG, 10,000 scans"]()
    notes = hostile.HOSTILE["GIF, many comments"]()
    for content, reason in (
        (tile, "is made of tiles of an unusual size: save it again"),
        (scans, "has over 10,000 segments: save it again"),
        (notes, "holds too much besides its pixels: save it again"),
    ):
        with pytest.raises(digitrec.PictureError, match=reason):
            digitrec.read_digits(content)


@pytest.mark.parametrize("name", ["TIFF, a tile of 65536x32752", "JPEG, 10,000 scans"])
def test_a_costly_file_that_pillow_has_only_opened_is_refused_as_well(name):
    """Pillow opens it in no time, and would decode it at any cost."""
    with (
        Image.open(io.BytesIO(hostile.HOSTILE[name]())) as image,
        pytest.raises(digitrec.PictureError, match="save it again"),
    ):
        digitrec.read_digits(image)


# Drawings


def paper(height, width):
    return np.full((height, width), 255, np.uint8)


def three_rules():
    page = paper(400, 1000)
    page[100:103] = page[200:203] = page[300:303] = 0
    return page


def dash():
    page = paper(400, 1000)
    page[200:203, 50:950] = 0
    return page


def ruled_page():
    page = paper(700, 1000)
    page[30::60] = page[31::60] = 0
    return page


def strip():
    page = paper(20, 5000)
    page[5:15, 20:-20] = 0
    return page


def waves(thickness=4, height=20):
    page = paper(600, 1000)
    x = np.arange(40, 960)
    for row in range(5):
        y = 80 + 100 * row + height * np.sin(x / 30)
        cv2.polylines(page, [np.stack([x, y], 1).astype(np.int32)], False, 0, thickness)
    return page


def dashes():
    page = paper(1000, 1000)
    for top in range(5, 1000, 10):
        for left in range(5, 900, 100):
            page[top : top + 3, left : left + 80] = 0
    return page


def script():
    """Handwriting without digits: each line is one piece of ink."""
    dice = np.random.default_rng(3)
    page = paper(1000, 1000)
    x = np.linspace(10, 990, 400)
    for row in range(30, 1000, 40):
        y = row + 10 * np.sin(x / 3) + dice.normal(0, 2, x.size)
        points = np.stack([x + 6 * np.cos(x), y], 1).astype(np.int32)
        cv2.polylines(page, [points], False, 0, 2)
    return page


def stairs():
    """Pieces of which no two stand beside each other."""
    page = paper(1000, 1000)
    for place in range(0, 996, 2):
        page[place, place : place + 1] = 0
    return page


def zigzags(rows):
    """Three in a row, each as wide as eight digits that touch."""
    page = paper(1000, 1000)
    for top in range(10, 10 + 60 * rows, 60):
        for left in (10, 340, 670):
            points = [[left + 20 * step, top + 40 * (step % 2)] for step in range(16)]
            cv2.polylines(page, [np.array(points, np.int32)], False, 0, 3)
    return page


def few_zigzags():
    """As many as are still cut."""
    return zigzags(rows=2)


def many_zigzags():
    return zigzags(rows=16)


def noise():
    return np.random.default_rng(0).integers(0, 256, (1000, 1000), np.uint8)


def specks():
    noise = cv2.GaussianBlur(np.random.default_rng(2).normal(size=(1000, 1000)), (0, 0), 2)
    return np.where(noise > noise.std(), 0, 255).astype(np.uint8)


def rings():
    page = np.full((1000, 1000), 255, np.uint8)
    for radius in range(10, 490, 9):
        cv2.circle(page, (500, 500), radius, 0, 3)
    return page


def frames():
    page = np.full((1000, 1000), 255, np.uint8)
    for edge in range(10, 490, 9):
        cv2.rectangle(page, (edge, edge), (1000 - edge, 1000 - edge), 0, 3)
    return page


LINES = [three_rules, dash, ruled_page, strip, waves, dashes]
OTHERS = [
    script,
    stairs,
    few_zigzags,
    many_zigzags,
    noise,
    specks,
    rings,
    frames,
    lambda: waves(3, 45),
    lambda: waves(12, 45),
]


@pytest.mark.parametrize("draw", [*LINES, *OTHERS])
def test_every_drawing_is_read_or_refused_in_time(draw):
    page = draw()
    for read in (digitrec.read_digits, digitrec.predict_digit):
        start = time.process_time()
        with contextlib.suppress(digitrec.PictureError):
            read(page)
        assert time.process_time() - start < LONGEST_DRAWING


@pytest.mark.parametrize("draw", LINES)
def test_lines_are_no_digits(draw):
    for read in (digitrec.read_digits, digitrec.predict_digit):
        with pytest.raises(digitrec.PictureError, match="shows lines but no digits"):
            read(draw())


@pytest.mark.parametrize("blur", [0, 1])
@pytest.mark.parametrize("grey", [160, 180])
def test_faint_writing_on_dark_rules_is_read(mnist, grey, blur):
    """The rules alone would decide what counts as ink, and the writing would not."""
    page = np.full((700, 1000), 255.0)
    for number in (2, 3, 6):  # 1, 0 and 4
        digit = cv2.resize(mnist[1][0][number], (150, 150), interpolation=cv2.INTER_CUBIC)
        left = 100 * number
        page[250:400, left : left + 150] -= digit / 255 * (255 - grey)
    for top in range(60, 700, 60):
        page[top : top + 4] = 0
    if blur:
        page = cv2.GaussianBlur(page, (0, 0), blur)
    assert digitrec.read_digits(np.clip(page, 0, 255).astype(np.uint8)).text == "104"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="others keep memory by themselves")
def test_a_drawing_needs_no_memory_but_that_of_the_drawing_before():
    """To get it from the system again would take a fifth of the time of a small drawing."""
    command = [sys.executable, "-c", COUNT_PAGES]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert float(done.stdout) < 10
