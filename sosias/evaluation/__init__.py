"""A persona to a measured report."""
