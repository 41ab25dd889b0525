import Bytes
import Storage

/// Metrics in the text format of Prometheus, version 0.0.4.
struct MetricsText {
    enum Kind {
        case counter, gauge, histogram

        var word: StaticString {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    private var writer = ByteWriter(capacity: 8192)

    var bytes: [UInt8] { writer.bytes }

    private mutating func begin(_ name: StaticString, _ kind: Kind, _ help: StaticString) {
        writer.append("# HELP centralpay_\(name) \(help)\n# TYPE centralpay_\(name) \(kind.word)\n")
    }

    /// One metric without labels.
    mutating func add(_ name: StaticString, _ kind: Kind, _ help: StaticString, _ value: UInt64) {
        add(name, kind, help, [("", value)])
    }

    /// One metric with a value for each set of labels, such as `{level="0"}`; nothing when there is none.
    mutating func add(
        _ name: StaticString, _ kind: Kind, _ help: StaticString, _ values: [(String, some CustomStringConvertible)]
    ) {
        guard !values.isEmpty else { return }
        begin(name, kind, help)
        for (labels, value) in values { writer.append("centralpay_\(name)\(labels) \(value)\n") }
    }

    /// A distribution, its values written by `unit`.
    mutating func addHistogram(
        _ name: StaticString, _ help: StaticString, _ histogram: StoreHistogram,
        unit: (UInt64) -> String = { "\($0)" }
    ) {
        begin(name, .histogram, help)
        var count: UInt64 = 0
        for (bound, more) in zip(histogram.upperBounds, histogram.counts) {
            count += more
            writer.append("centralpay_\(name)_bucket{le=\"\(unit(bound))\"} \(count)\n")
        }
        count = histogram.total
        writer.append("centralpay_\(name)_bucket{le=\"+Inf\"} \(count)\n")
        writer.append("centralpay_\(name)_sum \(unit(histogram.sum))\ncentralpay_\(name)_count \(count)\n")
    }

    /// Microseconds as seconds, such as `0.000128`.
    static func seconds(_ microseconds: UInt64) -> String {
        let fraction = String(microseconds % 1_000_000)
        return "\(microseconds / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
    }
}
