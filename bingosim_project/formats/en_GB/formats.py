"""Moments in English: each says its zone, since whoever reads it may be anywhere."""

DATETIME_FORMAT = "j M Y, H:i T"
