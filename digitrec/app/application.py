"""The application itself: which request is answered how."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np
from flask import Flask, Request, Response, jsonify, request
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException, UnprocessableEntity
from werkzeug.wrappers import Response as BaseResponse

from digitrec.app import answers
from digitrec.app.drawing import to_sketch
from digitrec.app.files import File, load_files
from digitrec.app.guard import HERE, Guard
from digitrec.app.kept import Kept
from digitrec.app.limits import AT_ONCE, MEGABYTES, MOST_BYTES, WAITING, BusyError, Turns
from digitrec.app.reasons import MissingError, reasons
from digitrec.model.inputs import Model
from digitrec.preprocess.errors import PictureError
from digitrec.preprocess.normalize import SIDE
from digitrec.preprocess.picture import open_picture
from digitrec.recognize.classify import classify
from digitrec.recognize.digits import read_digits
from digitrec.recognize.frame import read_frame
from digitrec.recognize.results import Reading
from digitrec.widgets.read_sketch import read_sketch

SENTENCES = {
    404: "there is nothing at this address",
    405: "this address cannot be asked so: /api/openapi.json says how",
    413: f"this is over {MEGABYTES} MB: send less",
}
BUSY = "there is too much to read just now: try again in some seconds"
FAILED = "that went wrong: whoever started digitrec finds the reason where it was started"
LOOPBACK = {"127.0.0.1", "::1"}


class InMemory(Request):
    """A request whose form never writes a large file to the disk."""

    def _get_file_stream(self, *_: object, **__: object) -> IO[bytes]:
        return BytesIO()


def create_app(
    model: Model | None = None,
    *,
    hosts: Collection[str] = HERE,
    origins: Collection[str] = (),
    token: str | None = None,
    samples: str | Path | None = None,
) -> Flask:
    """Make the web application, for those who serve it with a server of their own.

    Args:
        model: As for `digitrec.predict_digit`; None is the shipped one.
        hosts: Names and addresses that the application goes by, without a port.
        origins: Pages of others that may use it, such as "https://example.org"; and its own, where
            a proxy in front of it ends TLS.
        token: Without it nothing is answered: as `?token=` of the first page that is opened, or in
            a header `Authorization: Bearer`. None is for everyone who gets here.
        samples: Where corrected digits are kept, in a `.npz` file. Only a browser on this machine
            may add to it. None is nowhere.

    Returns:
        A WSGI application. It keeps no picture, and reads two at a time.

    Raises:
        ValueError: If the model does not turn (n, 28, 28, 1) into (n, 10), or `samples` is a file
            that holds no samples.
        OSError: If `samples` cannot be written.
    """
    # A model's first call is slow; nobody should wait for it with the pen in hand.
    classify(np.zeros((1, SIDE, SIDE), np.float32), model)
    app = Flask("digitrec", static_folder=None, template_folder=None)
    app.request_class = InMemory
    app.url_map.merge_slashes = False  # each answer has one address
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    Guard(hosts, origins, token).watch(app)
    _add_errors(app)
    for address, file in load_files().items():
        app.add_url_rule(address, address, _shows(file))
    Api(model, Kept(Path(samples)) if samples else None).add_to(app)
    return app


def _shows(file: File) -> Callable[[], BaseResponse]:
    def show() -> BaseResponse:
        answer = Response(file.content, mimetype=file.kind)
        answer.cache_control.no_cache = True  # a browser asks each time, and gets it if it changed
        answer.add_etag()
        return answer.make_conditional(request)

    return show


class Api:
    """What programs and the page ask for.

    Args:
        model: As for `create_app`.
        kept: Where corrected digits are kept, if anywhere.
    """

    def __init__(self, model: Model | None, kept: Kept | None):
        self._model, self._kept = model, kept
        self._turns = Turns(AT_ONCE, WAITING)
        self._explaining = Turns(1, 2, most_wait=60)  # the first one takes long

    def add_to(self, app: Flask) -> None:
        """Let an application answer by this."""
        add = app.add_url_rule
        add("/api/health", "health", self.health)
        add("/api/read", "read", self.read, methods=["POST"])
        add("/api/frame", "frame", self.frame, methods=["POST"])
        add("/api/strokes", "strokes", self.strokes, methods=["POST"])
        add("/api/explain", "explain", self.explain, methods=["POST"])
        add("/api/samples", "samples", self.keep, methods=["POST"])

    def health(self) -> Response:
        """Say that all is well, and where corrected digits are kept, if they can be."""
        keeps = self._kept is not None and _is_here()
        path = str(self._kept.path) if keeps and self._kept else None
        return jsonify(status="ok", samples=path)

    def read(self) -> Response:
        """Read a picture."""
        with self._turns.turn():
            return jsonify(answers.as_json(*self._read_picture()))

    def frame(self) -> Response:
        """Read a frame of a live camera, where mostly nothing is to be read."""
        with self._turns.turn():
            rgb = open_picture(_content())
            return jsonify(answers.as_json(read_frame(rgb, self._model), _size(rgb)))

    def strokes(self) -> Response:
        """Read a drawing."""
        with self._turns.turn():
            return jsonify(answers.as_json(*self._read_strokes()))

    def explain(self) -> Response:
        """Read a picture or a drawing, and explain why it is read so."""
        with self._explaining.turn():
            with self._turns.turn():
                reading, _ = self._read_strokes() if request.is_json else self._read_picture()
            with _refusing(UnprocessableEntity):
                png, words = reasons(reading, self._model)
            return jsonify(figure=answers.data_url(png), words=words)

    def keep(self) -> Response:
        """Keep corrected digits."""
        if self._kept is None:
            raise Forbidden("nothing is kept: start digitrec with --samples FILE.npz")
        if not _is_here():
            raise Forbidden("digits are kept only from a browser on the machine that reads them")
        with _refusing(BadRequest):
            count = self._kept.add(_json())
        return jsonify(count=count, path=str(self._kept.path))

    def _read_picture(self) -> tuple[Reading, tuple[int, int]]:
        rgb = open_picture(_content())
        return read_digits(rgb, self._model), _size(rgb)

    def _read_strokes(self) -> tuple[Reading, tuple[int, int]]:
        with _refusing(BadRequest):
            sketch = to_sketch(_json())
        try:
            reading = read_sketch(sketch, self._model, several=True)
        except PictureError as error:
            error.subject = "the drawing"
            raise
        return reading, (sketch.width, sketch.height)


def _size(rgb: np.ndarray) -> tuple[int, int]:
    return rgb.shape[1], rgb.shape[0]


def _is_here() -> bool:
    return request.remote_addr in LOOPBACK


@contextmanager
def _refusing(kind: type[HTTPException]) -> Iterator[None]:
    """Tell whoever asked what is wrong. Other errors are not theirs, and not for their eyes."""
    try:
        yield
    except ValueError as error:
        raise kind(str(error)) from error


def _content() -> bytes:
    """The picture that was sent: the body, or the first file of a form."""
    if request.mimetype != "multipart/form-data":
        return request.get_data(cache=False)
    file = next(iter(request.files.values()), None)
    if file is None:
        raise BadRequest("the form has no file: send the picture as one, or alone as the body")
    return file.read()


def _json() -> Any:
    try:
        return request.get_json(force=True)
    except (BadRequest, RecursionError) as error:
        raise BadRequest("the body is not JSON") from error


def _add_errors(app: Flask) -> None:
    """Let an application answer each error with a sentence that gives nothing away."""
    answer = app.register_error_handler
    answer(PictureError, lambda error: answers.error(str(error), 422))
    answer(MissingError, lambda error: answers.error(str(error), 501))

    def busy(_: BusyError) -> Response:
        response = answers.error(BUSY, 503)
        response.headers["Retry-After"] = "5"
        return response

    def refused(error: HTTPException) -> Response:
        status = error.code or 500
        response = answers.error(SENTENCES.get(status, error.description or FAILED), status)
        if isinstance(methods := getattr(error, "valid_methods", None), list):
            response.headers["Allow"] = ", ".join(methods)
        return response

    def failed(error: Exception) -> Response:
        app.logger.error("a request failed", exc_info=error)
        return answers.error(FAILED, 500)

    answer(BusyError, busy)
    answer(HTTPException, refused)
    answer(Exception, failed)
