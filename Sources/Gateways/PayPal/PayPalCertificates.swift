import Billing
import HTTP
import Runtime
import X509

/// The certificates that sign PayPal's notices: fetched from PayPal over HTTPS, checked against the trust roots, and kept
/// by their address.
final class PayPalCertificates: Sendable {
    enum Finding: Sendable {
        case key(PublicKey)
        /// It could not be had, or did not hold.
        case none(String)
    }

    private struct Kept: Sendable {
        let url: String
        let key: PublicKey
        let notBefore: Int64
        let notAfter: Int64
    }

    private struct State: Sendable {
        /// The oldest first.
        var kept: [Kept] = []
        var flights: [String: Flight<Finding>] = [:]
    }

    private enum Part {
        case has(PublicKey)
        case waits(Flight<Finding>)
        case fetches(Flight<Finding>)
    }

    private let line: GatewayLine
    private let doors: Doors
    private let trust: @Sendable () async -> TrustStore
    private let state = Guarded(State())
    /// Anybody can send a notice that names a certificate, so few are fetched.
    private let pace = WirePace(perSecond: 1, burst: 10)

    private static let keptLimit = 16
    private static let longestFile = 65_536

    init(line: GatewayLine, doors: Doors, trust: @escaping @Sendable () async -> TrustStore) {
        self.line = line
        self.doors = doors
        self.trust = trust
    }

    /// The key of the certificate at a place of PayPal's.
    func key(at place: (origin: String, path: String), _ account: Account, now: Timestamp) async -> Finding {
        let url = place.origin + place.path
        let part = state.withLock { state -> Part in
            state.kept.removeAll { now.seconds < $0.notBefore || now.seconds > $0.notAfter }
            if let kept = state.kept.first(where: { $0.url == url }) { return .has(kept.key) }
            if let flight = state.flights[url] { return .waits(flight) }
            let flight = Flight<Finding>()
            state.flights[url] = flight
            return .fetches(flight)
        }
        switch part {
        case .has(let key): return .key(key)
        case .waits(let flight): return await flight.value(on: doors.scheduler)
        case .fetches(let flight):
            let (finding, kept) = await fetch(place, url, account, now)
            state.withLock { state in
                state.flights[url] = nil
                guard let kept else { return }
                if state.kept.count == Self.keptLimit { state.kept.removeFirst() }
                state.kept.append(kept)
            }
            flight.land(finding)
            return finding
        }
    }

    private func fetch(
        _ place: (origin: String, path: String), _ url: String, _ account: Account, _ now: Timestamp
    ) async -> (Finding, Kept?) {
        let instant = doors.clock.instant()
        guard pace.reserve(now: instant, deadline: instant) != nil else {
            return (.none("Too many certificates were asked for."), nil)
        }
        let request = WireRequest("certificate.get", .get, place.path)
        guard case .answered(let response) = await line.send(request, base: place.origin, account),
            response.status == 200, response.body.count <= Self.longestFile
        else { return (.none("The certificate could not be fetched."), nil) }
        let roots = await trust()
        do throws(CertificateError) {
            let leaf = try Self.check(response.body, at: now.seconds, trust: roots)
            let kept = Kept(url: url, key: leaf.publicKey, notBefore: leaf.notBefore, notAfter: leaf.notAfter)
            return (.key(leaf.publicKey), kept)
        } catch {
            return (.none("The certificate does not hold: \(error)."), nil)
        }
    }

    /// The first certificate of a file, when it leads to a trusted root.
    static func check(_ pem: [UInt8], at now: Int64, trust: TrustStore) throws(CertificateError) -> Certificate {
        let chain = try Certificate.chain(pem: pem)
        guard let leaf = chain.first else { throw .emptyChain }
        _ = try PathValidator.validate(chain: chain, name: nil, purpose: .server, at: now, trust: trust)
        return leaf
    }
}
