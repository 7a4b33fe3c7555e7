"""Where the files of a class stand: keys are strangers' text, and become names that are safe."""
from __future__ import annotations

import hashlib
import re
from pathlib import Path

# Of a folder's name. Smaller, and more names are cut; larger, and with an ending it may be more
# than the 255 bytes that a file system allows.
LONGEST = 150
CUT = 100  # what is left of a longer one, before its hash


def folder_of(key: str) -> str:
    """Returns the name of a submission's folder: what is not [A-Za-z0-9._-] is percent-encoded
    (RFC 3986), and so is a dot that comes first. No two keys have the same."""
    coded = "".join(map(_coded, key))
    if coded.startswith("."):
        coded = "%2E" + coded[1:]
    if len(coded) > LONGEST:
        whole = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        return f"{coded[:CUT]}%-{whole}"  # %- stands in no other name
    return coded or "%"


def _coded(character: str) -> str:
    if re.match(r"[A-Za-z0-9._-]", character):
        return character
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


class Places:
    """The paths in the folder that a class's results go to."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.manifest = out / "class.json"  # which class this is, and what is being done to it
        self.lock = out / ".lock"
        self.staging = out / ".new"  # where the files of the class are made, before they replace
        self.results = out / "results"

    def result(self, key: str) -> Path:
        """Returns the folder of one submission."""
        return self.results / folder_of(key)
