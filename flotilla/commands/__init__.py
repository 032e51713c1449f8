"""The verbs of the command line, a module each; a verb only calls the parts that do the work."""
