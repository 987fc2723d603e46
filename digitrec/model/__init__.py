"""Digits -> a trained network, evaluated, calibrated, saved and loaded.

The only room that knows TensorFlow and Keras, which `lite` and `storage` must not import
until a Keras model is asked for. Never imports a later room.
"""
