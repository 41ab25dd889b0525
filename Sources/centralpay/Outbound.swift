import HTTP
import HTTPS
import Runtime
import X509

/// How this process reaches others over TLS: gateways, and receivers of webhooks.
struct Outbound: Sendable {
    let transport: any SecureTransport
    let trust: TrustLoader

    /// - Throws: `failed` with one line about the first file that was named and cannot be used.
    static func make(_ settings: ServerSettings, _ platform: Doors) throws(CommandFailure) -> Outbound {
        do throws(CertificateFileError) {
            let trust = try Security.trust(settings, platform)
            return Outbound(transport: TLSTransport(doors: platform, trust: trust), trust: trust)
        } catch {
            throw .failed(error.message)
        }
    }

    /// The roots, read at their first use.
    func roots() async -> TrustStore {
        await trust.trust().store
    }
}
