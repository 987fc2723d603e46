"""Digits to learn from: MNIST, drawn digits, what is no digit, and your own samples.

NumPy and OpenCV only. Never imports TensorFlow, nor a later room.
"""
