"""Tests of the sandbox: attacks in boxes, the box's own conduct, each rule of the filter."""
