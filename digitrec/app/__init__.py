"""The web application: HTTP requests in, pages and JSON out; Flask, served by waitress.

No room may import this one, and reading a picture never loads it. It must never import Jupyter,
which it does without; TensorFlow and Matplotlib are loaded where an explanation is asked for.
"""

from digitrec.app.application import create_app

__all__ = ["create_app"]
