"""Clients that answer requests."""
