"""Writes the first inputs for fuzzing: python3 seeds.py NAME FOLDER."""
import hashlib, os, sys

answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", b"HTTP/1.0 404 Not Found\r\n\r\nuntil the end",
           b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;x=y\r\nyou\r\n0\r\nA: b\r\n\r\n",
           b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
           b"HTTP/1.1 204 No Content\r\nX: \xc3\xa4\r\n\r\n", b"HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n"]
for mode in range(0, 8):
    for answer in answers:
        seed = bytes([mode]) + answer
        open(os.path.join(sys.argv[2], hashlib.sha1(seed).hexdigest()), "wb").write(seed)
