"""Damage valid picture files at random and read them: `python tests/fuzz.py 20000`.

Half of the files are damaged anywhere; of the other half, parts are changed, lost, repeated and
exchanged, and all lengths and checksums made correct again. Prints how it went as JSON;
`test_bad_input.py` says how it has to go. What else appears comes from the decoder of TIFF files,
which tells the terminal, and nobody else, what is wrong.
"""

import json
import random
import re
import struct
import sys
import time
import warnings
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import hostile
import numpy as np
from PIL import Image, features
from structures import Parts, take_apart

from digitrec.preprocess.errors import PictureError
from digitrec.preprocess.normalize import normalize
from digitrec.preprocess.picture import open_picture
from digitrec.preprocess.segment import find_lines

SIDE = 80  # of the pictures, pixels
HEADER = 100  # bytes, where damage does most
MOST_COPIES = 2000  # of a part
# Numbers that formats and decoders treat in a way of their own.
EDGES = [0, 1, 2, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 2**31 - 1, 2**31, 2**32 - 1]
NETWORK = 10  # one in so many cases is also read by the network

PHOTO = Path(__file__).parents[1] / "test_images" / "photo_5.jpg"


def sources() -> list[bytes]:
    with Image.open(PHOTO) as image:
        photo = image.convert("RGB").resize((SIDE, SIDE))
    exif = Image.Exif()
    exif[0x0112] = 3
    palette = photo.quantize(8)
    ways = [
        (photo, {"format": "PNG"}),
        (photo.convert("RGBA"), {"format": "PNG", "exif": exif}),
        (palette, {"format": "PNG", "transparency": 3}),
        (palette, {"format": "PNG", "save_all": True, "append_images": [palette.rotate(90)]}),
        (photo, {"format": "JPEG", "exif": exif}),
        (photo, {"format": "JPEG", "progressive": True}),
        (photo.convert("CMYK"), {"format": "JPEG"}),
        (photo, {"format": "GIF", "save_all": True, "append_images": [photo.rotate(90)]}),
        (photo, {"format": "BMP"}),
        (palette, {"format": "BMP"}),
        (photo, {"format": "TIFF"}),
        (photo.convert("F"), {"format": "TIFF", "compression": "tiff_lzw"}),
        (photo.convert("1"), {"format": "TIFF", "compression": "group4"}),
        (photo, {"format": "TIFF", "compression": "jpeg"}),
        (photo, {"format": "WEBP"}),
        (photo.convert("RGBA"), {"format": "WEBP", "lossless": True, "exif": exif}),
        (photo, {"format": "PPM"}),
    ]
    if features.check("avif"):  # not in every build of Pillow
        ways.append((photo, {"format": "AVIF"}))
    grey = np.asarray(photo.convert("L"))
    runs = [bytes([1, level]) for level in grey[::-1].ravel().tolist()]
    return [
        *(hostile.encode(image, **options) for image, options in ways),
        hostile.pgm(grey, 4095),
        hostile.pgm(grey, 9, plain=True),
        hostile.bmp_of_runs(*runs, width=SIDE, height=SIDE),
    ]


def cases(count: int, seed: int = 0) -> Iterator[bytes]:
    """Damaged files, the same ones for the same seed."""
    chance = random.Random(seed)
    files = sources()
    for _ in range(count):
        file = chance.choice(files)
        yield chance.choice([_damaged, _rearranged])(file, chance)


def _damaged(file: bytes, chance: random.Random) -> bytes:
    data = bytearray(file)
    for _ in range(chance.choice([1, 1, 2, 5])):
        chance.choice([_flip, _flip, _flip, _cut, _insert, _remove, _swap])(data, chance)
    return _with_checksums(data) if chance.random() < 0.5 else bytes(data)


def _rearranged(file: bytes, chance: random.Random) -> bytes:
    parts, put_together = take_apart(file)
    for _ in range(chance.choice([1, 1, 2, 4])):
        number = chance.randrange(len(parts))
        change = chance.choice([_lose, _repeat, _exchange, _set, _set, _set, _set, _alter, _resize])
        change(parts, number, chance)
        if not parts:
            break
    return put_together(parts)


def _lose(parts: Parts, number: int, chance: random.Random) -> None:
    del parts[number]


def _repeat(parts: Parts, number: int, chance: random.Random) -> None:
    parts[number:number] = chance.choice([1, 1, 3, MOST_COPIES]) * [parts[number]]


def _exchange(parts: Parts, number: int, chance: random.Random) -> None:
    other = chance.randrange(len(parts))
    parts[number], parts[other] = parts[other], parts[number]


def _set(parts: Parts, number: int, chance: random.Random) -> None:
    """Set a number near the beginning of a part, where sizes, counts and kinds are."""
    size = chance.choice([1, 2, 4])
    value = chance.choice([*EDGES, chance.randrange(2**32)]) % 256**size
    place = chance.randrange(min(len(parts[number]) + 1, HEADER))
    field = value.to_bytes(size, chance.choice(["little", "big"]))
    parts[number] = parts[number][:place] + field + parts[number][place + size :]


def _alter(parts: Parts, number: int, chance: random.Random) -> None:
    data = bytearray(parts[number])
    _flip(data, chance)
    parts[number] = bytes(data)


def _resize(parts: Parts, number: int, chance: random.Random) -> None:
    length = chance.choice([0, 1, len(parts[number]) // 2, 2 * len(parts[number]), 70_000])
    parts[number] = parts[number][:length].ljust(length, chance.choice([b"\0", b"\xff"]))


def _place(data: bytearray, chance: random.Random) -> int:
    return chance.randrange(min(len(data) + 1, chance.choice([HEADER, len(data) + 1])))


def _flip(data: bytearray, chance: random.Random) -> None:
    place = _place(data, chance)
    data[place : place + 1] = chance.choice([b"\0", b"\xff", chance.randbytes(1)])


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[_place(data, chance) :]


def _insert(data: bytearray, chance: random.Random) -> None:
    place = _place(data, chance)
    data[place:place] = chance.randbytes(chance.choice([1, 2, 4, 100]))


def _remove(data: bytearray, chance: random.Random) -> None:
    place = _place(data, chance)
    del data[place : place + chance.choice([1, 2, 4, 100])]


def _swap(data: bytearray, chance: random.Random) -> None:
    first, middle, last = sorted(_place(data, chance) for _ in range(3))
    data[first:last] = data[middle:last] + data[first:middle]


def _with_checksums(data: bytearray) -> bytes:
    """Damage in a PNG gets past its checksums only if they are right."""
    place = 8
    while data.startswith(b"\x89PNG") and place + 12 <= len(data):
        end = place + 8 + int.from_bytes(data[place : place + 4], "big")
        data[end : end + 4] = struct.pack(">I", zlib.crc32(data[place + 4 : end]))
        place = end + 4
    return bytes(data)


def peak() -> int:
    """The most memory that this process has held, in bytes; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) * 1024


def without_network(picture: bytes) -> None:
    for line in find_lines(open_picture(picture)):
        for digit in line.digits:
            normalize(digit.ink)


def measure(picture: bytes) -> dict:
    """How reading one picture ends, in seconds of processor time, and the process's memory."""
    start = time.process_time()
    try:
        without_network(picture)
        outcome = "read"
    except PictureError as error:
        outcome = f"refused: {error}"
    except Exception as error:
        outcome = repr(error)
    return {"outcome": outcome, "seconds": time.process_time() - start, "peak": peak()}


def run(read: Callable[[bytes], object], pictures: Iterator[bytes]) -> dict:
    """Count how reading ends, and measure the slowest in seconds of processor time."""
    outcomes, slowest = Counter(), 0.0
    for picture in pictures:
        start = time.process_time()
        try:
            read(picture)
            outcomes["read"] += 1
        except PictureError:
            outcomes["refused"] += 1
        except Exception as error:
            outcomes[repr(error)] += 1
        slowest = max(slowest, time.process_time() - start)
    return {"outcomes": outcomes, "slowest": slowest, "peak": peak()}


if __name__ == "__main__":
    count = int(sys.argv[1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's, about TIFF files
        decoding = run(without_network, cases(count))
    import digitrec

    network = digitrec.load_model()
    reading = run(
        lambda picture: digitrec.read_digits(picture, network), cases(count // NETWORK, seed=1)
    )
    print(json.dumps([decoding, reading]))
