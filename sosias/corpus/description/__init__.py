"""A corpus in figures: one file for each thing that is counted, and the page that shows them."""
