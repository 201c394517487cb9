"""Who may sign in: staff, citizens and source platforms; security officers; sessions, tokens and the audit log."""
