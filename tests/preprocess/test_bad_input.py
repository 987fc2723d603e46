"""What a path may lead to, how much memory and time a picture may take, and damage at random."""

import contextlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import fuzz
import numpy as np
import pytest
from conftest import ROOT
from PIL import Image, ImageDraw

import digitrec
from digitrec.preprocess import image_file, picture
from digitrec.recognize.results import Reading

SEVEN = ROOT / "test_images" / "digit_7.png"
GIGABYTE = 1_000_000_000

# Paths


@pytest.mark.parametrize(
    "name", ["ma photo é 数字 (1).png", "no ending", "wrong.txt", "the picture 7"]
)
def test_a_file_may_have_any_name(name, network, tmp_path):
    path = tmp_path / name
    path.write_bytes(SEVEN.read_bytes())
    (entry,) = os.scandir(tmp_path)
    for way in (path, str(path), entry):
        assert digitrec.predict_digit(way, network).digit == 7
    path.write_bytes(b"")
    for way in (path, str(path), entry):
        refused(way, f"^{re.escape(str(path))} is empty: save it again")


def refused(path, message):
    """Reading it, and showing what was read, is a PictureError that says so and names the path."""
    for read in (digitrec.predict_digit, digitrec.read_digits, digitrec.predict_uploaded_image):
        with pytest.raises(digitrec.PictureError, match=message) as caught:
            read(path)
        assert os.fspath(path) in str(caught.value)


def test_a_missing_file_is_reported_as_missing(tmp_path):
    refused(tmp_path / "gone.png", "does not exist: check its name and folder")
    (tmp_path / "file").touch()
    refused(tmp_path / "file" / "gone.png", "does not exist|cannot be opened")
    refused(tmp_path / ("long" * 200), "does not exist|cannot be opened")


def test_a_folder_is_not_a_picture(tmp_path):
    refused(tmp_path, "is a folder, not a picture: choose a picture file")
    refused(ROOT / "test_images", "is a folder")


def test_a_link_is_followed(network, tmp_path):
    try:
        (tmp_path / "link.png").symlink_to(SEVEN)
        (tmp_path / "broken.png").symlink_to(tmp_path / "gone.png")
        (tmp_path / "circle.png").symlink_to(tmp_path / "circle.png")
    except OSError:
        pytest.skip("links need a right that not everybody has here")
    assert digitrec.predict_digit(tmp_path / "link.png", network).digit == 7
    refused(tmp_path / "broken.png", "does not exist")
    refused(tmp_path / "circle.png", "cannot be opened")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_nobody_waits_for_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    refused(tmp_path / "pipe.png", "is a pipe or a device: choose a picture file")


@pytest.mark.parametrize("device", [os.devnull, "/dev/zero", "/dev/urandom"])
def test_a_device_is_not_a_picture(device):
    if not Path(device).exists():
        pytest.skip("there is no such device here")
    refused(device, "is a pipe or a device")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="everything may be read here"
)
def test_a_file_without_permission_is_refused(tmp_path):
    path = tmp_path / "private.png"
    path.write_bytes(SEVEN.read_bytes())
    path.chmod(0)
    refused(path, "may not be read by you: .*change its permissions")


def test_what_the_system_refuses_is_refused(monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    refused(SEVEN, "may not be read by you")


def test_a_huge_file_is_refused_without_being_read(monkeypatch, tmp_path):
    with (tmp_path / "film.png").open("wb") as file:
        file.truncate(picture.MOST_BYTES + 1)
    monkeypatch.delattr(Path, "read_bytes")
    refused(tmp_path / "film.png", "is over 200 MB: save it as JPEG, or smaller")


def test_a_blank_file_is_named(tmp_path):
    Image.new("RGB", (200, 100), "white").save(tmp_path / "page.png")
    refused(tmp_path / "page.png", r"page\.png is blank: no writing stands out")


# Sizes


def child(*arguments):
    result = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT / "tests", capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize("shape", [(1, 5000), (50_000, 1), (2, 2), (1, 2), (3, 3000), (400, 300)])
def test_noise_and_specks_of_any_shape_are_read_or_refused(shape, network):
    noise = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    speck = np.full(shape, 255, np.uint8)
    speck.flat[speck.size // 2] = 0
    for page in (noise, speck):
        with contextlib.suppress(digitrec.PictureError):
            assert isinstance(digitrec.read_digits(page, network), Reading)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "ending", "options"),
    [
        ("RGB", "jpg", {}),
        ("CMYK", "jpg", {}),
        ("RGB", "bmp", {}),
        ("RGBA", "png", {"compress_level": 1}),
        ("P", "gif", {}),
        ("F", "tif", {"compression": "tiff_lzw"}),
        ("RGB", "webp", {"method": 0}),
    ],
)
def test_the_largest_picture_takes_less_than_a_gigabyte(mode, ending, options, tmp_path):
    side = int(image_file.MOST_PIXELS**0.5)
    image = Image.new("L", (side, side), 255)
    ImageDraw.Draw(image).line([(side // 2, side // 4), (side // 2, side * 3 // 4)], 0, side // 15)
    path = tmp_path / f"large.{ending}"
    image.convert(mode).save(path, **options)
    code = f"import fuzz, json; print(json.dumps(fuzz.run(fuzz.without_network, [{str(path)!r}])))"
    result = child("-c", code)
    assert result["outcomes"] == {"read": 1}
    assert result["slowest"] < 5
    assert result["peak"] < GIGABYTE


# Damage at random


def test_a_few_damaged_files_are_read_or_refused(network):
    outcomes = fuzz.run(lambda case: digitrec.read_digits(case, network), fuzz.cases(100))
    assert set(outcomes["outcomes"]) == {"read", "refused"}


@pytest.mark.slow
def test_thousands_of_damaged_files_are_read_or_refused():
    decoding, reading = child("fuzz.py", "20000")
    for part in (decoding, reading):
        assert set(part["outcomes"]) == {"read", "refused"}
        assert part["slowest"] < 5
    assert decoding["outcomes"]["read"] > 2000  # else the damage would test little
    assert decoding["peak"] < GIGABYTE
