"""What is remembered across restarts: the store, and how answers and what people said of them are kept in it."""
