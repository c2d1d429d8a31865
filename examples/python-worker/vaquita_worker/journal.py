"""
What the worker remembers on disk: its id, dispatches it has taken (P3), and results that the server has not stored yet (P4).

A dispatch has a folder from before it is acknowledged until its result is. Each file is written aside and renamed, so that a
process that is killed leaves either the old one or the new one.
"""

import json
import os
import secrets
import shutil
from pathlib import Path

REMEMBERED = 10_000


class Journal:
    def __init__(self, folder):
        self._folder = Path(folder)
        self._dispatches = self._folder / "dispatches"
        self._dispatches.mkdir(parents=True, exist_ok=True)
        self._done_file = self._folder / "done"
        self._done = dict.fromkeys(self._done_file.read_text().split()) if self._done_file.exists() else {}
        self.worker_id = self._read_id()

    def _read_id(self):
        file = self._folder / "worker-id"
        if not file.exists():
            write_whole(file, secrets.token_hex(16))
        return file.read_text().strip()

    def work_dir(self, dispatch_id):
        return self._dispatches / dispatch_id / "work"

    def begin(self, dispatch_id, order):
        """Before the dispatch is acknowledged: after a crash it is known that it was taken."""
        self.work_dir(dispatch_id).mkdir(parents=True, exist_ok=True)
        write_whole(self._dispatches / dispatch_id / "order.json", json.dumps(order))

    def note_process(self, dispatch_id, pid):
        write_whole(self._dispatches / dispatch_id / "process.json", json.dumps({"pid": pid, "began": began_at(pid)}))

    def end(self, dispatch_id, result):
        (self._dispatches / dispatch_id).mkdir(parents=True, exist_ok=True)
        write_whole(self._dispatches / dispatch_id / "result.json", json.dumps(result))

    def forget(self, dispatch_id):
        """The result is stored: what is left is that the dispatch is not to be run again."""
        self._done.pop(dispatch_id, None)
        self._done[dispatch_id] = None
        with self._done_file.open("a") as file:
            file.write(f"{dispatch_id}\n")
        if len(self._done) > 2 * REMEMBERED:
            self._done = dict.fromkeys(list(self._done)[-REMEMBERED:])
            write_whole(self._done_file, "".join(f"{id}\n" for id in self._done))
        shutil.rmtree(self._dispatches / dispatch_id, ignore_errors=True)

    def is_done(self, dispatch_id):
        return dispatch_id in self._done

    def left_over(self):
        """Of the process before this one, by dispatch id: the order, the result or None, the process or None."""
        found = {}
        for folder in sorted(self._dispatches.iterdir()):
            result = read_json(folder / "result.json")
            order = read_json(folder / "order.json")
            if result is None and order is None:
                shutil.rmtree(folder, ignore_errors=True)
                continue
            found[folder.name] = (order, result, read_json(folder / "process.json"))
        return found


def write_whole(file, text):
    aside = file.with_name(f"{file.name}.new")
    aside.write_text(text)
    os.replace(aside, file)


def read_json(file):
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError):
        return None


def began_at(pid):
    """When a process began, in the kernel's ticks: with the id it names one process, also after the id was given anew. None: gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return stat.rpartition(")")[2].split()[19]
