"""What programs ask the web application for, and what it answers."""

import base64
import json
from io import BytesIO
from types import SimpleNamespace

import jsonschema
import numpy as np
import pytest
from conftest import ROOT
from hostile import encode
from PIL import Image
from served import PICTURES, SEVEN, served

import digitrec

FORM = b"--limit\r\nContent-Disposition: form-data; name=f; filename=%s\r\n\r\n%s\r\n--limit--\r\n"


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    return tmp_path_factory.mktemp("samples") / "mine.npz"


@pytest.fixture(scope="module")
def app(samples):
    with served("--samples", samples) as app:
        yield app


def image(url):
    """The pixels of an image in an answer."""
    return np.asarray(Image.open(BytesIO(base64.b64decode(url.split(",")[1]))))


def test_a_picture_is_read_as_the_package_reads_it(app):
    expected = digitrec.read_digits(PICTURES / "several_31415.png")
    answer = app.read("several_31415.png")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    reading = answer.json
    assert (reading["text"], reading["accepted"], reading["size"]) == ("31415", True, [1400, 280])
    assert reading["confidence"] == pytest.approx(expected.confidence, abs=1e-4)
    for digit, prediction in zip(reading["digits"], expected.predictions, strict=True):
        assert digit["box"] == list(prediction.box)
        assert digit["probabilities"] == pytest.approx(prediction.probabilities, abs=1e-4)
        np.testing.assert_array_equal(image(digit["image"]), np.rint(255 * prediction.image))


def test_a_form_may_bring_the_picture(app):
    picture = (PICTURES / "digit_7.png").read_bytes()
    content = {"Content_Type": "multipart/form-data; boundary=limit"}
    assert app.ask("/api/read", FORM % (b"7.png", picture), **content).json["text"] == "7"
    empty = app.ask("/api/read", b"--limit--\r\n", **content)
    assert (empty.status, empty.error) == (
        400,
        "the form has no file: send the picture as one, or alone as the body",
    )


def test_strokes_are_read_as_a_pad_reads_them(app):
    reading = app.ask("/api/strokes", SEVEN).json
    assert (reading["text"], reading["size"], len(reading["digits"])) == ("7", [280, 280], 1)
    one = {"pen": 16, "points": [[400, 40, 0.8], [401, 180, 1.2]]}
    wide = {**SEVEN, "width": 560, "strokes": [*SEVEN["strokes"], one]}
    assert app.ask("/api/strokes", wide).json["text"] == "71"


def test_a_frame_of_a_camera_may_show_nothing(app):
    page = encode(Image.new("L", (640, 320), 255), "JPEG")
    blank = app.ask("/api/frame", page)
    assert (blank.status, blank.json["digits"], blank.json["accepted"]) == (200, [], False)
    held = (
        Image.open(PICTURES / "digit_7.png").convert("L").resize((640, 640)).crop((0, 80, 640, 560))
    )
    assert app.ask("/api/frame", encode(held, "JPEG")).json["text"] == "7"
    assert app.ask("/api/frame", b"no picture").status == 422


@pytest.mark.parametrize(
    "drawing",
    [
        [],
        {},
        {**SEVEN, "width": 5000},
        {**SEVEN, "height": "280"},
        {**SEVEN, "strokes": [[[1, 2]]]},
        {**SEVEN, "strokes": [{"pen": 24, "points": []}]},
        {**SEVEN, "strokes": [{"pen": 24, "points": [[1, 2, 3, 4]]}]},
        {**SEVEN, "strokes": [{"pen": 24, "points": [[float("nan"), 1]]}]},
        {**SEVEN, "strokes": [{"pen": 1e9, "points": [[1, 2]]}]},
        {**SEVEN, "strokes": 11 * [{"pen": 24, "points": 2000 * [[1, 2]]}]},
    ],
)
def test_what_is_no_drawing_is_refused_with_a_sentence(app, drawing):
    answer = app.ask("/api/strokes", drawing)
    assert answer.status == 400
    assert answer.error.startswith("a drawing ")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_refused_with_a_sentence(app, body):
    answer = app.ask("/api/strokes", body)
    assert (answer.status, answer.error) == (400, "the body is not JSON")


def test_a_blank_drawing_is_an_error_that_says_what_to_do(app):
    answer = app.ask("/api/strokes", {**SEVEN, "strokes": []})
    assert (answer.status, answer.error) == (
        422,
        "the drawing is blank: no writing stands out from the background",
    )


def test_a_method_that_does_not_fit_is_refused(app):
    answer = app.ask("/api/read")
    assert (answer.status, "POST" in answer.headers["Allow"]) == (405, True)
    assert "/api/openapi.json" in answer.error
    assert app.ask("/api/nothing").error == "there is nothing at this address"


def test_corrected_digits_are_kept_where_the_user_said(app, samples):
    digits = app.read("several_31415.png").json["digits"]
    images = [digit["image"] for digit in digits]
    kept = app.ask("/api/samples", {"label": "31 475", "images": images}).json
    assert kept == {"count": 5, "path": str(samples)}
    assert app.ask("/api/samples", {"label": "7", "images": images[:1]}).json["count"] == 6
    loaded, labels = digitrec.load_samples(samples)
    assert labels.tolist() == [3, 1, 4, 7, 5, 7]
    np.testing.assert_array_equal(loaded, [image(each) for each in [*images, images[0]]])
    assert app.ask("/api/health").json == {"status": "ok", "samples": str(samples)}


def test_what_cannot_be_kept_is_refused_and_changes_nothing(app, samples):
    (digit,) = app.read("digit_7.png").json["digits"]
    app.ask("/api/samples", {"label": "7", "images": [digit["image"]]})
    before = samples.read_bytes()
    large = BytesIO()
    Image.new("L", (29, 28)).save(large, "PNG")
    wrong = f"data:image/png;base64,{base64.b64encode(large.getvalue()).decode()}"
    for document in (
        {"label": "77", "images": [digit["image"]]},
        {"label": "seven", "images": [digit["image"]]},
        {"label": "٧", "images": [digit["image"]]},
        {"label": "7", "images": []},
        {"label": "7", "images": [wrong]},
        {"label": "7", "images": ["data:image/png;base64,!"]},
        {"label": "7", "images": ["file:///etc/passwd"]},
        {"label": "7" * 101, "images": 101 * [digit["image"]]},
        ["7"],
    ):
        assert app.ask("/api/samples", document).status == 400, document
    assert samples.read_bytes() == before


def test_nothing_is_kept_unless_the_user_says_where():
    client = digitrec.app.create_app().test_client()
    answer = client.post("/api/samples", json={})
    assert answer.status_code == 403
    assert "--samples" in answer.json["error"]
    assert client.get("/api/health").json["samples"] is None


def test_digits_are_kept_only_from_this_machine(tmp_path):
    app = digitrec.app.create_app(samples=tmp_path / "mine.npz")
    elsewhere = {"environ_base": {"REMOTE_ADDR": "192.168.1.7"}}
    client = app.test_client()
    answer = client.post("/api/samples", json={}, **elsewhere)
    assert (answer.status_code, "on the machine" in answer.json["error"]) == (403, True)
    assert client.get("/api/health", **elsewhere).json["samples"] is None


def test_samples_go_to_no_file_that_holds_something_else(tmp_path):
    (tmp_path / "mine.npz").write_bytes(b"something else")
    with pytest.raises(ValueError, match="holds no samples"):
        digitrec.app.create_app(samples=tmp_path / "mine.npz")
    assert (tmp_path / "mine.npz").read_bytes() == b"something else"


@pytest.mark.slow
def test_an_explanation_is_a_figure_and_words(app):
    for body in (SEVEN, (PICTURES / "digit_7.png").read_bytes()):
        kind = {} if isinstance(body, bytes) else {"Content_Type": "application/json"}
        answer = app.ask("/api/explain", body, **kind).json
        assert answer["words"].startswith("Read as 7 with ")
        assert image(answer["figure"]).shape[1] > 1000


def test_a_network_of_another_script_reads():
    chinese = digitrec.load_model(ROOT / "models" / "chinese.tflite")
    client = digitrec.app.create_app(chinese).test_client()
    one = {**SEVEN, "strokes": [{"pen": 24, "points": [[60, 140], [220, 140]]}]}
    assert client.post("/api/strokes", json=one).json["text"] == "一"


def test_a_model_of_another_shape_is_refused_at_once():
    other = SimpleNamespace(input_shape=(None, 8, 8, 1), output_shape=(None, 10))
    with pytest.raises(ValueError, match="digitrec needs"):
        digitrec.app.create_app(other)


# The description


@pytest.fixture(scope="module")
def description(app):
    return app.ask("/api/openapi.json").json


def test_every_address_is_described_and_every_description_is_of_one(description):
    rules = digitrec.app.create_app().url_map.iter_rules()
    real = {rule.rule for rule in rules if rule.rule.startswith("/api/")}
    assert description["paths"].keys() == real - {"/api/openapi.json"}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/health", None, 200),
        ("/api/read", (PICTURES / "several_31415.png").read_bytes(), 200),
        ("/api/read", b"no picture", 422),
        ("/api/frame", (PICTURES / "digit_7.png").read_bytes(), 200),
        ("/api/strokes", SEVEN, 200),
        ("/api/strokes", {}, 400),
    ],
)
def test_answers_are_as_described(app, description, path, body, status):
    answer = app.ask(path, body)
    method = description["paths"][path]["get" if body is None else "post"]
    described = method["responses"][str(status)]
    if "$ref" in described:
        described = description["components"]["responses"][described["$ref"].split("/")[-1]]
    schema = described["content"]["application/json"]["schema"]
    assert answer.status == status
    jsonschema.validate(answer.json, {**schema, "components": description["components"]})


def test_the_example_of_the_readme_is_answered(app):
    """The drawing that README.md shows for other programs."""
    readme = (ROOT / "README.md").read_text("utf-8")
    (drawing,) = [line for line in readme.splitlines() if line.startswith('{"width"')]
    assert app.ask("/api/strokes", json.loads(drawing)).json["text"] == "7"
