"""Where the reference fails, or loses what it was given, and ours works."""
