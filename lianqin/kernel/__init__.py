"""What every room may use: errors, actors, the clock. Imports nothing of ours."""
