import HTTP
import Simulation
import Storage
import Testing

@testable import API

@Suite struct MetricsTests {
    /// The text format of Prometheus, as its own checker reads it.
    private struct Reader {
        private(set) var types: [String: String] = [:]
        private(set) var samples: [(series: String, name: String, value: String)] = []
        private(set) var faults: [String] = []
        private var helped: Set<String> = []
        private var current = ""

        init(_ text: String) {
            if !text.hasSuffix("\n") { faults.append("the last line does not end") }
            for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() { read(String(line)) }
            if Set(samples.map(\.series)).count != samples.count { faults.append("a series stands there twice") }
        }

        private mutating func read(_ line: String) {
            let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
            if line.hasPrefix("# HELP ") {
                if words.count < 4 || words[3].isEmpty { faults.append("no help: \(line)") }
                if !helped.insert(words[2]).inserted { faults.append("helped twice: \(line)") }
                current = words[2]
            } else if line.hasPrefix("# TYPE ") {
                if words[2] != current || types[words[2]] != nil { faults.append("a type out of place: \(line)") }
                if !["counter", "gauge", "histogram"].contains(words[3]) { faults.append("no type: \(line)") }
                if (words[3] == "counter") != words[2].hasSuffix("_total") { faults.append("a name's end: \(line)") }
                types[words[2]] = words[3]
            } else {
                sample(line)
            }
        }

        private mutating func sample(_ line: String) {
            guard let gap = line.lastIndex(of: " ") else { return faults.append("no sample: \(line)") }
            let series = String(line[..<gap])
            let name = String(series.prefix { $0 != "{" })
            samples.append((series, name, String(line[line.index(after: gap)...])))
            let isHistogram = types[current] == "histogram"
            let names = isHistogram ? ["_bucket", "_sum", "_count"].map { current + $0 } : [current]
            if !names.contains(name) { faults.append("a sample of another metric: \(line)") }
            if name.contains(where: { !$0.isASCII || !($0.isLetter || $0.isNumber || $0 == "_") }) {
                faults.append("a name: \(line)")
            }
            if name.contains("microseconds") || name.contains("milliseconds") { faults.append("a unit: \(line)") }
            if Double(line[line.index(after: gap)...]) == nil { faults.append("no number: \(line)") }
        }

        func value(_ series: String) -> Double? {
            samples.first { $0.series == series }.flatMap { Double($0.value) }
        }
    }

    @Test func `metrics keep the rules of the format, and tell of the store`() throws {
        try World(seed: 42).run { doors in
            let shop = try await Shop(doors)
            for number in 0..<5 {
                #expect(await shop.send(.post, "/payments", Shop.order).status == 201, "\(number)")
            }
            let answer = await shop.send(Request(method: .get, target: "/metrics"))
            let reader = Reader(String(decoding: answer.body, as: UTF8.self))
            #expect(reader.faults.isEmpty)
            #expect(reader.types.count > 30)
            let prefix = "centralpay_store_"
            let groups = try #require(reader.value(prefix + "group_transactions_count"))
            #expect(groups >= 5)
            #expect(reader.value(prefix + "sync_seconds_count") == groups)
            for name in [prefix + "group_transactions", prefix + "sync_seconds"] {
                let buckets = reader.samples.filter { $0.name == name + "_bucket" }.compactMap { Double($0.value) }
                #expect(buckets == buckets.sorted() && buckets.last == groups)
                #expect(reader.value(name + #"_bucket{le="+Inf"}"#) == groups)
            }
            #expect(try #require(reader.value(prefix + "ingested_bytes_total")) > 500)
            #expect(try #require(reader.value(prefix + #"written_bytes_total{part="log"}"#)) > 4096)
            for name in ["full", "damaged", "stalls_total", "scrubs_total", "segment_failures_total", "snapshots"] {
                #expect(reader.value(prefix + name) == 0, "\(name)")
            }
            for name in [
                "compaction_backlog_bytes", "cache_hits_total", "cache_misses_total", "oldest_snapshot_seconds",
                "flushes_total", "compactions_total", #"segments{level="0"}"#, #"segment_bytes{level="6"}"#,
            ] {
                #expect(reader.value(prefix + name) != nil, "\(name)")
            }
        }
    }

    @Test(arguments: [(0, "0.000000"), (128, "0.000128"), (1_000_000, "1.000000"), (61_234_567, "61.234567")])
    func `microseconds are written as seconds`(_ microseconds: Int, _ text: String) {
        #expect(MetricsText.seconds(UInt64(microseconds)) == text)
    }
}
