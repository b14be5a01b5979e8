"""`python -m sosias`: the command line, for where no script is on the path."""

from sosias.cli.main import main

if __name__ == "__main__":
    main()
