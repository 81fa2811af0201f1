"""Pictures of what the bot shows in Slack, drawn from the very payloads that it sends: `make pictures`."""
