"""The pad and the uploader: views of plain-Python state, for the notebook.

Only `app` may import this one, and of it only what needs no Jupyter.
"""
