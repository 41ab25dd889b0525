import Billing
import HTTP
import Runtime

/// What came of one call to a receiver.
struct DeliveryAttempt: Sendable {
    var entry = DeliveryTry()
    /// The beginning of the response as text.
    var response: String?
    var retryAfterSeconds: Int64?

    var isSuccess: Bool { entry.error == nil }
    /// Whether the receiver said that it wants no more.
    var isGone: Bool { entry.responseStatus == 410 }

    /// How much of a response is kept.
    static let responseByteCount = 4096
    /// For the whole call, from resolving the name to the last byte that is kept.
    static let timeLimitSeconds = 15

    /// A call that was not made.
    init(at time: Timestamp, error: String) {
        entry.at = time
        entry.error = error
    }

    /// - Parameter now: The time of the world, which dates of the answer refer to.
    init(
        at time: Timestamp, now: Timestamp, _ result: Result<ClientResponse, ClientError>, _ trace: ClientTrace
    ) {
        entry.at = time
        entry.totalMilliseconds = Self.milliseconds(trace.totalNanoseconds)
        entry.resolveMilliseconds = Self.milliseconds(trace.resolveNanoseconds)
        if let address = trace.address {
            entry.address = address.description
            entry.connectMilliseconds = Self.milliseconds(trace.connectNanoseconds + trace.secureNanoseconds)
        }
        switch result {
        case .success(let answer):
            entry.responseStatus = Int64(answer.status)
            entry.error = Self.complaint(aboutStatus: answer.status)
            response = Self.text(answer.body)
            if !isSuccess, let text = answer.headers["retry-after"] {
                retryAfterSeconds = RetryAfter.seconds(text, now: now)
            }
        case .failure(let error): entry.error = Self.sentence(error)
        }
    }

    private static func milliseconds(_ nanoseconds: UInt64) -> Int64 {
        Int64(clamping: nanoseconds / 1_000_000)
    }

    /// The first 4 KiB as text; what is no UTF-8 is replaced.
    private static func text(_ body: [UInt8]) -> String {
        let text = String(decoding: body.prefix(responseByteCount), as: UTF8.self)
        guard text.utf8.count > responseByteCount else { return text }
        // Replacements take more bytes than what they replace.
        var kept = String.UnicodeScalarView()
        var byteCount = 0
        for scalar in text.unicodeScalars {
            byteCount += String(scalar).utf8.count
            if byteCount > responseByteCount { break }
            kept.append(scalar)
        }
        return String(kept)
    }

    private static func complaint(aboutStatus status: Int) -> String? {
        switch status {
        case 200...299: nil
        case 300...399: "The receiver answered \(status): redirects are not followed, so give the final URL."
        case 410: "The receiver answered 410 Gone, which disables the endpoint."
        default: "The receiver answered \(status); only 200 to 299 mean that it took the event."
        }
    }

    private static func sentence(_ error: ClientError) -> String {
        switch error.reason {
        case .nameNotFound: "The host name has no address."
        case .addressRefused:
            "The host has only private, loopback, link-local or otherwise reserved addresses, to which webhooks are "
                + "not sent; --allow-private-webhooks can name them."
        case .connectionRefused: "The receiver refused the connection."
        case .unreachable: "The receiver's address cannot be reached."
        case .tlsUnavailable: "This server was started without TLS for outgoing calls."
        case .tlsFailed(let reason): "The TLS handshake failed: \(reason)."
        case .deadlinePassed:
            if case .notSent = error {
                "The receiver did not accept a connection in time."
            } else {
                "The receiver did not answer within \(timeLimitSeconds) seconds."
            }
        case .closed: "The receiver closed the connection before its answer was complete."
        case .malformedAnswer: "The receiver's answer is not valid HTTP."
        case .malformedRequest: "The request cannot be written as HTTP."
        case .busy: "Too many deliveries wait for this receiver."
        case .exhausted: "This server has too many open connections."
        case .system(let number): "The connection failed with system error \(number)."
        }
    }
}
