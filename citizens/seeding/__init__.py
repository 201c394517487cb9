"""What a demonstration is furnished with for citizens."""
