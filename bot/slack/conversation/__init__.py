"""What is done for people in Slack: who they are, what they asked before, and where they are answered."""
