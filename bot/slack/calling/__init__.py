"""How Slack is called: in turn, patiently, and knowing what may be tried again."""
