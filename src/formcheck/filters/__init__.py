"""What a signal is: floats and seconds, no bodies."""
