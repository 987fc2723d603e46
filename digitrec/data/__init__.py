"""Digits to learn from: MNIST, drawn digits, pictures of no digit, and your own samples.

NumPy and OpenCV only. Never imports TensorFlow, nor a room after this one.
"""
