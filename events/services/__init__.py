"""What changes events beyond saving one part: each function owns its transaction."""
