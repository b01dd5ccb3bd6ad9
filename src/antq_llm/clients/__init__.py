"""Clients, which answer requests."""
