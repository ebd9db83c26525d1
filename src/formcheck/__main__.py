"""`python -m formcheck` is `formcheck`."""

from formcheck.cli.main import main

main()
