"""What a single machine needs to run everything itself. Standard library only."""
