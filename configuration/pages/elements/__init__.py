"""Elements: map and table, forms, types, and the people who need attention."""
