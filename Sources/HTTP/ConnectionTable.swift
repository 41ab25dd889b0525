import Runtime

/// The connections of one loop, so that a stop can close the idle ones and cut the rest. Only code on that loop
/// touches it; that is the proof for `@unchecked`.
final class ConnectionTable: @unchecked Sendable {
    /// One open connection.
    final class Entry: @unchecked Sendable {
        let stream: any ByteStream
        /// Whether it waits for the first byte of a request.
        var isIdle = true
        fileprivate var index = 0

        fileprivate init(_ stream: any ByteStream) {
            self.stream = stream
        }
    }

    private var entries: [Entry] = []
    /// The `Date` line of this loop's answers.
    var dateLine = DateLine()

    init() {}

    func add(_ stream: any ByteStream) -> Entry {
        let entry = Entry(stream)
        entry.index = entries.count
        entries.append(entry)
        return entry
    }

    func remove(_ entry: Entry) {
        let last = entries.removeLast()
        if last !== entry {
            entries[entry.index] = last
            last.index = entry.index
        }
    }

    func closeIdle() {
        for entry in entries where entry.isIdle { entry.stream.close() }
    }

    func closeAll() {
        for entry in entries { entry.stream.close() }
    }
}
