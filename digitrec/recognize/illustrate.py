"""What is drawn of each picture in the process that reads it, while it has the picture.

The drawing travels as a small JPEG file in a row, or goes straight to a folder, so that pictures
are opened once, on all processors, and never many in memory. NumPy, OpenCV and Pillow only.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from digitrec.recognize.annotated_folder import AnnotatedFolder
from digitrec.recognize.results import Mark, Reading, Row, ShownRow

# Chosen by size: photos and scans take 5 to 12 KB.
THUMBNAIL = (360, 240)  # most width and height, pixels
QUALITY = 75  # of 100


@dataclass(frozen=True)
class Illustrator:
    """To be given to `read_folder` as `draw`.

    Attributes:
        has_thumbnails: Whether the rows show their pictures.
        annotated: Where pictures are written on which is drawn how they were read; None is nowhere.
    """

    has_thumbnails: bool
    annotated: AnnotatedFolder | None = None

    def __call__(self, row: Row, rgb: np.ndarray | None, reading: Reading | None) -> Row:
        """Draw what is wanted, as `digitrec.recognize.folder.Draw` says.

        Raises:
            OSError: If an annotated picture cannot be written.
        """
        predictions = reading.predictions if reading else ()
        if self.annotated and rgb is not None and predictions:
            self.annotated.save(row.path, rgb, predictions)
        if rgb is None or not self.has_thumbnails:
            return row
        height, width = rgb.shape[:2]
        marks = [Mark(one.box, "" if one.accepted else one.alternatives) for one in predictions]
        return ShownRow(
            **vars(row), thumbnail=_thumbnail(rgb), size=(width, height), marks=tuple(marks)
        )


def _thumbnail(rgb: np.ndarray) -> bytes:
    height, width = rgb.shape[:2]
    scale = min(1, THUMBNAIL[0] / width, THUMBNAIL[1] / height)
    size = max(1, round(scale * width)), max(1, round(scale * height))
    bgr = cv2.cvtColor(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
