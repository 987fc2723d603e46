import io

import numpy as np
import pytest
from PIL import Image
from test_preprocess import PAGE, STANDARD, difference, read

from digitrec.picture import PictureError, open_picture
from digitrec.segment import find_digits

# Kinds of pictures


def encoded(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


GREY = Image.fromarray(255 - PAGE)
BLACK = Image.new("L", GREY.size, 0)
EXIF = Image.Exif()
EXIF[0x0112] = 6  # to be shown a quarter turn clockwise

KINDS = {
    "grey PNG": encoded(GREY),
    "colour PNG": encoded(GREY.convert("RGB")),
    "colour with alpha": encoded(GREY.convert("RGBA")),
    "16-bit PNG": encoded(Image.fromarray((255 - PAGE).astype(np.uint16) * 257)),
    "12 bits in 16": encoded(Image.fromarray((255 - PAGE).astype(np.uint16) * 16)),
    "1-bit PNG": encoded(GREY.convert("1", dither=Image.Dither.NONE)),
    "palette PNG": encoded(GREY.quantize(8)),
    "palette with transparency": encoded(
        Image.fromarray((PAGE > 127).astype(np.uint8)).convert("P"), transparency=0
    ),
    "black on transparent": encoded(Image.merge("LA", [BLACK, Image.fromarray(PAGE)])),
    "white on transparent": encoded(
        Image.merge("LA", [Image.new("L", GREY.size, 255), Image.fromarray(PAGE)])
    ),
    "blue on transparent": encoded(
        Image.merge("RGBA", [BLACK, BLACK, Image.new("L", GREY.size, 200), Image.fromarray(PAGE)])
    ),
    "JPEG": encoded(GREY, "JPEG"),
    "CMYK JPEG": encoded(GREY.convert("CMYK"), "JPEG"),
    "JPEG turned by EXIF": encoded(GREY.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=EXIF),
    "PNG turned by EXIF": encoded(GREY.transpose(Image.Transpose.ROTATE_90), exif=EXIF),
    "GIF": encoded(GREY, "GIF"),
    "animated GIF": encoded(GREY, "GIF", save_all=True, append_images=[BLACK]),
    "BMP": encoded(GREY, "BMP"),
    "TIFF": encoded(GREY, "TIFF"),
    "32-bit float TIFF": encoded(GREY.convert("F"), "TIFF"),
    "WebP": encoded(GREY, "WEBP"),
    "bytearray": bytearray(encoded(GREY)),
    "memoryview": memoryview(encoded(GREY)),
    "Pillow image": GREY,
    "Pillow image, LAB": GREY.convert("RGB").convert("HSV"),
    "array (h, w)": 255 - PAGE,
    "array (h, w, 1)": (255 - PAGE)[..., np.newaxis],
    "array (h, w, 2)": np.dstack([np.zeros_like(PAGE), PAGE]),
    "array (h, w, 3)": np.dstack([255 - PAGE] * 3),
    "array (h, w, 4)": np.dstack([np.zeros((280, 280, 3), np.uint8), PAGE]),
    "array of bool": PAGE > 127,
    "array of float 0..1": 1 - PAGE / 255,
    "array of float 0..255": 255.0 - PAGE,
    "array of uint16": (255 - PAGE).astype(np.uint16) * 200,
    "array of int64, negative": -PAGE.astype(np.int64),
    "array upside down in memory": (255 - PAGE)[::-1][::-1],
    "array in Fortran order": np.asfortranarray(255 - PAGE),
    "array that is read-only": np.frombuffer((255 - PAGE).tobytes(), np.uint8).reshape(280, 280),
}


@pytest.mark.parametrize("kind", KINDS)
def test_any_kind_of_picture_gives_the_same_digit(kind):
    rgb = open_picture(KINDS[kind])
    assert rgb.dtype == np.uint8
    assert rgb.shape == (280, 280, 3)
    assert difference(STANDARD, read(KINDS[kind])) < 0.1


def test_a_path_may_be_a_string_or_a_pathlib_path_with_any_letters(tmp_path):
    path = tmp_path / "ma photo é 数字.png"
    GREY.save(path)
    for name in (path, str(path)):
        np.testing.assert_array_equal(open_picture(name), open_picture(GREY))


# What is no readable picture


PNG, JPEG = encoded(GREY), encoded(GREY, "JPEG")
BAD = {
    "no bytes": (b"", "is empty"),
    "text": (b"seven", "is no picture"),
    "half a PNG": (PNG[: len(PNG) // 2], "is damaged"),
    "half a JPEG": (JPEG[: len(JPEG) // 2], "is damaged"),
    "the header of a PNG": (PNG[:20], "is (damaged|no picture)"),
    "all white": (Image.new("L", (100, 100), 255), "is blank"),
    "all black": (Image.new("L", (100, 100), 0), "is blank"),
    "all transparent": (Image.new("RGBA", (100, 100), (0, 0, 0, 0)), "is blank"),
    "one pixel": (Image.new("L", (1, 1), 0), "is blank"),
    "no pixels": (np.zeros((0, 5), np.uint8), "is no picture"),
    "a line": (np.zeros(28, np.uint8), "is no picture"),
    "a batch": (np.zeros((5, 28, 28, 1), np.uint8), "is no picture"),
    "five channels": (np.zeros((28, 28, 5), np.uint8), "is no picture"),
    "an array with NaN": (np.full((28, 28), np.nan), "not finite"),
    "an array of text": (np.full((28, 28), "x"), "is no picture"),
    "a list": ([[0, 1], [1, 0]], "is no picture"),
    "nothing": (None, "is no picture"),
    "a null in the path": ("digit\0.png", "cannot be opened"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_readable_picture_is_a_picture_error(kind):
    picture, message = BAD[kind]
    with pytest.raises(PictureError, match=message):
        find_digits(open_picture(picture))


def test_errors_name_the_file(tmp_path):
    (tmp_path / "note.png").write_text("not a picture")
    with pytest.raises(PictureError, match=r"note\.png is no picture"):
        open_picture(tmp_path / "note.png")
    with pytest.raises(PictureError, match=r"there is no file .*gone\.png"):
        open_picture(tmp_path / "gone.png")
    with pytest.raises(PictureError, match="a folder, not a picture"):
        open_picture(tmp_path)


def test_a_decompression_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(PictureError, match="too large"):
        open_picture(PNG)
