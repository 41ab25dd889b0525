import Bytes
import HTTP
import Storage
import Synchronization

/// The Prometheus text of `/metrics`.
enum Metrics {
    /// Whether `request` may read it: a bearer of the token, or a loopback peer without a proxy in between.
    static func isAllowed(_ request: Request, token: String?) -> Bool {
        if let token, !token.isEmpty {
            // The token is compared whole, without an early end.
            let given = request.headers["authorization"] ?? ""
            let wanted = "Bearer " + token
            var difference = given.utf8.count ^ wanted.utf8.count
            for (one, other) in zip(given.utf8, wanted.utf8) { difference |= Int(one ^ other) }
            if difference == 0 { return true }
        }
        return Sender.isDirectLoopback(request)
    }

    static func text(_ services: Services) -> [UInt8] {
        var writer = ByteWriter(capacity: 2048)
        func metric(_ name: StaticString, _ type: StaticString, _ help: StaticString, _ values: [(String, UInt64)]) {
            writer.append("# HELP centralpay_\(name) \(help)\n# TYPE centralpay_\(name) \(type)\n")
            for (labels, value) in values { writer.append("centralpay_\(name)\(labels) \(value)\n") }
        }
        let classes = services.counters.classes
        metric(
            "api_answers_total", "counter", "Answers of the API by class.",
            [
                (#"{class="2xx"}"#, classes.succeeded), (#"{class="4xx"}"#, classes.refused),
                (#"{class="5xx"}"#, classes.failed),
            ])
        metric(
            "api_rate_limited_total", "counter", "Requests refused by a rate limit.",
            [("", services.counters.rateLimited.load(ordering: .relaxed))])
        metric(
            "api_unauthenticated_total", "counter", "Requests refused for their credentials.",
            [("", services.counters.wrongCredentials.load(ordering: .relaxed))])
        let store = services.store.statistics
        metric("store_transactions_total", "counter", "Transactions since start.", [("", store.transactionCount)])
        metric("store_syncs_total", "counter", "Syncs of the log since start.", [("", store.syncCount)])
        metric("store_log_bytes_total", "counter", "Bytes written to the log.", [("", store.logByteCount)])
        metric("store_queue_depth", "gauge", "Transactions waiting.", [("", UInt64(clamping: store.queueDepth))])
        metric(
            "store_full", "gauge", "Whether writes are refused for lack of space.", [("", store.isStorageFull ? 1 : 0)])
        metric(
            "store_sync_microseconds", "gauge", "Duration of recent syncs.",
            [
                (#"{quantile="0.5"}"#, store.syncMedianMicroseconds),
                (#"{quantile="0.99"}"#, store.sync99thPercentileMicroseconds),
            ])
        return writer.bytes
    }
}
