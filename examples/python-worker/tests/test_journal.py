import os
import tempfile
import unittest
from pathlib import Path

from vaquita_worker.journal import Journal


class JournalTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_keeps_its_id_for_life(self):
        self.assertEqual(Journal(self.folder).worker_id, Journal(self.folder).worker_id)

    def test_remembers_what_was_taken_what_ended_and_what_is_done(self):
        journal = Journal(self.folder)
        for id in ("taken", "ended", "done"):
            journal.begin(id, {"dispatchId": id, "epoch": 1})
        journal.note_process("taken", os.getpid())
        journal.end("ended", {"dispatchId": "ended"})
        journal.forget("done")
        after = Journal(self.folder)
        self.assertTrue(after.is_done("done"))
        left = after.left_over()
        self.assertEqual(sorted(left), ["ended", "taken"])
        order, result, process = left["taken"]
        self.assertEqual((order["epoch"], result, process["pid"]), (1, None, os.getpid()))
        self.assertEqual(left["ended"][1], {"dispatchId": "ended"})

    def test_is_not_stopped_by_a_damaged_file(self):
        journal = Journal(self.folder)
        journal.begin("torn", {"dispatchId": "torn"})
        (self.folder / "dispatches" / "torn" / "order.json").write_text('{"dispatchId": "to')
        self.assertEqual(Journal(self.folder).left_over(), {})


if __name__ == "__main__":
    unittest.main()
