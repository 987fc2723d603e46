"""A picture and a network -> a Prediction, a Reading, or a Row of many.

Never imports TensorFlow, Matplotlib or Jupyter, nor a room after this one.
"""
