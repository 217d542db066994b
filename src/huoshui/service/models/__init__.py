"""Tables of events, hall, policy library and complaints, a file a subject; private to the package."""
