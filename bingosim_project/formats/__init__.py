"""How moments are written, in the languages that pages come in."""
