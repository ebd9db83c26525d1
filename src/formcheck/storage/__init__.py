"""What is kept: pose recordings, tables and reports."""
