"""The web application: HTTP requests in, pages and JSON out; Flask, served by waitress.

No room may import this one. It must never import Jupyter; TensorFlow and Matplotlib are loaded
only when an explanation is asked for.
"""

from digitrec.app.application import create_app

__all__ = ["create_app"]
