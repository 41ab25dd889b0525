import Fields
import Runtime

@testable import Billing

/// Every place a payment can stand in, with one attempt.
enum Situation: String, CaseIterable {
    case fresh, starting, awaiting, claimed, capturing, unknown, declined, errored, superseded
    case completed, failed, cancelled, cancelledByBuyer, expired, differing

    var now: Timestamp { Payment.origin.adding(seconds: 60) }

    /// A payment that stands there, a minute before `now`.
    func payment() throws -> Payment {
        let start = Payment.origin
        switch self {
        case .fresh: return .sample()
        case .starting:
            var payment = Payment.sample()
            _ = try payment.beginAttempt(at: "alpha", now: start)
            return payment
        case .awaiting: return try .awaitingBuyer()
        case .claimed:
            var payment = try Payment.awaitingBuyer()
            try payment.claim(1, now: start)
            return payment
        case .capturing: return try .capturing()
        case .unknown: return try Self.settled(.silence)
        case .declined: return try Self.settled(.refused)
        case .errored: return try Self.settled(.unsent)
        case .superseded:
            var payment = try Situation.claimed.payment()
            try payment.claimEnded(1, .impossible, decision: "Because.", now: start)
            return payment
        case .completed: return try .completed()
        case .failed:
            var payment = try Self.settled(.refused)
            payment.status = .failed
            return payment
        case .cancelled: return try Self.ended(.requestedByMerchant)
        case .cancelledByBuyer: return try Self.ended(.cancelledByBuyer)
        case .expired: return try Self.ended(.expired)
        case .differing: return try Self.settled(.charged("c1", 9_999))
        }
    }

    private static func settled(_ outcome: Outcome) throws -> Payment {
        var payment = try Payment.capturing()
        _ = try payment.settle(1, outcome, at: Payment.origin)
        return payment
    }

    private static func ended(_ reason: CancellationReason) throws -> Payment {
        var payment = try Situation.declined.payment()
        try payment.cancel(reason, now: Payment.origin)
        return payment
    }
}

/// Everything that can happen to a payment.
enum Happening: String, CaseIterable {
    case begin, opened, startFailed, capture, claim, claimExpired, claimPaid, claimImpossible
    case success, another, action, decline, unsent, silence, settling, cancel, expire, refund, extend

    /// Lets it happen.
    func befall(_ payment: inout Payment, at now: Timestamp) throws {
        let failure = Failure("gateway_unreachable", "Refused.", .network)
        switch self {
        case .begin: _ = try payment.beginAttempt(at: "beta", now: now)
        case .opened: try payment.sessionOpened(1, reference: "s1", url: "https://pay.example/1", now: now)
        case .startFailed: try payment.startFailed(1, failure, decision: "Because.", now: now)
        case .capture: try payment.beginCapture(1, now: now)
        case .claim: try payment.claim(1, now: now)
        case .claimExpired: try payment.claimEnded(1, .expired, decision: "Because.", now: now)
        case .claimPaid: try payment.claimEnded(1, .inProgress, decision: "Because.", now: now)
        case .claimImpossible: try payment.claimEnded(1, .impossible, decision: "Because.", now: now)
        case .success: _ = try payment.settle(1, .charged("c1"), at: now)
        case .another: _ = try payment.settle(1, .charged("c2"), at: now)
        case .action: _ = try payment.settle(1, .requiresAction(url: "https://pay.example/2"), at: now)
        case .decline: _ = try payment.settle(1, .refused, at: now)
        case .unsent: _ = try payment.settle(1, .unsent, at: now)
        case .silence: _ = try payment.settle(1, .silence, at: now)
        case .settling: _ = try payment.settle(1, .settling, at: now)
        case .cancel: try payment.cancel(.requestedByMerchant, now: now)
        case .expire: try payment.cancel(.expired, now: now)
        case .refund: _ = try payment.requestRefund(id: RefundID(value: 77), amount: nil, reason: nil, now: now)
        case .extend: try payment.extend(now: now)
        }
    }
}

extension Payment {
    /// Where it stands, in one word: `pending` `started/start` `+1r` for a refund, and marks.
    var standing: String {
        var words = [status.rawValue]
        for attempt in attempts {
            words.append(attempt.status.rawValue + (attempt.isClaimed ? "!" : "") + (attempt.isCounted ? "$" : ""))
        }
        if !refunds.isEmpty { words.append("\(refunds.count)r") }
        if isLate { words.append("late") }
        if isUnresolved { words.append("unresolved") }
        return words.joined(separator: " ")
    }
}
