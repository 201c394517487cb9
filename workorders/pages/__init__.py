"""What the pages show: plain shapes for the templates, and how orders become them. Reads only."""
