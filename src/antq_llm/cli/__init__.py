"""The command line, which parses arguments, makes one call and returns an exit status."""
