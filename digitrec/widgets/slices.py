"""Put files together from the slices in which they come, in bounded memory. Plain Python.

Whoever sends them may stop in the middle, send a slice twice, or never come to an end.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from digitrec.preprocess.picture import MOST_BYTES

MOST_WAITING = 2 * MOST_BYTES  # of all unfinished files together
MOST_FILES = 100  # unfinished at a time


@dataclass
class _File:
    name: str
    content: bytearray = field(default_factory=bytearray)


class Slices:
    """Files that are still being sent.

    Args:
        given_up: Called with a file's name and the reason, "too large" or "incomplete", when no
            more of it is kept.
    """

    def __init__(self, given_up: Callable[[str, str], None]):
        self._given_up = given_up
        self._files: dict[str, _File] = {}  # the one that has waited longest for a slice first

    def __bool__(self) -> bool:
        return bool(self._files)

    def add(self, transfer: str, name: str, start: object, content: bytes) -> bool:
        """Begin a file, or continue it.

        Args:
            transfer: Tells this file from others that are sent at the same time.
            name: The file's name.
            start: Where in the file the slice begins, bytes; at 0 it begins the file, anew if need
                be. Anything but a number continues no file.
            content: The slice.

        Returns:
            Whether it was kept: a slice that continues no file is not, such as the next one of
            a file that was given up.
        """
        file = _File(name) if start == 0 else self._files.get(transfer)
        if file is None or start != len(file.content):
            return False
        self.forget(transfer)
        if len(file.content) + len(content) > MOST_BYTES:
            self._given_up(name, "too large")
            return False
        file.content += content
        self._files[transfer] = file
        self._make_room()
        return True

    def length(self, transfer: str) -> int:
        """How many bytes of a file have come."""
        file = self._files.get(transfer)
        return len(file.content) if file else 0

    def finish(self, transfer: str) -> bytes:
        """Give what has come of a file, and keep it no longer."""
        return bytes(self._files.pop(transfer).content)

    def forget(self, transfer: str) -> None:
        """Keep a file no longer, if there is one."""
        self._files.pop(transfer, None)

    def clear(self) -> None:
        """Keep no file any longer."""
        self._files.clear()

    def _make_room(self) -> None:
        while len(self._files) > MOST_FILES or self._size() > MOST_WAITING:
            stalest = next(iter(self._files))
            self._given_up(self._files.pop(stalest).name, "incomplete")

    def _size(self) -> int:
        return sum(
            len(transfer) + len(file.name) + len(file.content)
            for transfer, file in self._files.items()
        )
