"""Picture files made to cost far more than their pixels: `python tests/hostile.py [NAME ...]`.

Prints for each how reading it ends, in seconds of processor time and megabytes;
`test_hostile.py` says how it has to end.
"""

import io
import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from digitrec.preprocess.image_file import MOST_PIXELS

LARGEST = int(MOST_PIXELS**0.5)  # side of the largest square picture, pixels
MEGABYTE = 1_000_000

ORIENTATION, SHORT, LONG = 0x0112, 3, 4


def seven(side: int = 280) -> Image.Image:
    """A picture of a 7."""
    image = Image.new("L", (side, side), 255)
    points = [(side * x // 100, side * y // 100) for x, y in ((25, 25), (70, 25), (45, 80))]
    ImageDraw.Draw(image).line(points, 0, max(1, side // 12), "curve")
    return image


def noise(side: int, channels: int) -> Image.Image:
    """The picture that compresses worst."""
    pixels = np.random.default_rng(0).integers(0, 256, (side, side, channels), np.uint8)
    return Image.fromarray(pixels)


def encode(image: Image.Image, format: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


# JPEG


def segment(marker: int, content: bytes = b"") -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def jpeg_with(notes: bytes, image: Image.Image | None = None) -> bytes:
    """Put something between the start of a JPEG file and the rest."""
    content = encode(image or seven(), "JPEG")
    return content[:2] + notes + content[2:]


def jpeg_of_scans(count: int, side: int, *, between: bytes = b"") -> bytes:
    """A progressive JPEG with empty scans: each says only that nothing changes in its blocks."""
    content = encode(seven(side).convert("RGB"), "JPEG", progressive=True)
    # A Huffman table for one symbol, the longest run of empty blocks, whose code is a 0.
    table = segment(0xC4, bytes([0x10, 1, *15 * [0], 0xE0]))
    scan = between + segment(0xDA, bytes([1, 1, 0, 1, 63, 0])) + b"\0"
    return content[:-2] + table + count * scan + b"\xff\xd9"


def exif(entries: int, size: int, tag: int = 0x8000) -> bytes:
    """Notes of a camera whose tags all point to the same bytes."""
    directory = b"".join(
        struct.pack("<HHII", tag + number & 0xFFFF, SHORT, size // 2, 8)
        for number in range(entries)
    )
    start = struct.pack("<2sHI", b"II", 42, 8) + struct.pack("<H", entries) + directory
    return b"Exif\0\0" + start.ljust(8 + size, b"\1")


def multi_picture() -> bytes:
    """A directory of pictures whose tags all point to the same bytes."""
    entries = 4000
    tags = b"".join(struct.pack("<HHII", number, SHORT, 30_000, 8) for number in range(entries))
    head = b"MPF\0" + struct.pack("<2sHIH", b"II", 42, 8, entries) + tags
    return segment(0xE2, head.ljust(65_000, b"\1"))


# PNG


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def png_with(before: bytes = b"", behind: bytes = b"") -> bytes:
    content = encode(seven(), "PNG")
    return content[:33] + before + content[33:-12] + behind + content[-12:]


def png_of_tiny_parts() -> bytes:
    pixels = zlib.compress(b"".join(b"\0" + row.tobytes() for row in np.asarray(seven(1000))), 0)
    parts = b"".join(chunk(b"IDAT", pixels[place : place + 1]) for place in range(len(pixels)))
    return png_header(1000, 1000) + parts + chunk(b"IEND")


def png_header(
    width: int, height: int, depth: int = 8, colour: int = 0, interlace: int = 0
) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)


def png_bomb() -> bytes:
    """More pixels than any picture has, all the same."""
    pixels = zlib.compress(bytes(200 * MEGABYTE))
    return png_header(100_000, 100_000) + chunk(b"IDAT", pixels) + chunk(b"IEND")


# TIFF


def tiff(tags: dict[int, tuple[int, int, int]], data: bytes = b"") -> bytes:
    """A TIFF file with these tags (type, count, value), and data from byte 8 on."""
    start = 8 + len(data) + len(data) % 2
    directory = b"".join(struct.pack("<HHII", tag, *tags[tag]) for tag in sorted(tags))
    body = (struct.pack("<2sHI", b"II", 42, start) + data).ljust(start, b"\0")
    return body + struct.pack("<H", len(tags)) + directory + bytes(4)


def tiff_tags(width: int, height: int, compression: int = 1) -> dict[int, tuple[int, int, int]]:
    return {
        256: (LONG, 1, width),
        257: (LONG, 1, height),
        258: (SHORT, 1, 8),
        259: (SHORT, 1, compression),
        262: (SHORT, 1, 1),
        277: (SHORT, 1, 1),
    }


def tiff_of_strips(count: int, kind: int = LONG) -> bytes:
    """As many strips as values, all at the same place."""
    size = {SHORT: 2, LONG: 4}[kind]
    offsets = {273: (kind, count, 8), 278: (LONG, 1, 1), 279: (kind, count, 8)}
    return tiff(tiff_tags(1, count) | offsets, count * b"\x08\0\0\0"[:size])


def tiff_of_tiles(across: int, down: int, compression: int = 8) -> bytes:
    pixels = zlib.compress(bytes(100))
    tags = tiff_tags(280, 280, compression)
    tags |= {
        322: (LONG, 1, across),
        323: (LONG, 1, down),
        324: (LONG, 1, 8),
        325: (LONG, 1, len(pixels)),
    }
    return tiff(tags, pixels)


def tiff_with_strips_far_apart() -> bytes:
    """Each strip ends where the file ends, after a start by turns at its two ends."""
    count, size = 50_000, 40 * MEGABYTE
    offsets = np.tile(np.array([8, size], "<u4"), count // 2).tobytes()
    start = 8 + size
    tags = tiff_tags(280, count) | {273: (LONG, count, start), 278: (LONG, 1, 1)}
    return tiff(tags, bytes(size) + offsets)


def tiff_with_values(tag: int, kind: int, count: int) -> bytes:
    """A tag of one value has millions."""
    tags = tiff_tags(8, 8) | {273: (LONG, 1, 8), 279: (LONG, 1, 64), tag: (kind, count, 8)}
    return tiff(tags, bytes(count * {SHORT: 2, LONG: 4, 5: 8}[kind]))


def tiff_of_tags(count: int, size: int) -> bytes:
    tags = {1000 + number: (SHORT, size // 2, 8) for number in range(count)}
    return tiff(tags | tiff_tags(8, 8) | {273: (LONG, 1, 8), 279: (LONG, 1, 64)}, bytes(size))


# The others


def bmp_of_runs(*runs: bytes, width: int = 3000, height: int = 3000, compression: int = 1) -> bytes:
    palette = b"".join(bytes([grey, grey, grey, 0]) for grey in range(256))
    pixels = b"".join(runs)
    header = struct.pack(
        "<IiiHHIIiiII", 40, width, height, 1, 8 if compression == 1 else 4, compression,
        len(pixels), 0, 0, 256 if compression == 1 else 16, 0,
    )  # fmt: skip
    start = 14 + len(header) + len(palette)
    return (
        struct.pack("<2sIHHI", b"BM", start + len(pixels), 0, 0, start) + header + palette + pixels
    )


def gif_with(blocks: bytes) -> bytes:
    content = encode(seven(), "GIF")
    start = content.index(b"\x2c", 13)
    return content[:start] + blocks + content[start:]


def pgm(grey: np.ndarray, most: int, plain: bool = False) -> bytes:
    """A file whose white is not 255, or in plain text."""
    numbers = grey.astype(np.uint32) * most // 255
    height, width = grey.shape
    head = f"P{2 if plain else 5} {width} {height} {most}\n".encode()
    if plain:
        return head + "\n".join(" ".join(map(str, row)) for row in numbers.tolist()).encode()
    return head + numbers.astype(">u2" if most > 255 else np.uint8).tobytes()


def avif_with_exif() -> bytes:
    return encode(seven(), "AVIF", exif=exif(60_000, 900_000))


Maker = Callable[[], bytes]

# What is made so that it costs much; it may be read or refused.
HOSTILE: dict[str, Maker] = {
    "JPEG, empty application segments": lambda: jpeg_with(10_000_000 * segment(0xE5)),
    "JPEG, comments": lambda: jpeg_with(400_000 * segment(0xFE, bytes(100))),
    "JPEG, fill bytes": lambda: jpeg_with(50 * MEGABYTE * b"\xff"),
    "JPEG, junk between segments": lambda: jpeg_with(50 * MEGABYTE * b"\0"),
    "JPEG, 600 segments of a camera's notes": lambda: jpeg_with(
        600 * segment(0xE1, exif(10, 60_000))
    ),
    "JPEG, overlapping notes": lambda: jpeg_with(segment(0xE1, exif(5400, 65_000))),
    "JPEG, overlapping notes in many segments": lambda: jpeg_with(
        segment(0xE1, exif(5400, 65_000)) + 300 * segment(0xE1, b"Exif\0\0" + bytes(65_000))
    ),
    "JPEG, overlapping directory of pictures": lambda: jpeg_with(multi_picture()),
    "JPEG, 10,000 scans": lambda: jpeg_of_scans(10_000, 3000),
    "JPEG, as many scans as are allowed": lambda: jpeg_of_scans(9, LARGEST),
    "JPEG, many scans of a small picture": lambda: jpeg_of_scans(9_000, 300),
    "JPEG, comments between scans": lambda: jpeg_of_scans(
        1000, 1000, between=segment(0xFE, b"\xff\xd9" * 1000)
    ),
    "JPEG, a million comments between scans": lambda: jpeg_of_scans(
        20, 1000, between=50_000 * segment(0xFE)
    ),
    "JPEG, long comments between scans": lambda: jpeg_of_scans(
        20, 1000, between=40 * segment(0xFE, bytes(65_000))
    ),
    "JPEG, fill bytes in the pixels": lambda: (
        encode(seven(), "JPEG")[:-2] + 50 * MEGABYTE * b"\xff" + b"\xd9"
    ),
    "JPEG, thousands of restarts": lambda: (
        encode(seven(), "JPEG")[:-2] + 5 * MEGABYTE * b"\xff\xd0"
    ),
    "JPEG, fill bytes between scans": lambda: jpeg_of_scans(
        2, 300, between=50 * MEGABYTE * b"\xff"
    ),
    "JPEG, thousands of tables": lambda: jpeg_with(9_000 * segment(0xDB, bytes([0, *64 * [1]]))),
    "PNG, 1.6 million empty chunks": lambda: png_with(before=1_600_000 * chunk(b"quIt")),
    "PNG, empty chunks behind the pixels": lambda: png_with(behind=1_600_000 * chunk(b"quIt")),
    "PNG, a million parts of a byte": png_of_tiny_parts,
    "PNG, texts": lambda: png_with(before=30_000 * chunk(b"tEXt", b"key\0" + bytes(100))),
    "PNG, texts that unpack to gigabytes": lambda: png_with(
        before=60 * chunk(b"zTXt", b"key\0\0" + zlib.compress(bytes(60 * MEGABYTE)))
    ),
    "PNG, 10,000 megapixels": png_bomb,
    "PNG, overlapping notes": lambda: png_with(before=chunk(b"eXIf", exif(60_000, 3_000_000)[6:])),
    "TIFF, a tile of 65536x32752": lambda: tiff_of_tiles(65536, 32752),
    "TIFF, a tile of 50 megapixels": lambda: tiff_of_tiles(7040, 7040),
    "TIFF, a tile without an end": lambda: tiff_of_tiles(0xFFFFFFF0, 0xFFFFFFF0),
    "TIFF, millions of strips": lambda: tiff_of_strips(5_000_000),
    "TIFF, a million short strips": lambda: tiff_of_strips(990_000, SHORT),
    "TIFF, strips far apart": tiff_with_strips_far_apart,
    "TIFF, millions of orientations": lambda: tiff_with_values(ORIENTATION, SHORT, 10_000_000),
    "TIFF, many orientations": lambda: tiff_with_values(ORIENTATION, SHORT, 1_900_000),
    "TIFF, many resolutions": lambda: tiff_with_values(282, 5, 490_000),
    "TIFF, many bits": lambda: tiff_with_values(258, SHORT, 1_900_000),
    "TIFF, overlapping tags": lambda: tiff_of_tags(60_000, 3_000_000),
    "TIFF, tags of many values": lambda: tiff_of_tags(10_000, 300),
    "BMP, runs of a pixel": lambda: bmp_of_runs(9_000_000 * b"\1\0"),
    "BMP, half-pixel runs": lambda: bmp_of_runs(
        240_000 * b"\1\7", width=500, height=500, compression=2
    ),
    "BMP, an end of a line of 50 megapixels": lambda: bmp_of_runs(
        b"\1\0\0\0", width=MOST_PIXELS, height=1
    ),
    "BMP, an end of a line of 10 megapixels": lambda: bmp_of_runs(
        b"\1\0\0\0", width=10_000_000, height=1
    ),
    "BMP, long runs of half bytes": lambda: bmp_of_runs(
        200_000 * b"\xff\7", width=7000, height=7000, compression=2
    ),
    "GIF, extensions": lambda: gif_with(5_000_000 * b"\x21\xff\x01\0\0"),
    "GIF, empty extensions": lambda: gif_with(10_000_000 * b"\x21\x01\0"),
    "GIF, a long comment": lambda: gif_with(b"\x21\xfe" + 150_000 * (b"\xff" + 255 * b"x") + b"\0"),
    "GIF, many comments": lambda: gif_with(1_000_000 * b"\x21\xfe\x01x\0"),
    "PPM, a long comment": lambda: b"P5 #" + 50 * MEGABYTE * b"x" + b"\n2 2 255\n1234",
    "PPM, comments in plain text": lambda: b"P2 2 2 9\n" + 10_000_000 * b"#1\n" + b"1 2 3 4\n",
    "WebP, overlapping notes": lambda: encode(seven(), "WEBP", exif=exif(60_000, 900_000)),
}
if hasattr(Image.core, "avif") or "AVIF" in Image.registered_extensions().values():
    HOSTILE["AVIF, overlapping notes"] = avif_with_exif

# What costs most of what anybody may have; it has to be read.
HONEST: dict[str, Maker] = {
    "PGM, 12 bits, 12 megapixels": lambda: pgm(np.tile(seven(2000), (2, 2))[:3000], 4095),
    "PGM, 4 bits, 51 megapixels": lambda: pgm(np.asarray(seven(LARGEST)), 15),
    "PGM, plain text, 6 megapixels": lambda: pgm(np.asarray(seven(2500)), 255, plain=True),
    "JPEG, the largest": lambda: encode(seven(LARGEST).convert("RGB"), "JPEG", quality=100),
    "JPEG, the largest, progressive, no subsampling": lambda: encode(
        seven(LARGEST).convert("RGB"), "JPEG", progressive=True, subsampling=0
    ),
    "JPEG, the largest, turned": lambda: encode(
        seven(LARGEST).convert("RGB"),
        "JPEG",
        exif=b"Exif\0\0" + tiff({ORIENTATION: (SHORT, 1, 6)}),
    ),
    "PNG, the largest, transparent": lambda: encode(
        seven(LARGEST).convert("RGBA"), "PNG", compress_level=1
    ),
    "WebP, the largest": lambda: encode(seven(LARGEST), "WEBP", method=0, lossless=True),
    "AVIF, the largest": lambda: encode(seven(LARGEST), "AVIF", speed=10),
    "JPEG, a film behind it": lambda: (
        encode(seven(1000), "JPEG") + np.random.default_rng(0).bytes(50 * MEGABYTE)
    ),
    "JPEG, progressive, a film behind it": lambda: (
        encode(seven(1000), "JPEG", progressive=True)
        + np.random.default_rng(0).bytes(50 * MEGABYTE)
    ),
}


def measure(content: bytes) -> dict:
    """Read a file in a process of its own."""
    code = "import fuzz, json, sys; print(json.dumps(fuzz.measure(sys.stdin.buffer.read())))"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parent, input=content, capture_output=True
    )
    if result.returncode:
        return {
            "outcome": f"status {result.returncode}: {result.stderr.decode()[-300:]}",
            "seconds": 99.0,
            "peak": 0,
        }
    return json.loads(result.stdout)


if __name__ == "__main__":
    for name, make in (HOSTILE | HONEST).items():
        if not sys.argv[1:] or any(word in name for word in sys.argv[1:]):
            content = make()
            row = measure(content)
            print(
                f"{name:45} {len(content) / MEGABYTE:6.1f} MB {row['seconds']:6.2f} s "
                f"{row['peak'] / MEGABYTE:5.0f} MB  {row['outcome'][:90]}",
                flush=True,
            )
