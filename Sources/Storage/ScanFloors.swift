import Runtime

/// Where scans of an index may begin: behind the marks of entries that were deleted at its front.
///
/// An index that is used as a queue, such as of what is due, loses entries at its front and gains them further on. Until
/// compaction every walk from the front would step over the marks of all that was ever taken. A floor says that between
/// the beginning of such a walk and itself nothing lives, in the state after a transaction and in every later one.
///
/// Readers suggest ranges in which they met many marks. The commit worker, who alone changes entries, walks the range
/// once, sets the floor, and lowers it when something is inserted in front of it.
final class ScanFloors: Sendable {
    /// Marks at the front of a scan that make it worth a floor.
    private let markLimit: Int
    /// Marks that the commit worker passes for one suggestion; a longer run of them is passed in pieces.
    let walkLimit: Int
    /// Beginnings of one index that are remembered; over it those of the index are forgotten.
    private static let floorLimit = 256
    private static let suggestionLimit = 64

    /// A range whose front was found to be marks.
    struct Suggestion: Sendable {
        let lower: RawKey
        let upper: RawKey
    }

    /// Nothing lives from a beginning to `key` in the state after `number`.
    private struct Floor: Sendable {
        var key: RawKey
        let number: UInt64
    }

    /// The newest floor, and the one before: snapshots that are not as new as the newest use that.
    private struct Place: Sendable {
        var newest: Floor
        var older: Floor?
    }

    private struct State: Sendable {
        var places: [ArraySlice<UInt8>: Place] = [:]
        /// The beginnings of each table and index.
        var beginnings: [UInt16: [RawKey]] = [:]
        var suggestions: [Suggestion] = []
    }

    private let state = Guarded(State())

    init(markLimit: Int, walkLimit: Int) {
        self.markLimit = markLimit
        self.walkLimit = walkLimit
    }

    // MARK: For readers

    /// Where a walk from `lower` may begin in the state after `number`; nil for at `lower`.
    func floor(of lower: RawKey, number: UInt64) -> RawKey? {
        state.withLock { state in
            guard !state.places.isEmpty, let place = state.places[lower.bytes] else { return nil }
            if place.newest.number <= number { return place.newest.key }
            guard let older = place.older, older.number <= number else { return nil }
            return older.key
        }
    }

    /// A walk from `lower` on met so many marks before the first entry that lives: asks for a floor if that is many.
    func met(_ markCount: Int, from lower: RawKey, to upper: RawKey) {
        guard markCount >= markLimit else { return }
        state.withLock { state in
            guard state.suggestions.count < Self.suggestionLimit,
                !state.suggestions.contains(where: { $0.lower == lower })
            else { return }
            state.suggestions.append(Suggestion(lower: lower, upper: upper))
        }
    }

    // MARK: For the commit worker

    /// The suggestions that can be followed now: those whose newest floor is durable, so that readers use it already.
    func takeSuggestions(durable: UInt64) -> [Suggestion] {
        state.withLock { state in
            guard !state.suggestions.isEmpty else { return [] }
            let taken = state.suggestions.filter { suggestion in
                state.places[suggestion.lower.bytes].map { $0.newest.number <= durable } ?? true
            }
            state.suggestions.removeAll { suggestion in taken.contains { $0.lower == suggestion.lower } }
            return taken
        }
    }

    /// Nothing lives from `lower` to `key` in the state after `number`, which is the newest there is.
    func set(_ key: RawKey, of lower: RawKey, number: UInt64) {
        state.withLock { state in
            let floor = Floor(key: key, number: number)
            if let place = state.places[lower.bytes] {
                state.places[lower.bytes] = Place(newest: floor, older: place.newest)
                return
            }
            let place = lower.withWords { $0.tableAndIndex }
            var beginnings = state.beginnings[place] ?? []
            if beginnings.count >= Self.floorLimit {
                for beginning in beginnings { state.places[beginning.bytes] = nil }
                beginnings = []
            }
            state.places[lower.bytes] = Place(newest: floor, older: nil)
            state.beginnings[place] = beginnings + [lower]
        }
    }

    /// An entry is being inserted at `key`: no floor stays behind it.
    func lower(to key: KeyWords) {
        state.withLock { state in
            guard let beginnings = state.beginnings[key.tableAndIndex] else { return }
            for beginning in beginnings where beginning.compare(key) <= 0 {
                guard var place = state.places[beginning.bytes] else { continue }
                let isNewestAbove = place.newest.key.compare(key) > 0
                let isOlderAbove = place.older.map { $0.key.compare(key) > 0 } ?? false
                guard isNewestAbove || isOlderAbove else { continue }
                let copy = key.copy
                if isNewestAbove { place.newest.key = copy }
                if isOlderAbove { place.older?.key = copy }
                state.places[beginning.bytes] = place
            }
        }
    }
}

extension KeyWords {
    /// The first two bytes.
    var tableAndIndex: UInt16 { count >= 2 ? UInt16(truncatingIfNeeded: word(0) >> 48) : 0 }

    /// The same key in memory of its own.
    var copy: RawKey {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(wordCount * 8)
        for index in 0..<wordCount {
            let word = word(index)
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: word &>> shift))
            }
        }
        return RawKey(bytes.prefix(count))
    }
}
