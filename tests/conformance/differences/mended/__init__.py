"""Where the reference fails, loses or mixes what it was given, or leaves the result to chance, and ours works."""
