"""Everything that answers a request."""
