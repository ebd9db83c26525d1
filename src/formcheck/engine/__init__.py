"""What happened: the fold from poses to a report."""
