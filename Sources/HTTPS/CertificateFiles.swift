package import Runtime
package import TLS
package import X509

/// The operator's certificates in files, as pairs of a chain and its key.
package struct CertificateFiles: Sendable {
    /// One certificate with what it needs.
    package struct Pair: Sendable, Equatable {
        /// PEM: the server's certificate first, then those that lead to a root.
        package let chainPath: String
        /// PEM: its private key.
        package let keyPath: String

        package init(chainPath: String, keyPath: String) {
            self.chainPath = chainPath
            self.keyPath = keyPath
        }
    }

    /// What the files held at one moment.
    package struct Contents: Sendable {
        package let identities: [Identity]
        package let leaves: [Certificate]
        /// When each of them ends.
        package var expiries: [Timestamp] { leaves.map { Timestamp(seconds: $0.notAfter) } }
        /// The bytes of all files, to tell whether anything has changed.
        let bytes: [[UInt8]]
    }

    private static let byteLimit = 256 << 10
    private static let chainLimit = 10

    package let pairs: [Pair]
    /// The host of the public address, which one of the certificates must be for; nil when no name is known.
    package let host: String?

    package init(_ pairs: [Pair], host: String?) {
        self.pairs = pairs
        self.host = host
    }

    /// Reads and checks all of them.
    ///
    /// - Throws: for the first that cannot serve: one line with what is wrong.
    package func load(
        from files: any FileSystem, now: Timestamp, random: (Int) -> [UInt8]
    ) throws(CertificateFileError) -> Contents {
        var identities: [Identity] = []
        var leaves: [Certificate] = []
        var bytes: [[UInt8]] = []
        for pair in pairs {
            let chainBytes = try SmallFile.read(pair.chainPath, limit: Self.byteLimit, from: files)
            let keyBytes = try SmallFile.read(pair.keyPath, limit: Self.byteLimit, from: files)
            bytes += [chainBytes, keyBytes]
            let chain = try Self.chain(chainBytes, pair.chainPath)
            let leaf = chain[0]
            try Self.check(leaf, pair.chainPath, now)
            let key: PrivateKey
            do throws(CertificateError) {
                key = try PrivateKey(pem: keyBytes, random: random)
            } catch {
                throw CertificateFileError("\(pair.keyPath) holds no private key that can be used: \(error)")
            }
            do throws(CertificateError) {
                identities.append(try Identity(chain: chain, key: key))
            } catch {
                throw CertificateFileError("the key in \(pair.keyPath) does not belong to \(pair.chainPath)")
            }
            leaves.append(leaf)
        }
        if let host, let name = ServerName(host),
            !leaves.contains(where: { name.matches($0.subjectAlternativeNames ?? []) })
        {
            let paths = pairs.map(\.chainPath).joined(separator: " and ")
            throw CertificateFileError(
                "\(paths): it is not for \(host), the host of the public address, but for \(Self.names(leaves))")
        }
        return Contents(identities: identities, leaves: leaves, bytes: bytes)
    }

    private static func chain(_ bytes: [UInt8], _ path: String) throws(CertificateFileError) -> [Certificate] {
        let blocks = PEM.blocks(in: bytes).filter { $0.label == "CERTIFICATE" }
        guard !blocks.isEmpty else { throw CertificateFileError("\(path) holds no certificate in PEM form") }
        guard blocks.count <= chainLimit else {
            throw CertificateFileError("\(path) holds \(blocks.count) certificates; \(chainLimit) are enough for any")
        }
        var chain: [Certificate] = []
        for block in blocks {
            guard let der = block.der else {
                throw CertificateFileError("\(path): certificate \(chain.count + 1) is cut short or damaged")
            }
            do throws(CertificateError) {
                chain.append(try Certificate(der: der))
            } catch {
                throw CertificateFileError("\(path): certificate \(chain.count + 1) cannot be read: \(error)")
            }
        }
        return chain
    }

    private static func check(
        _ leaf: Certificate, _ path: String, _ now: Timestamp
    ) throws(CertificateFileError) {
        if now.seconds > leaf.notAfter {
            throw CertificateFileError("the certificate in \(path) expired on \(Timestamp(seconds: leaf.notAfter))")
        }
        if now.seconds < leaf.notBefore {
            let clock = TrustSource.clockTrouble(at: now).map { "; \($0)" } ?? ""
            throw CertificateFileError(
                "the certificate in \(path) is not valid before \(Timestamp(seconds: leaf.notBefore))\(clock)")
        }
    }

    private static func names(_ leaves: [Certificate]) -> String {
        let names = leaves.flatMap { $0.subjectAlternativeNames ?? [] }.map(\.description)
        return names.isEmpty ? "no name at all" : names.joined(separator: ", ")
    }
}
