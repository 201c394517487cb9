"""What kinds of matters there are: categories, conditions, responsibilities, deadline rules, work calendars."""
