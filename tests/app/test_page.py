"""The web application's page in Chromium, on a laptop and a telephone."""

import base64
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from browser import CHROMIUM, PASTE, chromium
from conftest import ROOT
from patience import wait_until
from playwright.sync_api import expect
from served import PICTURES, App, served
from webpage import LAPTOP, PHONE, WebPage

import digitrec
from digitrec.widgets.style import COLOURS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium or Chrome on the PATH"),
]

OUT_OF_REACH = re.compile("The server is out of reach")
ONE = [(140, 30), (140, 200)]
BESIDE = [(200, 30), (200, 200)]
BAR = [(60, 110), (220, 110)]


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    return tmp_path_factory.mktemp("samples") / "mine.npz"


@pytest.fixture(scope="module")
def app(samples):
    with served("--samples", samples) as app:
        yield app
        assert "Traceback" not in app.log


def opened(browser, app, options):
    page = WebPage(browser, app, **options)
    yield page
    page.close()
    assert page.errors == []


@pytest.fixture
def page(browser, app):
    yield from opened(browser, app, LAPTOP)


@pytest.fixture(params=[LAPTOP, PHONE], ids=["laptop", "phone"])
def either(browser, app, request):
    """The page on each of them."""
    yield from opened(browser, app, request.param)


# Drawing


def test_ten_digits_and_a_number_are_read(either):
    """With the mouse on the laptop, with a finger on the telephone, and nothing chosen first."""
    read = []
    for text in [*"0123456789", "5073"]:
        either.clear()
        either.write(text, seed=0 if len(text) == 1 else 3, every=2)
        read.append(either.text())
    assert read == [*"0123456789", "5073"]
    assert either.history()[0] == "5073"


def test_a_digit_has_bars_and_a_number_what_was_seen_of_each_digit(page):
    page.draw(ONE)
    page.settle()
    shares = page.page.locator("#answer .share").all_inner_texts()
    assert (len(shares), max(shares, key=lambda share: float(share.strip(">%")))) == (10, shares[1])
    assert page.page.locator("#answer .seen").count() == 1
    page.clear()
    page.draw(ONE, BESIDE)
    assert page.text() == "11"
    assert page.page.locator("#answer figcaption").all_inner_texts() == ["1", "1"]
    assert page.page.locator("#answer .seen").count() == 2
    assert page.page.locator("#draw rect").count() == 2
    assert page.page.locator("#answer .verdict").inner_text().endswith("sure of each")


def test_undo_and_clear_by_buttons_and_keys(page):
    page.draw(ONE)
    ink = page.ink()
    assert (page.text(), ink > 0.005) == ("1", True)
    for undo in (lambda: page.click("Undo"), lambda: page.page.keyboard.press("Backspace")):
        page.draw(BAR)
        assert page.ink() > ink
        undo()
        assert (page.text(), page.ink()) == ("1", ink)
    page.page.keyboard.press("Escape")
    assert (page.text(), page.ink()) == ("", 0)
    expect(page.page.locator(".invitation")).to_be_visible()


def test_a_late_answer_does_not_replace_a_newer_one(page):
    """Two are waited for at once, so that the newest need not wait for the one before it."""
    held = []

    def hold_first(route):
        if held:
            route.continue_()
        else:
            held.append(route)

    page.page.route("**/api/strokes", hold_first)
    page.draw(ONE[:1])  # a dot
    page.draw(ONE)
    digit = page.page.locator("#answer .digit")
    expect(digit).to_have_text("1")
    page.canvas.press("Escape")
    expect(digit).to_have_count(0)
    (first,) = held
    first.continue_()
    assert page.text() == ""


def test_a_drawing_stays_when_the_page_is_loaded_anew_or_turned(either):
    either.write("7")
    assert either.text() == "7"
    ink = either.ink()
    either.page.reload()
    assert either.text() == "7"
    assert either.ink() == pytest.approx(ink, rel=0.02)
    either.page.set_viewport_size({"width": 844, "height": 390})
    either.draw([(5, 5)])
    either.click("Undo")
    assert either.text() == "7"
    assert either.history() == ["7"]


def test_the_server_may_stop_while_one_draws(browser):
    """The page says so, keeps the drawing, and shows the answer when the server is back."""
    first = App()
    page = WebPage(browser, first)
    page.draw(ONE)
    assert page.text() == "1"
    first.stop()
    page.draw(BAR)
    trouble = page.page.locator("#trouble")
    expect(trouble).to_have_text(OUT_OF_REACH)
    page.click("Undo")
    page.draw(BESIDE)
    ink = page.ink()
    second = App(port=first.port)
    try:
        expect(trouble).to_be_empty()
        assert (page.text(), page.ink()) == ("11", ink)
    finally:
        second.stop()
    page.close()


def test_two_pages_at_once_do_not_mix(page):
    """Two tabs of one browser, drawn on in turns."""
    other = page.context.new_page()
    page.watch(other)
    other.goto(page.page.url)
    first, second = page.page, other
    box = page.canvas.bounding_box()
    strokes = {first: ONE, second: [(60, 30), (180, 30), (100, 200)]}
    for place in range(2):
        for tab, points in strokes.items():
            tab.bring_to_front()
            x, y = points[place]
            tab.mouse.move(box["x"] + x, box["y"] + y)
            tab.mouse.down()
            x, y = points[place + 1] if place + 1 < len(points) else points[place]
            tab.mouse.move(box["x"] + x, box["y"] + y, steps=8)
            tab.mouse.up()
    for tab, digit in ((first, "1"), (second, "7")):
        expect(tab.locator("#draw")).to_have_attribute("aria-busy", "false")
        assert tab.locator("#answer .digit").inner_text() == digit
        assert tab.locator("#history li .text").all_inner_texts() == [digit]


# Pictures


def test_pictures_are_chosen_dropped_and_pasted(page):
    page.open("Picture")
    page.choose(PICTURES / "several_31415.png", PICTURES / "digit_2.png")
    expect(page.page.locator("#history li")).to_have_count(2)
    page.open("Draw")
    page.drop(PICTURES / "photo_5.jpg")
    expect(page.page.locator("#picture")).to_be_visible()
    expect(page.page.locator("#history li")).to_have_count(3)
    content = base64.b64encode((PICTURES / "digit_8.png").read_bytes()).decode()
    page.page.locator("body").evaluate(PASTE, content)
    expect(page.page.locator("#history li")).to_have_count(4)
    assert page.history() == ["8", "5", "2", "31415"]


def test_a_picture_is_shown_with_its_boxes_as_the_camera_was_held(page):
    page.open("Picture")
    page.choose(PICTURES / "rotated_2.jpg")
    frame = page.page.locator(".boxed")
    expect(page.page.locator("#answer .digit")).to_have_text("2")
    expected = digitrec.read_digits(PICTURES / "rotated_2.jpg").predictions[0].box
    rect = page.page.locator(".boxed rect")
    sides = ("x", "y", "width", "height")
    assert [int(rect.get_attribute(side)) for side in sides] == list(expected)
    width, height = page.page.locator(".boxed img").evaluate(
        "async (image) => (await image.decode(), [image.naturalWidth, image.naturalHeight])"
    )
    box = frame.bounding_box()
    assert box["width"] / box["height"] == pytest.approx(width / height, rel=0.02)


def test_what_cannot_be_read_is_said_and_the_next_is_read(page, tmp_path):
    page.open("Picture")
    blank = tmp_path / "blank.png"
    blank.write_bytes((PICTURES / "digit_1.png").read_bytes()[:60])
    large = tmp_path / "large.jpg"
    large.write_bytes(bytes(25_000_001))
    sentence = page.page.locator("#answer .sentence")
    for file, reason in (
        (ROOT / "README.md", "is not a picture in a known format"),
        (blank, "is damaged"),
        (large, "is over 25 MB"),
    ):
        page.choose(file)
        expect(sentence).to_contain_text(f"{file.name}: ")
        expect(sentence).to_contain_text(reason)
        expect(page.page.get_by_role("button", name="Why?")).to_be_disabled()
    page.errors.clear()  # the browser notes refusals by itself
    page.choose(PICTURES / "digit_3.png")
    expect(page.page.locator("#answer .digit")).to_have_text("3")


def test_a_script_in_the_name_of_a_file_is_text(page, tmp_path):
    file = tmp_path / "<img src=x onerror=alert(1)>=1+1.png"
    file.write_bytes((PICTURES / "digit_3.png").read_bytes())
    page.open("Picture")
    page.choose(file)
    expect(page.page.locator("#history .note").last).to_contain_text(file.name)
    assert page.page.locator("img[src=x]").count() == 0


def test_each_tab_keeps_its_answer(page):
    page.draw(ONE)
    assert page.text() == "1"
    page.open("Picture")
    assert page.page.locator("#answer .digit").count() == 0
    page.choose(PICTURES / "digit_8.png")
    expect(page.page.locator("#answer .digit")).to_have_text("8")
    page.open("Draw")
    assert page.page.locator("#answer .digit").inner_text() == "1"
    assert page.history() == ["8", "1"]


def test_a_drawing_that_goes_on_keeps_its_place_in_the_list(page):
    page.draw(ONE)
    page.settle()
    page.open("Picture")
    page.choose(PICTURES / "digit_8.png")
    expect(page.page.locator("#history li")).to_have_count(2)
    page.open("Draw")
    page.draw(BESIDE)
    page.settle()
    assert page.history() == ["8", "11"]
    page.page.reload()
    page.settle()
    assert page.history() == ["8", "11"]


# What to do with an answer


def test_a_reading_is_corrected_and_kept_where_the_user_said(page, samples):
    page.draw(ONE)
    page.settle()
    hint = page.page.locator(".hint")
    expect(hint).to_contain_text(str(samples))
    field = page.page.get_by_label("Wrong?")
    for wrong in ("77", "x"):
        field.fill(wrong)
        field.press("Enter")
        expect(hint).to_have_text("Enter a digit.")
    field.fill("7")
    page.click("Correct")
    expect(hint).to_contain_text(re.compile("^Kept as 7 in"))
    assert digitrec.load_samples(samples).labels.tolist() == [7]
    assert page.history() == ["1 7"]


def test_readings_are_copied_and_saved(page, tmp_path):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.draw(ONE)
    page.settle()
    clipboard = "navigator.clipboard.readText()"
    page.page.locator("#answer .copy").click()
    wait_until(lambda: page.page.evaluate(clipboard) == "1")
    file = tmp_path / "=2+3.png"
    file.write_bytes((PICTURES / "several_31415.png").read_bytes())
    page.open("Picture")
    page.choose(file)
    expect(page.page.locator("#history li")).to_have_count(2)
    page.click("Copy all")
    wait_until(lambda: page.page.evaluate(clipboard) == "31415\n1")
    with page.page.expect_download() as saved:
        page.click("Save as CSV")
    head, picture, drawing = saved.value.path().read_text("utf-8").splitlines()
    assert head == '"time","source","text","confidence","accepted","corrected"'
    assert '"\'=2+3.png","31415",' in picture
    assert '"drawing","1",' in drawing
    page.page.reload()
    assert page.history() == ["31415", "1"]
    page.click("Forget all")
    assert page.history() == []


def test_why_opens_an_explanation_of_what_is_shown(page):
    """The server's part of it is tested without a page."""
    asked = []

    def explain(route):
        asked.append(route.request.post_data_json)
        route.fulfill(json={"figure": "data:image/png;base64,", "words": "Read as 1."})

    page.page.route("**/api/explain", explain)
    page.draw(ONE)
    page.settle()
    page.click("Why?")
    expect(page.page.get_by_alt_text("Read as 1.")).to_be_attached()
    assert len(asked[0]["strokes"]) == 1
    page.draw(BAR)
    page.settle()
    expect(page.page.locator("#reasons")).to_be_hidden()


# For everyone


@pytest.mark.parametrize("width", [320, 390, 820, 1280])
def test_everything_fits_and_can_be_touched(browser, app, width):
    """No page is wider than its window, and what is touched is 44 pixels high."""
    options = {**PHONE, "viewport": {"width": width, "height": 640}}
    page = WebPage(browser, app, **options)
    page.draw(ONE, BESIDE)
    page.settle()
    for tab in ("Picture", "Camera", "Draw"):
        page.open(tab)
        assert page.page.evaluate("document.documentElement.scrollWidth") <= width
        for part in page.page.locator("button:visible, input:visible, label.button:visible").all():
            box = part.bounding_box()
            if box["width"] > 1:  # else it is the label that is touched
                assert box["height"] >= 44, part.inner_text()
                assert box["width"] >= 44, part.inner_text()
    page.close()
    assert page.errors == []


def test_tabs_are_reached_by_keys(page):
    page.page.get_by_role("tab", name="Draw").focus()
    page.page.keyboard.press("ArrowRight")
    expect(page.page.get_by_role("tab", name="Picture")).to_be_focused()
    expect(page.page.locator("#picture")).to_be_visible()
    page.page.keyboard.press("Tab")
    expect(page.page.locator(".choose")).to_be_focused()


def test_the_answer_is_said_once_the_pen_rests(page):
    page.draw(ONE, BESIDE)
    expect(page.page.get_by_role("status").first).to_have_text("1 1")


def test_light_and_dark_are_those_of_the_pad(page):
    css = (ROOT / "digitrec" / "app" / "page.css").read_text("utf-8")
    assert COLOURS in css
    body = page.page.locator("body")
    light = body.evaluate("body => getComputedStyle(body).color")
    page.page.emulate_media(color_scheme="dark")
    expect(page.page.locator("html")).to_have_class("theme-dark")
    assert body.evaluate("body => getComputedStyle(body).color") != light


def test_a_page_of_others_cannot_frame_it(browser, app):
    class Framing(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<iframe src="{app.url}"></iframe>'.encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Framing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        _, frame = page.frames
        wait_until(lambda: frame.url.startswith("chrome-error:"))
        page.close()
        server.shutdown()


def test_a_telephone_gets_in_with_the_address_that_it_was_shown(browser):
    with served("--lan", "laptop.example") as app:
        page = WebPage(browser, app, **PHONE)
        assert "token" not in page.page.url
        page.write("7")
        assert page.text() == "7"
        page.page.reload()
        assert page.text() == "7"
        expect(page.page.locator("#camera .missing")).to_have_count(0)  # this address is safe
        assert page.errors == []
        page.close()
        stranger = browser.new_page()
        stranger.goto(app.url.split("?")[0])
        assert "open the address that digitrec showed" in stranger.inner_text("body")
        stranger.close()


def test_it_can_be_put_on_a_home_screen(page):
    """Chromium finds nothing missing in the manifest."""
    session = page.context.new_cdp_session(page.page)
    missing = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [each["errorId"] for each in missing] == ["in-incognito"]  # as the tests' browser is
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
