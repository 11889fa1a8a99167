"""Where ours differs from the reference on purpose.

Ours behaves as the reference does unless one of four things is the reason, which are the folders here:

- `points`: one of the ten points in which ours is meant to be better;
- `promises`: a promise of ours, which the reference does not make;
- `mended`: the reference fails there, loses or mixes what it was given, or leaves the result to chance;
- `missing`: the reference has it and ours has not, yet.

What differs for no such reason is a fault of ours, and is mended, not written down here. Each test runs one program on
both, asserts what each of them does, and says in a sentence why ours does otherwise; where the reference comes to do
the same, it fails, and goes.
"""
