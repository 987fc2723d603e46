import re
import shutil
import tomllib
from pathlib import Path

import pytest
from conftest import ROOT

import digitrec

PAGES = ["README.md", "benchmarks/README.md", "models/README.md"]
README = (ROOT / "README.md").read_text("utf-8")


def links(page):
    return re.findall(r"\]\(([^)]+)\)", (ROOT / page).read_text("utf-8"))


def anchors(page):
    """What GitHub makes of the page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_the_pages_show_pictures_and_link_to_each_other():
    assert {"images/demo.png", "benchmarks/README.md"} <= set(links("README.md"))
    assert "../README.md" in links("benchmarks/README.md")


@pytest.mark.parametrize("page", PAGES)
def test_every_linked_file_and_picture_exists(page):
    for link in links(page):
        if not link.startswith("https://"):
            name, _, anchor = link.partition("#")
            target = ROOT / Path(page).parent / name if name else ROOT / page
            assert target.exists(), link
            assert not anchor or anchor in anchors(target), link


def test_every_file_in_the_list_of_what_is_where_exists():
    (listing,) = re.findall(r"## What is where\n\n```\n(.*?)```", README, re.S)
    folder = ROOT
    names = []
    for line in listing.splitlines():
        name = line.split()[0]
        if not line.startswith(" "):
            folder = ROOT
        assert (folder / name).exists(), name
        names.append(name)
        if name == "digitrec/":
            folder = ROOT / name
    rooms = {f"{path.parent.name}/" for path in (ROOT / "digitrec").glob("*/__init__.py")}
    assert rooms <= set(names)


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_name_files_that_exist(page):
    text = (ROOT / page).read_text("utf-8")
    folders = "benchmarks|images|test_images|models|tests"
    commands = re.findall(rf"python -m (pip install -r [\w/-]+\.txt|(?:{folders})\.\w+)", text)
    assert commands
    for command in commands:
        name = command.split()[-1]
        path = name if name.endswith(".txt") else f"{name.replace('.', '/')}.py"
        assert (ROOT / path).exists(), command


def test_every_benchmark_is_in_their_list():
    page = (ROOT / "benchmarks" / "README.md").read_text("utf-8")
    for path in (ROOT / "benchmarks").glob("*.py"):
        if "__main__" in path.read_text("utf-8"):
            assert f"| `python -m benchmarks.{path.stem}" in page


def test_every_extra_is_in_the_table_of_extras():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for extra in project["optional-dependencies"]:
        assert f"\n| `{extra}` |" in README


def test_the_citation_is_of_this_version():
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert re.findall(r"^version: (.+)$", citation, re.M) == [digitrec.__version__]


@pytest.mark.slow
def test_the_code_runs_as_printed(tmp_path, monkeypatch, capsys):
    """All blocks, one after the other, in one session; only the training is cut short."""
    for name in ("test_images", "models"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "README.md", tmp_path)
    for digit in "0123456789":
        (tmp_path / "my_digits" / digit).mkdir(parents=True)
        shutil.copy(ROOT / "test_images" / f"digit_{digit}.png", tmp_path / "my_digits" / digit)
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", README, re.S)
    assert len(blocks) >= 6
    session = {}
    for block in blocks:
        exec(re.sub(r"epochs=\d+", "epochs=1", block), session)
    out = capsys.readouterr().out
    assert out.startswith("5 ")
    assert "\n31415 " in out
    assert "README.md is not a picture" in out
    assert (tmp_path / "models" / "my_model.keras").exists()
