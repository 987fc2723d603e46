"""The lesson's widgets in Chromium, drawn on by mouse and finger. Left out where there is none."""

import os
import re
from io import BytesIO

import cv2
import numpy as np
import pytest
from browser import (
    ADDRESSES,
    CHROMIUM,
    COLUMNS,
    INK,
    NOTE_MOVES,
    PADS,
    Lesson,
    chromium,
    handwritten,
    serving,
)
from camera import film
from conftest import ROOT
from patience import wait_until
from PIL import Image
from playwright.sync_api import expect

from benchmarks.scenes import number_of
from digitrec.widgets.pad import PAUSE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium or Chrome on the PATH"),
]

PICTURES = ROOT / "test_images"
SEED = 1  # of the film that the camera sees
NUMBER = number_of(SEED)
SEVENS = [[(60, 60), (200, 60), (120, 230)]]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A browser whose camera sees a number."""
    options = film(tmp_path_factory.mktemp("film") / "film.mjpeg", "digits", SEED)
    with chromium(*options) as browser:
        yield browser


@pytest.fixture(scope="module")
def lessons():
    """Those that have been opened so far."""
    return []


def opened(program):
    """A fixture: the lesson in a program, opened when it is first asked for."""

    @pytest.fixture(scope="module", name=program)
    def lesson(browser, lessons):
        with serving(program) as server:
            lessons.append(Lesson(browser, server, has_touch=True))
            yield lessons[-1]

    return lesson


open_jupyterlab, open_notebook, open_voila = map(opened, ADDRESSES)


@pytest.fixture(autouse=True)
def no_error_disappears(lessons):
    """Neither in a page's console nor in the log of a server and its kernels."""
    yield
    for lesson in lessons:
        assert lesson.errors == []
        assert "Traceback" not in lesson.server.log


@pytest.fixture
def lab(jupyterlab):
    return jupyterlab


@pytest.fixture(params=ADDRESSES)
def lesson(request):
    """The lesson in each front end."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def pad(lab):
    return blank(lab.pad())


def blank(pad):
    pad.clear()
    return pad


def number(text):
    """Strokes of the digits of a number, side by side on the wide pad."""
    digits = [handwritten(int(digit), 3, 130, 210) for digit in text]
    return [
        [(x + 5 + 137 * place, y + 5) for x, y in stroke]
        for place, strokes in enumerate(digits)
        for stroke in strokes
    ]


# In every front end


@pytest.mark.parametrize("hand", ["mouse", "touch", "pen"])
def test_all_ten_digits_are_read(lesson, hand):
    pad = lesson.pad(hand=hand)
    read = ""
    for digit in range(10):
        pad.clear()
        pad.draw(*handwritten(digit, 0))
        read += pad.digit()
    assert read == "0123456789"


def test_undo_and_clear(lesson):
    pad = blank(lesson.pad())
    pad.draw([(140, 40), (140, 240)])
    assert pad.digit() == "1"
    ink = pad.ink()
    pad.draw([(40, 40), (240, 40)])
    assert pad.digit() != "1"
    assert pad.ink() > ink > 0.05
    pad.click("Undo")
    assert pad.digit() == "1"
    assert pad.ink() == ink
    pad.click("Clear")
    assert pad.answer() == "Draw a digit"
    assert pad.ink() == 0


def test_a_number_is_read_on_the_wide_pad(lesson):
    pad = blank(lesson.pad("wide"))
    pad.draw(*number("2026"))
    assert pad.digit() == "2026"


def test_what_was_drawn_before_the_page_was_opened_is_there(lesson):
    assert lesson.pad("drawn before").ink() > 0.05
    assert lesson.pad("drawn before").digit() == "1"


def test_the_browser_draws_where_the_kernel_does(lesson):
    for name in PADS[:2]:
        pad = lesson.pad(name)
        assert pad.live.bounding_box() == pad.canvas.bounding_box()


def test_the_layers_move_with_the_pen(lesson):
    pad = blank(lesson.pad("layers"))
    layers = pad.widget.locator(".layers canvas.values")
    assert layers.count() == 6 + 6 + 3  # filters, their maps, two convolutions and the features
    before = layers.evaluate_all(PICTURES_OF)
    pad.draw(*SEVENS)
    assert pad.digit() == "7"
    after = layers.evaluate_all(PICTURES_OF)
    changed = [one != other for one, other in zip(before, after, strict=True)]
    assert changed == [False, True] * 6 + [True] * 3
    sums = pad.widget.locator(".sums .value").all_inner_texts()
    assert float(sums[2 * 7 + 1].strip(">%")) > 90


def drag(page, slider):
    """Move a slider to the right, as a hand would: Notebook 7 keeps arrow keys for itself."""
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y, steps=3)
    page.mouse.up()


def test_the_explorer_follows_its_sliders(lesson):
    explorer = lesson.page.locator(".digitrec:has(details)")
    pictures = explorer.locator("img")
    before = pictures.evaluate_all(SOURCES)
    assert len(before) == 2
    drag(lesson.page, explorer.get_by_role("slider").nth(1))
    wait_until(lambda: all(map(str.__ne__, pictures.evaluate_all(SOURCES), before)))
    explorer.locator("summary").click()
    expect(explorer.get_by_text("rows 26 and 27")).to_be_visible()


def test_errors_are_traded_for_refusals_with_the_slider(lesson):
    explorer = lesson.page.locator(".digitrec:has(.outcome)")
    refused = explorer.get_by_role("row", name="refused, would be wrong").locator("td").last
    before = int(refused.inner_text())
    drag(lesson.page, explorer.get_by_role("slider"))
    wait_until(lambda: int(refused.inner_text()) > before)


def test_the_digits_near_the_pointer_are_shown_below_the_map(lesson):
    explorer = lesson.page.locator(".digitrec:has(canvas.map)")
    digits = explorer.locator("figure img")
    for place in ({"x": 200, "y": 200}, {"x": 60, "y": 380}):
        before = digits.evaluate_all(SOURCES)
        explorer.locator("canvas.map").hover(position=place)
        wait_until(lambda before=before: digits.evaluate_all(SOURCES) != before)
        expect(digits).to_have_count(10)


PICTURES_OF = "canvases => canvases.map((canvas) => canvas.toDataURL())"
SOURCES = "images => images.map((image) => image.src)"


def test_files_are_uploaded_and_bad_ones_explained(lesson):
    lesson.clear_uploads()
    lesson.upload(PICTURES / "photo_5.jpg", PICTURES / "several_31415.png", ROOT / "LICENSE")
    one, several, bad = lesson.uploads(3)
    assert "5" in one.splitlines()
    assert "31415" in several.splitlines()
    assert "LICENSE" in bad
    assert "is not a picture" in bad


@pytest.fixture
def live(lesson):
    """The camera, turned on and in the end off again."""
    camera = lesson.page.locator(".digitrec:has(.camera)")
    camera.scroll_into_view_if_needed()
    camera.get_by_role("button", name="Start", exact=True).click()
    expect(camera.locator(".reading")).to_have_text(NUMBER)
    yield camera
    camera.get_by_role("button", name="Stop", exact=True).click()


def test_the_camera_reads_a_number(live):
    digits = live.locator(".camera text.sure")
    expect(digits).to_have_count(len(NUMBER))
    assert "".join(digits.all_text_contents()) == NUMBER


def test_a_frame_is_kept_and_corrected(lesson, live):
    live.get_by_role("button", name="Keep", exact=True).click()
    expect(live.locator(".upload .text")).to_have_text(NUMBER)
    wrong = NUMBER.replace(NUMBER[0], "0")
    live.get_by_placeholder("Type the correct number").fill(wrong)
    live.get_by_placeholder("Type the correct number").press("Enter")
    expect(live.locator(".note", has_text="of your digits")).to_contain_text(f"Kept as {wrong}")


# What is the same in all of them


def test_a_hundred_drawings_are_read(pad):
    """Ten of each digit, of different size, place, slant and speed."""
    right = 0
    for digit in range(10):
        for seed in range(10):
            pad.clear()
            pad.draw(*handwritten(digit, seed))
            right += pad.digit() == str(digit)
    print(f"{right} of 100 drawings read rightly")
    assert right >= 98


def test_a_drawing_survives_a_reload_and_reopening(lab, pad):
    pad.draw(*SEVENS)
    assert pad.digit() == "7"
    ink = pad.ink()
    lab.reload()
    assert lab.pad().live.bounding_box() == lab.pad().canvas.bounding_box()
    assert lab.pad().ink() == pytest.approx(ink, rel=0.01)
    assert lab.pad().digit() == "7"
    lab.reopen()
    assert lab.pad().ink() == pytest.approx(ink, rel=0.01)
    lab.pad().draw([(60, 140), (200, 140)])  # and can be drawn on
    assert lab.pad().ink() > ink


def test_an_error_is_shown_in_words_and_the_pad_goes_on(lab, pad):
    lab.execute("model, pad.model = pad.model, 'none'")
    pad.draw(*SEVENS)
    assert "give a model that" in pad.answer()
    lab.execute("pad.model = model")
    pad.click("Predict")
    assert pad.digit() == "7"


def test_words_can_be_read_in_light_and_dark(lab, pad):
    """With the contrast that the Web Content Accessibility Guidelines ask for, 4.5."""
    pad.draw(*SEVENS)
    assert pad.digit() == "7"
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        lab.choose_theme(theme)
        for part in [".head", ".share", ".note", "button.choice"]:
            assert contrast(*pad.colours(part)) >= 4.5, (theme, part)


def test_figures_are_on_the_paper_of_the_theme(lab):
    figure = lab.page.locator(".digitrec:has(details) img.figure").first
    for theme, darkest, brightest in (("Dark", 0, 60), ("Light", 230, 255)):
        lab.choose_theme(f"JupyterLab {theme}")
        picture = Image.open(BytesIO(figure.screenshot())).convert("L")
        assert darkest <= picture.getpixel((3, 3)) <= brightest


def contrast(*colours):
    """The ratio of two sRGB colours' luminances, as WCAG 2.2 defines it."""
    levels = np.array(colours) / 255
    linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    low, high = sorted(linear @ [0.2126, 0.7152, 0.0722] + 0.05)
    return high / low


def test_a_second_view_shows_the_same_and_draws_on_it(lab, pad):
    other = lab.pad("second view")
    pad.draw([(140, 40), (140, 240)])
    assert other.digit() == "1"
    other.draw([(60, 40), (140, 40)])
    assert pad.ink() == pytest.approx(other.ink(), rel=0.01)
    assert lab.evaluate("len(pad.sketch.strokes)") == 2


def test_dragging_out_of_the_pad_ends_the_stroke(lab, pad):
    mouse = lab.page.mouse
    for point in pad.on_page([(140, 60), (140, 140), (140, 420), (260, 420)]):
        mouse.move(*point)
        mouse.down()  # does nothing while it is down
    for point in pad.on_page([(260, 200), (40, 200)]):
        mouse.move(*point)  # back on the pad, the button still down
    mouse.up()
    assert pad.digit() == "1"


def test_two_fingers_do_not_scramble_a_drawing(lab, pad):
    one, other, further = pad.on_page([(140, 60), (40, 240), (50, 200)])
    lab.touch("touchStart", one)
    lab.touch("touchStart", one, other)
    for y in range(60, 220, 10):
        lab.touch("touchMove", *pad.on_page([(140, y)]), other)
    lab.touch("touchEnd", other)
    lab.touch("touchMove", further)
    lab.touch("touchEnd")
    assert pad.digit() == "1"


def test_a_tap_leaves_a_dot(lab, pad):
    (place,) = pad.on_page([(140, 140)])
    lab.touch("touchStart", place)
    lab.touch("touchEnd")
    assert pad.ink() == pytest.approx(np.pi * 12**2 / 280**2, rel=0.1)


def test_five_thousand_moves_leave_nothing_behind(lab, pad):
    """At 500 a second, eight times as often as a screen shows them: only some are predicted.

    `python -m tests.browser` measures how far the kernel falls behind.
    """
    pad.press(200, 140)
    lab.settle()
    lab.execute(NOTE_MOVES)
    lab.execute(
        "times = []\npad.panel.head.observe(lambda change: times.append(time.monotonic()), 'value')"
    )
    pad.circle(moves=5000, a_second=500)
    lab.settle()
    assert lab.evaluate("len(moves)") == 5000
    wait_until(lambda: lab.evaluate(UP_TO_DATE))
    assert lab.evaluate("pad.sketch.drawing")  # the button is still down
    assert lab.evaluate("pad.sketch.tip") == pytest.approx((200, 140), abs=1)
    assert lab.evaluate("pad.prediction.digit") == 0
    expect(pad.widget.locator(".head .digit")).to_have_text("0")
    pauses = np.diff(lab.evaluate("times"))
    assert len(pauses) > 1
    assert min(pauses) > 0.99 * PAUSE
    lab.execute("pad.panel.head.unobserve_all('value')")
    lab.page.mouse.up()
    assert pad.digit() == "0"


# Whether the last prediction is of what is on the pad now.
UP_TO_DATE = """bool((
    pad.prediction.image == digitrec.predict_digit(pad.sketch.to_array(), pad.model).image
).all())"""


def test_ink_does_not_wait_for_the_kernel(lab, pad):
    """It is on the screen at once, and the kernel draws the same in its place."""
    with lab.kernel_stopped():
        pad.draw(*SEVENS)
        pad.draw([(100, 150), (180, 150)])
        live = pad.live.evaluate(INK)
        assert live > 0.1
        assert pad.canvas.evaluate(INK) == 0
        expect(pad.busy).to_contain_text("The kernel is busy")
        pad.live.evaluate(WATCH_INK)
    assert pad.digit() == "7"
    assert pad.ink() == pytest.approx(live, rel=0.03)
    expect(pad.busy).to_have_text("")
    wait_until(lambda: pad.live.evaluate(INK) == 0)
    assert min(pad.live.evaluate("canvas => canvas.seen")) > 0.97 * live  # in no frame is it gone
    drawn = lab.evaluate("[point for stroke in pad.sketch.strokes for point in stroke.points]")
    told = [*SEVENS[0], (100, 150), (180, 150)]
    np.testing.assert_allclose(drawn, told, atol=1)


def test_a_pen_pressed_harder_draws_a_wider_stroke(lab, pad):
    """On the screen at once, by the kernel in its place, and in what is read."""
    xs = range(20, 261, 10)
    line = [(x, 140) for x in xs]
    columns = [70, 110, 230]
    with lab.kernel_stopped():
        pad.draw_pressed(line, [0.1 if x < 140 else 0.9 for x in xs])
        live = pad.live.evaluate(COLUMNS, columns)
    thin, still_thin, wide = live
    assert thin == still_thin == pytest.approx(0.8 * 24, abs=1)
    assert wide == pytest.approx(1.2 * 24, abs=1.5)
    lab.settle()
    assert pad.canvas.evaluate(COLUMNS, columns) == pytest.approx(live, abs=0.5)
    read = lab.evaluate("(pad.sketch.to_array() > 127).sum(axis=0).tolist()")
    assert [read[column] for column in columns] == pytest.approx(live, abs=2)
    pad.draw([(40, 40), (240, 40)])
    pad.click("Undo")
    lab.settle()
    assert pad.canvas.evaluate(COLUMNS, columns) == pytest.approx(live, abs=0.5)


def test_a_pen_pressed_half_way_draws_as_a_mouse_does(lab, pad):
    (line,) = SEVENS
    pad.draw(line)
    ink = pad.ink()  # to a few pixels, by how many points came in one message
    lab.execute("by_mouse = pad.sketch.to_array()")
    pad.clear()
    pad.draw_pressed(line, [0.5] * len(line))
    assert pad.ink() == pytest.approx(ink, rel=0.001)
    assert lab.evaluate("bool((pad.sketch.to_array() == by_mouse).all())")
    assert lab.evaluate("pad.sketch.strokes[0].widths") == [24] * len(line)


def test_the_pen_can_be_chosen_while_the_kernel_is_busy(lab, pad):
    slider = pad.widget.get_by_role("slider")
    with lab.kernel_stopped():
        slider.press("End")
        pad.draw([(140, 140), (140, 140)])
        live = pad.live.evaluate(INK)
        assert live == pytest.approx(np.pi * 24**2 / 280**2, rel=0.05)
    assert pad.ink() == pytest.approx(live, rel=0.03)
    lab.execute("pad.controls.pen.value = 24")
    lab.settle()


# Note in each frame how much ink is to be seen, as long as the browser shows its own.
WATCH_INK = f"""canvas => {{
    const ink = {INK};
    const surface = canvas.closest(".paper").querySelector("canvas.surface");
    canvas.seen = [];
    const watch = () => {{
        canvas.seen.push(Math.max(ink(canvas), ink(surface)));
        if (ink(canvas)) requestAnimationFrame(watch);
    }};
    watch();
}}"""


def test_a_long_stroke_waits_as_few_messages(lab, pad):
    """Thousands of them would not all arrive."""
    with lab.kernel_stopped():
        pad.press(200, 140)
        pad.circle(moves=1000, a_second=5000)
        lab.page.mouse.up()
        assert lab.page.evaluate("traffic.unanswered.size") < 10
    assert pad.digit() == "0"
    assert lab.evaluate("len(pad.sketch.strokes[0].points)") == 1001


def test_all_that_the_pen_told_between_two_frames_is_drawn(lab, pad):
    pad.press(140, 40)
    pad.live.evaluate(COALESCED, pad.on_page([(140, y) for y in range(50, 250, 10)]))
    lab.page.mouse.up()
    assert pad.digit() == "1"
    (points,) = lab.evaluate("[stroke.points for stroke in pad.sketch.strokes]")
    assert [round(y) for x, y in points] == [40, *range(50, 250, 10)]


COALESCED = """(canvas, points) => {
    const about = { pointerType: "mouse", pointerId: canvas.pointerId };
    const events = points.map(([clientX, clientY]) => ({ ...about, clientX, clientY }));
    const coalescedEvents = events.map((event) => new PointerEvent("pointermove", event));
    const told = { ...events.at(-1), coalescedEvents };
    canvas.dispatchEvent(new PointerEvent("pointermove", told));
}"""


def test_a_finger_may_slip_over_the_edge(lab, pad):
    touching = lab.pad(hand="touch")
    touching.draw([(140, 200), (140, 100), (140, -8), (150, -8), (150, 100)])
    assert touching.ink() > 0
    assert lab.evaluate("[len(stroke.points) for stroke in pad.sketch.strokes]") == [5]


def test_a_click_on_a_button_leaves_the_keys_with_the_pad(lab, pad):
    for button in ("7", "Predict"):
        pad.draw(*SEVENS)
        pad.click(button)
        lab.page.keyboard.press("Escape")
        assert pad.answer() == "Draw a digit"
    pad.draw(*SEVENS)
    kept = lab.evaluate("len(pad.samples.labels)")
    pad.click("1")
    lab.page.keyboard.press("1")
    lab.settle()
    assert lab.evaluate("len(pad.samples.labels)") == kept


def test_what_is_drawn_while_a_cell_runs_is_read_when_it_ends(lab, pad):
    """And a click before it does not come after it."""
    with lab.cell_runs():
        pad.draw([(40, 40), (240, 240)])
        pad.click("Clear")
        pad.draw(*SEVENS)
    assert pad.digit() == "7"


def test_the_controls_work_from_the_keyboard(lab, pad):
    keyboard = lab.page.keyboard
    pad.draw(*SEVENS)
    keyboard.press("7")
    assert "of your digits" in pad.note()
    keyboard.press("Tab")
    assert focused(lab) == "Predict"
    keyboard.press("Tab")
    assert focused(lab) == "Undo"
    keyboard.press("Enter")
    assert pad.answer() == "Draw a digit"
    keyboard.press("Tab")
    assert focused(lab) == "Clear"
    keyboard.press("Enter")
    keyboard.press("Tab")
    keyboard.press("Tab")  # past the pen
    assert focused(lab).startswith("Western")
    keyboard.press("Tab")
    assert focused(lab) == "0"
    keyboard.press("Enter")
    assert "draw first" in pad.note()


def focused(lab):
    """What is written on the button that has the focus, when the kernel has changed all it will."""
    lab.settle()
    return lab.page.evaluate("document.activeElement.innerText")


def test_everything_has_a_name_for_screen_readers(lab, pad):
    for name in ["Predict", "Undo", "Clear", *"0123456789"]:
        assert pad.widget.get_by_role("button", name=name, exact=True).is_visible()
    assert pad.canvas.get_attribute("title") == "Draw a digit here"
    assert pad.widget.get_by_text("Pen", exact=True).is_visible()
    assert lab.page.get_by_label("Choose pictures, drop them here, or paste them").count() == 1


def test_a_wrong_answer_is_kept_with_the_right_digit(lab, pad):
    before = lab.evaluate("len(pad.samples.labels)")
    pad.draw(*SEVENS)
    pad.click("1")
    assert "of your digits" in pad.note()
    assert lab.evaluate("pad.samples.labels.tolist()")[before:] == [1]


def test_why_opens_and_closes_from_the_keyboard(lab, pad):
    pad.draw(*SEVENS)
    assert pad.digit() == "7"
    keyboard, figure = lab.page.keyboard, pad.widget.locator("img.figure")
    pad.widget.get_by_role("button", name="9", exact=True).focus()
    keyboard.press("Tab")
    if focused(lab) == "Save":  # other digits are kept already
        keyboard.press("Tab")
    assert focused(lab) == "Why?"
    keyboard.press("Enter")
    expect(figure).to_have_attribute("alt", re.compile("Read as 7 with"))
    assert figure.evaluate("image => image.naturalWidth") > 1000
    keyboard.press("Enter")
    expect(figure).to_have_count(0)
    expect(pad.widget.get_by_role("button", name="Why?")).to_be_focused()


def test_nothing_jumps_when_the_numbers_change(pad):
    places = [pad.places()]
    for strokes in (SEVENS, [[(40, 40), (240, 240)]], handwritten(8, 1)):
        pad.draw(*strokes)
        places.append(pad.places())
    pad.clear()
    assert all(place == places[0] for place in places)


def test_the_kernel_answers_cells_while_the_camera_reads(lab):
    """And the camera reads on while a cell runs."""
    camera = lab.page.locator(".digitrec:has(.camera)")
    camera.scroll_into_view_if_needed()
    camera.locator(".toggle").click()
    expect(camera.locator(".reading")).to_have_text(NUMBER)
    for number in range(10):
        assert lab.evaluate(f"{number} + 1") == number + 1
    camera.locator(".camera").evaluate(COUNT_FRAMES)
    with lab.cell_runs():
        lab.page.wait_for_function("document.querySelector('.camera').frames > 20")
    camera.locator(".toggle").click()


COUNT_FRAMES = """camera => {
    camera.frames = 0;
    camera.addEventListener("frame", () => camera.frames++);
}"""


def test_a_pasted_picture_and_a_photo_are_read(lab):
    lab.clear_uploads()
    lab.paste(PICTURES / "digit_7.png")
    (row,) = lab.uploads(1)
    assert "7" in row.splitlines()
    assert "pasted 1" in row
    lab.photograph(PICTURES / "photo_5.jpg")
    assert "5" in lab.uploads(2)[1].splitlines()


def test_a_dropped_file_is_read(lab):
    lab.clear_uploads()
    lab.drop(PICTURES / "digit_7.png")
    (row,) = lab.uploads(1)
    assert "7" in row.splitlines()
    lab.drop(PICTURES / "digit_7.png")  # the same again
    assert len(lab.uploads(2)) == 2


def test_a_file_larger_than_one_message_arrives(lab, tmp_path):
    """The connection would end at about 10 MB."""
    digit = cv2.imread(str(PICTURES / "digit_7.png"), cv2.IMREAD_COLOR)
    cv2.imwrite(str(tmp_path / "large.bmp"), cv2.resize(digit, (2300, 2300)))
    assert (tmp_path / "large.bmp").stat().st_size > 15_000_000
    lab.clear_uploads()
    lab.upload(tmp_path / "large.bmp")
    (row,) = lab.uploads(1)
    assert "7" in row.splitlines()


def test_too_large_a_file_is_explained(lab, tmp_path):
    with (tmp_path / "huge.png").open("wb") as file:
        os.truncate(file.fileno(), 201_000_000)
    lab.clear_uploads()
    lab.upload(tmp_path / "huge.png")
    (row,) = lab.uploads(1)
    assert "huge.png" in row
    assert "200 MB" in row


def test_zoom_and_a_high_density_screen(browser, lab):
    """Another page on the same kernel, at 250 %: strokes are where the pen was."""
    near = Lesson(browser, lab.server, device_scale_factor=2.5, run=False)
    pad = blank(near.pad())
    pad.draw(*SEVENS)
    assert pad.digit() == "7"
    assert near.evaluate("pad.sketch.strokes[0].points[0]") == pytest.approx((60, 60), abs=1)
    assert pad.canvas.evaluate("canvas => canvas.width") == 2 * 280
    assert pad.canvas.bounding_box()["width"] == pytest.approx(280, abs=1)
    near.close()
