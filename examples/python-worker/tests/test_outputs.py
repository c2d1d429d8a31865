import unittest

from vaquita_worker.outputs import OutputError, Outputs

DECLARED = [{"name": "rows", "type": "integer"}, {"name": "text", "type": "string"}]


class OutputsTest(unittest.TestCase):
    def test_takes_declared_outputs_the_later_of_two(self):
        outputs = Outputs(DECLARED)
        for line in ("::set-output rows=1", "  ::set-output rows=2\r", "::set-output other=3", "rows=4"):
            outputs.add_line(line)
        self.assertEqual(outputs.finish(), {"rows": "2"})

    def test_takes_escaped_line_ends(self):
        outputs = Outputs(DECLARED)
        outputs.add_line("::set-output text=a%0Ab%0d100%25")
        self.assertEqual(outputs.finish(), {"text": "a\nb\r100%"})

    def test_refuses_another_type_and_too_much(self):
        outputs = Outputs(DECLARED)
        outputs.add_line("::set-output rows=many")
        with self.assertRaisesRegex(OutputError, "rows"):
            outputs.finish()
        outputs = Outputs(DECLARED)
        outputs.add_line(f"::set-output text={'x' * 70_000}")
        with self.assertRaisesRegex(OutputError, "files"):
            outputs.finish()


if __name__ == "__main__":
    unittest.main()
