"""Twenty kinds of pages with numbers on them, and seven kinds of pictures without any.

Each kind is a function that composes one picture; `benchmarks.pages` reads them.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.compose import (
    GAPS,
    Digits,
    Writing,
    any_pen,
    lay,
    page_size,
    paper,
    pick,
    plain_desk,
    put,
    shade,
    slope_of_light,
    smooth_noise,
    strokes,
    tablecloth,
    tint,
    wooden_desk,
    write,
)
from benchmarks.marks import circles, frame, rules, squares, stamp, underlines
from digitrec.preprocess.pieces import Box

Random = np.random.Generator
Size = tuple[int, int]
Picture = tuple[np.ndarray, str]  # colour, shape (height, width, 3), and the text


def written_sheet(rng: Random, digits: Digits, size: Size | None = None) -> Picture:
    size = size or page_size(rng)
    writing = write(rng, digits, size)
    return tint(paper(rng, size), writing.ink, any_pen(rng)), writing.text


def lit(rng: Random, colour: np.ndarray, least: float = 0.6) -> np.ndarray:
    return colour * slope_of_light(rng, colour.shape[:2], rng.uniform(least, 1))[..., None]


def uneven_light(rng: Random, digits: Digits) -> Picture:
    sheet, text = written_sheet(rng, digits)
    return lit(rng, sheet, 0.4), text


def sunlit_corner(rng: Random, digits: Digits) -> Picture:
    """The sun falls on one corner, past a window frame, with a hard edge."""
    sheet, text = written_sheet(rng, digits)
    size = np.array(sheet.shape[1::-1])
    corner = rng.integers(2, size=2) * size
    inwards = np.where(corner > 0, -1, 1) * size
    ends = [corner + inwards * rng.uniform(0.35, 0.9) * axis for axis in np.eye(2)]
    sun = shade(sheet.shape[:2], np.array([corner, *ends]), 0, 2)
    return sheet * (1 - rng.uniform(0.35, 0.6) * sun)[..., None], text


def shadow_of_a_hand(rng: Random, digits: Digits) -> Picture:
    sheet, text = written_sheet(rng, digits)
    height, width = sheet.shape[:2]
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    reach = rng.uniform(0.25, 0.5) * width * rng.uniform(0.85, 1.15, 24)
    centre = np.array([rng.uniform(0.4, 1) * width, rng.uniform(0.7, 1.1) * height])
    outline = centre + np.stack([np.cos(angles), np.sin(angles)], 1) * reach[:, None]
    shadow = shade((height, width), outline, rng.uniform(0.45, 0.7), width / 90)
    return sheet * shadow[..., None], text


def on_desk(desk: Callable, turn: float = 1, shadow: float = 0) -> Callable:
    """Paper on a desk, wholly in the picture, turned by up to so many degrees."""

    def compose(rng: Random, digits: Digits) -> Picture:
        height, width = page_size(rng)
        share = rng.uniform(0.6, 0.8)
        sheet, text = written_sheet(rng, digits, (round(height * share), round(width * share)))
        moved = (1 - share) / 3 * rng.uniform(-1, 1, 2) * (width, height)
        middle = np.array([width / 2, height / 2]) + moved
        corners = _corners(rng, sheet.shape[:2], turn) + middle
        laid = lay(sheet, desk(rng, (height, width)), corners, shadow * width)
        return lit(rng, laid), text

    return compose


def cut_off(rng: Random, digits: Digits) -> Picture:
    """Paper on a desk, of which two edges are in the picture."""
    height, width = page_size(rng)
    size = round(0.8 * height), round(0.8 * width)
    writing = write(rng, digits, size)
    more = [(0, height), (height, 0)][rng.integers(2)], [(0, width), (width, 0)][rng.integers(2)]
    ink = np.pad(writing.ink, more)
    sheet = tint(paper(rng, ink.shape), ink, any_pen(rng))
    corner = np.array([0 if more[1][0] else 0.2 * width, 0 if more[0][0] else 0.2 * height])
    corner -= (more[1][0], more[0][0])
    corners = _corners(rng, ink.shape, 2)
    corners += corner - corners.min(0)
    desk = (plain_desk, wooden_desk)[rng.integers(2)](rng, (height, width))
    return lit(rng, lay(sheet, desk, corners, 0.01 * width)), writing.text


def _corners(rng: Random, size: Size, turn: float) -> np.ndarray:
    """The corners of a sheet around (0, 0), turned and seen a little aslant."""
    height, width = size
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (width / 2, height / 2)
    angle = np.radians(rng.uniform(-turn, turn))
    turned = corners @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return turned + rng.normal(0, 0.006 * max(size), (4, 2))


def on_print(pattern: Callable, gaps: tuple[float, float] = GAPS) -> Callable:
    """Paper with something printed or drawn on it, as `pattern(rng, writing)` gives: ink, pen."""

    def compose(rng: Random, digits: Digits) -> Picture:
        size = page_size(rng)
        writing = write(rng, digits, size, gaps)
        pen = any_pen(rng)
        ink, colour = pattern(rng, writing)
        sheet = tint(paper(rng, size), ink, pen if colour is None else colour)
        return lit(rng, tint(sheet, writing.ink, pen)), writing.text

    return compose


def folded(rng: Random, digits: Digits) -> Picture:
    """Two creases across the page, bright on one side and dark on the other."""
    sheet, text = written_sheet(rng, digits)
    height, width = sheet.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    for along, length in ((y + 0.02 * x, height), (x - 0.02 * y, width)):
        far = (along - rng.uniform(0.3, 0.7) * length) / (width / 400)
        crease = 0.1 * np.exp(-(((far + 1.5) / 1.5) ** 2)) - 0.22 * np.exp(-((far / 1.2) ** 2))
        sheet = sheet * (1 + crease - 0.06 * np.tanh(far / 20))[..., None]
    return lit(rng, sheet), text


def blackboard(rng: Random, digits: Digits) -> Picture:
    size = page_size(rng)
    writing = write(rng, digits, size)
    board = np.array([(45, 70, 60), (40, 42, 45)][rng.integers(2)], np.float32)
    wiped = board * (1 + 0.08 * smooth_noise(rng, size, size[1] / 8))[..., None]
    chalk = writing.ink * np.clip(0.8 + 0.2 * smooth_noise(rng, size, 2), 0.3, 1)
    return lit(rng, tint(wiped, chalk, (225, 225, 215))), writing.text


def pencil(rng: Random, digits: Digits) -> Picture:
    """Pale, on grey paper with crumbs and specks on it."""
    size = page_size(rng)
    writing = write(rng, digits, size)
    sheet = paper(rng, size) * rng.uniform(0.75, 0.95)
    lead = writing.ink * np.clip(0.8 + 0.2 * smooth_noise(rng, size, 2), 0.4, 1)
    sheet = tint(sheet, lead * rng.uniform(0.35, 0.6), (70, 70, 75))
    places = rng.uniform(0, 1, (rng.integers(5, 30), 1, 2)) * size[::-1]
    crumbs = [place + rng.normal(0, size[1] / 300, (3, 2)) for place in places]
    return lit(
        rng, tint(sheet, 0.5 * strokes(size, crumbs, size[1] / 350), (60, 55, 50))
    ), writing.text


def touching(rng: Random, digits: Digits) -> Picture:
    size = page_size(rng)
    writing = write(rng, digits, size, gaps=(-0.08, 0.06))
    return lit(rng, tint(paper(rng, size), writing.ink, any_pen(rng))), writing.text


def cells(rng: Random, digits: Digits) -> Picture:
    """A printed form with a box for each digit; now and then a digit crosses its box."""
    return _form(rng, digits, comb=False)


def comb(rng: Random, digits: Digits) -> Picture:
    """A printed form with a line to write on, and short teeth between the digits."""
    return _form(rng, digits, comb=True)


def _form(rng: Random, digits: Digits, comb: bool) -> Picture:
    size = page_size(rng)
    count = int(rng.integers(3, 8))
    side = min(0.88 * size[1] / count, 0.5 * size[0]) * rng.uniform(0.6, 1)
    tall = 1.3 * side
    corner = rng.uniform(0.05, 0.95, 2) * (size[1] - side * count, size[0] - tall)
    printed = strokes(size, frame(count, side, tall, comb, corner), rng.uniform(0.015, 0.04) * side)
    glyphs, text = pick(rng, digits, count, 0.75 * side, rng.uniform(0.06, 0.11))
    ink = np.zeros(size, np.float32)
    for number, each in enumerate(glyphs):
        middle = corner + ((number + 0.5) * side, tall / 2) + rng.normal(0, 0.05, 2) * side
        put(
            ink,
            each,
            Box(
                *np.rint(middle - np.array(each.shape[::-1]) / 2).astype(int).tolist(),
                *each.shape[::-1],
            ),
        )
    print_colour = (25, 25, 25) if rng.random() < 0.7 else (170, 90, 60)
    sheet = tint(tint(paper(rng, size), printed, print_colour), ink, any_pen(rng))
    return lit(rng, sheet), text


def small_drawing(rng: Random, digits: Digits) -> Picture:
    """A drawing of 28 to 60 pixels that is filled to its border, with one to three digits."""
    side, count = int(rng.integers(28, 61)), int(rng.integers(1, 4))
    height = min(side, 1.3 * side / count) * rng.uniform(0.75, 0.9)
    glyphs, text = pick(rng, digits, count, height, 0.1)
    gap = np.zeros((side, max(2, side // 14)), np.float32)
    columns = [np.pad(each[:side], ((0, max(0, side - len(each))), (0, 0))) for each in glyphs]
    ink = np.hstack([part for each in columns for part in (each, gap)][:-1])
    ink = np.roll(ink, rng.integers(0, max(1, side - max(map(len, glyphs)) + 1)), axis=0)
    room = max(0, side - ink.shape[1])
    ink = np.pad(ink, ((0, 0), [(0, room), (room, 0)][rng.integers(2)]))
    ink = ink if rng.random() < 0.5 else 1 - ink
    return 255 * np.repeat(ink[..., None], 3, axis=2), text


PAGES = {
    "paper in uneven light": uneven_light,
    "one sunlit corner": sunlit_corner,
    "shadow of a hand": shadow_of_a_hand,
    "paper on a dark desk": on_desk(plain_desk),
    "paper on a wooden desk, with its shadow": on_desk(wooden_desk, shadow=0.015),
    "paper on a desk, turned by up to 8°": on_desk(plain_desk, turn=8, shadow=0.01),
    "paper on a desk, two edges in the picture": cut_off,
    "paper on a checked tablecloth": on_desk(tablecloth, turn=3, shadow=0.01),
    "ruled paper": on_print(rules),
    "squared paper": on_print(squares),
    "form, a box for each digit": cells,
    "form, teeth between the digits": comb,
    "circled by hand": on_print(circles, gaps=(0.45, 0.7)),
    "underlined, up to 8° aslant": on_print(underlines),
    "stamped": on_print(stamp),
    "folded": folded,
    "chalk on a blackboard": blackboard,
    "pale pencil, crumbs": pencil,
    "digits that touch": touching,
    "28 to 60 pixels, filled to the border": small_drawing,
}


def empty(surface: Callable) -> Callable:
    """A picture without any number."""

    def compose(rng: Random) -> np.ndarray:
        return lit(rng, surface(rng, page_size(rng)))

    return compose


def _printed(pattern: Callable) -> Callable:
    def surface(rng: Random, size: Size) -> np.ndarray:
        ink, colour = pattern(rng, Writing(np.zeros(size, np.float32), [], ""))
        return tint(paper(rng, size), ink, colour)

    return surface


def _bars(rng: Random, size: Size) -> np.ndarray:
    """Flat upright bars, as of a chart."""
    sheet, count = np.full((*size, 3), 255.0), rng.integers(3, 9)
    pitch = size[1] / count
    for number, high in enumerate(rng.uniform(0.1, 0.9, count) * size[0]):
        left = round((number + 0.25) * pitch)
        sheet[round(size[0] - high) :, left : round(left + pitch / 2)] = (60, 110, 180)
    return sheet


BLANKS = {
    "empty wooden desk": empty(wooden_desk),
    "empty ruled paper": empty(_printed(rules)),
    "empty squared paper": empty(_printed(squares)),
    "tablecloth": empty(tablecloth),
    "noise": empty(lambda rng, size: rng.uniform(0, 255, (*size, 3))),
    "bars of a chart": empty(_bars),
    "empty plain desk": empty(plain_desk),
}
