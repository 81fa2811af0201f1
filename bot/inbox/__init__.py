"""What is owed: everything that was asked and is not yet answered, written down before anybody promises an answer."""
