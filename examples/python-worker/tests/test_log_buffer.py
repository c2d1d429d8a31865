import unittest

from vaquita_worker.log_buffer import MAX_PIECE, LogBuffer


def pieces(log):
    found = []
    while piece := log.next_piece():
        found.append(piece)
    return found


class LogBufferTest(unittest.TestCase):
    def test_gives_each_piece_its_place_in_one_log(self):
        log = LogBuffer(1_000_000)
        log.write("stdout", "één\n")
        log.write("stderr", "two\n")
        self.assertEqual(pieces(log), [(0, "stdout", "één\n"), (6, "stderr", "two\n")])
        self.assertEqual(log.length, 10)
        self.assertTrue(log.is_sent)

    def test_cuts_no_character_in_two(self):
        log = LogBuffer(1_000_000)
        text = "a" + "€" * MAX_PIECE
        log.write("stdout", text)
        found = pieces(log)
        self.assertEqual("".join(text for _, _, text in found), text)
        self.assertTrue(all(len(text.encode()) <= MAX_PIECE for _, _, text in found))

    def test_sends_again_what_was_not_acknowledged(self):
        log = LogBuffer(1_000_000)
        for word in ("one", "two", "six"):
            log.write("stdout", word)
        pieces(log)
        log.acknowledged(3)
        log.connection_lost()
        self.assertFalse(log.is_sent)
        self.assertEqual(pieces(log), [(3, "stdout", "two"), (6, "stdout", "six")])

    def test_sends_no_more_than_may_be_unacknowledged(self):
        log = LogBuffer(3 * MAX_PIECE)
        log.write("stdout", "x" * (10 * MAX_PIECE))
        self.assertEqual(len(pieces(log)), 2)
        log.acknowledged(2 * MAX_PIECE)
        self.assertEqual(len(pieces(log)), 2)

    def test_drops_the_middle_and_says_how_much(self):
        log = LogBuffer(100_000_000, head_bytes=MAX_PIECE, tail_bytes=MAX_PIECE)
        for number in range(10):
            log.write("stdout", str(number) * MAX_PIECE)
        found = pieces(log)
        self.assertEqual([text[0] for _, stream, text in found if stream == "stdout"], ["0", "9"])
        self.assertEqual([stream for _, stream, _ in found], ["stdout", "system", "stdout"])
        self.assertIn(f"{8 * MAX_PIECE} bytes", found[1][2])
        offset = 0
        for at, _, text in found:
            self.assertEqual(at, offset)
            offset += len(text.encode())


if __name__ == "__main__":
    unittest.main()
