"""A certificate authority for the acceptance suites, with everything that can be wrong with a certificate."""
import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime.datetime.now(datetime.timezone.utc)


def days(count):
    return NOW + datetime.timedelta(days=count)


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _general(host):
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def new_key(kind="p256"):
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


class Authority:
    """A root, or an authority below another."""

    def __init__(self, name="Acceptance Root", parent=None, path_length=None, allowed=None):
        self.key = new_key()
        self.name = _name(name)
        builder = self._builder(self.name, self.key.public_key(), parent or self, -10, 1000)
        builder = builder.add_extension(x509.BasicConstraints(True, path_length), True)
        builder = builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), True)
        if allowed:
            builder = builder.add_extension(
                x509.NameConstraints([x509.DNSName(allowed)], None), True)
        self.certificate = builder.sign((parent or self).key, hashes.SHA256())
        self.chain = [self.certificate] + (parent.chain if parent and parent.chain else []) if parent else []

    @staticmethod
    def _builder(subject, public_key, issuer, start, end):
        return (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.name).public_key(public_key)
                .serial_number(x509.random_serial_number()).not_valid_before(days(start)).not_valid_after(days(end)))

    def leaf(self, *hosts, start=-1, end=90, kind="p256", usage=ExtendedKeyUsageOID.SERVER_AUTH, sign=None):
        """A certificate for `hosts` with its key, as PEM: the chain, and the key."""
        key = new_key(kind)
        builder = self._builder(_name("Acceptance Server"), key.public_key(), self, start, end)
        builder = builder.add_extension(x509.SubjectAlternativeName([_general(host) for host in hosts]), False)
        builder = builder.add_extension(x509.BasicConstraints(False, None), True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), False)
        certificate = builder.sign(sign or self.key, hashes.SHA256())
        self.last = certificate
        return pem(certificate) + b"".join(map(pem, self.chain)), key_pem(key)


def _usage(**given):
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**{name: given.get(name, False) for name in names})


def key_hash(certificate):
    """SHA-256 of the public key, as deny lists have it."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))
    return digest.finalize().hex()
