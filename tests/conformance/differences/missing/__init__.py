"""What the reference has and ours has not."""
