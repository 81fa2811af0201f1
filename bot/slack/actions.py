"""The names by which Slack says what a person did: messages outlive deployments, so no name changes its meaning."""

COMMAND = "/diagnose"
MESSAGE_SHORTCUT = "diagnose_message_v1"
