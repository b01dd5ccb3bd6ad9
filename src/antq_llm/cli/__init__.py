"""The command line, which parses arguments, makes one library call and returns an exit status."""
