"""Mutation testing: small changes to the code that a test should notice."""
