"""Films and cameras: files to frames, and frames to files."""
