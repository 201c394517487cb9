"""The pages on which a district is set up and kept right."""
