"""The command line: arguments in, one call, exit status out."""
