package import Runtime

/// The roots of a process: what the operator named is read at once, because it may have to be refused; the system's
/// or the program's own wait until a connection needs them, so that a start does not.
package final class TrustLoader: Sendable {
    private let doors: Doors
    private let deniedKeys: Set<[UInt8]>
    private let source: Guarded<TrustSource?>
    private let turnstile = Turnstile()

    /// - Parameters:
    ///   - rootsPath: a PEM file that takes the place of all others.
    ///   - deniedKeysPath: a file of key hashes; see ``DeniedKeys``.
    ///   - environment: its `SSL_CERT_FILE` and `SSL_CERT_DIR` are read as OpenSSL does.
    /// - Throws: when something that was named cannot be used.
    package init(
        rootsPath: String?, deniedKeysPath: String?, environment: (String) -> String?, doors: Doors
    ) throws(CertificateFileError) {
        self.doors = doors
        let denied = try deniedKeysPath.map { path throws(CertificateFileError) in
            try DeniedKeys.read(path, from: doors.files)
        }
        deniedKeys = denied ?? []
        let named = try TrustSource.named(rootsPath: rootsPath, environment: environment, files: doors.files)
        source = Guarded(named?.denying(deniedKeys))
    }

    /// The roots if they were read; nil before the first use of those that nobody named.
    package var loaded: TrustSource? { source.withLock { $0 } }

    /// The roots, read where the caller runs if they were not yet: for commands that do one thing.
    package func load() -> TrustSource {
        if let loaded { return loaded }
        let found = TrustSource.usual(doors.files).denying(deniedKeys)
        source.withLock { $0 = found }
        return found
    }

    /// The roots, read by a worker if they were not yet, and then told in the log; the loop goes on meanwhile. The
    /// caller's task must run on a loop.
    package func trust() async -> TrustSource {
        if let loaded { return loaded }
        await turnstile.enter(on: doors.scheduler)
        defer { turnstile.leave() }
        if let loaded { return loaded }
        let pool = WorkPool("roots", priority: .normal, scheduler: doors.scheduler, queueLimit: 1)
        let found: TrustSource
        if let read = try? await pool.run({ self.load() }) { found = read } else { found = load() }
        doors.log.write(.info, "roots loaded", [("source", found.about)])
        return found
    }
}
