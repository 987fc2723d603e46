import shutil

import numpy as np
import pytest
from conftest import ROOT
from PIL import Image

import digitrec


@pytest.fixture
def folder(tmp_path):
    """Two fives and a seven, a note beside the subfolders, and a hidden file in one of them."""
    for digit, names in {"7": ["digit_7.png"], "5": ["photo_5.jpg", "digit_5.png"]}.items():
        (tmp_path / digit).mkdir()
        for name in names:
            shutil.copy(ROOT / "test_images" / name, tmp_path / digit / name)
    (tmp_path / "note.txt").write_text("who wrote them")
    (tmp_path / "5" / ".hidden").write_text("of some program")
    return tmp_path


def test_pictures_are_prepared_as_for_reading_and_ordered_by_label_and_name(folder):
    images, labels = digitrec.load_labelled_folder(folder)
    assert labels.tolist() == [5, 5, 7]
    assert images.dtype == labels.dtype == np.uint8
    for image, name in zip(images, ["digit_5.png", "photo_5.jpg", "digit_7.png"], strict=True):
        seen = digitrec.predict_digit(ROOT / "test_images" / name).image
        np.testing.assert_allclose(image / 255, seen, atol=1 / 255)


def test_what_was_loaded_can_be_saved_as_samples(folder, tmp_path):
    samples = digitrec.load_labelled_folder(str(folder))
    digitrec.save_samples(samples, tmp_path / "mine.npz")
    np.testing.assert_array_equal(digitrec.load_samples(tmp_path / "mine.npz").images, samples[0])


def test_level_strokes_are_kept_where_they_are_digits(tmp_path):
    (tmp_path / "2").mkdir()
    page = np.full((300, 900), 255, np.uint8)
    page[100:108, 300:600] = page[200:208, 250:650] = 0
    Image.fromarray(page).save(tmp_path / "2" / "two.png")
    (image,), _ = digitrec.load_labelled_folder(tmp_path, script="chinese")
    seen = digitrec.predict_digit(page, digitrec.load_model("chinese")).image
    np.testing.assert_allclose(image / 255, seen, atol=1 / 255)
    with pytest.raises(ValueError, match="'latin', only for arabic"):
        digitrec.load_labelled_folder(tmp_path, script="latin")


@pytest.mark.parametrize("name", ["text.png", "text.txt"])
def test_a_file_that_is_no_picture_is_named(folder, name):
    file = folder / "7" / name
    file.write_text("no picture")
    with pytest.raises(digitrec.PictureError, match="not a picture") as raised:
        digitrec.load_labelled_folder(folder)
    assert str(raised.value).startswith(str(file))


def test_a_blank_picture_is_named(folder):
    file = folder / "7" / "blank.pgm"
    file.write_bytes(b"P5 9 9 255\n" + 81 * b"\xff")
    with pytest.raises(digitrec.PictureError) as raised:
        digitrec.load_labelled_folder(folder)
    assert str(raised.value).startswith(str(file))


@pytest.mark.parametrize("name", ["10", "07", "seven"])
def test_an_eleventh_class_is_refused(folder, name):
    (folder / name).mkdir()
    with pytest.raises(ValueError, match=f"{name} is named for no digit"):
        digitrec.load_labelled_folder(folder)


def test_a_folder_without_pictures_is_refused(tmp_path):
    (tmp_path / "3").mkdir()
    with pytest.raises(ValueError, match="no picture in a subfolder"):
        digitrec.load_labelled_folder(tmp_path)


def test_what_is_no_folder_is_refused(folder):
    with pytest.raises(FileNotFoundError, match="no folder"):
        digitrec.load_labelled_folder(folder / "gone")
    with pytest.raises(ValueError, match="is no folder"):
        digitrec.load_labelled_folder(folder / "note.txt")
