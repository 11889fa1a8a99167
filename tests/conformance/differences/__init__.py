"""Where ours means to differ from the reference: each test says how both behave, and why where that is not plain."""
