"""Pages for people: sections, tables and small plots in one HTML file that needs nothing else."""
