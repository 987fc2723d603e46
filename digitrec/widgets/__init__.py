"""The pad and the uploader: views of plain-Python state, for the notebook.

No room may import this one.
"""
