import HTTP
import HTTPS
import Platform
import Runtime

/// What a server needs for TLS in both directions. It lives by the clock and the randomness of the machine, whatever
/// the settings make of those for everything else.
struct Security: Sendable {
    /// Reaches gateways and receivers of webhooks.
    let outbound: Outbound
    /// The server's own certificates; nil when it speaks plain HTTP.
    let keeper: CertificateKeeper?
    private let doors: Doors

    /// - Parameter hangUp: has the certificates read anew.
    /// - Throws: `failed` with one line about the first file that cannot be used.
    init(_ settings: ServerSettings, _ platform: Doors, hangUp: WakeSignal) throws(CommandFailure) {
        doors = platform
        outbound = try Outbound.make(settings, platform)
        do throws(CertificateFileError) {
            guard !settings.certificates.isEmpty else {
                keeper = nil
                return
            }
            let host = settings.publicURL.flatMap { URL($0)?.host }
            keeper = try CertificateKeeper(
                CertificateFiles(settings.certificates, host: host), doors: platform, proxies: settings.trustedProxies,
                wake: hangUp)
        } catch {
            throw .failed(error.message)
        }
    }

    /// Has `server` serve what `listener` accepts, over TLS where there are certificates.
    func start(_ server: Server, _ listener: any Listener) {
        // Whoever cannot start says one line, and that is why. Roots that nobody named are told of when they are read.
        if let named = outbound.trust.loaded { doors.log.write(.info, "roots loaded", [("source", named.about)]) }
        guard let keeper else { return server.start(listener) }
        doors.scheduler.spawn(on: 0) { await keeper.run() }
        let tls = keeper.server
        server.start(listener) { stream in await tls.secure(stream) }
    }

    /// The roots that the settings, the environment or the system name.
    static func trust(_ settings: ServerSettings, _ platform: Doors) throws(CertificateFileError) -> TrustLoader {
        try TrustLoader(
            rootsPath: settings.rootsPath, deniedKeysPath: settings.deniedKeysPath,
            environment: { HostProcess.environment($0) }, doors: platform)
    }
}
