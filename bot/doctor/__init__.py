"""Whether an installation is sound: each thing that the bot needs, really tried, and what to do where it fails."""
