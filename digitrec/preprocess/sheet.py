"""Find a sheet of paper on a desk or a tablecloth, and let its paper cover the whole picture.

Else the edges of the sheet, and whatever the desk has on it, would be ink. NumPy and OpenCV
only.
"""

import cv2
import numpy as np

from digitrec.preprocess.ink import PAPER_SIDE, highest_channel, one_channel_if_grey, reduce_to

SMALLEST = 300  # longer side, pixels; a smaller picture is a drawing or a scan, not a desk

# Chosen on 600 composed pages, of which 120 lie on desks (`python -m benchmarks.pages`), and 75
# real pictures, of which one does. As shares of the picture's shorter side:
INK = 0.06  # width of ink that is filled before the sheet is looked for
EDGE = 0.025  # what is cut off along the sheet's edge, where it is blurred or throws its shadow
CHECK = 0.2  # width of a check that runs into the sheet
NEAR = 0.03  # how far around its edge the sheet is compared with the desk
FADE = 0.3  # width of the square over which the sheet's colours are continued
# As shares of the picture:
LEAST = 0.12  # of a sheet
MOST = 0.93  # of a sheet; what is larger is the picture itself, with a dark edge
# Others:
FULL = 0.9  # least share of its convex hull that a sheet covers; a ring is none
RECTANGLE = 0.85  # least share of the rectangle around it that the hull of a sheet covers
BRIGHTER = 1.15  # times as bright as the desk beside it: at least so much is a sheet
STEP = 14  # grey levels between neighbours: at least so much is no smooth paper
SMOOTH_EDGES = 3  # as EDGES, for a sheet that is only smoother than what is around it
EDGES = 2  # of the sheet's edges: at least so many are in the picture; one may be a shadow's


def without_desk(rgb: np.ndarray) -> np.ndarray:
    """Continue a sheet of paper over the desk around it.

    Args:
        rgb: Shape (height, width, 3), uint8.

    Returns:
        A picture of the same shape in which there is only the sheet; the picture itself, if it
        shows no sheet on a desk.
    """
    if max(rgb.shape) < SMALLEST:
        return rgb
    sheet = find_sheet(reduce_to(PAPER_SIDE, one_channel_if_grey(rgb)))
    if sheet is None:
        return rgb
    size = rgb.shape[1::-1]
    paper = _continue(reduce_to(PAPER_SIDE, rgb), sheet)
    paper = cv2.resize(paper, size, interpolation=cv2.INTER_LINEAR)
    mask = cv2.resize(sheet, size, interpolation=cv2.INTER_NEAREST)
    cv2.copyTo(rgb, mask, paper)
    return paper


def find_sheet(small: np.ndarray) -> np.ndarray | None:
    """Find a quadrilateral that is brighter than what is around it, or else smoother.

    Args:
        small: Shape (height, width, 3), or (height, width) if grey, uint8; no side longer than
            PAPER_SIDE.

    Returns:
        Shape (height, width), uint8: 1 inside the sheet, a little away from its edge, else 0;
        None if there is no sheet.

    Source:
        Otsu (1979), "A threshold selection method from gray-level histograms", IEEE
        Transactions on Systems, Man, and Cybernetics 9(1), for the brighter one.
    """
    sheet = _brighter(small)
    if sheet is None and not _is_drawing(small):
        sheet = _smoother(small)
    return None if sheet is None else cv2.erode(sheet, _square(EDGE, sheet))


def _brighter(small: np.ndarray) -> np.ndarray | None:
    """A sheet on a desk that is darker all along the sheet's sharp edge."""
    grey = small if small.ndim == 2 else cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    grey = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, _square(INK, grey))
    sheet = _quadrilateral(cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1])
    if sheet is None:
        return None
    edge, near = _square(EDGE, grey), _square(NEAR, grey)
    inner, outer = cv2.erode(sheet, edge), cv2.dilate(sheet, edge)
    inside = cv2.mean(grey, inner - cv2.erode(inner, near))[0]
    outside = cv2.mean(grey, cv2.dilate(outer, near) - outer)[0]
    return sheet if inside > BRIGHTER * outside else None


def _smoother(small: np.ndarray) -> np.ndarray | None:
    """A sheet on a pattern that is in parts as bright, such as a checked tablecloth."""
    steps = cv2.morphologyEx(cv2.medianBlur(small, 3), cv2.MORPH_GRADIENT, np.ones((3, 3)))
    smooth = (highest_channel(steps) < STEP).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(smooth, connectivity=4)
    largest = 1 + stats[1:, cv2.CC_STAT_AREA].argmax() if len(stats) > 1 else 0
    area = (labels == largest).astype(np.uint8)
    area = cv2.morphologyEx(area, cv2.MORPH_CLOSE, _square(INK, area))
    area = cv2.morphologyEx(area, cv2.MORPH_OPEN, _square(CHECK, area))
    sheet = _quadrilateral(area)
    return sheet if sheet is not None and _edges_within(sheet) >= SMOOTH_EDGES else None


def _is_drawing(small: np.ndarray) -> bool:
    """Whether the picture has one colour all around, as no photo has."""
    edge = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    return bool((edge == edge[0]).all())


def _quadrilateral(area: np.ndarray) -> np.ndarray | None:
    """The convex hull of the largest piece of an area, filled, if that may be a sheet."""
    contours, _ = cv2.findContours(area, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    hull = cv2.convexHull(max(contours, key=cv2.contourArea))
    size = cv2.contourArea(hull)
    width, height = cv2.minAreaRect(hull)[1]
    if not LEAST * area.size < size < MOST * area.size or size < RECTANGLE * width * height:
        return None
    sheet = cv2.fillConvexPoly(np.zeros_like(area), hull, 1)
    is_full = cv2.countNonZero(area & sheet) > FULL * cv2.countNonZero(sheet)
    return sheet if is_full and _edges_within(sheet) >= EDGES else None


def _edges_within(sheet: np.ndarray) -> int:
    """How many of the sheet's four edges are not those of the picture."""
    left, top, width, height = cv2.boundingRect(sheet)
    return sum((left > 0, top > 0, left + width < sheet.shape[1], top + height < sheet.shape[0]))


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
