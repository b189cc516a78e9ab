"""What the service answers over HTTP, where a port is set. Loaded only then."""
