"""
The log of one dispatch on its way to the server (rule P8).

All streams share one log, and each piece has its place in it from the moment in which it is first handed out. Pieces wait
until the server has acknowledged them. What has not been handed out yet is bounded: when there is too much of it, its
middle is dropped, and a line says so.
"""

from collections import deque

MAX_PIECE = 32_768
HEAD_BYTES = 1_048_576
TAIL_BYTES = 1_048_576


class LogBuffer:
    def __init__(self, max_unacked, head_bytes=HEAD_BYTES, tail_bytes=TAIL_BYTES):
        self._max_unacked = max_unacked
        self._head_bytes = head_bytes
        self._tail_bytes = tail_bytes
        self._head, self._head_size = deque(), 0
        self._tail, self._tail_size = deque(), 0
        self._dropped = 0
        #: Handed out and not acknowledged: (offset, stream, bytes).
        self._unacked = deque()
        self._acked = 0
        self._resend = 0
        #: Bytes of the log that have a place in it.
        self.length = 0

    def write(self, stream, text):
        data = text.encode("utf-8", "replace")
        while data:
            cut = len(data)
            if cut > MAX_PIECE:
                cut = MAX_PIECE
                # No character is cut in two.
                while data[cut] & 0xC0 == 0x80:
                    cut -= 1
            self._add(stream, data[:cut])
            data = data[cut:]

    def _add(self, stream, piece):
        if self._tail_size == 0 and self._dropped == 0 and self._head_size + len(piece) <= self._head_bytes:
            self._head.append((stream, piece))
            self._head_size += len(piece)
            return
        self._tail.append((stream, piece))
        self._tail_size += len(piece)
        while self._tail_size > self._tail_bytes:
            _, oldest = self._tail.popleft()
            self._tail_size -= len(oldest)
            self._dropped += len(oldest)

    def next_piece(self):
        """The next piece to send as (offset, stream, text), or None: there is none, or the server has enough for now."""
        if self._resend < len(self._unacked):
            offset, stream, data = self._unacked[self._resend]
            self._resend += 1
            return offset, stream, data.decode("utf-8", "replace")
        if self.length - self._acked >= self._max_unacked - MAX_PIECE:
            return None
        taken = self._take()
        if taken is None:
            return None
        stream, data = taken
        offset = self.length
        self._unacked.append((offset, stream, data))
        self._resend = len(self._unacked)
        self.length += len(data)
        return offset, stream, data.decode("utf-8", "replace")

    def _take(self):
        if not self._head:
            if self._dropped:
                marker = f"\n[{self._dropped} bytes of output are missing here: the task wrote faster than they could be stored]\n"
                self._dropped = 0
                return "system", marker.encode()
            self._head, self._head_size = self._tail, self._tail_size
            self._tail, self._tail_size = deque(), 0
        if not self._head:
            return None
        stream, data = self._head.popleft()
        self._head_size -= len(data)
        return stream, data

    def acknowledged(self, offset):
        """Everything before `offset` is stored."""
        self._acked = max(self._acked, offset)
        while self._unacked and self._unacked[0][0] + len(self._unacked[0][2]) <= offset:
            self._unacked.popleft()
            self._resend = max(0, self._resend - 1)

    def connection_lost(self):
        """What is not acknowledged is sent again."""
        self._resend = 0

    @property
    def is_sent(self):
        return self._resend == len(self._unacked) and not self._head and not self._tail and not self._dropped

    @property
    def unacked_bytes(self):
        return self.length - self._acked
