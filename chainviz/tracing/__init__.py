"""Run events, the bus that carries them, and their projections.

Nothing is imported here: running a chain needs a part of this package, and should not pay for the rest.
"""
