"""Draw a digit on the pad in a real browser and take `demo.png`: `python -m images.demo`.

Needs Chromium or Chrome on the PATH and the packages of requirements-dev.txt.
"""

import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page, sync_playwright

ROOT = Path(__file__).parents[1]
PORT = 8899
SERVER = f"http://127.0.0.1:{PORT}/lab/tree"
FIVE = [(185, 62), (112, 64), (106, 130)]
FIVE += [
    (138 + 48 * math.sin(angle / 10), 170 - 50 * math.cos(angle / 10)) for angle in range(-6, 39)
]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        cell = nbformat.v4.new_code_cell("import digitrec\ndigitrec.DrawingCanvas()")
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        notebook = nbformat.v4.new_notebook(cells=[cell], metadata=kernel)
        nbformat.write(notebook, Path(folder) / "demo.ipynb")
        with jupyter(folder), sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
                args=["--no-sandbox"],
            )
            page = browser.new_page(device_scale_factor=2)
            page.goto(f"{SERVER}/demo.ipynb")
            take(page)
            browser.close()


def take(page: Page) -> None:
    page.get_by_text("| Idle").wait_for(timeout=60_000)  # the kernel has started
    page.get_by_text("digitrec.DrawingCanvas").first.click()
    page.keyboard.press("Shift+Enter")
    canvas = page.locator(".jp-OutputArea canvas").first
    canvas.wait_for(timeout=120_000)
    draw(page, canvas, FIVE)
    page.wait_for_timeout(1000)
    canvas.evaluate("element => element.blur()")
    box = canvas.bounding_box()
    clip = {"x": box["x"] - 8, "y": box["y"] - 4, "width": 600, "height": 322}
    page.screenshot(path=ROOT / "images" / "demo.png", clip=clip)


def draw(page: Page, canvas: Locator, stroke: list[tuple[float, float]]) -> None:
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + stroke[0][0], box["y"] + stroke[0][1])
    page.mouse.down()
    for x, y in stroke:
        page.mouse.move(box["x"] + x, box["y"] + y, steps=8)
    page.mouse.up()


@contextmanager
def jupyter(folder: str) -> Iterator[None]:
    """A JupyterLab without a token, for this machine only, that finds digitrec."""
    options = [
        f"--port={PORT}",
        "--no-browser",
        "--allow-root",
        "--IdentityProvider.token=",
        "--ServerApp.disable_check_xsrf=True",
        f"--ServerApp.root_dir={folder}",
    ]
    command = [sys.executable, "-m", "jupyterlab", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(SERVER)
            yield
        finally:
            server.terminate()


def wait_for(url: str) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(url).close()
            return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(f"nothing answers at {url}")


if __name__ == "__main__":
    main()
