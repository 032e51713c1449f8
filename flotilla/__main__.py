"""`python -m flotilla`: the same as the command `flotilla`."""

from flotilla.cli import main

main()
