"""Tables of the public money, a file a subject; private to the package."""
