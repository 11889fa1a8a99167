"""What chainviz adds to a notebook: displays, `%%trace`, and `watch`."""
