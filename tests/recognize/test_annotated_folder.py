import os
import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT
from PIL import Image, ImageColor

import digitrec
from digitrec.recognize.annotate import LEAST_SIDE, annotate
from digitrec.recognize.annotated_folder import open_annotated
from digitrec.recognize.colours import DOUBT, SURE
from digitrec.recognize.folder import read_folder
from digitrec.recognize.illustrate import Illustrator

SEVEN = ROOT / "test_images" / "digit_7.png"
SEVERAL = ROOT / "test_images" / "several_31415.png"
PHOTO = ROOT / "test_images" / "photo_5.jpg"


@pytest.fixture
def scans(tmp_path):
    """Pictures of the same names in two folders, of several formats, and one that is none."""
    for folder in ("scans", "scans/inner"):
        (tmp_path / folder).mkdir()
    seven, several = SEVEN.read_bytes(), SEVERAL.read_bytes()
    (tmp_path / "scans" / "a.png").write_bytes(seven)
    (tmp_path / "scans" / "inner" / "a.png").write_bytes(several)
    (tmp_path / "scans" / "b.JPG").write_bytes(PHOTO.read_bytes())
    Image.open(SEVEN).save(tmp_path / "scans" / "c.bmp")
    (tmp_path / "scans" / "bad.png").write_bytes(b"no picture")
    return tmp_path / "scans"


def files(folder):
    paths = (os.path.join(place, name) for place, _, names in os.walk(folder) for name in names)
    return sorted(os.path.relpath(path, folder).replace(os.sep, "/") for path in paths)


def written(folder, *names, processes=1):
    names = [str(name) for name in names]
    with open_annotated(str(folder), names) as annotated:
        draw = Illustrator(False, annotated)
        return list(read_folder(names, draw=draw, processes=processes, progress=False))


def has_colour(rgb, colour):
    return (np.asarray(rgb) == ImageColor.getrgb(colour)).all(axis=-1)


def test_each_digit_is_boxed_in_the_colour_of_its_doubt():
    rgb = np.asarray(Image.open(SEVERAL).convert("RGB"))
    predictions = digitrec.read_digits(rgb).predictions
    sure = has_colour(annotate(rgb, predictions), SURE)
    raised = sure.shape[0] - rgb.shape[0]
    for one in predictions:
        left, top, right, bottom = one.box.left, one.box.top, one.box.right, one.box.bottom
        assert sure[top + raised : bottom + raised, left - 1].all()
        assert sure[bottom + raised, left:right].all()
        assert sure[top + raised - 20 : top + raised, left].all()  # below the digit above the box
    assert not has_colour(annotate(rgb, predictions), DOUBT).any()


def test_a_digit_in_doubt_has_the_other_colour():
    rgb = np.full((280, 280, 3), 255, np.uint8)
    for place in range(60, 220):  # a cross, which is no digit
        rgb[place : place + 14, place : place + 14] = 0
        rgb[place : place + 14, 280 - place - 14 : 280 - place] = 0
    predictions = digitrec.read_digits(rgb).predictions
    assert not any(one.accepted for one in predictions)
    image = annotate(rgb, predictions)
    assert has_colour(image, DOUBT).any()
    assert not has_colour(image, SURE).any()


@pytest.mark.parametrize("shape", [(28, 28), (40, 1000), (1000, 40), (600, 500)])
def test_the_picture_stays_as_it_is_around_the_boxes(shape):
    rgb = np.full((*shape, 3), 230, np.uint8)
    middle, centre = shape[0] // 2, shape[1] // 2
    rgb[middle - 10 : middle + 10, centre - 2 : centre + 2] = 20
    image = np.asarray(annotate(rgb, digitrec.read_digits(rgb).predictions))
    scale = image.shape[1] // shape[1]
    assert scale == max(1, -(-LEAST_SIDE // max(shape)))
    below = image[-scale * shape[0] :]
    assert (below[-1] == 230).all()
    assert (below[:, 0] == 230).all()
    assert (below[scale * middle, scale * centre] == 20).all()


@pytest.mark.parametrize("processes", [1, 2])
def test_names_are_those_of_the_originals(processes, scans, tmp_path):
    before = {name: (scans / name).read_bytes() for name in files(scans)}
    for number in range(20):
        (scans / f"{number}.png").write_bytes(SEVEN.read_bytes())
    rows = written(tmp_path / "out", scans, processes=processes)
    more = [f"{number}.png" for number in range(20)]
    assert files(tmp_path / "out") == sorted([*more, "a.png", "b.JPG", "c.bmp.png", "inner/a.png"])
    assert sum(row.error != "" for row in rows) == 1
    assert {name: (scans / name).read_bytes() for name in before} == before
    kinds = {name: Image.open(tmp_path / "out" / name).format for name in files(tmp_path / "out")}
    assert kinds["b.JPG"] == "JPEG"
    assert kinds["c.bmp.png"] == "PNG"


def test_pictures_of_the_same_name_in_two_folders_are_two(scans, tmp_path, monkeypatch):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a.png").write_bytes(SEVEN.read_bytes())
    written(tmp_path / "out", scans / "a.png", tmp_path / "more")
    assert files(tmp_path / "out") == ["more/a.png", "scans/a.png"]
    monkeypatch.chdir(tmp_path / "more")
    written("one", "a.png", "../scans/inner/a.png", "../scans/a.png")
    assert files("one") == ["more/a.png", "scans/a.png", "scans/inner/a.png"]


def test_it_is_never_where_the_originals_are(scans, tmp_path):
    for folder, names in [
        (scans, [scans]),
        (scans / "inner" / "out", [scans]),
        (tmp_path, [scans]),
        (scans, [scans / "inner"]),
        (scans, [SEVEN, scans / "a.png"]),
    ]:
        with pytest.raises(ValueError, match="choose another folder"):
            written(folder, *names)
    if hasattr(os, "symlink") and os.name != "nt":
        (tmp_path / "link").symlink_to(scans)
        with pytest.raises(ValueError, match="choose another folder"):
            written(tmp_path / "link", scans)
    assert files(scans) == ["a.png", "b.JPG", "bad.png", "c.bmp", "inner/a.png"]
    with pytest.raises(NotADirectoryError, match="is not a folder"):
        written(scans / "a.png", SEVEN)


def test_only_what_was_drawn_before_is_replaced(scans, tmp_path):
    for _ in range(2):
        written(tmp_path / "out", scans)
    for name in ("a.png", "b.JPG"):
        precious = (scans / name).read_bytes()
        (tmp_path / "out" / name).write_bytes(precious)
        with pytest.raises(OSError, match="was not drawn by digitrec"):
            written(tmp_path / "out", scans)
        assert (tmp_path / "out" / name).read_bytes() == precious
        (tmp_path / "out" / name).unlink()


def test_a_full_disk_ends_the_run_and_leaves_no_half_picture(scans, tmp_path):
    pytest.importorskip("resource")
    code = """
import resource, sys
from digitrec.__main__ import main
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))
sys.exit(main([sys.argv[1], "--annotated", sys.argv[2]]))
"""
    command = [sys.executable, "-c", code, str(scans), str(tmp_path / "out")]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 2
    assert "cannot be written (File too large): make room, or choose" in result.stderr
    assert files(tmp_path / "out") == []
