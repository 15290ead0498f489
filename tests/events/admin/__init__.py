"""The admin of events."""
