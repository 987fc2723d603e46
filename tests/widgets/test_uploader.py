import io

import pytest
from conftest import ROOT
from PIL import Image

import digitrec

# The uploader


@pytest.fixture
def uploader(network):
    return digitrec.ImageUploader(network)


def upload(uploader, name, content, size=100_000):
    """What the browser would send: slices of the file."""
    starts = range(0, max(1, len(content)), size)
    for start in starts:
        about = {"id": name, "name": name, "event": "slice", "last": start == starts[-1]}
        buffers = [memoryview(content[start : start + size])]
        uploader.drop_zone._handle_custom_msg(about, buffers)


def picture(name):
    return (ROOT / "test_images" / name).read_bytes()


def rows(uploader):
    return [child.value for child in uploader.results.children]


def test_an_uploaded_picture_is_read_and_shown(uploader):
    upload(uploader, "photo_5.jpg", picture("photo_5.jpg"), size=1000)
    assert uploader.readings["photo_5.jpg"].text == "5"
    (row,) = rows(uploader)
    assert "photo_5.jpg" in row
    assert "data:image/png;base64," in row
    assert row.count("<rect") == 1
    assert row.count('class="bar"') == 10
    assert f"{uploader.readings['photo_5.jpg'].predictions[0].confidence:.1%} sure" in row


def test_several_digits_are_boxed_each(uploader):
    upload(uploader, "several_31415.png", picture("several_31415.png"))
    (row,) = rows(uploader)
    assert ">31415<" in row
    assert row.count("<rect") == 5
    assert 'class="bar"' not in row


def test_files_on_their_way_together_are_not_mixed_up(uploader):
    """Slices of two files, in turn."""
    files = {name: picture(name) for name in ("digit_7.png", "photo_5.jpg")}
    halves = {name: len(content) // 2 for name, content in files.items()}
    for last in (False, True):
        for name, content in files.items():
            slice_ = content[halves[name] :] if last else content[: halves[name]]
            about = {"id": name, "name": name, "event": "slice", "last": last}
            uploader.drop_zone._handle_custom_msg(about, [memoryview(slice_)])
    assert {name: reading.text for name, reading in uploader.readings.items()} == {
        "digit_7.png": "7",
        "photo_5.jpg": "5",
    }


def test_the_same_file_can_be_uploaded_twice(uploader):
    for _ in range(2):
        upload(uploader, "7.png", picture("digit_7.png"))
    assert len(rows(uploader)) == 2
    assert uploader.readings["7.png"].text == "7"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF"])
def test_all_common_kinds_of_pictures_are_read(uploader, kind):
    content = io.BytesIO()
    Image.open(ROOT / "test_images" / "digit_7.png").convert("RGB").save(content, kind)
    upload(uploader, f"seven.{kind.lower()}", content.getvalue())
    assert uploader.readings[f"seven.{kind.lower()}"].text == "7"


@pytest.mark.parametrize("content", [b"not a picture", b""])
def test_a_bad_file_is_named_and_the_next_one_is_read(uploader, content):
    upload(uploader, "<b>notes</b>.txt", content)
    upload(uploader, "7.png", picture("digit_7.png"))
    bad, good = rows(uploader)
    assert "&lt;b&gt;notes&lt;/b&gt;.txt" in bad
    assert "the file " in bad
    assert "7.png" in good
    assert list(uploader.readings) == ["7.png"]


@pytest.mark.parametrize(
    ("event", "reason"), [("too large", "200 MB"), ("unreadable", "not a folder")]
)
def test_what_the_browser_cannot_send_is_explained(uploader, event, reason):
    about = {"id": "1", "name": "huge.png", "event": event}
    uploader.drop_zone._handle_custom_msg(about, [])
    assert "huge.png" in rows(uploader)[0]
    assert reason in rows(uploader)[0]


def test_doubt_is_shown_beside_an_upload():
    uploader = digitrec.ImageUploader(digitrec.build_model())
    upload(uploader, "7.png", picture("digit_7.png"))
    assert "not sure:" in rows(uploader)[0]
    assert '<rect class="doubt"' in rows(uploader)[0]


def test_clear_takes_all_uploads_away(uploader):
    upload(uploader, "7.png", picture("digit_7.png"))
    upload(uploader, "notes.txt", b"not a picture")
    uploader.clear_button.click()
    assert rows(uploader) == []
    assert uploader.readings == {}
