"""Digits to learn from: MNIST, drawn digits, pictures of no digit, and your own samples.

NumPy, OpenCV and Pillow only. Never imports TensorFlow, nor a room after this one.
"""
