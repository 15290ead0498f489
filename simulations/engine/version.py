"""The version of the engine, which every simulation keeps."""

ENGINE_VERSION = 1
"""Raised with every change of what a run means; golden digests in the tests hold it."""
