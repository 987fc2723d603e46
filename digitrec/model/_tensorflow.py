"""Import TensorFlow without the page of log lines it greets with, on processors and GPUs absent.

They would stand at the top of every notebook. Set the environment variable
TF_CPP_MIN_LOG_LEVEL, to 0 for example, to see them.
"""

import os

from digitrec.model._silence import silence

if "TF_CPP_MIN_LOG_LEVEL" in os.environ:
    import tensorflow as tf
else:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "1"  # no more informative lines later on
    with silence():
        import tensorflow as tf

        tf.config.list_physical_devices()  # looks for GPUs, with as many words

__all__ = ["tf"]
