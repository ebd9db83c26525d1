"""Readers of labelled tables: what others have measured and labelled, as poses.

They take a file or a folder, whatever the files in it are called, and are strict about what stands in them.
"""
