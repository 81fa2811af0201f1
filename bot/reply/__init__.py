"""Words: a diagnosis becomes an answer in the reader's language."""
