"""What Slack sends, understood: which payload is a question or a click, and what was pasted."""
