"""Names of files as a person gives them, and as a terminal can show them."""

import os
from collections.abc import Iterable
from glob import glob

WILDCARDS = frozenset("*?[")


def find_names(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Expand wildcards, which Windows leaves to programs, and find out what does not exist.

    Args:
        names: Of files and folders. One that exists is taken as it is.

    Returns:
        The names of what exists, those of a wildcard sorted; and the names of what does not.
    """
    existing: list[str] = []
    missing: list[str] = []
    for name in names:
        if not _is_missing(name):
            existing.append(name)
        elif WILDCARDS.intersection(name) and (matches := sorted(glob(name))):
            existing += matches
        else:
            missing.append(name)
    return existing, missing


def _is_missing(name: str) -> bool:
    try:
        os.stat(name)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):  # it may be there; reading it will say what is wrong
        return False
    return False


def printable(text: str) -> str:
    """Write what a terminal would obey instead of show, and what is no letter, as escapes."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )
