/// Joins the chunks of a chunked body as its bytes come (RFC 9112 section 7.1). Extensions and trailers are checked,
/// bounded and dropped.
struct ChunkedDecoder: Sendable {
    enum Fault: Error, Sendable, Equatable {
        case badSize, badLineEnd, badTrailer
        /// The content would be longer than the limit; with `keepsPrefix` its first bytes are in `content`.
        case contentTooLong
        /// Extensions and trailers came to more than 16 KiB.
        case overheadTooLong
    }

    private enum State: Sendable {
        case size
        case data(remaining: Int)
        case dataEnd
        case trailers
    }

    /// What was joined so far; never longer than the limit.
    private(set) var content: [UInt8] = []
    private let limit: Int
    private let keepsPrefix: Bool
    private var state = State.size
    /// Bytes after the position that were already searched for a line end.
    private var scanned = 0
    private var overhead = 0

    private static let overheadLimit = 16 * 1024

    /// - Parameter keepsPrefix: whether a body over `limit` is read up to it, or refused as soon as a chunk announces
    ///   it.
    init(limit: Int, keepsPrefix: Bool) {
        self.limit = limit
        self.keepsPrefix = keepsPrefix
    }

    /// Consumes `bytes` from `position` on, which it moves past everything that need not be seen again.
    /// - Returns: whether the body is complete; otherwise more bytes are needed.
    mutating func decode(_ bytes: Span<UInt8>, from position: inout Int) throws(Fault) -> Bool {
        while true {
            switch state {
            case .size:
                guard let end = try lineEnd(bytes, position) else { return false }
                let size = try size(bytes, from: position, to: end)
                position = end + 2
                if size == 0 {
                    state = .trailers
                } else {
                    if !keepsPrefix, size > limit - content.count { throw .contentTooLong }
                    state = .data(remaining: size)
                }
            case .data(let remaining):
                let count = min(remaining, bytes.count - position, limit - content.count)
                let piece = bytes.extracting(position..<position + count)
                unsafe piece.withUnsafeBufferPointer { unsafe content.append(contentsOf: $0) }
                position += count
                if count == remaining {
                    state = .dataEnd
                } else {
                    state = .data(remaining: remaining - count)
                    if position < bytes.count { throw .contentTooLong }
                    return false
                }
            case .dataEnd:
                guard position < bytes.count else { return false }
                guard bytes[position] == ASCII.carriageReturn else { throw .badLineEnd }
                guard position + 1 < bytes.count else { return false }
                guard bytes[position + 1] == ASCII.lineFeed else { throw .badLineEnd }
                position += 2
                state = .size
            case .trailers:
                guard let end = try lineEnd(bytes, position) else { return false }
                defer { position = end + 2 }
                if end == position { return true }
                try spend(end - position)
                guard FieldSection.parse(bytes, from: position, to: end, base: 0) != nil else { throw .badTrailer }
            }
        }
    }

    /// The index of the CR of the line at `position`, or nil when it is not complete.
    private mutating func lineEnd(_ bytes: Span<UInt8>, _ position: Int) throws(Fault) -> Int? {
        switch LineScanner.findEnd(in: bytes, from: position + scanned) {
        case .end(let end):
            scanned = 0
            return end
        case .incomplete(let index):
            scanned = index - position
            if scanned > Self.overheadLimit - overhead { throw .overheadTooLong }
            return nil
        case .control:
            throw .badLineEnd
        }
    }

    /// The size that begins a chunk; after it only an extension may stand.
    private mutating func size(_ bytes: Span<UInt8>, from start: Int, to end: Int) throws(Fault) -> Int {
        var size = 0
        var index = start
        while index < end, let digit = Self.hexValue(bytes[index]) {
            // Fifteen digits cannot overflow; more are an attack on somebody's integer.
            guard index - start < 15 else { throw .badSize }
            size = size << 4 | digit
            index += 1
        }
        guard index > start else { throw .badSize }
        if index == end { return size }
        try spend(end - index)
        while index < end, bytes[index] == ASCII.space || bytes[index] == ASCII.tab { index += 1 }
        guard index < end, bytes[index] == 0x3b else { throw .badSize }
        return size
    }

    private mutating func spend(_ count: Int) throws(Fault) {
        overhead += count
        if overhead > Self.overheadLimit { throw .overheadTooLong }
    }

    private static func hexValue(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x46: Int(byte) - 0x37
        case 0x61...0x66: Int(byte) - 0x57
        default: nil
        }
    }
}
