"""The pages of people and their posts."""
