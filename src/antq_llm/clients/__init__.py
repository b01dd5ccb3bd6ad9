"""Clients that answer requests by asking an endpoint or reading recordings."""
