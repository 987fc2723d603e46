"""Numbers as people write them: touching, with signs, on printed paper, in forms of other hands."""

import cv2
import numpy as np
import pytest

import digitrec
from digitrec.data.drawn_digits import parse_strokes

HEIGHT = 90  # of a digit, pixels
PEN = 9

# One way to write each digit, and what else is written in a number.
FORMS = {
    "0": "30,0 5,20 0,50 8,85 32,100 55,85 62,50 55,15 30,1",
    "1": "0,30 30,0 30,0 30,100",
    "2": "2,25 15,3 45,2 55,25 35,60 0,99 0,99 60,98",
    "3": "2,12 30,0 52,18 40,42 20,46 20,46 50,55 56,82 30,100 0,90",
    "4": "22,0 0,60 0,60 62,60 | 44,32 42,100",
    "5": "8,2 5,45 5,45 35,36 58,60 48,92 20,100 0,92 | 8,2 56,2",
    "6": "48,0 20,22 2,62 14,96 40,100 56,80 44,58 20,58 4,76",
    "7": "0,3 55,3 55,3 22,100",
    "8": "28,46 6,24 28,0 50,22 28,46 2,74 28,100 54,74 28,46",
    "9": "50,25 30,0 4,20 12,48 38,48 50,22 50,22 48,100",
    ".": "4,94 6,98",
    ",": "10,88 4,112",
    "-": "4,55 50,52",
    "=": "4,45 50,43 | 4,65 50,63",
    "#": "0,40 60,38 | 0,64 60,62 | 26,10 18,96 | 46,10 38,96",
}


def smooth(points: np.ndarray) -> np.ndarray:
    """A smooth curve, with a corner where the same point comes twice."""
    parts = np.split(points, np.flatnonzero((np.diff(points, axis=0) == 0).all(axis=1)) + 1)
    curves = []
    for part in parts:
        if len(part) > 2:
            ends = np.vstack([2 * part[0] - part[1], part, 2 * part[-1] - part[-2]])
            t = np.linspace(0, 1, 12)[:, np.newaxis]
            for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
                cubic = 2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)
                curves.append(b + 0.5 * t * (c - a + t * cubic))
        else:
            curves.append(part)
    return np.concatenate(curves)


def write(*forms: str, gap: float = 18, paper: np.ndarray | None = None) -> np.ndarray:
    """Write signs side by side, each given by itself or by its strokes, as dark ink on a page."""
    page = np.full((180, 760), 255, np.uint8) if paper is None else paper.copy()
    left = 60.0
    for form in forms:
        strokes = parse_strokes(FORMS.get(form, form))
        scale = HEIGHT / 100
        for stroke in strokes:
            points = smooth(stroke) * scale + (left, 45)
            cv2.polylines(page, [np.rint(points).astype(np.int32)], False, 40, PEN, cv2.LINE_AA)
        left += max(stroke[:, 0].max() for stroke in strokes) * scale + PEN + gap
    return page[:, : int(left + 60)]


def waves() -> np.ndarray:
    """Paper with printed wavy lines and a rule, as on a cheque."""
    y, x = np.mgrid[:180, :760]
    pattern = np.cos((y + 3 * np.sin(x / 12)) * 2 * np.pi / 11) > 0.55
    page = np.where(pattern, 205, 240).astype(np.uint8)
    cv2.line(page, (0, 158), (760, 156), 120, 2)
    return page


@pytest.mark.parametrize("number", ["88", "00", "200", "3000", "66", "906"])
@pytest.mark.parametrize("gap", [-9, -14])
def test_digits_that_touch_or_overlap_are_read(number, gap):
    assert digitrec.read_digits(write(*number, gap=gap)).text == number


@pytest.mark.parametrize("amount", ["12.500,-", "4.720=", "50.000#", "300.-", "1,80"])
@pytest.mark.parametrize("paper", [None, waves()], ids=["white", "printed"])
def test_points_commas_dashes_and_printed_waves_are_no_digits(amount, paper):
    expected = "".join(sign for sign in amount if sign.isdigit())
    assert digitrec.read_digits(write(*amount, paper=paper)).text == expected


@pytest.mark.parametrize(
    ("digit", "form"),
    [
        ("0", FORMS["0"] + " | 58,4 4,98"),
        ("0", FORMS["0"] + " | 66,-8 -6,106"),
        ("2", "18,2 44,2 52,22 42,48 18,46 0,60 4,80 20,80 42,54 66,100"),
        ("2", "2,10 50,4 50,4 4,98 4,98 60,96 | 10,52 46,50"),
        ("7", "0,3 55,3 55,3 22,100 | 14,52 52,48"),
        ("9", "50,22 28,0 4,24 20,50 46,36 50,20 50,20 46,75 30,100 8,94"),
        ("1", "0,55 35,0 35,0 30,100"),
        ("1", "0,66 10,100 10,100 16,0"),
    ],
    ids=["slashed", "long slash", "looped", "barred Z", "barred", "like g", "flag", "tick"],
)
def test_other_ways_to_write_a_digit_are_read_in_a_number(digit, form):
    assert digitrec.read_digits(write("4", form, "6", form)).text == f"4{digit}6{digit}"


@pytest.mark.parametrize("gap", [12, 24, 46])
@pytest.mark.parametrize("digits", ["56", "33", "84", "12"])
def test_a_digit_close_above_another_is_another_line(digits, gap):
    above, below = (
        np.pad(write(digit), ((0, 0), (0, 90)), constant_values=255) for digit in digits
    )
    page = np.vstack([above[: 135 + gap // 2, :250], below[45 - gap // 2 :, :250]])
    assert digitrec.read_digits(page).text == "\n".join(digits)


def test_two_circles_one_above_the_other_are_an_8():
    page = np.full((200, 120), 255, np.uint8)
    for middle in (65, 135):
        cv2.circle(page, (60, middle), 28, 40, PEN)
    assert digitrec.read_digits(page).text == "8"


def test_a_0_that_touches_the_border_is_read():
    page = write("1", "0")
    right = np.flatnonzero((page < 128).any(axis=0))[-1]
    assert digitrec.read_digits(page[:, :right]).text == "10"


def test_a_number_cut_through_the_middle_is_in_doubt():
    assert not digitrec.read_digits(write(*"58390")[95:]).accepted
