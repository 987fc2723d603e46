"""The colours of what is sure and what is in doubt: in figures, widgets, reports and pictures."""

SURE = "#1f5fa8"  # what is accepted
DOUBT = "#b35900"  # what is not
