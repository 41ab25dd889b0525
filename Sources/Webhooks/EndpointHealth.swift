package import Billing
package import Fields
package import Runtime

/// How the newest deliveries to an endpoint went.
package struct EndpointHealth: Record, Equatable {
    package var state = EndpointState.delivering
    package var disabledReason: String?
    package var disabledAt: Timestamp?
    package var deliveries: Int64 = 0
    package var delivered: Int64 = 0
    package var failed: Int64 = 0
    package var waiting: Int64 = 0
    package var tries: Int64 = 0
    package var successRate: Int64?
    package var medianMilliseconds: Int64?
    package var percentile95Milliseconds: Int64?
    package var consecutiveFailures: Int64 = 0
    package var failingSince: Timestamp?
    package var lastSuccessAt: Timestamp?

    package init() {}
    package static var schemaName: StaticString { "EndpointHealth" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member(
            "state", &state,
            "delivering; failing since the last try failed; disabled by a 410 or by five days of nothing but failures.")
        try visitor.member("disabled_reason", &disabledReason)
        try visitor.member("disabled_at", &disabledAt)
        try visitor.member("deliveries", &deliveries, "How many deliveries were looked at: the newest 100.")
        try visitor.member("delivered", &delivered)
        try visitor.member("failed", &failed)
        try visitor.member("waiting", &waiting, "Those that are neither delivered nor failed yet.")
        try visitor.member("tries", &tries, "The logged tries of these deliveries.")
        try visitor.member(
            "success_rate", &successRate, "Percent of these tries that succeeded, rounded down; null without tries.")
        try visitor.member(
            "latency_p50_milliseconds", &medianMilliseconds, "Half of the answers took at most so long.")
        try visitor.member(
            "latency_p95_milliseconds", &percentile95Milliseconds, "95 of 100 answers took at most so long.")
        try visitor.member("consecutive_failures", &consecutiveFailures, "Failed tries since the last success.")
        try visitor.member("failing_since", &failingSince, "The first failed try since the last success.")
        try visitor.member("last_success_at", &lastSuccessAt)
    }

    /// Counts the logged tries of `deliveries`.
    init(_ endpoint: WebhookEndpoint, _ deliveries: [Delivery]) {
        state = endpoint.state
        disabledReason = endpoint.disabledReason
        disabledAt = endpoint.disabledAt
        consecutiveFailures = endpoint.consecutiveFailures
        failingSince = endpoint.failingSince
        lastSuccessAt = endpoint.lastSuccessAt
        var successCount: Int64 = 0
        var latencies: [Int64] = []
        for delivery in deliveries {
            self.deliveries += 1
            switch delivery.status {
            case .delivered: delivered += 1
            case .failed: failed += 1
            case .queued, .held, .sending, .retrying: waiting += 1
            }
            for attempt in delivery.log {
                tries += 1
                if attempt.error == nil { successCount += 1 }
                if attempt.responseStatus != nil { latencies.append(attempt.totalMilliseconds) }
            }
        }
        if tries > 0 { successRate = successCount * 100 / tries }
        latencies.sort()
        medianMilliseconds = Self.percentile(50, of: latencies)
        percentile95Milliseconds = Self.percentile(95, of: latencies)
    }

    /// The nearest rank.
    private static func percentile(_ percent: Int, of sorted: [Int64]) -> Int64? {
        sorted.isEmpty ? nil : sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]
    }
}
