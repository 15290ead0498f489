"""Tests of what looks wrong in an event, kind by kind."""
