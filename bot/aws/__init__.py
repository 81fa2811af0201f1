"""The one door to AWS: what may be asked, asking it, and the answers as things with names."""
