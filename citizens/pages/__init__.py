"""Data of the pages that citizens see, and of those on which staff looks after them."""
