import Bytes

/// Reads the frames of one log file, and decides what a bad one means.
struct LogScanner {
    /// Why a file cannot be believed.
    struct Damage: Error, Equatable {
        let offset: Int
        let reason: String
    }

    /// Where a file's good frames end.
    struct End: Equatable {
        /// The offset behind the last good frame.
        var offset: Int
        /// Whether something was written behind it and lost: a torn tail, cut off.
        var isTorn: Bool
    }

    let file: [UInt8]
    let header: LogHeader
    /// The offset of the next frame.
    private(set) var offset = LogFormat.pageByteCount
    /// The hash of the last frame.
    private(set) var hash: UInt64
    /// The last transaction so far.
    private(set) var number: UInt64
    private var page = [UInt8](repeating: 0, count: LogFormat.pageByteCount)

    init(_ file: [UInt8], header: LogHeader) {
        self.file = file
        self.header = header
        hash = header.previousHash
        number = header.previousNumber
    }

    /// Whole pages of the file.
    private var pagesEnd: Int { file.count / LogFormat.pageByteCount * LogFormat.pageByteCount }

    /// The next frame; nil where the good ones end, and `end` then decides.
    mutating func next() throws(Damage) -> LogFrame? {
        guard offset < pagesEnd else { return nil }
        guard let index = load(offset) else { return nil }
        guard index == 0, var (frame, rest) = LogFrame.readHead(page) else {
            throw Damage(offset: offset, reason: "a good page that begins no frame stands where a frame should begin")
        }
        let pageCount = LogFormat.pageCount(payloadByteCount: rest)
        let start = offset
        let end = start + pageCount * LogFormat.pageByteCount
        guard end <= pagesEnd else { return nil }
        frame.payload.reserveCapacity(rest)
        var taken = min(rest, LogFormat.firstPayloadByteCount)
        frame.payload += page[LogFormat.frameHeadByteCount..<LogFormat.frameHeadByteCount + taken]
        rest -= taken
        for position in 1..<max(1, pageCount) {
            guard let index = load(start + position * LogFormat.pageByteCount) else { return nil }
            guard index == position else {
                throw Damage(
                    offset: start + position * LogFormat.pageByteCount, reason: "a good page of another frame")
            }
            taken = min(rest, LogFormat.nextPayloadByteCount)
            frame.payload += page[LogFormat.pageHeadByteCount..<LogFormat.pageHeadByteCount + taken]
            rest -= taken
        }
        guard frame.previousHash == hash else {
            throw Damage(offset: start, reason: "the frame does not continue the one before it")
        }
        guard frame.firstNumber == number &+ 1 else {
            throw Damage(
                offset: start, reason: "transaction \(number &+ 1) should follow, \(frame.firstNumber) is here")
        }
        offset = end
        hash = LogFrame.hash(file.span.extracting(start..<end), after: hash)
        number = frame.lastNumber
        return frame
    }

    /// Decides about what stands behind the last good frame, after `next` answered nil.
    ///
    /// One group is in flight at a time, over bytes that were zero, and neither a sector nor the end of a page is written
    /// as zeros. So a frame whose every bad page has a zero sector, or ends in zeros, was never completely written, and
    /// nobody was told that it was. Anything else is damage to bytes that were written, and so are good pages behind
    /// the bad frame.
    func end() throws(Damage) -> End {
        guard UInt64(offset) >= header.provenEnd else {
            throw Damage(offset: offset, reason: "a frame that was durable cannot be read")
        }
        guard offset < pagesEnd else {
            throw Damage(offset: file.count, reason: "the file was cut short: zeros should follow the last frame")
        }
        var scratch = self
        // With a good first page the frame's end is known, and nothing may stand behind it.
        var extent = pagesEnd
        if scratch.load(offset) != nil, let head = LogFrame.readHead(scratch.page) {
            guard head.frame.previousHash == hash, head.frame.firstNumber == number &+ 1 else {
                throw Damage(offset: offset, reason: "the frame does not continue the one before it")
            }
            extent = offset + LogFormat.pageCount(payloadByteCount: head.payloadByteCount) * LogFormat.pageByteCount
            guard extent <= pagesEnd else {
                throw Damage(offset: pagesEnd, reason: "the file ends within a frame")
            }
        }
        var isTorn = false
        for start in stride(from: offset, to: pagesEnd, by: LogFormat.pageByteCount) {
            if isZero(start..<start + LogFormat.pageByteCount) { continue }
            isTorn = true
            if let index = scratch.load(start) {
                guard start - Int(index) * LogFormat.pageByteCount == offset, start < extent else {
                    throw Damage(offset: offset, reason: "a frame cannot be read, though later ones can")
                }
                continue
            }
            guard start < extent, wasInterrupted(start) else {
                throw Damage(offset: start, reason: "a page that was written has a wrong checksum")
            }
        }
        guard isZero(pagesEnd..<file.count) else {
            throw Damage(offset: pagesEnd, reason: "the file ends with part of a page")
        }
        return End(offset: offset, isTorn: isTorn)
    }

    /// Checks and unmasks the page at `start` into `page`.
    /// - Returns: its index within its frame, nil when its checksum is wrong.
    private mutating func load(_ start: Int) -> UInt16? {
        let seed = LogFormat.checksumSeed(salt: header.salt, fileNumber: header.fileNumber, offset: start)
        let sum = CRC32C.checksum(file, in: start + 4..<start + LogFormat.pageByteCount, seed: seed)
        for index in 0..<4 where file[start + index] != UInt8(truncatingIfNeeded: sum >> UInt32(8 * index)) {
            return nil
        }
        var plain = Array(file[start..<start + LogFormat.pageByteCount])
        var span = plain.mutableSpan
        LogFormat.mask(&span, salt: header.salt, offset: start)
        page = plain
        return UInt16(page[4]) | UInt16(page[5]) << 8
    }

    /// Whether the page at `start` shows that it was not written as a whole: a loss of power kept some of its sectors,
    /// or the kernel took the beginning of it and then failed.
    private func wasInterrupted(_ start: Int) -> Bool {
        let end = start + LogFormat.pageByteCount
        if isZero(end - LogFormat.wordByteCount..<end) { return true }
        for sector in 0..<LogFormat.pageByteCount / LogFormat.sectorByteCount {
            let first = start + sector * LogFormat.sectorByteCount
            if isZero(first..<first + LogFormat.sectorByteCount) { return true }
        }
        return false
    }

    private func isZero(_ range: Range<Int>) -> Bool {
        unsafe file.withUnsafeBytes { bytes in
            var index = range.lowerBound
            while index + 8 <= range.upperBound {
                if unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) != 0 { return false }
                index += 8
            }
            while index < range.upperBound {
                if unsafe bytes[index] != 0 { return false }
                index += 1
            }
            return true
        }
    }
}
