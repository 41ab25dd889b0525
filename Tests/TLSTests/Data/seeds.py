"""Writes the first inputs for fuzzing: python3 seeds.py NAME FOLDER. They are what OpenSSL says, through Python."""
import hashlib, os, ssl, subprocess, sys, tempfile

name, folder = sys.argv[1:]
seeds = []
with tempfile.TemporaryDirectory() as place:
    key, certificate = os.path.join(place, "key"), os.path.join(place, "certificate")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                    "/CN=shop.example", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        for protocols in ([], ["http/1.1"], ["h2", "http/1.1"]):
            client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
            server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            server.load_cert_chain(certificate, key)
            for context in (client, server):
                context.minimum_version = context.maximum_version = version
                if protocols:
                    context.set_alpn_protocols(protocols)
            to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
            near = client.wrap_bio(to_client, to_server, server_hostname="shop.example")
            far = server.wrap_bio(to_server, to_client, server_side=True)
            flights = []
            for end, output in ((near, to_server), (far, to_client)):
                try:
                    end.do_handshake()
                except ssl.SSLWantReadError:
                    pass
                flights.append(output.read())
                output.write(flights[-1])
            flight = flights[0] if name == "ClientHelloFuzz" else flights[1]
            count = int.from_bytes(flight[6:9], "big")
            seeds += [b"\x00" + flight, b"\x08" + flight, b"\x02" + flight, b"\x01" + flight[9:9 + count],
                      b"\x03" + flight[9:9 + count]]
if name == "RecordFuzz":
    seeds = [bytes([first]) + bytes([0, 3, 1, 6, 0, 9, 6, 3]) for first in range(20)]
for seed in seeds:
    open(os.path.join(folder, hashlib.sha1(seed).hexdigest()), "wb").write(seed)
