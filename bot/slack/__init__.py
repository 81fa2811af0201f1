"""Ears and mouth: questions from Slack, and replies within what Slack can show."""
