"""A live camera in a real browser, which sees what we film: `python -m tests.camera`.

Prints for each scene of `benchmarks.scenes`, over a minute, how many frames were read and whether a
reading was shown; how long it takes from a frame to its boxes; and takes `images/camera.png`.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from playwright.sync_api import Page, Playwright, Route, expect, sync_playwright

try:
    from browser import ROOT, launched
    from patience import PATIENCE
except ImportError:  # run as `python -m tests.camera`
    from tests.browser import ROOT, launched
    from tests.patience import PATIENCE

from benchmarks.scenes import BUSY, frames, number_of
from digitrec.recognize.frame import read_frame

WIDGETS = ROOT / "digitrec" / "widgets"
ADDRESS = "http://localhost:1/"  # nobody listens there: the test answers
FILM = 90  # frames in a film, three seconds, which the browser shows again and again
MINUTE = 60  # seconds
PICTURED = 1  # seed of the number in images/camera.png
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


def watch(playwright: Playwright, kind: str, seconds: int) -> str:
    """What a camera makes of a scene in so many seconds, in a row of a table."""
    with filmed(playwright, kind) as camera:
        camera.press("Start")
        camera.page.wait_for_function("seen.length > 0")
        camera.page.evaluate("seen.length = 0")
        camera.page.wait_for_timeout(1000 * seconds)
        seen = camera.page.evaluate("seen")
    shown = {frame["shown"] for frame in seen} - {None}
    times = [frame["milliseconds"] for frame in seen if "milliseconds" in frame]
    median, late = np.percentile(times, [50, 95])
    a_second = len(seen) / seconds
    return (
        f"| {kind} | {len(seen)} | {a_second:.1f} | {', '.join(sorted(shown)) or 'nothing'} | "
        f"{median:.0f} ms | {late:.0f} ms |"
    )


def take_picture(playwright: Playwright, path: Path) -> None:
    """Take a picture of the camera while it reads a number."""
    size = {"width": 560, "height": 640}
    with filmed(playwright, "digits", PICTURED, viewport=size, device_scale_factor=2) as camera:
        camera.page.add_style_tag(content="body { font-family: sans-serif; margin: 8px }")
        camera.press("Start")
        expect(camera.reading).to_have_text(number_of(PICTURED))
        camera.wait_for_frames(3)
        camera.camera.screenshot(path=path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=MINUTE, help="how long to watch each scene")
    seconds = parser.parse_args().seconds
    with sync_playwright() as playwright:
        take_picture(playwright, ROOT / "images" / "camera.png")
        print("| scene | frames read | a second | shown | frame to boxes, median | 95th |")
        print("|---|---|---|---|---|---|")
        for kind in ("digits", "empty", "noise", *BUSY):
            print(watch(playwright, kind, seconds), flush=True)


if __name__ == "__main__":
    main()
