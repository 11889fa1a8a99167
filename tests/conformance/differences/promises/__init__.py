"""What a promise of ours demands, where the reference makes none."""
