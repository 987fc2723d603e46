import matplotlib.pyplot as plt
import numpy as np
from conftest import ROOT

import digitrec
from digitrec.recognize.percent import percent


def test_several_digits_are_shown_with_their_boxes():
    reading = digitrec.predict_uploaded_image(ROOT / "test_images" / "several_31415.png")
    picture, seen = plt.gcf().axes
    assert len(picture.patches) == 5
    for prediction, text in zip(reading.predictions, picture.texts, strict=True):
        assert text.get_text().startswith(
            f"{prediction.digit}  {percent(prediction.confidence, 0)}"
        )
        assert text.get_text().endswith("?") == (not prediction.accepted)
    assert len(seen.images) == len(reading.predictions) == 5


def test_an_uploaded_picture_is_shown_with_what_the_network_saw():
    reading = digitrec.predict_uploaded_image(ROOT / "test_images" / "photo_5.jpg")
    assert reading.text == "5"
    picture, seen, bars = plt.gcf().axes
    assert picture.images[0].get_array().shape == (280, 280, 3)
    np.testing.assert_array_equal(seen.images[0].get_array(), reading.predictions[0].image)
    heights = [bar.get_width() for bar in bars.patches]
    np.testing.assert_allclose(heights, reading.predictions[0].probabilities)
