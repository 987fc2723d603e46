"""The live camera in Chromium, which takes films for its camera. Left out where there is none."""

import re

import pytest
from browser import CHROMIUM
from camera import ALLOWED, camera_page, fake_camera, filmed
from playwright.sync_api import expect, sync_playwright

import digitrec
from benchmarks.scenes import number_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium or Chrome on the PATH"),
]

SEED = 1
NUMBER = number_of(SEED)
TRACK = "document.querySelector('video').srcObject.getVideoTracks()[0]"
FRAMES = 60  # of a scene, several seconds; `python -m tests.camera` looks for a minute


@pytest.fixture(scope="module")
def playwright():
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def film(playwright):
    """A page whose camera sees a number."""
    with filmed(playwright, "digits", SEED) as page:
        yield page


@pytest.fixture
def camera(film):
    """The same camera, turned on."""
    film.page.reload()
    film.kept.clear()
    film.press("Start")
    expect(film.reading).to_have_text(NUMBER)
    film.page.evaluate(f"window.track = {TRACK}")
    return film


def is_on(camera):
    return camera.page.evaluate("track.readyState") == "live"


def test_a_number_is_read_as_it_moves(camera):
    frames = camera.wait_for_frames(FRAMES)
    shown = [frame["shown"] for frame in frames]
    assert shown.count(NUMBER) > 0.9 * len(frames)
    assert set(shown) <= {NUMBER, None}
    expect(camera.boxes).to_have_count(len(NUMBER))
    assert "".join(camera.page.locator(".camera svg text").all_text_contents()) == NUMBER


def test_boxes_stand_where_the_digits_are(camera):
    """In the middle of the picture, from left to right, all within the viewfinder."""
    finder = camera.page.locator(".camera .finder").bounding_box()
    camera.wait_for_frames(1)
    places = camera.page.evaluate(PLACES)
    assert places == sorted(places)
    middle = sum(places) / len(places)
    assert middle == pytest.approx(finder["x"] + finder["width"] / 2, abs=0.1 * finder["width"])


PLACES = """[...document.querySelectorAll(".camera svg g rect")]
    .map((box) => box.getBoundingClientRect()).map(({ left, width }) => left + width / 2)"""


@pytest.mark.parametrize("kind", ["empty", "noise", "shapes", "tablecloth"])
def test_nothing_is_shown_where_there_is_no_number(playwright, kind):
    with filmed(playwright, kind) as camera:
        camera.press("Start")
        frames = camera.wait_for_frames(FRAMES)
        assert {frame["shown"] for frame in frames} == {None}
        expect(camera.reading).to_have_text("")
        expect(camera.page.locator(".camera text.sure")).to_have_count(0)


def test_stop_turns_the_camera_off_and_start_on_again(camera):
    camera.press("Stop")
    assert not is_on(camera)
    expect(camera.reading).to_have_text("")
    expect(camera.boxes).to_have_count(0)
    camera.press("Start")
    expect(camera.reading).to_have_text(NUMBER)


def test_taking_the_camera_off_the_page_turns_it_off(camera):
    camera.page.evaluate("camera.element.remove()")
    camera.page.wait_for_function("track.readyState === 'ended'")


def test_keep_gives_the_frame_that_was_read(camera):
    camera.press("Keep")
    expect(camera.page.locator(".camera .keep")).to_be_enabled()
    camera.page.wait_for_function("seen.length > 0")
    (kept,) = camera.kept
    assert digitrec.read_digits(kept).text == NUMBER


def test_nothing_is_read_while_the_page_is_hidden(camera):
    camera.page.evaluate(HIDE, True)
    expect(camera.sentence).to_have_text("Paused while this page is hidden.")
    assert is_on(camera)
    assert camera.page.evaluate(READ_MEANWHILE, 10) == 0
    camera.page.evaluate(HIDE, False)
    expect(camera.reading).to_have_text(NUMBER)


HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""

# How many frames are read while the camera gives some more.
READ_MEANWHILE = """async (count) => {
    const before = seen.length;
    const video = document.querySelector("video");
    for (let i = 0; i < count; i++)
        await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    return seen.length - before;
}"""


def test_an_error_is_a_sentence_and_the_camera_goes_on(camera):
    camera.fails = "The model is gone: load another one."
    expect(camera.sentence).to_have_text(camera.fails)
    expect(camera.reading).to_have_text("")
    camera.fails = ""
    expect(camera.reading).to_have_text(NUMBER)


@pytest.mark.parametrize(
    ("event", "sentence"), [("ended", "The camera has gone"), ("mute", "No more pictures come")]
)
def test_a_camera_that_ends_or_falls_silent_is_turned_off(camera, event, sentence):
    camera.page.evaluate("(name) => track.dispatchEvent(new Event(name))", event)
    expect(camera.sentence).to_contain_text(sentence)
    assert not is_on(camera)
    camera.press("Start")
    expect(camera.reading).to_have_text(NUMBER)


def test_a_page_that_was_stopped_at_once_turns_no_camera_on(film):
    film.page.reload()
    film.page.evaluate(START_AND_STOP)
    expect(film.sentence).to_contain_text("Press Start")
    film.page.wait_for_function("opened?.readyState === 'ended'")


# Note the track that the page gets, and stop before it has come.
START_AND_STOP = """() => {
    window.opened = null;
    const { mediaDevices } = navigator;
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (wanted) => {
        const stream = await open(wanted);
        window.opened = stream.getVideoTracks()[0];
        return stream;
    };
    document.querySelector(".camera .toggle").click();
    document.querySelector(".camera .toggle").click();
}"""


@pytest.mark.parametrize(
    ("options", "script", "sentence"),
    [
        (fake_camera()[1:], "", "may not use the camera"),
        ([ALLOWED, "--use-fake-device-for-media-stream=device-count=0"], "", "There is no camera"),
        (fake_camera(), "delete Navigator.prototype.mediaDevices", "over https"),
        (
            fake_camera(),
            """navigator.mediaDevices.getUserMedia = async () => {
                throw new DOMException("", "NotReadableError");
            }""",
            "The camera is busy",
        ),
    ],
    ids=["denied", "missing", "insecure", "busy"],
)
def test_why_there_is_no_picture_is_a_sentence(playwright, options, script, sentence):
    """And Start can be pressed again."""
    with camera_page(playwright, options) as camera:
        camera.page.evaluate(f"() => {{ {script} }}")
        for _ in range(2):
            camera.press("Start")
            expect(camera.sentence).to_contain_text(re.compile(sentence))
        assert camera.page.evaluate("document.querySelector('video').srcObject") is None


def test_the_buttons_are_large_and_work_from_the_keyboard(camera):
    for name in ("Stop", "Keep"):
        box = camera.page.get_by_role("button", name=name, exact=True).bounding_box()
        assert min(box["width"], box["height"]) >= 44
    camera.page.locator(".camera .toggle").focus()
    camera.page.keyboard.press("Tab")
    camera.page.keyboard.press("Enter")
    camera.page.wait_for_function("document.activeElement.className === 'keep'")
    camera.page.keyboard.press("Shift+Tab")
    camera.page.keyboard.press("Enter")
    assert not is_on(camera)
    assert len(camera.kept) == 1


def test_the_camera_fits_a_narrow_page(camera):
    camera.page.set_viewport_size({"width": 320, "height": 640})
    assert camera.page.evaluate("document.documentElement.scrollWidth") <= 320
    camera.page.set_viewport_size({"width": 1280, "height": 720})
