"""Run the notebook from top to bottom and store its outputs: `python -m tests.rerun`.

Figures are stored with few colours, and widgets as the still pictures that they leave: so the
file stays small, and shows the same without a kernel as on a page.
"""

from base64 import b64decode, b64encode
from io import BytesIO
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image

NOTEBOOK = Path(__file__).parents[1] / "digit_recognition.ipynb"
COLOURS = 128
WIDGET = "application/vnd.jupyter.widget-view+json"


def main() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=None,
        coalesce_streams=True,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": NOTEBOOK.parent}},
    )
    client.execute()
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            store(output.get("data", {}))
    nbformat.write(notebook, NOTEBOOK)
    print(f"{NOTEBOOK.stat().st_size / 1000:.0f} kB")


def store(data: dict) -> None:
    """Make an output small, in place."""
    if "image/png" in data:
        data.pop(WIDGET, None)
        data["image/png"] = few_colours(data["image/png"])


def few_colours(png: str) -> str:
    picture = Image.open(BytesIO(b64decode(png))).convert("RGB")
    # The usual method merges rare colours with others: the end of a colour map turned orange.
    picture = picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE)
    content = BytesIO()
    picture.save(content, "PNG", optimize=True)
    return b64encode(content.getvalue()).decode()


if __name__ == "__main__":
    main()
