"""Tables of the package. Private to it."""
