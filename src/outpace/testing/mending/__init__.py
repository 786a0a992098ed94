"""Tests that a change turned red: why, and whether the test or the code is to be mended."""
