"""A Vaquita worker in Python: the protocol of packages/protocol/PROTOCOL.md, the standard library, and `websockets`."""

VERSION = "0.1.0"
