"""Take picture files apart, and put their parts together with correct lengths and checksums.

So damage gets past the checks that come first. A part is bytes that begin with what kind of part
it is; what each format means by it is said with its functions. Only what valid files need is
understood, since only such are taken apart.
"""

import struct
import zlib
from collections.abc import Callable, Iterator

Parts = list[bytes]

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
SCAN, PIXELS = b"\xda", b"\0"  # the first byte of a JPEG segment: its marker, or 0 for pixels
IN_META = b"meta/"  # before a box of an AVIF file that stands within the box `meta`


def take_apart(content: bytes) -> tuple[Parts, Callable[[Parts], bytes]]:
    """The parts of a file, and what puts them together again."""
    if content.startswith(PNG_MAGIC):
        return list(_png_chunks(content)), _join_png
    if content.startswith(b"\xff\xd8"):
        return list(_jpeg_segments(content)), _join_jpeg
    if content.startswith(b"RIFF"):
        return list(_riff_chunks(content)), _join_riff
    if content.startswith(b"GIF8"):
        return list(_gif_blocks(content)), b"".join
    if content.startswith(b"II*\0"):
        return list(_tiff_entries(content)), lambda entries: _join_tiff(content, entries)
    if content.startswith(b"BM"):
        ends = [14, 14 + int.from_bytes(content[14:18], "little"), len(content)]
        starts = [0, *ends]
        return [content[a:b] for a, b in zip(starts, ends, strict=False)], b"".join
    if content[4:8] == b"ftyp":
        return list(_avif_boxes(content)), _join_avif
    *head, pixels = content.split(maxsplit=4)  # of a PPM file
    return [*head, pixels], b"\n".join


def _number(content: bytes, order: str = "big") -> int:
    return int.from_bytes(content, order)


def _png_chunks(content: bytes) -> Iterator[bytes]:
    """Kind and content of each chunk."""
    place = len(PNG_MAGIC)
    while place < len(content):
        end = place + 8 + _number(content[place : place + 4])
        yield content[place + 4 : end]
        place = end + 4


def _join_png(chunks: Parts) -> bytes:
    return PNG_MAGIC + b"".join(
        struct.pack(">I", max(0, len(chunk) - 4)) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in chunks
    )


def _jpeg_segments(content: bytes) -> Iterator[bytes]:
    """Marker and content of each segment; a 0 and the pixels of each scan."""
    place = 2
    while content[place + 1] != 0xD9:
        end = place + 2 + _number(content[place + 2 : place + 4])
        yield content[place + 1 : place + 2] + content[place + 4 : end]
        place = end
        if content[place] != 0xFF:
            while content[place] != 0xFF or content[place + 1] in {0, *range(0xD0, 0xD8)}:
                place += 1
            yield PIXELS + content[end:place]


def _join_jpeg(segments: Parts) -> bytes:
    parts = [b"\xff\xd8"]
    for segment in segments:
        if segment[:1] == PIXELS:
            parts.append(segment[1:])
        else:
            length = min(len(segment) + 1, 0xFFFF)
            parts.append(b"\xff" + segment[:1] + struct.pack(">H", length) + segment[1:])
    return b"".join([*parts, b"\xff\xd9"])


def _riff_chunks(content: bytes) -> Iterator[bytes]:
    """Kind and content of each chunk."""
    place = 12
    while place < len(content):
        length = _number(content[place + 4 : place + 8], "little")
        yield content[place : place + 4] + content[place + 8 : place + 8 + length]
        place += 8 + length + length % 2


def _join_riff(chunks: Parts) -> bytes:
    body = b"WEBP" + b"".join(
        chunk[:4].ljust(4)
        + struct.pack("<I", max(0, len(chunk) - 4))
        + chunk[4:]
        + bytes(len(chunk) % 2)
        for chunk in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _gif_blocks(content: bytes) -> Iterator[bytes]:
    """The screen with its palette, each extension, each image, the end; as they are."""
    start = 13 + _palette(content[10])
    yield content[:start]
    while content[start] != 0x3B:
        if content[start] == 0x21:
            end = _behind_blocks(content, start + 2)
        else:
            end = _behind_blocks(content, start + 10 + _palette(content[start + 9]) + 1)
        yield content[start:end]
        start = end
    yield content[start:]


def _palette(flags: int) -> int:
    return 3 * 2 ** (flags % 8 + 1) if flags & 0x80 else 0


def _behind_blocks(content: bytes, place: int) -> int:
    while content[place]:
        place += 1 + content[place]
    return place + 1


def _tiff_entries(content: bytes) -> Iterator[bytes]:
    """Tag, type, count and value of each entry of the first directory."""
    start = _number(content[4:8], "little") + 2
    for number in range(_number(content[start - 2 : start], "little")):
        yield content[start + 12 * number : start + 12 * (number + 1)]


def _join_tiff(content: bytes, entries: Parts) -> bytes:
    """The old file, with a new directory at its end: so all that it points to is in its place."""
    body = content[:4] + struct.pack("<I", len(content)) + content[8:]
    directory = b"".join(entry.ljust(12, b"\0")[:12] for entry in entries)
    return body + struct.pack("<H", len(entries) % 2**16) + directory + bytes(4)


def _avif_boxes(content: bytes) -> Iterator[bytes]:
    """Kind and content of each box, and of each box within `meta`."""
    for box in _boxes(content):
        if box[:4] == b"meta":
            yield from (IN_META + inner for inner in _boxes(box[8:]))
        else:
            yield box


def _boxes(content: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(content):
        length = _number(content[place : place + 4]) or len(content) - place
        yield content[place + 4 : place + length]
        place += length


def _join_avif(boxes: Parts) -> bytes:
    inner = [box.removeprefix(IN_META) for box in boxes if box.startswith(IN_META)]
    meta = _box(b"meta" + bytes(4) + b"".join(map(_box, inner)))
    outer = [_box(box) for box in boxes if not box.startswith(IN_META)]
    return b"".join([*outer[:1], meta, *outer[1:]])


def _box(box: bytes) -> bytes:
    return struct.pack(">I", len(box) + 4) + box
