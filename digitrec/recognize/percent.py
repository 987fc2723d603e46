"""Write a confidence as a percentage, in pictures, pads, reports and on the command line alike."""


def percent(confidence: float, decimals: int = 1) -> str:
    """Write 0.987 as "98.7%"; what would be rounded to certainty becomes ">99.9%".

    Args:
        confidence: 0 to 1.
        decimals: How many digits stand behind the point.
    """
    text = f"{confidence:.{decimals}%}"
    if float(text.rstrip("%")) < 100:
        return text
    return f">{100 - 10**-decimals:.{decimals}f}%"
