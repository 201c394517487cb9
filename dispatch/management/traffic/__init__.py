"""Made-up traffic for demonstrations: people who report, decide and handle, over the REST API only."""
