"""What a class gets, where something cannot be had."""
from __future__ import annotations

from pathlib import Path
from typing import List

import pytest

from classroom import outputs, similar
from classroom.model import Submission
from classroom.outputs import LOOK_AT, Extras
from classroom.places import Places
from classroom.records import not_graded


@pytest.mark.parametrize("most, compared", [(2, True), (1, False)])
def test_more_than_can_be_compared_have_no_look_alikes(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path, most: int, compared: bool) -> None:
    monkeypatch.setattr(outputs, "MOST_COMPARED", most)
    these: List[Submission] = [Submission(name, name, name, {"mp_server": b"int x;"}, [])
                               for name in ("ana", "bob")]
    graded = [not_graded(one, "lab", ["the archive is cut off"]) for one in these]
    said = outputs.write(Places(tmp_path), graded, these, Extras())
    assert (tmp_path / LOOK_AT).exists() and (tmp_path / similar.PAGE).exists() == compared
    assert [line[:15] for line in said] == ([] if compared else ["no similar.html"])
