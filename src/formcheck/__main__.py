"""`formcheck`, and `python -m formcheck`: loads the commands, which takes a moment in which Ctrl-C is no error."""

import sys

EXIT_INTERRUPTED = 130


def main() -> None:
    """Run the command line."""
    try:
        from formcheck.cli.main import main as run  # noqa: PLC0415 - what takes its time to load

        run()
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


if __name__ == "__main__":
    main()
