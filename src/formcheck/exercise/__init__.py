"""What an exercise is: data only."""
