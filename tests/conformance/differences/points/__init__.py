"""The ten points in which ours is meant to be better."""
