import io
import struct
import warnings
import zlib

import numpy as np
import pytest
from conftest import ROOT
from pages import PAGE, STANDARD, difference, read
from PIL import Image

import digitrec
from digitrec.preprocess.picture import open_picture

# Kinds of pictures


def encoded(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(kind, content):
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def png(width, height, pixels, *chunks, interlaced=0):
    """An 8-bit grey PNG of the rows in `pixels`, each after a byte for its filter."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, interlaced))
    data = chunk(b"IDAT", zlib.compress(pixels, 1))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + data + chunk(b"IEND", b"")


def interlaced(page):
    """Adam7: seven passes, each of every so many rows and columns."""
    starts = [(0, 0), (0, 4), (4, 0), (0, 2), (2, 0), (0, 1), (1, 0)]
    steps = [(8, 8), (8, 8), (8, 4), (4, 4), (4, 2), (2, 2), (2, 1)]
    passes = [
        page[top::down, left::across]
        for (top, left), (down, across) in zip(starts, steps, strict=True)
    ]
    rows = b"".join(b"\0" + row.tobytes() for seen in passes for row in seen)
    return png(page.shape[1], page.shape[0], rows, interlaced=1)


GREY = Image.fromarray(255 - PAGE)
BLACK = Image.new("L", GREY.size, 0)
TURNED = GREY.transpose(Image.Transpose.ROTATE_90)
EXIF = Image.Exif()
EXIF[0x0112] = 6  # to be shown a quarter turn clockwise
GARBLED = b"Exif\0\0" + 9 * b"garbled"
ANIMATED = {"save_all": True, "append_images": [BLACK]}
PNG, JPEG = encoded(GREY), encoded(GREY, "JPEG")

KINDS = {
    "grey PNG": PNG,
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
    "interlaced PNG": interlaced(255 - PAGE),
    "animated PNG": encoded(GREY, **ANIMATED),
    "PNG with a long text": PNG[:33] + chunk(b"tEXt", b"note\0" + 500_000 * b"a") + PNG[33:],
    "PNG with garbled EXIF": encoded(GREY, exif=GARBLED),
    "PNG with a false checksum": PNG.replace(PNG[-16:-12], b"oops"),
    "PNG without its last bytes": PNG[:-12],
    "PNG with bytes after its end": PNG + 1000 * b"more",
    "JPEG": JPEG,
    "progressive JPEG": encoded(GREY, "JPEG", progressive=True),
    "JPEG with garbled EXIF": encoded(GREY, "JPEG", exif=GARBLED),
    "JPEG with bytes after its end": JPEG + 1000 * b"more",
    "JPEG of two pictures": encoded(GREY, "MPO", save_all=True, append_images=[BLACK.copy()]),
    "CMYK JPEG": encoded(GREY.convert("CMYK"), "JPEG"),
    "JPEG turned by EXIF": encoded(TURNED, "JPEG", exif=EXIF),
    "PNG turned by EXIF": encoded(TURNED, exif=EXIF),
    "GIF": encoded(GREY, "GIF"),
    "animated GIF": encoded(GREY, "GIF", **ANIMATED),
    "BMP": encoded(GREY, "BMP"),
    "TIFF": encoded(GREY, "TIFF"),
    "TIFF of two pages": encoded(GREY, "TIFF", **ANIMATED),
    "1-bit fax TIFF": encoded(
        GREY.point(lambda v: 255 * (v > 127), "1"), "TIFF", compression="group4"
    ),
    "32-bit float TIFF": encoded(GREY.convert("F"), "TIFF"),
    "WebP": encoded(GREY, "WEBP"),
    "animated WebP": encoded(GREY, "WEBP", **ANIMATED),
    "WebP with garbled EXIF": encoded(GREY, "WEBP", exif=GARBLED),
    "PGM": encoded(GREY, "PPM"),
    "bytearray": bytearray(encoded(GREY)),
    "memoryview": memoryview(encoded(GREY)),
    "Pillow image": GREY,
    "Pillow image, HSV": GREY.convert("RGB").convert("HSV"),
    "Pillow image, YCbCr": GREY.convert("RGB").convert("YCbCr"),
    "Pillow image, 32-bit": GREY.convert("I"),
    "Pillow image, not yet decoded": Image.open(io.BytesIO(JPEG)),
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
    "array of huge int64": PAGE.astype(np.int64) * -(2**54),
    "array of uint64": (255 - PAGE).astype(np.uint64) * 2**56,
    "array of int8": (127 - PAGE // 2).astype(np.int8),
    "array of float16": (255 - PAGE).astype(np.float16),
    "array of big-endian uint16": (255 - PAGE).astype(">u2"),
    "array of big-endian float": (255 - PAGE).astype(">f4"),
    "array with every other column": np.repeat(255 - PAGE, 2, axis=1)[:, ::2],
    "masked array": np.ma.array(255 - PAGE, mask=PAGE > 127),
    "array upside down in memory": (255 - PAGE)[::-1][::-1],
    "array in Fortran order": np.asfortranarray(255 - PAGE),
    "array that is read-only": np.frombuffer((255 - PAGE).tobytes(), np.uint8).reshape(280, 280),
}


@pytest.mark.parametrize("kind", KINDS)
def test_any_kind_of_picture_gives_the_same_digit(kind, network):
    rgb = open_picture(KINDS[kind])
    assert rgb.dtype == np.uint8
    assert rgb.shape == (280, 280, 3)
    assert difference(STANDARD, read(KINDS[kind])) < 0.1
    assert digitrec.predict_digit(KINDS[kind], network).digit == 5


# What cannot be read


def blank(mode, colour, size=(100, 100)):
    return encoded(Image.new(mode, size, colour))


def bomb(kind):
    return chunk(kind, b"name\0\0" + zlib.compress(bytes(50_000_000)))


FILES = {
    "no bytes": (b"", "is empty: save"),
    "text": (b"seven", "is not a picture .*: save it as PNG"),
    "a web page": (b"<!DOCTYPE html><title>digit_7.jpg</title>", "is not a picture"),
    "an SVG": (
        b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0v9"/></svg>',
        "is not a picture",
    ),
    "a PDF": (encoded(GREY, "PDF"), "is not a picture"),
    "PostScript": (encoded(GREY, "EPS"), "is not a picture"),
    "an icon": (encoded(GREY, "ICO"), "is not a picture"),
    "a HEIC": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(500), "is not a picture"),
    "an MP4": (b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(500), "is not a picture"),
    "an MPEG": (b"\0\0\1\xb3" + bytes(range(256)), "is not a picture"),
    "zeros": (bytes(1000), "is not a picture"),
    "random bytes": (np.random.default_rng(0).bytes(1000), "is not a picture"),
    "the header of a PNG": (PNG[:20], "is (damaged|not a picture)"),
    "half a PNG": (PNG[: len(PNG) // 2], "is damaged .*: save or send it again"),
    "half a JPEG": (JPEG[: len(JPEG) // 2], "is damaged"),
    "a JPEG without its last bytes": (JPEG[:-2], "is damaged"),
    "half a GIF": (KINDS["GIF"][:-100], "is damaged"),
    "half a BMP": (KINDS["BMP"][:5000], "is damaged"),
    "half a TIFF": (KINDS["TIFF"][:5000], "is damaged"),
    "half a WebP": (KINDS["WebP"][:500], "is damaged"),
    "a false checksum in a header": (PNG[:29] + b"oops" + PNG[33:], "is not a picture"),
    "a text that unpacks to 50 MB": (png(1, 1, b"\0\0", bomb(b"zTXt")), "is damaged .*too large"),
    "a profile that unpacks to 50 MB": (
        png(1, 1, b"\0\0", bomb(b"iCCP")),
        "is damaged .*too large",
    ),
    "100 megapixels": (png(10_000, 10_000, bytes(100)), "is too large: reduce it to 51 megapixels"),
    "billions of pixels": (png(2**31 - 1, 2**31 - 1, bytes(100)), "is too large"),
    "49 megapixels, but no more than the first": (png(7000, 7000, bytes(100)), "is damaged"),
    "all white": (blank("L", 255), "is blank: no writing stands out"),
    "all black": (blank("L", 0), "is blank"),
    "all grey, 16-bit": (blank("I;16", 30_000), "is blank"),
    "all transparent": (blank("RGBA", (0, 0, 0, 0)), "is blank"),
    "one pixel": (blank("L", 0, size=(1, 1)), "is blank"),
    "a white line": (blank("L", 255, size=(5000, 1)), "is blank"),
    "a float TIFF of NaN": (
        encoded(Image.fromarray(np.full((9, 9), np.nan, np.float32)), "TIFF"),
        "not finite",
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_cannot_be_read_is_named_with_the_reason(kind, network, tmp_path):
    content, message = FILES[kind]
    path = tmp_path / "ma photo é 数字 (1).png"
    path.write_bytes(content)
    for read_picture in (digitrec.predict_digit, digitrec.read_digits):
        for picture in (path, str(path)):
            with pytest.raises(digitrec.PictureError, match=message) as caught:
                read_picture(picture, network)
            assert str(caught.value).startswith(str(path))
        with pytest.raises(digitrec.PictureError, match=message):
            read_picture(content, network)


OTHERS = {
    "no pixels": (np.zeros((0, 5), np.uint8), "is an array of"),
    "no channels": (np.zeros((28, 28, 0), np.uint8), "is an array of"),
    "a number": (np.array(7), "is an array of"),
    "a line": (np.zeros(28, np.uint8), "is an array of"),
    "a batch": (np.zeros((5, 28, 28, 1), np.uint8), "is an array of"),
    "five channels": (np.zeros((28, 28, 5), np.uint8), "is an array of"),
    "channels first": (np.zeros((3, 28, 28), np.uint8), "is an array of"),
    "an array with NaN": (np.where(PAGE, np.nan, 1), "not finite: replace"),
    "an array with infinity": (np.where(PAGE, np.inf, 1).astype(np.float16), "not finite"),
    "an array from end to end": (np.where(PAGE, -1.7e308, 1.7e308), "not finite"),
    "an array of one value": (np.full((28, 28), 0.5), "is blank"),
    "a tiny array of one value": (np.full((28, 28), -1e-310), "is blank"),
    "an array of text": (np.full((28, 28), "x"), "is an array of <U1: give numbers"),
    "an array of objects": (PAGE.astype(object), "is an array of"),
    "an array of complex numbers": (PAGE.astype(complex), "is an array of"),
    "an array of dates": (PAGE.astype("M8[s]"), "is an array of"),
    "an array of records": (np.zeros((28, 28), "u1,f4"), "is an array of"),
    "an array of 100 megapixels": (np.broadcast_to(np.uint8(0), (10_000, 10_000)), "is too large"),
    "a Pillow image without pixels": (Image.new("L", (0, 5)), "has no pixels"),
    "a Pillow image of 100 megapixels": (Image.new("1", (10_000, 10_000)), "is too large"),
    "a Pillow image of a damaged file": (Image.open(io.BytesIO(JPEG[:-500])), "is damaged"),
    "a list": ([[0, 1], [1, 0]], "is a list: give a path"),
    "an open file": (io.BytesIO(PNG), "is a BytesIO: give a path"),
    "nothing": (None, "is a NoneType: give a path"),
    "a null in the path": ("digit\0.png", "cannot be opened"),
    "no letter in the path": ("", "is a folder"),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_an_object_that_is_not_a_picture_is_refused_with_the_reason(kind, network):
    picture, message = OTHERS[kind]
    with pytest.raises(digitrec.PictureError, match=message):
        digitrec.read_digits(picture, network)


def test_no_warning_filter_is_changed_while_a_picture_is_decoded(monkeypatch):
    """They belong to the process: another thread would lose its warnings, perhaps for good."""
    seen = []
    load = Image.Image.load

    def watched(image):
        seen.append(list(warnings.filters))
        return load(image)

    monkeypatch.setattr(Image.Image, "load", watched)
    before = list(warnings.filters)
    open_picture(ROOT / "test_images" / "digit_7.png")
    assert seen
    assert all(filters == before for filters in seen)


@pytest.mark.parametrize(
    "content",
    [
        b"P1 # bits\n4 2\n0110 1 0 0 1\n",
        b"P2\n3 2\n# grey\n9\n0 4 9\n2 1 3",
        b"P2\n3 2\n4095\n0 400 4095\n17 1000 3000\n",
        b"P3\n2 1\n15\n15 0 3  7 8 1",
        b"P5\n3 2\n100\n" + bytes([0, 50, 100, 7, 99, 1]),
        b"P5\n3 2\n4095\n" + struct.pack(">6H", 0, 400, 4095, 17, 1000, 3000),
        b"P6\n2 1\n1023\n" + struct.pack(">6H", 0, 500, 1023, 3, 700, 90),
    ],
)
def test_a_file_of_unusual_levels_looks_as_pillow_shows_it(content):
    """Pillow decodes it number by number; ours has to come to the same, but for rounding."""
    with Image.open(io.BytesIO(content)) as image:
        image.load()
        expected = open_picture(image)
    shown = open_picture(content)
    np.testing.assert_allclose(shown.astype(int), expected.astype(int), atol=1)


@pytest.mark.parametrize("content", [b"P2\n3 2\n9\n1 2 3", b"P1\n2 1\n02", b"P2\n1 1\n9\nx"])
def test_a_file_with_too_few_or_other_numbers_is_damaged(content):
    with pytest.raises(digitrec.PictureError, match="is damaged"):
        open_picture(content)
