"""Where ours differs from the reference, by the reason: one of the ten points, a promise of ours, or what the reference
fails at. Each test says how both behave."""
