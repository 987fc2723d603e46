"""A live camera in a real browser, which sees what we film: `python -m tests.camera`.

Prints for each scene of `benchmarks.scenes`, over a minute, how many frames were read and whether a
reading was shown; how long it takes from a frame to its boxes; and takes `images/camera.png`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
from playwright.sync_api import Page, Playwright, Route

try:
    from browser import ROOT, launched
    from patience import PATIENCE
except ImportError:  # run as `python -m tests.camera`
    from tests.browser import ROOT, launched
    from tests.patience import PATIENCE

from benchmarks.scenes import frames
from digitrec.recognize.frame import read_frame

WIDGETS = ROOT / "digitrec" / "widgets"
ADDRESS = "http://localhost:1/"  # nobody listens there: the test answers
FILM = 90  # frames in a film, three seconds, which the browser shows again and again
MINUTE = 60
ALLOWED = "--use-fake-ui-for-media-stream"

PAGE = """<!doctype html>
<title>Camera</title>
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="camera.css">
<body>
<script type="module">
import { liveCamera } from "./camera.js";
window.seen = [];
const post = async (where, jpeg) =>
    (await fetch(where, { method: "POST", body: await jpeg.arrayBuffer() })).json();
const read = async (jpeg) => {
    const answer = await post("read", jpeg);
    if (answer.error) throw new Error(answer.error);
    return answer;
};
window.camera = liveCamera({ read, keep: (jpeg) => post("keep", jpeg) });
camera.element.addEventListener("frame", ({ detail: { reading, shown, taken } }) => {
    const frame = { text: reading.text, accepted: reading.accepted, shown: shown?.text ?? null };
    window.seen.push(frame);
    requestAnimationFrame(() => (frame.milliseconds = performance.now() - taken));
});
document.body.append(camera.element);
</script>
"""


def film(path: Path, kind: str, seed: int = 0, count: int = FILM) -> list[str]:
    """Write a scene as a film; the options with which the browser takes it for its camera."""
    with path.open("wb") as file:
        for frame in islice(frames(kind, seed), count):
            bgr = cv2.cvtColor(frame, cv2.COLOR_RGB2BGR)
            file.write(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes())
    return [*fake_camera(), f"--use-file-for-fake-video-capture={path}"]


def fake_camera() -> list[str]:
    return [ALLOWED, "--use-fake-device-for-media-stream"]


class CameraPage:
    """A page with nothing but the camera, whose frames are read here.

    Attributes:
        kept: The JPEG files of the frames that were kept.
        fails: What is answered instead of a reading, as long as it is set.
    """

    def __init__(self, page: Page):
        self.page = page
        self.kept: list[bytes] = []
        self.fails = ""
        page.set_default_timeout(1000 * PATIENCE)
        page.route(f"{ADDRESS}**", self._answer)
        page.goto(ADDRESS)
        self.camera = page.locator(".camera")
        self.reading = page.locator(".camera .reading")
        self.sentence = page.locator(".camera .sentence")
        self.boxes = page.locator(".camera svg g rect")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def wait_for_frames(self, count: int) -> list[dict]:
        """What the page says of so many frames, read from now on."""
        self.page.evaluate("seen.length = 0")
        self.page.wait_for_function(f"seen.filter((one) => one.milliseconds).length >= {count}")
        return self.page.evaluate("seen")

    def _answer(self, route: Route) -> None:
        name = route.request.url.removeprefix(ADDRESS)
        content = route.request.post_data_buffer
        if name == "read":
            failed = {"error": self.fails}
            answer = failed if self.fails else read_frame(content).as_dict()
            route.fulfill(json=answer)
        elif name == "keep":
            self.kept.append(content)
            route.fulfill(json={})
        elif name:
            route.fulfill(path=WIDGETS / name)
        else:
            route.fulfill(body=PAGE, content_type="text/html")


@contextmanager
def camera_page(playwright: Playwright, options: list[str], **context) -> Iterator[CameraPage]:
    """A page with a camera, in a browser with these options."""
    with launched(playwright, *options) as browser:
        yield CameraPage(browser.new_context(**context).new_page())


@contextmanager
def filmed(playwright: Playwright, kind: str, seed: int = 0, **context) -> Iterator[CameraPage]:
    """A page with a camera that sees a scene."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        options = film(Path(folder) / "film.mjpeg", kind, seed)
        with camera_page(playwright, options, **context) as page:
            yield page
