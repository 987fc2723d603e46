"""A picture -> ink -> digits -> (28, 28): what the network sees.

NumPy, OpenCV and Pillow only. Never imports another room.
"""
