"""Your own labelled pictures in a folder, one subfolder a digit: the form that most people have."""

from pathlib import Path

import numpy as np

from digitrec.data.mnist import CLASSES
from digitrec.data.samples import Samples
from digitrec.data.scripts import script_named
from digitrec.preprocess.normalize import SIDE, normalize
from digitrec.preprocess.picture import naming, open_picture
from digitrec.preprocess.segment import find_digit

NAMES = [str(digit) for digit in range(CLASSES)]  # of the subfolders


def load_labelled_folder(path: str | Path, *, script: str | None = None) -> Samples:
    """Load labelled pictures of single digits, each prepared as `predict_digit` does.

    Args:
        path: A folder with subfolders `0`, `1`, to `9`, as many of them as you have. All files in
            them that are not hidden are pictures of that digit, of any kind that `predict_digit`
            reads. What lies beside the subfolders, such as a note, is left alone.
        script: As for `load_model`, if its network is to be adapted: in "chinese", level lines are
            digits, and elsewhere ruled lines, which are erased.

    Returns:
        The digits, ordered by label and by the names of their files.

    Raises:
        FileNotFoundError: If there is no such folder.
        ValueError: If it is no folder, has a subfolder of another name, or holds no picture; or if
            there is no such script.
        PictureError: If a picture cannot be read; the message names its file.
    """
    keep_lines = script is not None and script_named(script).has_lines
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"there is no folder {path}")
    files = [file for folder in _subfolders(path) for file in _visible(folder)]
    if not files:
        raise ValueError(f"{path} holds no picture in a subfolder 0 to 9: put some there")
    images = np.empty((len(files), SIDE, SIDE), np.uint8)
    for number, file in enumerate(files):
        images[number] = _prepare(file, keep_lines)
    return Samples(images, np.array([int(file.parent.name) for file in files], np.uint8))


def _subfolders(path: Path) -> list[Path]:
    if not path.is_dir():
        raise ValueError(f"{path} is no folder: give the one that holds the folders 0 to 9")
    folders = [folder for folder in _visible(path) if folder.is_dir()]
    for folder in folders:
        if folder.name not in NAMES:
            raise ValueError(
                f"{folder} is named for no digit: name the subfolders 0 to 9, and move others away"
            )
    return folders


def _visible(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if not file.name.startswith("."))


def _prepare(file: Path, keep_lines: bool) -> np.ndarray:
    rgb = open_picture(file)
    with naming(file):
        return np.rint(normalize(find_digit(rgb, keep_lines=keep_lines).ink) * 255).astype(np.uint8)
