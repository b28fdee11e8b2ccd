"""`python -m bonaface`."""

from bonaface.cli.app import main

main()
