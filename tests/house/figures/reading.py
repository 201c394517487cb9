"""What the reads of readers ask."""

FIGURES = {
    "page reading": ("/citizen-desk/reading/", "commander", 10),
}
