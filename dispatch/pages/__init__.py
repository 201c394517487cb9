"""What the pages of the district show."""
