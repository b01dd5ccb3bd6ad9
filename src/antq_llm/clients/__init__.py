"""Clients: whatever answers a request."""
