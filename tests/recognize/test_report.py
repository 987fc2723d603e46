import base64
import io
import os
import re
import subprocess
import sys
import tracemalloc
from html.parser import HTMLParser

import numpy as np
import pytest
from conftest import ROOT
from PIL import Image

import digitrec
from digitrec.preprocess.pieces import Box
from digitrec.recognize.folder import read_folder
from digitrec.recognize.illustrate import THUMBNAIL, Illustrator
from digitrec.recognize.report import open_report
from digitrec.recognize.results import Mark, Row, ShownRow

SEVEN = ROOT / "test_images" / "digit_7.png"
SEVERAL = ROOT / "test_images" / "several_31415.png"
WITHOUT_END = {"meta", "link", "img", "br", "input"}


class Page(HTMLParser):
    """What a browser finds: the cells of each row, and all attributes of each kind of element."""

    def __init__(self, path):
        super().__init__()
        self.rows, self.attributes, self.inside = [], {}, []
        self.feed(path.read_text("utf-8"))
        self.close()
        assert self.inside == ["html"]  # each element is closed, but for this one, which need not

    def handle_starttag(self, tag, attributes):
        self.attributes.setdefault(tag, []).append(dict(attributes))
        if tag not in WITHOUT_END:
            self.inside.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.inside.pop() == tag

    def handle_data(self, data):
        if {"td", "th"} & set(self.inside):
            self.rows[-1][-1] += data


def written(path, rows):
    with open_report(path) as report:
        for row in rows:
            report.add(row)
    return Page(path)


def interrupted(rows):
    yield from rows
    raise KeyboardInterrupt


def shown(path, text="7", confidence=0.99, accepted=True, doubts=("",), picture=b""):
    marks = tuple(Mark(Box(10 * place, 5, 8, 9), doubt) for place, doubt in enumerate(doubts))
    file = io.BytesIO()
    Image.new("L", (30, 20), 255).save(file, "JPEG")
    return ShownRow(
        path,
        text,
        confidence,
        accepted,
        thumbnail=picture or file.getvalue(),
        size=(300, 200),
        marks=marks,
    )


def test_what_a_person_should_look_at_comes_first(tmp_path):
    """Errors, then doubt, then the rest; of each kind the least sure first, else as they came."""
    rows = [
        shown("sure.png", confidence=0.97),
        shown("surer.png", confidence=0.99),
        shown("doubtful.png", confidence=0.7, accepted=False),
        Row("bad.png", error="the file is empty: save it again"),
        shown("least.png", confidence=0.2, accepted=False),
        Row("gone.png", error="the file does not exist"),
        shown("as sure.png", confidence=0.97),
    ]
    page = written(tmp_path / "report.html", rows)
    assert page.rows[0] == ["Picture", "Digits", "How sure", "File"]
    assert [cells[3] for cells in page.rows[1:]] == [
        *("bad.png", "gone.png", "least.png", "doubtful.png"),
        *("sure.png", "as sure.png", "surer.png"),
    ]
    assert page.rows[1][1:3] == ["the file is empty: save it again", "error"]
    assert page.rows[3][2].startswith("20.0% in doubt")
    assert page.rows[5][2] == "97.0%"


def test_doubt_is_shown_at_the_digit_and_in_words(tmp_path):
    row = shown("a.png", "31\n7", 0.6, False, ("", "1 or 7", "7 or 1"))
    page = written(tmp_path / "report.html", [row])
    text = (tmp_path / "report.html").read_text("utf-8")
    assert "3<mark>1</mark><br><mark>7</mark>" in text
    assert page.rows[1][2] == "60.0% in doubt1 or 7, 7 or 1"
    sure, doubt = page.attributes["path"]
    assert sure == {"class": "sure", "d": "M0 5h8v9h-8z"}
    assert doubt == {"class": "doubt", "d": "M10 5h8v9h-8zM20 5h8v9h-8z"}
    assert page.attributes["svg"][0]["viewbox"] == "0 0 300 200"


HOSTILE = [
    "<script>alert(1)</script>.png",
    '"><img src=x onerror=alert(1)>.png',
    "javascript:alert(1)",
    "a&amp;b.png",
    "new\nline\x1b[2J.png",
    "\u202egnp.7.png",
    "odd \udcff name.png",
    "100%#part?query.png",
]


def test_a_name_or_an_error_is_text_and_nothing_else(tmp_path):
    rows = [shown(name) for name in HOSTILE] + [Row(name, error=name) for name in HOSTILE]
    page = written(tmp_path / "report.html", rows)
    assert len(page.rows) == len(rows) + 1
    assert len(page.attributes["script"]) == 1
    assert len(page.attributes["img"]) == len(HOSTILE)
    assert all("onerror" not in each for each in page.attributes["img"])
    names = [cells[3] for cells in page.rows[1:]]
    assert names[: len(HOSTILE)] == [cells[1] for cells in page.rows[1 : len(HOSTILE) + 1]]
    assert names[0] == HOSTILE[0]
    assert r"new\nline\x1b[2J.png" in names
    assert all(name.isprintable() for name in names)
    for link in page.attributes["a"]:
        assert re.fullmatch(r"(\.\./)*[\w./%~-]+", link["href"])


def test_a_link_leads_from_the_page_to_the_picture(tmp_path):
    page = written(tmp_path / "pages" / "report.html", [shown(str(tmp_path / "scans/a b.png"))])
    assert [link["href"] for link in page.attributes["a"]] == ["../scans/a%20b.png"]


def test_it_needs_nothing_but_itself(tmp_path):
    """Nothing is loaded from elsewhere, and the browser is told to load and run nothing else."""
    page = written(tmp_path / "report.html", [shown("a.png")])
    sources = [
        attributes[name]
        for every in page.attributes.values()
        for attributes in every
        for name in ("src", "href", "style", "srcset", "action", "onclick")
        if name in attributes and attributes not in page.attributes["a"]
    ]
    assert len(sources) == 1
    assert sources[0].startswith("data:image/jpeg;base64,")
    text = (tmp_path / "report.html").read_text("utf-8")
    assert "url(" not in text
    assert "@import" not in text
    (policy,) = (each for each in page.attributes["meta"] if "http-equiv" in each)
    assert policy["http-equiv"] == "Content-Security-Policy"
    assert policy["content"].startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy["content"]


def test_its_pictures_are_small_and_as_they_are_shown(tmp_path):
    """Also those of a photo of 12 megapixels with the grain of a camera, or as narrow as a line."""
    random = np.random.default_rng(0)
    photo = np.full((3000, 4000), 200.0)
    photo[1000:2000, 1500:1700] = 40
    photo = np.clip(photo + random.normal(0, 20, photo.shape), 0, 255).astype(np.uint8)
    Image.fromarray(photo).save(tmp_path / "photo.jpg")
    line = Image.new("L", (3000, 20), 255)
    line.paste(0, (100, 2, 104, 18))
    line.save(tmp_path / "line.png")
    Image.new("L", (50, 40), 255).save(tmp_path / "blank.png")
    paths = [tmp_path / "photo.jpg", tmp_path / "line.png", SEVERAL, tmp_path / "blank.png"]
    for row in read_folder(paths, draw=Illustrator(True), progress=False):
        picture = Image.open(io.BytesIO(row.thumbnail))
        original = Image.open(row.path)
        assert row.size == original.size
        assert picture.width <= min(THUMBNAIL[0], original.width)
        assert picture.height <= min(THUMBNAIL[1], original.height)
        assert len(row.thumbnail) < 15_000
        page = written(tmp_path / "report.html", [row])
        (image,) = page.attributes["img"]
        content = base64.b64decode(image["src"].partition(",")[2])
        assert content == row.thumbnail
        assert 1 <= int(image["width"]) <= THUMBNAIL[0]
        assert 1 <= int(image["height"]) <= THUMBNAIL[1]
        assert (image["loading"], image["alt"]) == ("lazy", row.path)


def test_a_row_that_is_shown_says_the_same_and_where_the_digits_are(tmp_path):
    (tmp_path / "bad.png").write_bytes(b"no picture")
    paths = [SEVEN, SEVERAL, tmp_path / "bad.png", *[SEVEN] * 20]
    plain = list(read_folder(paths, progress=False))
    with_pictures = list(read_folder(paths, draw=Illustrator(True), processes=2, progress=False))
    for row, shown_row in zip(plain, with_pictures, strict=True):
        assert {**vars(shown_row), **vars(row)} == vars(shown_row)
    reading = digitrec.read_digits(SEVERAL)
    assert [mark.box for mark in with_pictures[1].marks] == [one.box for one in reading.predictions]
    assert with_pictures[2] == plain[2]


def test_it_is_there_once_it_is_whole_and_replaces_only_a_report(tmp_path):
    path = tmp_path / "report.html"
    written(path, [shown("old.png")])
    before = path.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        written(path, interrupted([shown("new.png")]))
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["report.html"]
    assert "new.png" in str(written(path, [shown("new.png")]).rows)
    path.write_text("<!doctype html> years of work")
    with pytest.raises(ValueError, match="holds something other than a report"):
        written(path, [])
    with pytest.raises(OSError, match="choose another name"):
        written(tmp_path, [])
    assert path.read_text() == "<!doctype html> years of work"


def test_many_pictures_take_little_memory(tmp_path):
    picture = os.urandom(10_000)
    tracemalloc.start()
    written_bytes = 0
    with open_report(tmp_path / "report.html") as report:
        for number in range(2000):
            report.add(shown(f"{number}.png", picture=picture))
            written_bytes += len(picture)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "report.html").stat().st_size > written_bytes
    assert most < written_bytes / 10


def test_a_full_disk_is_explained_and_leaves_what_was_there(tmp_path):
    pytest.importorskip("resource")
    code = """
import resource, sys
from digitrec.recognize.report import open_report
from digitrec.recognize.results import Row
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))
with open_report(sys.argv[1]) as report:
    for number in range(10_000):
        report.add(Row(f"{number}.png", "7", 0.9, True))
"""
    path = tmp_path / "report.html"
    written(path, [shown("old.png")])
    before = path.read_bytes()
    command = [sys.executable, "-c", code, str(path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    message = f"OSError: {path} cannot be written (File too large): make room, or choose"
    assert message in result.stderr
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["report.html"]


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_in_a_browser_headings_sort_and_kinds_can_be_chosen(width, tmp_path):
    """From a file, with all scripts but its own forbidden; at the width of a phone as well."""
    from browser import CHROMIUM, QUIET
    from playwright.sync_api import sync_playwright

    rows = [
        shown("page 10.png", "5", 0.99),
        shown("page 9.png", "12", 0.98),
        shown("page 2 with a name of many letters.png", "7" * 60, 0.5, False, ["7 or 1"] * 60),
        Row("page 1.png", error="the file is empty: save it again"),
    ]
    written(tmp_path / "report.html", rows)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": width, "height": 800})
        said, requests = [], []
        page.on("console", lambda message: said.append(message.text))
        page.on("request", lambda request: requests.append(request.url.split(":")[0]))
        page.goto((tmp_path / "report.html").as_uri())

        def numbers():
            names = page.locator("tbody tr:visible .file").all_inner_texts()
            return [int(re.search(r"\d+", name)[0]) for name in names]

        assert numbers() == [1, 2, 9, 10]
        for heading, order in {
            "File": [[1, 2, 9, 10], [10, 9, 2, 1]],
            "Digits": [[10, 9, 2, 1], [1, 2, 9, 10]],
            "How sure": [[1, 2, 9, 10], [10, 9, 2, 1]],
        }.items():
            for expected, direction in zip(order, ["ascending", "descending"], strict=True):
                page.get_by_role("button", name=heading).click()
                assert numbers() == expected
                sorted_by = page.locator("th[aria-sort]")
                assert sorted_by.get_attribute("aria-sort") == direction
                assert heading in sorted_by.inner_text()
        page.get_by_text("1 in doubt").click()
        assert numbers() == [2]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        image = page.locator("img").first
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 30
        assert said == []
        assert set(requests) <= {"file", "data"}
        browser.close()
