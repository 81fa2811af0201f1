"""The bot in a process of its own that is killed at a chosen step, and what it leaves behind for the next one."""
