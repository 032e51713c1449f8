"""The command-line tool: the engine, the sandbox, rehearsals, releases and previews in pull requests."""
