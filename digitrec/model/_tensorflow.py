"""Import TensorFlow and Keras without the page of log lines that TensorFlow greets with.

They are about processors and absent GPUs, and would stand at the top of every notebook. Set the
environment variable TF_CPP_MIN_LOG_LEVEL to 0 to see them.
"""

import os

from digitrec.model._silence import silence

# Also silences informative lines later on; processes that are started from here inherit it.
if os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1") == "0":
    import tensorflow as tf
else:
    with silence():
        import tensorflow as tf

        tf.config.list_physical_devices()  # looks for GPUs, and logs as much about it
    tf.get_logger().setLevel("WARNING")  # in a notebook it tells where each export was written
    # Each new model is traced once, and after five of them TensorFlow warns that this is slow.
    tf.get_logger().addFilter(lambda record: "function retracing" not in record.getMessage())

import keras

__all__ = ["keras", "tf"]
