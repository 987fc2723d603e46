"""The page's files, which are all in memory: no address leads to the disk.

The standard library only.
"""

from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
WIDGETS = HERE.parent / "widgets"  # what page and notebook share
JAVASCRIPT, STYLES, PNG = "text/javascript", "text/css", "image/png"


class File(NamedTuple):
    """A file of the page, with its media type."""

    content: bytes
    kind: str


def load_files() -> dict[str, File]:
    """Give the page's files by their addresses."""
    own = {
        "/": ("page.html", "text/html"),
        "/page.css": ("page.css", STYLES),
        "/theme.js": ("theme.js", JAVASCRIPT),
        "/page.js": ("page.js", JAVASCRIPT),
        "/server.js": ("server.js", JAVASCRIPT),
        "/answer.js": ("answer.js", JAVASCRIPT),
        "/history.js": ("history.js", JAVASCRIPT),
        "/live.js": ("live.js", JAVASCRIPT),
        "/pad.js": ("pad.js", JAVASCRIPT),
        "/picture.js": ("picture.js", JAVASCRIPT),
        "/make.js": ("make.js", JAVASCRIPT),
        "/manifest.json": ("manifest.json", "application/manifest+json"),
        "/icon.svg": ("icon.svg", "image/svg+xml"),
        "/icon-180.png": ("icon-180.png", PNG),
        "/icon-192.png": ("icon-192.png", PNG),
        "/icon-512.png": ("icon-512.png", PNG),
        "/api/openapi.json": ("openapi.json", "application/json"),
    }
    shared = {
        "/widgets.css": ("widgets.css", STYLES),
        "/camera.css": ("camera.css", STYLES),
        "/camera.js": ("camera.js", JAVASCRIPT),
        "/live_ink.js": ("live_ink.js", JAVASCRIPT),
    }
    return _read(HERE, own) | _read(WIDGETS, shared)


def _read(folder: Path, names: dict[str, tuple[str, str]]) -> dict[str, File]:
    return {
        address: File((folder / name).read_bytes(), kind) for address, (name, kind) in names.items()
    }
