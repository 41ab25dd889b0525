package import Runtime
import TLS
package import X509

/// The roots that other servers' certificates are judged by, and where they came from.
package struct TrustSource: Sendable {
    package let store: TrustStore
    /// Such as `/etc/ssl/certs/ca-certificates.crt, 139 roots`.
    package let about: String

    /// Where distributions keep their roots.
    private static let usualPaths = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
    ]
    private static let byteLimit = 4 << 20
    /// Files read of one directory.
    private static let fileLimit = 1024

    /// Finds the roots: the file that the operator named, else those that the environment names as OpenSSL does, else
    /// the system's, else the ones in this program.
    ///
    /// - Parameters:
    ///   - rootsPath: a PEM file that takes the place of all others.
    ///   - deniedKeysPath: a file of key hashes; see ``DeniedKeys``.
    package init(
        rootsPath: String?, deniedKeysPath: String?, environment: (String) -> String?, files: any FileSystem
    ) throws(CertificateFileError) {
        let denied = try deniedKeysPath.map { path throws(CertificateFileError) in
            try DeniedKeys.read(path, from: files)
        }
        let (certificates, name) = try Self.certificates(rootsPath, environment, files)
        store = TrustStore(certificates: certificates, deniedKeys: denied ?? [])
        about = "\(name), \(store.anchors.count) roots"
    }

    /// In a few words why a handshake failed; when the clock cannot be right, that is what is said.
    package func explained(_ error: HandshakeError, now: Timestamp) -> String {
        if case .tls(.untrusted(_, _)) = error, let clock = Self.clockTrouble(at: now) { return clock }
        return error.reason
    }

    /// Why `now` cannot be the time: this program is younger. Nil when it can.
    package static func clockTrouble(at now: Timestamp) -> String? {
        guard now.seconds < EmbeddedRoots.date.seconds - 86_400 else { return nil }
        return "the clock of this machine says \(now), which is before this program was made; set the clock"
    }

    private static func certificates(
        _ rootsPath: String?, _ environment: (String) -> String?, _ files: any FileSystem
    ) throws(CertificateFileError) -> ([Certificate], String) {
        if let rootsPath {
            let found = certificates(in: try SmallFile.read(rootsPath, limit: byteLimit, from: files))
            guard !found.isEmpty else { throw CertificateFileError("\(rootsPath) holds no certificate in PEM form") }
            return (found, rootsPath)
        }
        var found: [Certificate] = []
        var names: [String] = []
        if let path = environment("SSL_CERT_FILE"), !path.isEmpty {
            names.append("SSL_CERT_FILE \(path)")
            found += certificates(in: try SmallFile.read(path, limit: byteLimit, from: files))
        }
        if let paths = environment("SSL_CERT_DIR"), !paths.isEmpty {
            names.append("SSL_CERT_DIR \(paths)")
            for directory in paths.split(separator: ":") {
                found += certificates(inDirectory: String(directory), files)
            }
        }
        if !names.isEmpty {
            guard !found.isEmpty else {
                throw CertificateFileError("\(names.joined(separator: " and ")): no certificate in PEM form is there")
            }
            return (found, names.joined(separator: " and "))
        }
        for path in usualPaths {
            guard let bytes = try? SmallFile.read(path, limit: byteLimit, from: files) else { continue }
            let found = certificates(in: bytes)
            if !found.isEmpty { return (found, path) }
        }
        return (certificates(in: EmbeddedRoots.pem), "the roots in this program of \(EmbeddedRoots.day)")
    }

    private static func certificates(inDirectory directory: String, _ files: any FileSystem) -> [Certificate] {
        var found: [Certificate] = []
        for name in ((try? files.list(directory)) ?? []).prefix(fileLimit) {
            guard let bytes = try? SmallFile.read("\(directory)/\(name)", limit: byteLimit, from: files) else {
                continue
            }
            found += certificates(in: bytes)
        }
        // A directory of OpenSSL holds each certificate under two names.
        var seen: Set<[UInt8]> = []
        return found.filter { seen.insert($0.der).inserted }
    }

    /// Those in `bytes` that can be read. An odd one among many must not take trust from all the others.
    private static func certificates(in bytes: [UInt8]) -> [Certificate] {
        PEM.blocks(in: bytes).compactMap { block in
            guard block.label == "CERTIFICATE", let der = block.der else { return nil }
            return try? Certificate(der: der)
        }
    }
}
