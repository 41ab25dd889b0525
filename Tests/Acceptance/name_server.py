"""A tiny name server over UDP: answers A queries from a table, everything else with nothing."""
import socket
import socketserver
import struct
import threading


class NameServer:
    def __init__(self, names, address, port=53):
        table = {name.lower(): value for name, value in names.items()}

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                query, sock = self.request
                answer = answer_to(query, table)
                if answer:
                    sock.sendto(answer, self.client_address)

        class Server(socketserver.ThreadingUDPServer):
            allow_reuse_address = True
            daemon_threads = True

        self.server = Server((address, port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def answer_to(query, table):
    if len(query) < 17:
        return None
    labels, place = [], 12
    while query[place]:
        labels.append(query[place + 1:place + 1 + query[place]].decode())
        place += 1 + query[place]
    kind = struct.unpack(">H", query[place + 1:place + 3])[0]
    question = query[12:place + 5]
    found = table.get(".".join(labels).lower())
    code = 0 if found else 3
    records = b""
    if found and kind == 1:
        records = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton(found)
    return query[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, 1 if records else 0, 0, 0) + question + records
