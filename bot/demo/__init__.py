"""Simulated accounts for newcomers: broken in realistic ways, and asked about as a person would ask."""
