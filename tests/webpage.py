"""The web application's page in a browser, and a hand that draws on it.

`python -m tests.webpage` takes `images/app-laptop.png` and `images/app-phone.png`, and prints how
long the page takes from the pen to the answer. It needs what `python -m tests.browser` needs.
"""

import base64
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, expect

try:
    from browser import DROP, INK, ROOT, Point, chromium, drag, handwritten
    from patience import PATIENCE
    from served import App, served
except ImportError:  # run as `python -m tests.webpage`
    from tests.browser import DROP, INK, ROOT, Point, chromium, drag, handwritten
    from tests.patience import PATIENCE
    from tests.served import App, served

LAPTOP = {"viewport": {"width": 1100, "height": 620}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 3,
    "is_mobile": True,
    "has_touch": True,
}

# Note when the pen last moved, and when the answer was next painted anew.
WATCH = """() => {
    window.latencies = [];
    const canvas = document.querySelector("#draw canvas");
    canvas.addEventListener("pointermove", (event) => (window.moved = event.timeStamp));
    const painted = () => requestAnimationFrame(() => (window.changed = performance.now()));
    new MutationObserver(painted).observe(
        document.querySelector("#answer .answer"), { childList: true }
    );
}"""


class WebPage:
    """The page, open in a browser of its own.

    Attributes:
        errors: What its console and its scripts complained of.
    """

    def __init__(self, browser: Browser, app: App, **options):
        self.context = browser.new_context(**{**LAPTOP, **options})
        self.context.set_default_timeout(1000 * PATIENCE)
        self.errors: list[str] = []
        self.hand = "touch" if options.get("has_touch") else "mouse"
        self.page = self.context.new_page()
        self.watch(self.page)
        self.page.goto(app.url)
        self._screen = self.context.new_cdp_session(self.page)

    def watch(self, page: Page) -> None:
        """Note what a page complains of."""
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: said.type == "error" and self.errors.append(said.text))

    @property
    def canvas(self):
        return self.page.locator("#draw canvas")

    def draw(self, *strokes: Sequence[Point]) -> None:
        """Draw strokes of (x, y) pixels of the pad, with the mouse or a finger."""
        self.canvas.scroll_into_view_if_needed()
        box = self.canvas.bounding_box()
        draw = self._by_touch if self.hand == "touch" else self._by_mouse
        for stroke in strokes:
            draw([(box["x"] + x, box["y"] + y) for x, y in stroke])

    def write(
        self, text: str, across: float | None = None, *, seed: int = 3, every: int = 1
    ) -> None:
        """Draw digits side by side, across so many pixels of the pad, or all of it.

        Args:
            text: The digits.
            across: Pixels; None is the whole width.
            seed: Of the hand.
            every: Which of the hand's movements are told; fewer take less time.
        """
        box = self.canvas.bounding_box()
        width = (across or box["width"]) / len(text)
        for place, digit in enumerate(text):
            strokes = handwritten(int(digit), seed, width, box["height"])
            told = [[*stroke[:-1:every], stroke[-1]] for stroke in strokes]
            self.draw(*([(x + place * width, y) for x, y in stroke] for stroke in told))

    def _by_mouse(self, points: list[Point]) -> None:
        drag(self.page, points)

    def _by_touch(self, points: list[Point]) -> None:
        for number, (x, y) in enumerate(points):
            event = "touchMove" if number else "touchStart"
            finger = {"type": event, "touchPoints": [{"x": x, "y": y}]}
            self._screen.send("Input.dispatchTouchEvent", finger)
        end = {"type": "touchEnd", "touchPoints": []}
        self._screen.send("Input.dispatchTouchEvent", end)

    def settle(self) -> None:
        """Return when all that is drawn has been read."""
        expect(self.page.locator("#draw")).to_have_attribute("aria-busy", "false")

    def text(self) -> str:
        """What was read of the drawing; "" if nothing was."""
        self.settle()
        return "".join(self.page.locator("#answer .digit, #answer .text").all_inner_texts())

    def ink(self) -> float:
        """The share of the pad that is black."""
        return self.canvas.evaluate(INK)

    def click(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def open(self, tab: str) -> None:
        self.page.get_by_role("tab", name=tab).click()

    def clear(self) -> None:
        self.click("Clear")
        assert self.text() == ""

    def choose(self, *files: Path) -> None:
        """Choose pictures."""
        self.page.locator(".choose").set_input_files(files)

    def drop(self, file: Path) -> None:
        """Drop a file on the page."""
        content = base64.b64encode(file.read_bytes()).decode()
        self.page.locator("main").evaluate(DROP, [content, file.name])

    def history(self) -> list[str]:
        """The texts of the last readings, the newest first."""
        return self.page.locator("#history li .text").all_inner_texts()

    def close(self) -> None:
        self.context.close()


def latencies(page: WebPage, before: str = "", count: int = 100) -> np.ndarray:
    """Milliseconds from a movement of the pen, which draws a 0, to the painted answer to it.

    Each time the pen makes three moves, one a frame, so that the last one comes while the first
    is still read.

    Args:
        page: Where to draw.
        before: Digits that stand there already, to the left.
        count: How many times.
    """
    page.clear()
    box, mouse = page.canvas.bounding_box(), page.page.mouse
    width = box["width"] / (len(before) + 1)
    if before:
        page.write(before, box["width"] - width)
        page.settle()
    page.page.evaluate(WATCH)
    x, y = box["x"] + box["width"] - width / 2, box["y"] + box["height"] / 2
    high = 0.4 * box["height"]
    wide = min(0.3 * width, 0.7 * high)
    mouse.move(x + wide, y)
    mouse.down()
    for angle in np.linspace(0, 2 * np.pi, count):
        for nearer in (0, 0.02, 0.04):
            place = angle + nearer
            mouse.move(x + wide * np.cos(place), y + high * np.sin(place))
        page.settle()
        page.page.evaluate("() => new Promise(requestAnimationFrame)")
        page.page.evaluate("() => latencies.push(changed - moved)")
    mouse.up()
    return np.array(page.page.evaluate("latencies"))


def take_pictures(browser: Browser, app: App) -> None:
    """Draw a number on a laptop's page and a digit on a telephone's."""
    for name, text, options in (("laptop", "507", LAPTOP), ("phone", "5", PHONE)):
        page = WebPage(browser, app, **{**options, "device_scale_factor": 2})
        page.write(text, seed=0)
        page.settle()
        page.canvas.evaluate("canvas => canvas.blur()")
        page.page.mouse.move(2, 2)
        page.page.screenshot(path=ROOT / "images" / f"app-{name}.png")
        page.close()


def main() -> None:
    with served() as app, chromium() as browser:
        take_pictures(browser, app)
        page = WebPage(browser, app)
        for what, before in (("a digit", ""), ("a number of four digits", "573")):
            median, late = np.percentile(latencies(page, before), [50, 95])
            print(f"{what}, from the pen to the answer: median {median:.0f} ms, ", end="")
            print(f"95th percentile {late:.0f} ms")


if __name__ == "__main__":
    main()
