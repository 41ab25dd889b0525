import Billing
package import HTTP
import JSON
package import Runtime
import X509

/// PayPal's notices: whether they are its own, and having them sent.
extension PayPalGateway {
    /// Verifies a notice with the certificate it names, and with PayPal's help where that cannot be had. PayPal states
    /// no time within which a notice must come, so its age says nothing; the same id acts once.
    package func readEvent(_ request: Request, _ account: Account, now: Timestamp) async throws(NoticeError) -> Notice {
        let signature = try PayPalSignature(request.headers)
        guard let webhookID = credentials(of: account)?.webhookID, !webhookID.isEmpty else {
            throw .malformed("The gateway has no webhook id, so no notice can be verified.")
        }
        guard let place = signature.certificatePlace else { throw .wrongSignature }
        guard let object = PayPalNotice.object(request.body) else { throw .malformed("The body is no JSON object.") }
        var reason = "The algorithm \(signature.algorithm.prefix(32)) is not known."
        if signature.isKnownAlgorithm {
            switch await certificates.key(at: place, account, now: now) {
            case .key(let key):
                guard signature.isValid(key, webhookID: webhookID, body: request.body) else { throw .wrongSignature }
                return try PayPalNotice.read(object)
            case .none(let why): reason = why
            }
        }
        try await verify(signature, webhookID, request.body, account, after: reason)
        return try PayPalNotice.read(object)
    }

    private func verify(
        _ signature: PayPalSignature, _ webhookID: String, _ body: [UInt8], _ account: Account, after reason: String
    ) async throws(NoticeError) {
        let now = doors.clock.instant()
        guard verifications.reserve(now: now, deadline: now) != nil else {
            throw .malformed("The notice cannot be verified now. \(reason)")
        }
        let request = PayPalRequests.verification(signature, webhookID: webhookID, body: body)
        guard case .done(let answer) = await perform(request, account) else {
            throw .malformed("The notice cannot be verified now. \(reason)")
        }
        switch answer.text("verification_status") {
        case "SUCCESS": return
        case "FAILURE": throw .wrongSignature
        default: throw .malformed("The notice cannot be verified now. \(reason)")
        }
    }

    /// Has PayPal send its notices to `url`, which must be over HTTPS on port 443. An address that it knows already keeps
    /// its name, and is told of everything that is asked for.
    package func registerNotices(at url: String, _ account: Account) async -> Registration {
        guard let read = URL(url), read.scheme == .https, read.port == 443 else {
            return .refused(
                Failure("invalid_url", "PayPal sends notices to https addresses on port 443 only.", .configuration))
        }
        let reply = await perform(PayPalRequests.webhook(url: url), account)
        if case .done(let object) = reply, let id = object.text("id"), PayPalName.isSafe(id) {
            return .registered(id: id, secret: "")
        }
        if case .done(let list) = await perform(PayPalRequests.webhooks, account),
            let known = list.objects("webhooks").first(where: { $0.text("url") == url }),
            let id = known.text("id"), PayPalName.isSafe(id)
        {
            let types = known.objects("event_types").compactMap { $0.text("name") }
            guard !Set(PayPalRequests.eventTypes).isSubset(of: types) else { return .registered(id: id, secret: "") }
            if case .done = await perform(PayPalRequests.webhookTypes(id), account) {
                return .registered(id: id, secret: "")
            }
        }
        return switch reply {
        case .notSent(let failure): .refused(failure)
        case .refused(let refusal): .refused(refusal.failure)
        case .done, .unclear: .refused(Failure("gateway_unreachable", "PayPal did not answer clearly.", .network))
        }
    }
}
