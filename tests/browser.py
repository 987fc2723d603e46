"""Our notebook's widgets in a real browser: servers, Chromium, and a hand that draws.

`python -m tests.browser` takes `images/demo.png` and prints the pad's latency, how far it falls
behind a pen that is faster than any hand, and how long **Why?** takes. It needs Chromium or Chrome
on the PATH and the packages of requirements-dev.txt.
"""

import ast
import base64
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import nbformat
import numpy as np
from jupyter_client import BlockingKernelClient
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    Response,
    expect,
    sync_playwright,
)

try:
    from patience import PATIENCE, wait_until
except ImportError:  # run as `python -m tests.browser`
    from tests.patience import PATIENCE, wait_until

expect.set_options(timeout=1000 * PATIENCE)

ROOT = Path(__file__).parents[1]
CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "google-chrome", "chrome"])), None)
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]

# Where each program shows a notebook.
ADDRESSES = {"jupyterlab": "lab/tree/", "notebook": "notebooks/", "voila": "voila/render/"}

Point = tuple[float, float]

# A file dropped on an element.
DROP = """(element, [content, name]) => {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], name));
    for (const event of ["dragover", "drop"])
        element.dispatchEvent(
            new DragEvent(event, { dataTransfer, bubbles: true, cancelable: true })
        );
}"""

# A picture pasted where the focus is not.
PASTE = """(element, content) => {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([bytes], "image.png", { type: "image/png" }));
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
}"""

# Note when a canvas was last moved on, and when the bars beside it were painted anew.
WATCH = """canvas => {
    canvas.latencies = [];
    canvas.closest(".digitrec").addEventListener(
        "pointermove", (event) => (canvas.moved = event.timeStamp)
    );
    const painted = () => requestAnimationFrame(() => (canvas.changed = performance.now()));
    new MutationObserver(painted).observe(
        canvas.closest(".digitrec").querySelector(".bar").parentElement.parentElement,
        { childList: true, subtree: true, characterData: true }
    );
}"""

# Note when a button in an element was clicked, and when a figure in it is on the screen.
WATCH_FIGURES = """element => {
    element.waits = [];
    element.addEventListener("click", (event) => (element.clicked = event.timeStamp), true);
    const noted = () => {
        if (element.clicked) element.waits.push((performance.now() - element.clicked) / 1000);
        element.clicked = 0; // a figure may be put there twice
    };
    let last;
    new MutationObserver(() => {
        const figure = element.querySelector("img.figure");
        if (figure && figure !== last)
            figure.decode().then(() => requestAnimationFrame(() => requestAnimationFrame(noted)));
        last = figure;
    }).observe(element, { childList: true, subtree: true });
}"""
WAITS = "element => element.waits"

NOTE_POINTER = """canvas => canvas.addEventListener(
    "pointerdown", (event) => (canvas.pointerId = event.pointerId)
)"""

# A stroke once around a canvas, for the mouse that is down there.
CIRCLE = """async (canvas, [moves, aSecond]) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    for (let move = 0, start = performance.now(); move < moves; ) {
        const due = Math.min(moves, (performance.now() - start) / 1000 * aSecond);
        for (; move < due; move++) {
            const angle = (2 * Math.PI * (move + 1)) / moves;
            const clientX = left + width / 2 + 60 * Math.cos(angle);
            const clientY = top + height / 2 + 90 * Math.sin(angle);
            const about = { clientX, clientY, pointerType: "mouse", pointerId: canvas.pointerId };
            canvas.dispatchEvent(new PointerEvent("pointermove", about));
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return Date.now() / 1000;
}"""

# The messages from the page that the kernel has not finished with. When it has, it says "idle" in
# answer to that very message, after everything else that the message led to. Messages arrive in
# order, and the page handles each without waiting for anything: a script that runs after the
# "idle" has arrived sees the page as the message left it.
TRAFFIC = """(() => {
    const traffic = (window.traffic = { answered: 0, unanswered: new Set() });
    // JSON, or jupyter_server's protocol v1: how many offsets there are, the offsets, and between
    // each two of them the channel, the header, the parent's header, metadata and content.
    const parsed = (data) => {
        if (typeof data === "string") return JSON.parse(data);
        const bytes = ArrayBuffer.isView(data) ? data : new Uint8Array(data);
        const view = new DataView(bytes.buffer, bytes.byteOffset);
        const offset = (number) => Number(view.getBigUint64(8 * number, true));
        const text = (number) =>
            new TextDecoder().decode(bytes.subarray(offset(number), offset(number + 1)));
        const [header, parent_header, , content] = [2, 3, 4, 5].map((part) =>
            JSON.parse(text(part))
        );
        return { channel: text(1), header, parent_header, content };
    };
    window.WebSocket = class extends WebSocket {
        constructor(...options) {
            super(...options);
            this.toKernel = this.url.includes("/channels");
            if (this.toKernel) this.addEventListener("message", (event) => this.heard(event.data));
        }
        heard(data) {
            const { channel, parent_header, content } = parsed(data);
            if (channel === "iopub" && content.execution_state === "idle")
                traffic.answered += traffic.unanswered.delete(parent_header.msg_id);
        }
        send(data) {
            if (this.toKernel) traffic.unanswered.add(parsed(data).header.msg_id);
            super.send(data);
        }
    };
})()"""

# The red, green and blue of an element's text, and of what is behind it.
COLOURS = """element => {
    const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
    let behind = element;
    while (numbers(getComputedStyle(behind).backgroundColor)[3] === 0)
        behind = behind.parentElement;
    const colours = [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor];
    return colours.map((colour) => numbers(colour).slice(0, 3));
}"""

# How many pixels of the pad are dark in some of its columns.
COLUMNS = """(canvas, columns) => columns.map((x) => {
    const ratio = canvas.width / canvas.offsetWidth;
    const column = canvas.getContext("2d").getImageData(ratio * x, 0, 1, canvas.height).data;
    let dark = 0;
    for (let i = 0; i < column.length; i += 4) dark += column[i + 3] > 127 && column[i] < 128;
    return dark / ratio;
})"""

# The share of a canvas's pixels that are dark.
INK = """canvas => {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let dark = 0;
    for (let i = 0; i < pixels.length; i += 4) dark += pixels[i + 3] > 0 && pixels[i] < 128;
    return dark / (pixels.length / 4);
}"""

SETUP = "import digitrec\n\nours = digitrec.load_model()"
LONG_CELL = """import pathlib, time
pathlib.Path({begun!r}).touch()
while not pathlib.Path({end!r}).exists(): time.sleep(0.01)"""
NOTE_MOVES = """import time
moves = []
def note(ink, part, buffers): moves.extend([time.time()] * len(part["points"]))
pad.ink.on_msg(note)"""
PREPARED = "from digitrec.widgets.prepare import prepare\nprepare(ours).join()"
SECOND_VIEW = "pad.display()"
DRAWN_BEFORE = """before = digitrec.DrawingCanvas()
before.sketch.press(140, 40)
before.sketch.move(140, 240)
before.sketch.release()
before.predict()
before"""
LAYERS = "layered = digitrec.DrawingCanvas(ours, layers=True)\nlayered"
CAMERA = "camera = digitrec.Camera()\ncamera"
EXPLORER = "explorer = digitrec.FilterExplorer(ours)\nexplorer"
EXPLORERS = """import numpy as np
numbers, (some, known) = np.random.default_rng(0), digitrec.load_mnist()[1]
guesses = numbers.dirichlet(np.full(10, 0.3), 400)
digitrec.ThresholdExplorer(guesses, known[:400], some[:400]).display()
digitrec.MapExplorer(numbers.normal(size=(400, 2)), some[:400], known[:400]).display()"""
PADS = ["first", "wide", "second view", "drawn before", "layers"]  # in their order on the page


def lesson() -> nbformat.NotebookNode:
    """A copy of the notebook with its widgets alone, and the shipped model for the trained one."""
    notebook = nbformat.read(ROOT / "digit_recognition.ipynb", as_version=4)
    notebook.metadata.pop("widgets", None)  # with a style sheet, perhaps an older one
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    shown = [source for source in sources if "DrawingCanvas(" in source or "Uploader(" in source]
    shown = [source.replace(", layers=True", "") for source in shown]  # LAYERS has its own
    cells = [SETUP, *shown, SECOND_VIEW, DRAWN_BEFORE, LAYERS, EXPLORER, EXPLORERS, CAMERA]
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in cells]
    return notebook


def _arc(x: float, y: float, wide: float, high: float, start: float, end: float) -> list[Point]:
    """Part of an ellipse around (x, y); angles in degrees, clockwise from the right."""
    angles = np.radians(np.linspace(start, end, 24))
    return list(zip(x + wide * np.cos(angles), y + high * np.sin(angles), strict=True))


# Strokes in a square of side 1, origin top left.
SHAPES = [
    [_arc(0.5, 0.5, 0.4, 0.5, -80, -440)],
    [[(0.5, 0), (0.5, 1)]],
    [[*_arc(0.48, 0.27, 0.38, 0.27, -170, 40), (0.1, 1), (0.92, 1)]],
    [[*_arc(0.45, 0.25, 0.35, 0.25, -150, 90), *_arc(0.45, 0.74, 0.42, 0.26, -90, 150)]],
    [[(0.55, 0), (0.08, 0.62), (0.95, 0.62)], [(0.68, 0.35), (0.68, 1)]],
    [[(0.85, 0), (0.25, 0), (0.2, 0.45), *_arc(0.45, 0.68, 0.4, 0.3, -110, 150)]],
    [[(0.68, 0), *_arc(0.6, 0.6, 0.47, 0.42, -120, -180), *_arc(0.5, 0.72, 0.36, 0.28, 180, -180)]],
    [[(0.08, 0), (0.92, 0), (0.42, 1)]],
    [
        _arc(0.5, 0.25, 0.3, 0.25, -60, -270)
        + _arc(0.5, 0.75, 0.38, 0.25, -90, 270)
        + _arc(0.5, 0.25, 0.3, 0.25, 90, -60)
    ],
    [[*_arc(0.48, 0.28, 0.34, 0.28, -20, -380), (0.84, 0.35), (0.72, 1)]],
]


class Server:
    """A program that shows notebooks, without a token, for this machine only.

    Attributes:
        url: Where it shows the notebook.
    """

    def __init__(self, program: str, folder: Path, theme: str = "JupyterLab Light"):
        set_up(folder, "themes", {"theme": theme})
        set_up(folder, "notification", {"fetchNews": "false"})
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = [f"--port={port}", "--no-browser"]
        options += [f"--MappingKernelManager.kernel_info_timeout={PATIENCE}"]
        if program == "voila":
            options += [f"--VoilaExecutor.startup_timeout={PATIENCE}"]
            options += [f"--VoilaExecutor.iopub_timeout={PATIENCE}"]
            options += ["--Voila.ip=127.0.0.1", str(folder)]
        else:
            options += [f"--ServerApp.root_dir={folder}", "--allow-root"]
            options += ["--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True"]
        self.program = program
        self.address = f"http://127.0.0.1:{port}/"
        self.url = f"{self.address}{ADDRESSES[program]}lesson.ipynb"
        self.folder = folder
        self._log = folder / "server.log"
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "JUPYTER_CONFIG_DIR": str(folder),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        }
        with self._log.open("wb") as log:
            command = [sys.executable, "-m", program, *options]
            self._process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    @property
    def log(self) -> str:
        """What it and its kernels have said."""
        return self._log.read_text("utf-8", "replace")

    def wait(self) -> None:
        """Return when it answers."""
        wait_until(self._answers)

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            raise RuntimeError(f"{self.program} has ended:\n{self.log}")
        try:
            urllib.request.urlopen(self.address).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()


def set_up(folder: Path, name: str, settings: dict) -> None:
    """Write settings of JupyterLab's, where a server finds those of its user."""
    path = folder / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    path.mkdir(parents=True, exist_ok=True)
    (path / f"{name}.jupyterlab-settings").write_text(json.dumps(settings))


@contextmanager
def serving(program: str, **options) -> Iterator[Server]:
    """A server with the lesson."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        nbformat.write(lesson(), folder / "lesson.ipynb")
        server = Server(program, folder, **options)
        try:
            server.wait()
            yield server
        finally:
            server.stop()


@contextmanager
def chromium(*options: str) -> Iterator[Browser]:
    with sync_playwright() as playwright, launched(playwright, *options) as browser:
        yield browser


@contextmanager
def launched(playwright: Playwright, *options: str) -> Iterator[Browser]:
    """A browser of several, each with options of its own."""
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM, args=[*QUIET, *options], timeout=1000 * PATIENCE
    )
    yield browser
    browser.close()


# What the programs complain of on any page, also without our widgets.
FOREIGN = [
    "Failed to load resource",  # fonts from the internet
    "(reading 'schema')",  # Notebook 7, of settings that it lacks
    "#RUNTIME-012",  # Voila, of an extension that Notebook 7 has installed
]


class Pad:
    """One pad on a page, for a hand to draw on."""

    def __init__(self, lesson: "Lesson", name: str, *, hand: str = "mouse"):
        self.lesson = lesson
        self.page = lesson.page
        self.widget = self.page.locator(".digitrec:has(canvas)").nth(PADS.index(name))
        self.canvas = self.widget.locator("canvas.surface")
        self.live = self.widget.locator(".live canvas")
        self.busy = self.widget.locator(".live .busy")
        self._draw = {"mouse": self._by_mouse, "touch": self._by_touch, "pen": self._by_pen}[hand]

    def draw(self, *strokes: Sequence[Point]) -> None:
        """Draw strokes of (x, y) pixels of the pad, as a hand with mouse, finger or pen would."""
        for stroke in strokes:
            self._draw(self.on_page(stroke))

    def on_page(self, points: Sequence[Point]) -> list[Point]:
        self.canvas.scroll_into_view_if_needed()
        box = self.canvas.bounding_box()
        return [(box["x"] + x, box["y"] + y) for x, y in points]

    def answer(self) -> str:
        """What stands in the place of the answer."""
        self.lesson.settle()
        return self.widget.locator(".head, .number").inner_text()

    def digit(self) -> str:
        """The digit or the number that was read; "" if none was."""
        self.lesson.settle()
        return "".join(self.widget.locator(".head .digit, .number figcaption").all_inner_texts())

    def note(self) -> str:
        """The small print below the answer."""
        self.lesson.settle()
        return self.widget.locator(".note").last.inner_text()

    def ink(self) -> float:
        """The share of the canvas that is black."""
        self.lesson.settle()
        return self.canvas.evaluate(INK)

    def places(self) -> list[dict]:
        """Where everything on the pad and beside it stands."""
        self.lesson.settle()
        parts = self.widget.locator("canvas, button, .bar, .note").all()
        return [part.bounding_box() for part in parts]

    def press(self, x: float, y: float) -> None:
        """Put the pen down with the mouse."""
        self.live.evaluate(NOTE_POINTER)
        self.page.mouse.move(*self.on_page([(x, y)])[0])
        self.page.mouse.down()

    def circle(self, moves: int, a_second: int) -> float:
        """Move round the middle of the pad, more often than a hand could; the time of the end."""
        return self.live.evaluate(CIRCLE, [moves, a_second])

    def colours(self, part: str) -> list[list[int]]:
        """The red, green and blue of a part's text, and of the page behind it."""
        return self.widget.locator(part).first.evaluate(COLOURS)

    def click(self, name: str) -> None:
        self.widget.get_by_role("button", name=name, exact=True).click()

    def clear(self) -> None:
        self.click("Clear")
        self.lesson.settle()

    def _by_mouse(self, points: list[Point]) -> None:
        drag(self.page, points)

    def _by_touch(self, points: list[Point]) -> None:
        self.lesson.touch("touchStart", points[0])
        for point in points[1:]:
            self.lesson.touch("touchMove", point)
        self.lesson.touch("touchEnd")

    def draw_pressed(self, points: Sequence[Point], forces: Sequence[float]) -> None:
        """Draw a stroke with a pen that is pressed with so much force, 0 to 1, at each point."""
        self._by_pen(self.on_page(points), forces)

    def _by_pen(self, points: list[Point], forces: Sequence[float] = ()) -> None:
        forces = forces or [0] * len(points)
        self.lesson.pen("mouseMoved", points[0], down=False)
        self.lesson.pen("mousePressed", points[0], force=forces[0])
        for point, force in zip(points[1:], forces[1:], strict=True):
            self.lesson.pen("mouseMoved", point, force=force)
        self.lesson.pen("mouseReleased", points[-1])


def drag(page: Page, points: Sequence[Point]) -> None:
    """Move the mouse of a page with its button pressed."""
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point)
    page.mouse.up()


def handwritten(digit: int, seed: int, width: int = 280, height: int = 280) -> list[list[Point]]:
    """Strokes of a digit at a random size, place and slant, drawn fast or slowly."""
    random = np.random.default_rng([digit, seed])
    tall = random.uniform(0.4, 0.8) * height
    wide = random.uniform(0.5, 0.8) * tall
    slant, tilt = random.uniform(-0.3, 0.3), np.radians(random.uniform(-10, 10))
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    strokes = [np.array(stroke, float) - 0.5 for stroke in SHAPES[digit]]
    shaped = [(s + random.normal(0, 0.01, s.shape)) * (wide, tall) for s in strokes]
    drawn = [(s + s[:, 1:] * (-slant, 0)) @ turn.T for s in shaped]
    points = np.concatenate(drawn)
    room = np.array([width, height]) - np.ptp(points, axis=0)
    corner = random.uniform(0.1, 0.9, 2) * room - points.min(axis=0)
    pace = random.uniform(6, 24)  # pixels between two moves
    return [paced(stroke + corner, pace) for stroke in drawn]


def paced(points: np.ndarray, pace: float) -> list[Point]:
    """The same path with points at equal distances."""
    lengths = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0], np.cumsum(lengths)])
    places = np.linspace(0, along[-1], max(2, round(along[-1] / pace)))
    return list(zip(*(np.interp(places, along, axis).tolist() for axis in points.T), strict=True))


class Lesson:
    """The lesson, open on a page.

    Attributes:
        errors: What the page's console and its scripts complained of.
    """

    def __init__(self, browser: Browser, server: Server, *, run: bool = True, **options):
        self.server = server
        self.errors: list[str] = []
        self._context = browser.new_context(viewport={"width": 1100, "height": 1000}, **options)
        self._context.set_default_timeout(1000 * PATIENCE)
        self._context.add_init_script(TRAFFIC)
        self._open()
        if run and server.program != "voila":
            self._run_all()
        self._wait()

    def pad(self, name: str = "first", **options) -> Pad:
        """One of PADS."""
        return Pad(self, name, **options)

    def touch(self, event: str, *fingers: Point) -> None:
        """Send a touch event; the fingers are those on the screen after it."""
        places = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(fingers)]
        self._screen.send("Input.dispatchTouchEvent", {"type": event, "touchPoints": places})

    def pen(self, event: str, place: Point, *, down: bool = True, force: float = 0) -> None:
        """Send what a pen on the screen causes; a force of 0 is of one that tells none."""
        button = {"button": "left" if down else "none", "buttons": int(down), "clickCount": 1}
        about = {"type": event, "x": place[0], "y": place[1], "pointerType": "pen", **button}
        self._screen.send("Input.dispatchMouseEvent", {**about, "force": force})

    def upload(self, *files: Path) -> None:
        """Choose files."""
        self.page.locator(".drop input[multiple]").set_input_files(files)

    def photograph(self, file: Path) -> None:
        """Take a photo, as a phone would."""
        self.page.locator(".photo input").set_input_files(file)

    def paste(self, file: Path) -> None:
        """Paste a picture while the mouse is over the place for pictures."""
        zone = self.page.locator(".drop").first
        zone.hover()
        content = base64.b64encode(file.read_bytes()).decode()
        self.page.locator("body").evaluate(PASTE, content)

    def drop(self, file: Path) -> None:
        """Drop a file on where files are chosen."""
        content = base64.b64encode(file.read_bytes()).decode()
        self.page.locator(".drop").first.evaluate(DROP, [content, file.name])

    def uploads(self, count: int) -> list[str]:
        """What stands beside the uploads, once there are so many."""
        words = self.page.locator(".uploaded .words")
        expect(words).to_have_count(count)
        if count:  # JupyterLab lays out no text in cells that are out of sight
            words.first.scroll_into_view_if_needed()
            expect(words.first).to_have_text(re.compile(r"\S"), use_inner_text=True)
        return words.all_inner_texts()

    def choose_theme(self, name: str) -> None:
        """Choose one of JupyterLab's themes in its menu."""
        self.page.locator(".lm-MenuBar-itemLabel", has_text="Settings").click()
        for item in ("Theme", name):
            self.page.locator(".lm-Menu-itemLabel").get_by_text(item, exact=True).click()
        light = str(name.endswith("Light")).lower()
        self.page.locator(f'body[data-jp-theme-light="{light}"]').wait_for(state="attached")

    def clear_uploads(self) -> None:
        """Take all uploads away, if there are any, and see that they are gone."""
        clear = self.page.locator(".digitrec:has(.drop)").get_by_role("button", name="Clear")
        if clear.is_enabled():
            clear.click()
        self.uploads(0)

    def evaluate(self, expression: str) -> object:
        """The value of a Python literal in the lesson's kernel."""
        return ast.literal_eval(self.execute("", value=expression)["value"]["data"]["text/plain"])

    def execute(self, code: str, **expressions: str) -> dict:
        """Run code in the lesson's kernel; the values of the expressions after it."""
        with self._kernel() as kernel:
            reply = kernel.execute(code, user_expressions=expressions, reply=True, timeout=PATIENCE)
        assert reply["content"]["status"] == "ok", reply["content"]
        return reply["content"]["user_expressions"]

    @contextmanager
    def kernel_stopped(self) -> Iterator[None]:
        """A kernel that does nothing for as long as this context lasts.

        A cell that runs may leave it time for widgets, in a thread of their own.
        """
        process = self.evaluate("__import__('os').getpid()")
        os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(process, signal.SIGCONT)

    @contextmanager
    def cell_runs(self) -> Iterator[None]:
        """A cell that runs in the lesson's kernel for as long as this context lasts."""
        with self._kernel() as kernel, tempfile.TemporaryDirectory() as name:
            begun, end = Path(name) / "begun", Path(name) / "end"
            cell = kernel.execute(LONG_CELL.format(begun=str(begun), end=str(end)))
            wait_until(begun.exists)
            try:
                yield
            finally:
                end.touch()
            while kernel.get_shell_msg(timeout=PATIENCE)["parent_header"]["msg_id"] != cell:
                pass

    def settle(self) -> None:
        """Return when the kernel has handled all that the page has sent, and the page shows it.

        This does not cover what the kernel has put off, as a pad does while the pen is down.
        """
        self.page.wait_for_function("traffic.unanswered.size === 0")

    def reload(self) -> None:
        """Save the notebook and load the page again."""
        self._save()
        self.page.reload()
        self._wait()

    def reopen(self) -> None:
        """Save the notebook, close the page and open another one."""
        self._save()
        self.page.close()
        self._open()
        self._wait()

    def close(self) -> None:
        self._context.close()

    def _open(self) -> None:
        self.page = self._context.new_page()
        self._screen = self._context.new_cdp_session(self.page)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self._complaint(str(error)))
        self.page.goto(self.server.url)

    def _wait(self) -> None:
        self.page.locator("canvas.surface").nth(len(PADS) - 1).wait_for()
        self.settle()

    def _save(self) -> None:
        # A pad in focus takes all keys, but lets go of the focus when one is of no use to it.
        self.page.keyboard.down("ControlOrMeta")
        self.settle()
        with self.page.expect_response(_is_of_a_save) as saved:
            self.page.keyboard.press("s")
        assert saved.value.ok
        self.page.keyboard.up("ControlOrMeta")

    def _run_all(self) -> None:
        # Before the page is connected to its kernel, Shift+Enter does nothing, although the sign
        # already says "idle".
        self.page.wait_for_function("traffic.answered > 0")
        self.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
        self.settle()
        self.page.locator(".jp-CodeCell .cm-content").first.click()
        for number, _ in enumerate(lesson().cells):
            self.page.keyboard.press("Shift+Enter")
            prompt = self.page.locator(".jp-CodeCell .jp-InputPrompt").nth(number)
            expect(prompt).to_have_text(f"[{number + 1}]:")

    @contextmanager
    def _kernel(self) -> Iterator[BlockingKernelClient]:
        (file,) = self.server.folder.glob("runtime/kernel-*.json")
        client = BlockingKernelClient(connection_file=str(file))
        client.load_connection_file()
        client.start_channels(hb=False)  # which, stopped at once, opens sockets without end
        try:
            # What is sent before the kernel has answered once may be lost.
            client.kernel_info(reply=True, timeout=PATIENCE)
            yield client
        finally:
            client.stop_channels()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._complaint(message.text)

    def _complaint(self, text: str) -> None:
        if not any(foreign in text for foreign in FOREIGN):
            self.errors.append(text)


def _is_of_a_save(answer: Response) -> bool:
    return answer.request.method == "PUT" and "/api/contents/" in answer.url


def take_picture(lesson: Lesson, path: Path) -> None:
    """Draw a 5 and take a picture of the pad."""
    pad = lesson.pad()
    pad.clear()
    pad.draw(*handwritten(5, 0))
    pad.answer()
    pad.canvas.evaluate("canvas => canvas.blur()")
    lesson.page.mouse.move(5, 5)
    box = pad.widget.bounding_box()
    clip = {"x": box["x"] - 8, "y": box["y"] - 4, "width": 590, "height": box["height"] + 4}
    lesson.page.screenshot(path=path, clip=clip)


def latencies(lesson: Lesson, name: str = "first", count: int = 100) -> np.ndarray:
    """Milliseconds from a movement of the pen to the bars' last change that it caused.

    Each time the pen makes three moves, one a frame, so that the last one comes while the pad
    still pauses after the first. Moves that change no bar are left out.
    """
    pad = lesson.pad(name)
    pad.clear()
    pad.canvas.evaluate(WATCH)
    pad.press(60, 60)
    for angle in np.linspace(0, 2 * np.pi, count):
        for nearer in (0, 0.03, 0.06):
            place = 140 - 80 * np.cos(angle + nearer), 140 - 80 * np.sin(angle + nearer)
            lesson.page.mouse.move(*pad.on_page([place])[0])
        lesson.page.wait_for_timeout(300)
        lesson.settle()
        pad.canvas.evaluate("canvas => canvas.latencies.push(canvas.changed - canvas.moved)")
    lesson.page.mouse.up()
    waits = np.array(pad.canvas.evaluate("canvas => canvas.latencies"))
    return waits[waits > 0]


def backlog(lesson: Lesson) -> float:
    """Seconds from the last of 5,000 moves, at 500 a second, until the kernel handles it."""
    pad = lesson.pad()
    pad.clear()
    pad.press(200, 140)
    lesson.settle()
    lesson.execute(NOTE_MOVES)
    end = pad.circle(moves=5000, a_second=500)
    wait_until(lambda: lesson.evaluate("len(moves)") == 5000)
    return lesson.evaluate("moves[-1]") - end


def waits_for_reasons(widget: Locator, count: int = 4) -> list[float]:
    """Seconds from each click on a widget's **Why?** to the figure on the screen."""
    widget.evaluate(WATCH_FIGURES)
    why, close = (widget.get_by_role("button", name=name) for name in ("Why?", "Close"))
    for number in range(1, count + 1):
        why.click()
        wait_until(lambda number=number: len(widget.evaluate(WAITS)) == number)
        close.click()
        why.wait_for()
    return widget.evaluate(WAITS)


def reasons(browser: Browser, name: str) -> list[float]:
    """How long **Why?** takes on a pad or an uploader whose notebook has just been opened."""
    with serving("jupyterlab") as server:
        lesson = Lesson(browser, server, device_scale_factor=2)
        lesson.execute(PREPARED)
        if name == "pad":
            lesson.pad().draw(*handwritten(5, 0))
            lesson.pad().answer()
            return waits_for_reasons(lesson.pad().widget)
        lesson.upload(ROOT / "test_images" / "photo_5.jpg")
        lesson.uploads(1)
        return waits_for_reasons(lesson.page.locator(".uploaded"))


def main() -> None:
    with serving("jupyterlab") as server, chromium() as browser:
        lesson = Lesson(browser, server, device_scale_factor=2)
        take_picture(lesson, ROOT / "images" / "demo.png")
        for name, bars in (("first", "the bars"), ("layers", "the bars, with layers below")):
            median, late = np.percentile(latencies(lesson, name), [50, 95])
            print(f"from the pen to {bars}: median {median:.0f} ms, 95th percentile {late:.0f} ms")
        print(f"after 5,000 moves at 500 a second: {1000 * backlog(lesson):.0f} ms behind the pen")
        lesson.close()
        for name in ("pad", "uploader"):
            first, *others = reasons(browser, name)
            print(f"Why? of the {name}: {first:.2f} s, then {np.median(others):.2f} s")


if __name__ == "__main__":
    main()
