"""Tests of one module at a time, with made-up data: `make unit` runs them all in seconds."""
