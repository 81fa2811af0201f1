"""What was pasted: secrets out, symptoms and ids found. Pure."""
