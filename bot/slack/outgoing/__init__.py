"""What people are shown in Slack: messages and views within Slack's limits, whatever they have to say."""
