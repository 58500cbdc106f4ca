"""What the run starts by this file's path, with `python -S -I`: the package is found beside it."""

import sys

if __name__ == "__main__":
    # A script that stands in a package (PEP 366), which here is not `evtbdd.keeper.supervision`:
    # that name would import evtbdd. The folder comes last, so that nothing in it hides a module.
    sys.path.append(__file__.rpartition("/")[0].rpartition("/")[0])
    __package__ = "supervision"

    from .keeper import main

    main()
