"""A picture and a network -> a Prediction, a Reading, or a Row of many; and an Explanation of it.

Never imports TensorFlow, Matplotlib or Jupyter, nor a room after this one. An Explanation alone
asks the room of models for what needs TensorFlow, when it is made.
"""
