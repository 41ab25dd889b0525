package import Runtime
import TLS
import TrustRoots
package import X509

/// The roots that other servers' certificates are judged by, and where they came from.
package struct TrustSource: Sendable {
    package private(set) var store: TrustStore
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

    init(_ store: TrustStore, from name: String) {
        self.store = store
        about = "\(name), \(store.anchors.count) roots"
    }

    /// The roots that the operator named: in the file at `rootsPath`, else where the environment says as OpenSSL reads
    /// it. Nil when nothing is named.
    ///
    /// - Throws: when what is named holds none.
    static func named(
        rootsPath: String?, environment: (String) -> String?, files: any FileSystem
    ) throws(CertificateFileError) -> TrustSource? {
        if let rootsPath {
            let found = TrustStore(pem: try SmallFile.read(rootsPath, limit: byteLimit, from: files))
            guard !found.anchors.isEmpty else {
                throw CertificateFileError("\(rootsPath) holds no certificate in PEM form")
            }
            return TrustSource(found, from: rootsPath)
        }
        var found: [TrustStore] = []
        var names: [String] = []
        if let path = environment("SSL_CERT_FILE"), !path.isEmpty {
            names.append("SSL_CERT_FILE \(path)")
            found.append(TrustStore(pem: try SmallFile.read(path, limit: byteLimit, from: files)))
        }
        if let paths = environment("SSL_CERT_DIR"), !paths.isEmpty {
            names.append("SSL_CERT_DIR \(paths)")
            for directory in paths.split(separator: ":") { found += stores(in: String(directory), files) }
        }
        guard !names.isEmpty else { return nil }
        let store = TrustStore(merging: found)
        let name = names.joined(separator: " and ")
        guard !store.anchors.isEmpty else {
            throw CertificateFileError("\(name): no certificate in PEM form is there")
        }
        return TrustSource(store, from: name)
    }

    /// The system's roots, else the ones in this program: some tens of milliseconds of work.
    static func usual(_ files: any FileSystem) -> TrustSource {
        for path in usualPaths {
            guard let bytes = try? SmallFile.read(path, limit: byteLimit, from: files) else { continue }
            let found = TrustStore(pem: bytes)
            if !found.anchors.isEmpty { return TrustSource(found, from: path) }
        }
        return TrustSource(EmbeddedTrustStore.store, from: "the roots in this program")
    }

    /// The same roots, where no path has one of `keys`.
    func denying(_ keys: Set<[UInt8]>) -> TrustSource {
        var source = self
        source.store.deniedKeys = keys
        return source
    }

    /// In a few words why a handshake failed; when the clock cannot be right, that is what is said.
    package static func explained(_ error: HandshakeError, now: Timestamp) -> String {
        if case .tls(.untrusted(_, _)) = error, let clock = clockTrouble(at: now) { return clock }
        return error.reason
    }

    /// Why `now` cannot be the time: this program is younger. Nil when it can.
    package static func clockTrouble(at now: Timestamp) -> String? {
        if now < programDate {
            return "the clock of this machine says \(now), which is before this program was made; set the clock"
        }
        // No root of today is valid then: every certificate would be refused for a reason that is not its own.
        if now.seconds - programDate.seconds > 20 * 366 * 86_400 {
            return "the clock of this machine says \(now), decades after this program was made; set the clock"
        }
        return nil
    }

    /// A moment before this program was made: 2026-10-20.
    private static let programDate = Timestamp(seconds: 1_792_454_400)

    /// What the files of a directory hold. The same root often lies there under several names: those are read once.
    private static func stores(in directory: String, _ files: any FileSystem) -> [TrustStore] {
        var seen: Set<[UInt8]> = []
        return ((try? files.list(directory)) ?? []).prefix(fileLimit).compactMap { name in
            guard let bytes = try? SmallFile.read("\(directory)/\(name)", limit: byteLimit, from: files),
                seen.insert(bytes).inserted
            else { return nil }
            return TrustStore(pem: bytes)
        }
    }
}
