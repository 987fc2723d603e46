"""Find a sheet of paper that lies on a darker desk, and let its paper cover the whole picture.

Else the edges of the sheet, and whatever the desk has on it, would be ink. NumPy and OpenCV
only.
"""

import cv2
import numpy as np

from digitrec.preprocess.ink import PAPER_SIDE, reduce_to

SMALLEST = 300  # longer side, pixels; a smaller picture is a drawing or a scan, not a desk

# Chosen on 600 composed pages, of which 120 lie on desks (`python -m benchmarks.pages`), and 75
# real pictures, of which one does. As shares of the picture's shorter side:
INK = 0.06  # width of ink that is filled before the sheet is looked for
EDGE = 0.025  # what is cut off along the sheet's edge, where it is blurred or throws its shadow
NEAR = 0.03  # how far around its edge the sheet is compared with the desk
FADE = 0.3  # width of the square over which the sheet's colours are continued
# As shares of the picture:
LEAST = 0.12  # of a sheet
MOST = 0.93  # of a sheet; what is larger is the picture itself, with a dark edge
# Others:
FULL = 0.9  # least share of its convex hull that a sheet covers; a ring is none
RECTANGLE = 0.85  # least share of the rectangle around it that the hull of a sheet covers
BRIGHTER = 1.15  # times as bright as the desk beside it: at least so much is a sheet
EDGES = 2  # of the sheet's edges: at least so many are in the picture; one may be a shadow's


def without_desk(rgb: np.ndarray) -> np.ndarray:
    """Continue a sheet of paper over the desk around it.

    Args:
        rgb: Shape (height, width, 3), uint8.

    Returns:
        A picture of the same shape in which there is only the sheet; the picture itself, if it
        shows no sheet on a darker desk.
    """
    if max(rgb.shape) < SMALLEST:
        return rgb
    small = reduce_to(PAPER_SIDE, rgb)
    sheet = find_sheet(small)
    if sheet is None:
        return rgb
    size = rgb.shape[1::-1]
    paper = cv2.resize(_continue(small, sheet), size, interpolation=cv2.INTER_LINEAR)
    mask = cv2.resize(sheet, size, interpolation=cv2.INTER_NEAREST)
    cv2.copyTo(rgb, mask, paper)
    return paper


def find_sheet(small: np.ndarray) -> np.ndarray | None:
    """Find the largest bright quadrilateral that ends at a sharp edge.

    Args:
        small: Shape (height, width, 3), uint8, no side longer than PAPER_SIDE.

    Returns:
        Shape (height, width), uint8: 1 inside the sheet, a little away from its edge, else 0;
        None if there is no sheet.

    Source:
        Otsu (1979), "A threshold selection method from gray-level histograms", IEEE
        Transactions on Systems, Man, and Cybernetics 9(1).
    """
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    grey = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, _square(INK, grey))
    _, bright = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    outline = _outline(bright)
    if outline is None:
        return None
    sheet = cv2.fillConvexPoly(np.zeros_like(grey), outline, 1)
    inner, outer = cv2.erode(sheet, _square(EDGE, grey)), cv2.dilate(sheet, _square(EDGE, grey))
    near = _square(NEAR, grey)
    inside = cv2.mean(grey, inner - cv2.erode(inner, near))[0]
    outside = cv2.mean(grey, cv2.dilate(outer, near) - outer)[0]
    return inner if inside > BRIGHTER * outside else None


def _outline(bright: np.ndarray) -> np.ndarray | None:
    """The convex hull of the largest bright area, if that may be a sheet."""
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    hull = cv2.convexHull(max(contours, key=cv2.contourArea))
    area = cv2.contourArea(hull)
    width, height = cv2.minAreaRect(hull)[1]
    has_size = LEAST * bright.size < area < MOST * bright.size
    if not has_size or area < RECTANGLE * width * height:
        return None
    inside = cv2.fillConvexPoly(np.zeros_like(bright), hull, 1)
    is_full = cv2.countNonZero(bright & inside) > FULL * cv2.countNonZero(inside)
    return hull if is_full and _edges_within(hull, bright.shape) >= EDGES else None


def _edges_within(hull: np.ndarray, shape: tuple[int, ...]) -> int:
    """How many of the sheet's four edges are not those of the picture."""
    left, top, width, height = cv2.boundingRect(hull)
    return (left > 0) + (top > 0) + (left + width < shape[1]) + (top + height < shape[0])


def _continue(small: np.ndarray, sheet: np.ndarray) -> np.ndarray:
    """The colours of the sheet, carried on beyond its edges."""
    known = cv2.copyTo(small, sheet).astype(np.float32)
    weight = sheet.astype(np.float32)
    mean = np.array(cv2.mean(small, sheet)[:3], np.float32)
    side = round(FADE * min(sheet.shape)) | 1
    total, weights = cv2.blur(known, (side, side)), cv2.blur(weight, (side, side))
    slight = 0.01  # so much of the mean is added, which is all where the sheet is far away
    return ((total + slight * mean) / (weights + slight)[..., np.newaxis]).astype(np.uint8)


def _square(share: float, image: np.ndarray) -> np.ndarray:
    side = max(3, round(share * min(image.shape))) | 1
    return np.ones((side, side), np.uint8)
