"""A run over a class: what is done already stays, the rest is graded, and all is written down."""
from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from classroom import lab, manifest, records
from classroom.attempt import Checker
from classroom.deciding import again, decided
from classroom.manifest import Manifest, manifest_of, share
from classroom.model import Graded, Submission
from classroom.places import Places
from classroom.queue import Item, grade_all
from classroom.records import Record, hashes_of, not_graded
from classroom.selection import selected
from console import CommandFailed

NOTHING = "neither mp_server.c nor mt_server.c was handed in"
NOT_YET = "the run was interrupted before it"
TEMPORARY = "class-"  # how the name of a run's folder for temporary files begins


class Wanted(NamedTuple):
    """What a run is asked for."""
    out: Path
    jobs: int
    tier: str = "T2"  # of containment, at least
    part: Tuple[int, int] = (1, 1)
    again: Sequence[str] = ()


class Run:
    """One run. Use it in a `with` block: nobody else writes to its folder then."""

    def __init__(self, everything: Sequence[Submission], wanted: Wanted) -> None:
        self.places = Places(wanted.out)
        self.submissions: List[Submission] = list(share(everything, wanted.part))
        self.lab = lab.version()
        self.manifest = manifest_of(everything, wanted.part, self.lab, lab.description())
        self.graded_now = 0  # submissions
        self._wanted = wanted
        self._known: Dict[str, Record] = {}
        self._locked = contextlib.ExitStack()

    def __enter__(self) -> Run:
        """Raises CommandFailed if the folder is in use, or belongs to something else."""
        old = manifest.read(self.places)
        self._locked.enter_context(locked(self.places))
        self.read()
        if old:
            self._require_the_same(old)
        self._plan_again(old)
        manifest.write(self.places, self.manifest)
        return self

    def read(self) -> None:
        """Reads what is known of all submissions: also after an interrupt, when this may be
        behind."""
        for one in self.submissions:
            record = records.read(self.places, one.key)
            if record:
                self._known[one.key] = record.of(one)

    def __exit__(self, *_: object) -> None:
        self._locked.close()

    def _require_the_same(self, old: Manifest) -> None:
        """Raises CommandFailed if what is there is not to be mixed with what comes."""
        out = self.places.out
        if old.part != self.manifest.part:
            raise CommandFailed(f"--out {out}: holds part {old.part[0]}/{old.part[1]}; name "
                                "another folder for this one")
        labs = {old.lab, *(record.graded.lab for record in self._known.values())} - {self.lab}
        if labs and not self._wanted.again:
            was = old.described or old.lab
            raise CommandFailed(f"--out {out}: graded by another state of the lab ({was}); name "
                                f"another folder (--against {out} shows what would change), or say "
                                "what to grade --again (all: everything)")

    def _plan_again(self, old: Optional[Manifest]) -> None:
        """Notes what --again means; what an interrupted run has left of the same is all of it."""
        what = list(self._wanted.again)
        known = {key: record.graded for key, record in self._known.items()}
        if old and old.left and old.again == what:
            left = [key for key in old.left if key in known]
        else:
            left = selected(what, known)
        self.manifest = self.manifest._replace(again=what if left else [], left=left)

    def todo(self) -> List[Submission]:
        """Returns what is to be graded, in order."""
        anew = set(self.manifest.left)
        return [one for one in self.submissions
                if one.key in anew or not self._done(one)]

    def _done(self, submission: Submission) -> bool:
        record = self._known.get(submission.key)
        return bool(record and record.final and self._is_known(submission)
                    and (self._wanted.again or record.graded.lab == self.lab)
                    and not submission.problem)

    def grade(self) -> None:
        """Grades what is to be graded. Raises CommandFailed if that cannot be done here."""
        pairs: Dict[str, List[Submission]] = defaultdict(list)
        for one in self.todo():
            why = one.problem or ("" if one.sources else NOTHING)
            if why:
                self._keep(one, Record(not_graded(one, self.lab, [why]), True, [why]), None)
            else:
                pairs["-".join(hashes_of(one.sources).values())].append(one)
        if not pairs:
            return
        items = [Item(name, these[0].sources, []) for name, these in pairs.items()]
        with temporary(self.places) as folder:
            checker = Checker(folder, self._wanted.tier)
            checker.prepare()
            grade_all(items, checker, lambda item: self._decide(item, pairs[item.name]),
                      self._wanted.jobs)

    def _decide(self, item: Item, these: Sequence[Submission]) -> None:
        """Keeps what is known of some sources by now, for each who has handed them in."""
        decision, final = decided(item.attempts), not again(item.attempts)
        seconds = round(sum(attempt.seconds for attempt in item.attempts), 1)
        for one in these:
            graded = Graded(one.key, one.name, one.folder, decision.status, decision.rows, seconds,
                            hashes_of(one.sources), self.lab, [*decision.notes, *one.notes])
            record = Record(graded, final, decision.notes)
            self._keep(one, record, item.attempts[decision.best].folder)
        if final:
            for attempt in item.attempts:
                shutil.rmtree(attempt.folder, ignore_errors=True)

    def _keep(self, submission: Submission, record: Record, files: Optional[Path]) -> None:
        records.write(self.places, record, files, submission)
        self._known[submission.key] = record
        if not record.final:
            return
        self.graded_now += 1
        if submission.key in self.manifest.left:
            self.manifest.left.remove(submission.key)
            manifest.write(self.places, self.manifest)

    def graded(self) -> List[Graded]:
        """Returns what became of each submission, in order."""
        return [self._known[one.key].graded if self._is_known(one)
                else not_graded(one, self.lab, [one.problem or NOT_YET])
                for one in self.submissions]

    def _is_known(self, submission: Submission) -> bool:
        """Returns whether something is known of these very sources."""
        record = self._known.get(submission.key)
        return bool(record and record.graded.hashes == hashes_of(submission.sources))


@contextlib.contextmanager
def locked(places: Places) -> Iterator[None]:
    """Keeps others from writing to the same folder. Raises CommandFailed if somebody does."""
    with records.writing(places.out):
        places.out.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(places.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise CommandFailed(f"--out {places.out}: another run writes to it; wait, or name another "
                            "folder") from None
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def temporary(places: Places) -> Iterator[Path]:
    """Gives a folder for temporary files, where other users can look for their programs. Removes
    it, and the one that a run left behind that was killed."""
    noted = places.out / ".temporary"
    with contextlib.suppress(OSError):
        _remove(Path(noted.read_text()))
    folder = Path(tempfile.mkdtemp(prefix=TEMPORARY))
    try:
        folder.chmod(0o755)
        with records.writing(noted):
            noted.write_text(str(folder))
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            noted.unlink()


def _remove(folder: Path) -> None:
    """Removes a folder for temporary files, if it looks like one."""
    right = folder.name.startswith(TEMPORARY) and folder.parent == Path(tempfile.gettempdir())
    if right and not folder.is_symlink() and folder.stat().st_uid == os.getuid():
        shutil.rmtree(folder, ignore_errors=True)
