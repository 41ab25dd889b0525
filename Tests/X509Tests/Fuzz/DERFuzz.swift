import X509

/// The readers of encodings by themselves. Bytes of any kind may make them throw; nothing may make them trap.
enum DERFuzz {
    static func run(_ bytes: [UInt8]) {
        let isStrict = (try? DER.check(bytes, "fuzz")) != nil
        for block in PEM.blocks(in: bytes) {
            // What was read is written so that it reads the same.
            guard let der = block.der else { continue }
            precondition(PEM.blocks(in: Array(PEM.encode("X", der).utf8)).first?.der == der, "PEM has one meaning")
        }
        if let name = try? DistinguishedName(der: bytes) {
            precondition(isStrict, "a name is strict")
            precondition(name == (try? DistinguishedName(der: name.der)), "a name equals itself")
            _ = name.description
        }
        if let key = try? PublicKey(subjectPublicKeyInfo: bytes) {
            precondition(isStrict, "a key is strict")
            _ = key.isValid([1, 2, 3], scheme: .ecdsaP256SHA256, message: [])
        }
        if let text = String(validating: bytes, as: UTF8.self) {
            if let id = OID(text) { precondition(id.description == text, "an identifier has one text") }
            if let name = ServerName(text) {
                precondition(ServerName(name.description) == name, "a server's name has one form")
            }
        }
        // Keys of RSA would take seconds; whatever is read of them is read before that.
        _ = try? PrivateKey(pem: bytes) { [UInt8](repeating: 7, count: $0) }
        let pem = Array(PEM.encode("PRIVATE KEY", bytes).utf8)
        _ = try? PrivateKey(pem: pem) { [UInt8](repeating: 7, count: $0) }
    }
}
