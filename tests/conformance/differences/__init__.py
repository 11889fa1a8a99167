"""Where ours differs from the reference, by the reason: one of the ten points, a promise of ours, what the reference
fails at, or what is missing here. Each test says how both behave."""
