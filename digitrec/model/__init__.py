"""Digits -> a trained network: built, trained, evaluated, calibrated, saved and loaded.

The only room that knows TensorFlow and Keras. Never imports a room after this one; and `lite`,
`inputs` and `storage` never import TensorFlow or Keras until a Keras model is asked for, so that
reading a picture loads neither.
"""
