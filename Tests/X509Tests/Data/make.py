#!/usr/bin/env python3
"""Makes chains.txt: chains of certificates, good and bad, with the verdicts of OpenSSL and of the tests.

    python3 Tests/X509Tests/Data/make.py        (needs the cryptography package and the openssl command)

Each case is made for one rule. What OpenSSL says is asserted here, so that a case cannot drift; where its rule differs
from ours on purpose, the case says why. The keys are new in every run.
"""
import datetime, ipaddress, os, subprocess, sys, tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage, NameOID

START = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
END = datetime.datetime(2044, 1, 1, tzinfo=datetime.timezone.utc)
NOW = 1_800_000_000
DAY = datetime.timedelta(days=1)
MOMENT = datetime.datetime.fromtimestamp(NOW, datetime.timezone.utc)

_keys = {}


def key(kind, label=""):
    """One key for each kind and label."""
    if (kind, label) not in _keys:
        _keys[kind, label] = {
            "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
            "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
            "p521": lambda: ec.generate_private_key(ec.SECP521R1()),
            "ed25519": ed25519.Ed25519PrivateKey.generate,
            "rsa2048": lambda: rsa.generate_private_key(65537, 2048),
            "rsa3072": lambda: rsa.generate_private_key(65537, 3072),
            "rsa4096": lambda: rsa.generate_private_key(65537, 4096),
            "rsa1024": lambda: rsa.generate_private_key(65537, 1024),
        }[kind]()
    return _keys[kind, label]


class Party:
    def __init__(self, name, kind="p256", label=None):
        self.key = key(kind, label or (name if isinstance(name, str) else "x"))
        self.name = name if isinstance(name, x509.Name) else x509.Name(
            [x509.NameAttribute(NameOID.COUNTRY_NAME, "US"), x509.NameAttribute(NameOID.COMMON_NAME, name)])


def usage(*bits):
    names = ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"]
    return x509.KeyUsage(**{name: name in bits for name in names})


def san(*names):
    def one(name):
        try:
            return x509.IPAddress(ipaddress.ip_address(name))
        except ValueError:
            return x509.DNSName(name)
    return x509.SubjectAlternativeName([one(name) for name in names])


def constraints(permitted=None, excluded=None):
    return x509.NameConstraints(permitted, excluded)


def certify(issuer, subject, extensions, start=START, end=END, digest=None, pss=None, serial=None, issuer_name=None):
    builder = (x509.CertificateBuilder().issuer_name(issuer_name or issuer.name).subject_name(subject.name)
               .public_key(subject.key.public_key()).serial_number(serial or x509.random_serial_number())
               .not_valid_before(start).not_valid_after(end))
    for extension in extensions:
        value, critical = extension if isinstance(extension, tuple) else (extension, isinstance(
            extension, (x509.BasicConstraints, x509.KeyUsage, x509.NameConstraints)))
        builder = builder.add_extension(value, critical)
    ids = {type(e[0] if isinstance(e, tuple) else e) for e in extensions}
    if x509.SubjectKeyIdentifier not in ids:
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(subject.key.public_key()), False)
    if x509.AuthorityKeyIdentifier not in ids:
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), False)
    if isinstance(issuer.key, ed25519.Ed25519PrivateKey):
        return builder.sign(issuer.key, None)
    return builder.sign(issuer.key, digest or hashes.SHA256(), rsa_padding=pss)


def authority(length=None):
    return [x509.BasicConstraints(True, length), usage("key_cert_sign", "crl_sign")]


def server(*names, purposes=(Usage.SERVER_AUTH,)):
    return [x509.BasicConstraints(False, None), usage("digital_signature"), san(*(names or ("pay.example.com",))),
            x509.ExtendedKeyUsage(list(purposes))]


cases = []
drifted = []


def case(name, chain, roots, verdict="ok", host="pay.example.com", purpose="server", openssl=None, why=""):
    """`verdict` is ours; `openssl` is given where it differs, with the reason."""
    theirs = verify(chain, roots, host, purpose)
    expected = openssl if openssl is not None else ("ok" if verdict == "ok" else "refused")
    if theirs != expected:
        drifted.append(f"{name}: OpenSSL says {theirs}, not {expected}")
    cases.append((name, chain, roots, verdict, host, purpose, theirs, why))


def verify(chain, roots, host, purpose):
    with tempfile.TemporaryDirectory() as folder:
        def put(name, certificates):
            path = os.path.join(folder, name)
            with open(path, "wb") as file:
                file.write(b"".join(c.public_bytes(serialization.Encoding.PEM) for c in certificates))
            return path
        command = ["openssl", "verify", "-attime", str(NOW), "-purpose", f"ssl{purpose}", "-no-CApath", "-no-CAstore",
                   "-CAfile", put("roots", roots), "-auth_level", "2"]
        if len(chain) > 1:
            command += ["-untrusted", put("others", chain[1:])]
        if host:
            try:
                ipaddress.ip_address(host)
                command += ["-verify_ip", host]
            except ValueError:
                command += ["-verify_hostname", host]
        result = subprocess.run(command + [put("leaf", chain[:1])], capture_output=True, text=True)
        return "ok" if result.returncode == 0 else "refused"


root, middle, leaf = Party("Root"), Party("Middle"), Party("Server")
top = certify(root, root, authority())
inner = certify(root, middle, authority())


def end(*extensions, **more):
    return certify(middle, leaf, list(extensions) or server(), **more)


good = end()

# --- Algorithms -------------------------------------------------------------------------------------------------------

case("three certificates", [good, inner], [top])
case("with the root sent along", [good, inner, top], [top])
for kind in ["p384", "ed25519", "rsa2048", "rsa3072", "rsa4096"]:
    r, m, s = Party("Root " + kind, kind), Party("Middle " + kind, kind), Party("Server " + kind, kind)
    case(kind, [certify(m, s, server()), certify(r, m, authority())], [certify(r, r, authority())])
for digest in [hashes.SHA384(), hashes.SHA512()]:
    for kind in ["p256", "p384", "rsa2048"]:
        r, s = Party("Root " + kind, kind), leaf
        case(f"{kind} with {digest.name}", [certify(r, s, server(), digest=digest)],
             [certify(r, r, authority(), digest=digest)])
case("p384 with sha256", [certify(Party("Root p384", "p384"), leaf, server())],
     [certify(Party("Root p384", "p384"), Party("Root p384", "p384"), authority())])
for digest in [hashes.SHA256(), hashes.SHA384(), hashes.SHA512()]:
    r = Party("Root rsa2048", "rsa2048")
    pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
    case(f"RSASSA-PSS with {digest.name}", [certify(r, leaf, server(), digest=digest, pss=pss)],
         [certify(r, r, authority())])
r = Party("Root rsa2048", "rsa2048")
case("RSASSA-PSS with a short salt",
     [certify(r, leaf, server(), pss=padding.PSS(padding.MGF1(hashes.SHA256()), 20))], [certify(r, r, authority())],
     "unsupportedAlgorithm", openssl="ok", why="only salts as long as the hash, as in TLS")
case("RSASSA-PSS with another mask",
     [certify(r, leaf, server(), pss=padding.PSS(padding.MGF1(hashes.SHA512()), 32))], [certify(r, r, authority())],
     "unsupportedAlgorithm", openssl="ok", why="only one hash for message and mask, as in TLS")
case("SHA-224", [certify(r, leaf, server(), digest=hashes.SHA224())], [certify(r, r, authority())],
     "unsupportedAlgorithm", openssl="ok", why="TLS has no scheme for it")
small = Party("Root rsa1024", "rsa1024")
case("RSA of 1,024 bits", [certify(root, small, server())], [top], "unsupportedAlgorithm")
wide = Party("Root p521", "p521")
case("P-521", [certify(root, wide, server())], [top], "unsupportedAlgorithm", openssl="ok", why="the curve is left out")

# --- The peer's certificate -------------------------------------------------------------------------------------------

case("expired", [end(end=MOMENT - DAY), inner], [top], "expired")
case("not yet valid", [end(start=MOMENT + DAY), inner], [top], "notYetValid")
case("another host", [end(*server("other.example.com")), inner], [top], "nameMismatch")
case("several names", [end(*server("a.example.com", "pay.example.com", "192.0.2.1")), inner], [top])
case("a wildcard", [end(*server("*.example.com")), inner], [top])
case("a wildcard stands for one label", [end(*server("*.example.com")), inner], [top], "nameMismatch", "a.pay.example.com")
case("a wildcard does not stand for nothing", [end(*server("*.example.com")), inner], [top], "nameMismatch", "example.com")
case("a wildcard below one label", [end(*server("*.com")), inner], [top], "nameMismatch", "example.com")
case("a wildcard within a label", [end(*server("p*.example.com")), inner], [top], "nameMismatch", openssl="ok",
     why="RFC 9525 allows whole labels alone")
case("an address", [end(*server("192.0.2.1")), inner], [top], host="192.0.2.1")
case("an address of version 6", [end(*server("2001:db8::1")), inner], [top], host="2001:db8::1")
case("another address", [end(*server("192.0.2.1")), inner], [top], "nameMismatch", host="192.0.2.2")
named = Party(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "pay.example.com")]))
case("a common name alone", [certify(middle, named, [usage("digital_signature")]), inner], [top], "nameMismatch",
     openssl="ok", why="RFC 9525: common names are no host names")
case("a client's certificate at a server", [end(*server(purposes=[Usage.CLIENT_AUTH])), inner], [top], "extendedKeyUsage")
case("a server's certificate at a client", [good, inner], [top], "extendedKeyUsage", host=None, purpose="client")
case("a client", [end(*server(purposes=[Usage.CLIENT_AUTH])), inner], [top], host=None, purpose="client")
case("no extended key usage", [end(usage("digital_signature"), san("pay.example.com")), inner], [top])
case("a key for agreement alone", [end(usage("key_agreement"), san("pay.example.com")), inner], [top], "keyUsage",
     openssl="ok", why="every handshake here is signed")
case("a key for certificates alone", [end(usage("key_cert_sign"), san("pay.example.com")), inner], [top], "keyUsage")
unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")
case("an unknown critical extension", [end(*server(), (unknown, True)), inner], [top], "criticalExtension")
case("an unknown extension", [end(*server(), (unknown, False)), inner], [top])
policy = x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("2.23.140.1.2.1"), None)])
case("critical policies", [end(*server(), (policy, True)), inner], [top])

# --- Authorities ------------------------------------------------------------------------------------------------------

case("an expired authority", [good, certify(root, middle, authority(), end=MOMENT - DAY)], [top], "expired")
case("an authority that begins later", [good, certify(root, middle, authority(), start=MOMENT + DAY)], [top], "notYetValid")
case("no authority", [good, certify(root, middle, [x509.BasicConstraints(False, None)])], [top], "notAuthority")
case("no basic constraints", [good, certify(root, middle, [])], [top], "notAuthority")
case("an authority without keyCertSign",
     [good, certify(root, middle, [x509.BasicConstraints(True, None), usage("digital_signature", "crl_sign")])], [top],
     "keyUsage")
case("an authority for clients",
     [good, certify(root, middle, authority() + [x509.ExtendedKeyUsage([Usage.CLIENT_AUTH])])], [top], "extendedKeyUsage")
case("an authority for servers",
     [good, certify(root, middle, authority() + [x509.ExtendedKeyUsage([Usage.SERVER_AUTH, Usage.CLIENT_AUTH])])], [top])
case("an authority with an unknown critical extension", [good, certify(root, middle, authority() + [(unknown, True)])],
     [top], "criticalExtension")
lower = Party("Lower")
deep = certify(lower, leaf, server())
case("path length 0 above an authority", [deep, certify(middle, lower, authority()), certify(root, middle, authority(0))],
     [top], "pathLength")
case("path length 1 above an authority", [deep, certify(middle, lower, authority()), certify(root, middle, authority(1))],
     [top])
case("path length 0 at the end", [deep, certify(middle, lower, authority(0)), inner], [top])
case("a path length in the root", [good, inner], [certify(root, root, authority(0))], "pathLength")
renewed = Party(middle.name, label="renewed")
case("a self-issued authority does not count",
     [certify(renewed, leaf, server()), certify(middle, renewed, authority(0)), certify(root, middle, authority(0))], [top])
case("a leaf that issues", [certify(leaf, lower, server()), good, inner], [top], "notAuthority")

# --- Signatures and trust ---------------------------------------------------------------------------------------------

stranger = Party(middle.name, label="stranger")
case("another key of the same name", [certify(stranger, leaf, server()), inner], [top], "badSignature")
case("an unknown root", [good, inner], [certify(Party("Other"), Party("Other"), authority())], "unknownIssuer")
case("a missing intermediate", [good], [top], "unknownIssuer")
case("self-signed", [certify(leaf, leaf, server())], [top], "unknownIssuer")
case("another order", [deep, inner, certify(middle, lower, authority())], [top])
case("strays between", [good, certify(lower, lower, authority()), inner], [top])
old = Party("Old Root")
case("a cross-signed root", [good, inner, certify(old, root, authority())], [certify(old, old, authority())])
case("a cross-signed root, and its own certificate", [good, inner, top, certify(old, root, authority())],
     [certify(old, old, authority())], openssl="refused", why="OpenSSL does not turn back")
case("an expired twin", [good, certify(root, middle, authority(), end=MOMENT - DAY), inner], [top])
spaced = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "us"), x509.NameAttribute(NameOID.COMMON_NAME, "MIDDLE ")])
case("an issuer's name in another case", [certify(middle, leaf, server(), issuer_name=spaced), inner], [top])

# --- Name constraints -------------------------------------------------------------------------------------------------


def constrained(permitted=None, excluded=None, who=middle):
    return certify(root, who, authority() + [constraints(permitted, excluded)])


dns = x509.DNSName
case("permitted", [good, constrained([dns("example.com")])], [top])
case("permitted with a dot", [good, constrained([dns(".example.com")])], [top])
case("not permitted", [good, constrained([dns("example.org")])], [top], "nameConstraint")
case("excluded", [good, constrained(None, [dns("example.com")])], [top], "nameConstraint")
case("excluded within what is permitted", [good, constrained([dns("example.com")], [dns("pay.example.com")])], [top],
     "nameConstraint")
case("one of two names not permitted", [end(*server("pay.example.com", "a.example.org")), constrained([dns("example.com")])],
     [top], "nameConstraint")
case("an address where hosts are constrained", [end(*server("pay.example.com", "192.0.2.1")), constrained([dns("example.com")])],
     [top])
network = x509.IPAddress(ipaddress.ip_network("192.0.2.0/24"))
case("an address within a network", [end(*server("192.0.2.7")), constrained([network])], [top], host="192.0.2.7")
case("an address outside a network", [end(*server("192.0.3.7")), constrained([network])], [top], "nameConstraint", "192.0.3.7")
case("an address in an excluded network", [end(*server("192.0.2.7")), constrained(None, [network])], [top],
     "nameConstraint", "192.0.2.7")
country = x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "US")]))
other = x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "DE")]))
case("a subject within a directory", [good, constrained([country])], [top])
case("a subject outside a directory", [good, constrained([other])], [top], "nameConstraint")
case("a subject in an excluded directory", [good, constrained(None, [country])], [top], "nameConstraint")
case("a wildcard over an excluded host", [end(*server("*.example.com")), constrained(None, [dns("pay.example.com")])],
     [top], "nameConstraint", openssl="ok", why="it stands for the host that is excluded")
case("constraints two levels up", [deep, certify(middle, lower, authority()), constrained([dns("example.org")])], [top],
     "nameConstraint")
mailbox = [usage("digital_signature"), x509.SubjectAlternativeName([x509.RFC822Name("a@example.com")])]
case("a mailbox at a host", [end(*mailbox), constrained([x509.RFC822Name("example.com")])], [top], host=None, purpose="client")
case("a mailbox elsewhere", [end(*mailbox), constrained([x509.RFC822Name("example.org")])], [top], "nameConstraint",
     host=None, purpose="client")

# --- The file ---------------------------------------------------------------------------------------------------------

if drifted:
    sys.exit("\n".join(drifted))
folder = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(folder, "chains.txt"), "w", encoding="ascii", newline="\n") as file:
    for name, chain, roots, verdict, host, purpose, theirs, why in cases:
        file.write(f"case {name}\nverdict {verdict}\nhost {host or ''}\npurpose {purpose}\nopenssl {theirs}\n")
        if why:
            file.write(f"why {why}\n")
        for title, certificates in [("chain", chain), ("roots", roots)]:
            file.write(title + "\n")
            for certificate in certificates:
                file.write(certificate.public_bytes(serialization.Encoding.PEM).decode())
        file.write("end\n")
print(len(cases), "cases")

# --- Private keys -------------------------------------------------------------------------------------------------------

Form, Pem = serialization.PrivateFormat, serialization.Encoding.PEM
clear, locked = serialization.NoEncryption(), serialization.BestAvailableEncryption(b"secret")
p256, rsa2048 = key("p256", "Server"), key("rsa2048", "Root rsa2048")
keys = [
    ("PKCS 8 of P-256", "ok", p256.private_bytes(Pem, Form.PKCS8, clear)),
    ("SEC 1 of P-256", "ok", p256.private_bytes(Pem, Form.TraditionalOpenSSL, clear)),
    ("PKCS 8 of RSA", "ok", rsa2048.private_bytes(Pem, Form.PKCS8, clear)),
    ("PKCS 1 of RSA", "ok", rsa2048.private_bytes(Pem, Form.TraditionalOpenSSL, clear)),
    ("RSA of 4,096 bits", "ok", key("rsa4096", "Root rsa4096").private_bytes(Pem, Form.PKCS8, clear)),
    ("RSA of 1,024 bits", "unsupportedAlgorithm", small.key.private_bytes(Pem, Form.PKCS8, clear)),
    ("PKCS 8 with a passphrase", "encryptedKey", p256.private_bytes(Pem, Form.PKCS8, locked)),
    ("SEC 1 with a passphrase", "encryptedKey", p256.private_bytes(Pem, Form.TraditionalOpenSSL, locked)),
    ("P-384", "unsupportedAlgorithm", key("p384", "Root p384").private_bytes(Pem, Form.PKCS8, clear)),
    ("SEC 1 of P-384", "unsupportedAlgorithm", key("p384", "Root p384").private_bytes(Pem, Form.TraditionalOpenSSL, clear)),
    ("Ed25519", "unsupportedAlgorithm", key("ed25519", "Root ed25519").private_bytes(Pem, Form.PKCS8, clear)),
    ("parameters before the key", "ok", b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
     + p256.private_bytes(Pem, Form.TraditionalOpenSSL, clear)),
    ("explicit parameters", "unsupportedAlgorithm", subprocess.run(
        ["openssl", "ec", "-param_enc", "explicit"], input=p256.private_bytes(Pem, Form.TraditionalOpenSSL, clear),
        capture_output=True, check=True).stdout),
]
with open(os.path.join(folder, "keys.txt"), "w", encoding="ascii", newline="\n") as file:
    for name, verdict, pem in keys:
        public = serialization.load_pem_private_key(pem, None).public_key() if verdict == "ok" else None
        file.write(f"case {name}\nverdict {verdict}\n" + pem.decode())
        if public:
            file.write("public\n" + public.public_bytes(Pem, serialization.PublicFormat.SubjectPublicKeyInfo).decode())
        file.write("end\n")
print(len(keys), "keys")
