"""The command line: one file a command, each a thin skin over the rooms below.

Typer asks the standard gettext for its own words ("Options", "Usage" …) while it is imported, so
the catalogue is named to it here, before any command is.
"""

import gettext
import os
from pathlib import Path

from sosias.language import system_language

gettext.bindtextdomain("sosias", str(Path(__file__).parents[1] / "locale"))
gettext.textdomain("sosias")
os.environ["LANGUAGE"] = system_language()
