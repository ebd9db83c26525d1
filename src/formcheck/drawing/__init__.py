"""Poses and verdicts as lines and words on a picture. Every annotator has one method, `draw`, and draws in place."""
