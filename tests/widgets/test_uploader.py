import io
from html import escape

import pytest
from conftest import ROOT
from PIL import Image

import digitrec
from digitrec.preprocess.picture import MOST_BYTES
from digitrec.widgets.slices import MOST_FILES, MOST_WAITING

# The uploader


@pytest.fixture
def uploader(network):
    return digitrec.ImageUploader(network)


@pytest.fixture
def limits(monkeypatch):
    """Set smaller limits: bytes of a file, bytes of all unfinished ones, and how many they are."""

    def limit(file=MOST_BYTES, waiting=MOST_WAITING, files=MOST_FILES):
        monkeypatch.setattr("digitrec.widgets.slices.MOST_BYTES", file)
        monkeypatch.setattr("digitrec.widgets.slices.MOST_WAITING", waiting)
        monkeypatch.setattr("digitrec.widgets.slices.MOST_FILES", files)

    return limit


def upload(uploader, name, content, size=100_000):
    """What the browser would send: slices of the file."""
    starts = range(0, max(1, len(content)), size)
    for start in starts:
        send_slice(uploader, name, start, content[start : start + size], start == starts[-1])


def send_slice(uploader, name, start, content, last=False):
    about = {"id": name, "name": name, "event": "slice", "start": start, "last": last}
    uploader.drop_zone._handle_custom_msg(about, [memoryview(content)])


def picture(name):
    return (ROOT / "test_images" / name).read_bytes()


def rows(uploader):
    return [row.children[0].value for row in uploader.results.children]


def test_an_uploaded_picture_is_read_and_shown(uploader):
    upload(uploader, "photo_5.jpg", picture("photo_5.jpg"), size=1000)
    assert uploader.readings["photo_5.jpg"].text == "5"
    (row,) = rows(uploader)
    assert "photo_5.jpg" in row
    assert "data:image/png;base64," in row
    assert row.count("<rect") == 1
    assert row.count('class="bar"') == 10
    assert escape(uploader.readings["photo_5.jpg"].predictions[0].verdict) in row


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
    for name, content in files.items():
        send_slice(uploader, name, 0, content[: halves[name]])
    for name, content in files.items():
        send_slice(uploader, name, halves[name], content[halves[name] :], last=True)
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
    assert "no digit?" in rows(uploader)[0]
    assert '<rect class="doubt"' in rows(uploader)[0]


def test_clear_takes_all_uploads_away(uploader):
    upload(uploader, "7.png", picture("digit_7.png"))
    upload(uploader, "notes.txt", b"not a picture")
    uploader.clear_button.click()
    assert rows(uploader) == []
    assert uploader.readings == {}
    assert uploader.clear_button.disabled


def test_clear_closes_the_rows_that_it_takes_away(uploader):
    """A widget that is not closed is kept for as long as the kernel runs."""
    upload(uploader, "7.png", picture("digit_7.png"))
    (row,) = uploader.results.children
    shown, why = row.children
    (button,) = why.children
    kept = [row, row.layout, shown, shown.style, why, button, button.layout, button.style]
    assert all(widget.comm for widget in kept)
    uploader.clear_button.click()
    assert not any(widget.comm for widget in kept)


def test_only_the_latest_readings_keep_their_steps(uploader, monkeypatch):
    """They take megabytes; what was read on each picture is kept."""
    monkeypatch.setattr("digitrec.widgets.uploader.MOST_STEPS", 2)
    for name in ("first.png", "second.png", "third.png"):
        upload(uploader, name, picture("digit_7.png"))
    assert [reading.text for reading in uploader.readings.values()] == ["7", "7", "7"]
    steps = [reading.predictions[0].steps for reading in uploader.readings.values()]
    assert [bool(each) for each in steps] == [False, True, True]
    assert len(rows(uploader)) == 3


def test_a_page_that_does_not_tell_where_slices_begin_can_upload(uploader):
    """As one that was opened before an update."""
    content = picture("digit_7.png")
    about = {"id": "1", "name": "7.png", "event": "slice"}
    for last, slice_ in ((False, content[:100]), (True, content[100:])):
        uploader.drop_zone._handle_custom_msg(about | {"last": last}, [memoryview(slice_)])
    assert uploader.readings["7.png"].text == "7"


# What a browser should not send


def test_an_upload_over_the_limit_is_refused_once_and_the_rest_of_it_ignored(uploader, limits):
    content = picture("photo_5.jpg")
    limits(file=len(content) - 1)
    upload(uploader, "photo_5.jpg", content, size=1000)
    send_slice(uploader, "photo_5.jpg", len(content), b"more", last=True)
    (row,) = rows(uploader)
    assert "photo_5.jpg" in row
    assert "the file is over 200 MB" in row
    upload(uploader, "7.png", picture("digit_7.png"))
    assert list(uploader.readings) == ["7.png"]


def test_an_upload_of_exactly_the_limit_is_read(uploader, limits):
    content = picture("photo_5.jpg")
    limits(file=len(content))
    upload(uploader, "photo_5.jpg", content, size=1000)
    assert uploader.readings["photo_5.jpg"].text == "5"


def test_abandoned_uploads_give_way_to_new_ones(uploader, limits):
    """The one that has waited longest for a slice goes first, and is named."""
    limits(waiting=2500)
    send_slice(uploader, "first.png", 0, bytes(1000))
    send_slice(uploader, "second.png", 0, bytes(500))
    send_slice(uploader, "first.png", 1000, bytes(500))
    assert rows(uploader) == []
    send_slice(uploader, "third.png", 0, bytes(500))
    (row,) = rows(uploader)
    assert "second.png" in row
    assert "the file did not arrive in full: upload it again" in row
    send_slice(uploader, "second.png", 500, bytes(500), last=True)  # the rest of it is ignored
    assert len(rows(uploader)) == 1


def test_a_million_abandoned_uploads_of_nothing_take_no_memory(uploader, limits):
    """Only so many may be unfinished, whatever their size; a few here stand for a million."""
    limits(files=3)
    for number in range(5):
        send_slice(uploader, f"{number}.png", 0, b"")
    assert ["0.png" in rows(uploader)[0], "1.png" in rows(uploader)[1]] == [True, True]
    assert len(rows(uploader)) == 2


def test_clear_takes_unfinished_uploads_away(uploader):
    content = picture("digit_7.png")
    send_slice(uploader, "7.png", 0, content[:100])
    assert not uploader.clear_button.disabled
    uploader.clear_button.click()
    assert uploader.clear_button.disabled
    send_slice(uploader, "7.png", 100, content[100:], last=True)
    assert rows(uploader) == []
    assert uploader.clear_button.disabled


GOOD = {"id": "1", "name": "7.png", "event": "slice", "start": 0, "last": True}


@pytest.mark.parametrize(
    "content",
    [
        None,
        "slice",
        [],
        {},
        *(
            {key: value for key, value in GOOD.items() if key != left_out}
            for left_out in ("id", "name", "event", "last")
        ),
        *(GOOD | {key: value} for key in GOOD for value in (None, {}, ["1"], 1.5)),
        GOOD | {"name": 7},
        GOOD | {"event": "delete"},
        GOOD | {"start": -1},
        GOOD | {"start": 10**30},
        {"event": "too large", "id": [], "name": "7.png"},
        {"event": "unreadable", "id": "1"},
    ],
    ids=repr,
)
def test_a_malformed_message_disturbs_no_upload(uploader, content):
    """Neither one that is under way nor the next one."""
    seven = picture("digit_7.png")
    send_slice(uploader, "1", 0, seven[:100])
    for buffers in ([], [memoryview(b"garbage")]):
        uploader._receive(uploader.drop_zone, content, buffers)
    send_slice(uploader, "1", 100, seven[100:], last=True)
    upload(uploader, "next.png", seven)
    assert [uploader.readings[name].text for name in ("1", "next.png")] == ["7", "7"]
    assert len(rows(uploader)) == 2


def test_a_slice_without_content_is_ignored(uploader):
    uploader.drop_zone._handle_custom_msg(GOOD, [])
    assert rows(uploader) == []


def test_a_slice_that_comes_twice_or_too_late_is_ignored(uploader):
    content = picture("digit_7.png")
    send_slice(uploader, "7.png", 0, content[:100])
    for _ in range(2):
        send_slice(uploader, "7.png", 100, content[100:200])
    for _ in range(2):
        send_slice(uploader, "7.png", 200, content[200:], last=True)
    assert uploader.readings["7.png"].text == "7"
    assert len(rows(uploader)) == 1


def test_a_file_that_is_sent_again_from_its_start_replaces_what_had_come(uploader):
    send_slice(uploader, "7.png", 0, b"half of something else")
    upload(uploader, "7.png", picture("digit_7.png"))
    assert uploader.readings["7.png"].text == "7"


def test_a_name_with_half_a_character_can_be_shown(uploader):
    """Windows allows such names; no message to the browser can hold one."""
    upload(uploader, "half \ud83d.png", picture("digit_7.png"))
    (row,) = rows(uploader)
    assert "half ?.png" in row
    row.encode()
