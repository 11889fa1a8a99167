"""What crosses between kernel and page: versioned messages and the encoding of values."""
