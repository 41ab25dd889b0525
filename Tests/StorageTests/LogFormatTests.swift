import Bytes
import Testing

@testable import Storage

/// The checksum of a log header.
func checksum(_ bytes: [UInt8]) -> UInt32 { CRC32C.checksum(bytes) }

@Suite struct LogFormatTests {
    private static let header = LogHeader(
        storeID: [UInt8](repeating: 3, count: 16), epoch: 2, fileNumber: 7, salt: 0x1234_5678_9abc_def0,
        previousNumber: 41, previousHash: 99, provenEnd: 4096)

    /// A file with frames of these payload sizes and some zero pages behind them.
    private static func makeFile(_ sizes: [Int], zeroPages: Int = 2) -> (file: [UInt8], frames: [LogFrame]) {
        var file = header.encoded()
        var frames: [LogFrame] = []
        var hash = header.previousHash
        for (position, size) in sizes.enumerated() {
            let number = 42 + UInt64(position)
            let frame = LogFrame(
                kind: .batch, firstNumber: number, lastNumber: number, durableNumber: number - 1, previousHash: hash,
                digest: [UInt8](repeating: UInt8(position), count: 32),
                payload: (0..<size).map { UInt8(truncatingIfNeeded: $0 / 7) })
            let bytes = frame.encoded(salt: header.salt, fileNumber: header.fileNumber, offset: file.count)
            hash = LogFrame.hash(bytes.span, after: hash)
            file += bytes
            frames.append(frame)
        }
        return (file + [UInt8](repeating: 0, count: 4096 * zeroPages), frames)
    }

    private static func read(_ file: [UInt8]) throws -> (frames: [LogFrame], end: LogScanner.End) {
        var scanner = LogScanner(file, header: try LogHeader(file))
        var frames: [LogFrame] = []
        while let frame = try scanner.next() { frames.append(frame) }
        return (frames, try scanner.end())
    }

    @Test(arguments: [[0], [1], [4008], [4009], [8096], [8097], [10, 5000, 0, 20_000, 300]])
    func `frames come back as they were written`(sizes: [Int]) throws {
        let (file, frames) = Self.makeFile(sizes)
        let (found, end) = try Self.read(file)
        #expect(found == frames)
        #expect(end == LogScanner.End(offset: file.count - 8192, isTorn: false))
    }

    @Test func `no sector that was written is all zero`() {
        let (file, _) = Self.makeFile([0, 30_000], zeroPages: 0)
        for start in stride(from: 4096, to: file.count, by: 512) {
            #expect(file[start..<start + 512].contains { $0 != 0 })
        }
    }

    @Test func `a last frame that lost sectors is cut, one that was changed is refused`() throws {
        let (file, frames) = Self.makeFile([100, 9000])
        let start = 8192
        var random = TestRandom(seed: 2)
        for _ in 0..<300 {
            var torn = file
            for sector in 0..<24 where random.below(3) == 0 {
                let first = start + sector * 512
                torn.replaceSubrange(first..<first + 512, with: [UInt8](repeating: 0, count: 512))
            }
            let (found, end) = try Self.read(torn)
            #expect(found == (torn == file ? frames : [frames[0]]))
            #expect(end.offset == (torn == file ? start + 12_288 : start))
            // With a later frame behind it, the same bytes are damage.
            guard torn != file else { continue }
            let (longer, _) = Self.makeFile([100, 9000, 50])
            #expect(throws: LogScanner.Damage.self) {
                try Self.read(Array(torn[..<(start + 12_288)]) + longer[(start + 12_288)...])
            }
        }
        for _ in 0..<300 {
            var changed = file
            changed[start + random.below(12_288)] ^= UInt8(1 << random.below(8))
            #expect(throws: LogScanner.Damage.self) { try Self.read(changed) }
        }
    }

    @Test func `a header with any byte changed or missing is refused`() throws {
        let bytes = Self.header.encoded()
        #expect(try LogHeader(bytes) == Self.header)
        for count in stride(from: 0, to: 4096, by: 7) {
            #expect(throws: LogHeader.Failure.self) { try LogHeader(Array(bytes[..<count])) }
        }
        for index in stride(from: 0, to: 4096, by: 1) where index < 128 || index % 97 == 0 || index > 4080 {
            var changed = bytes
            changed[index] ^= 0x10
            #expect(throws: LogHeader.Failure.self) { try LogHeader(changed) }
        }
    }

    @Test func `frame fields of any bytes are read or refused`() {
        var random = TestRandom(seed: 6)
        var page = Array(Self.makeFile([20]).file[4096..<8192])
        var span = page.mutableSpan
        LogFormat.mask(&span, salt: Self.header.salt, offset: 4096)
        #expect(LogFrame.readHead(page)?.payloadByteCount == 20)
        let head = Array(page[..<88])
        for count in 0..<88 { #expect(LogFrame.readHead(Array(head[..<count])) == nil) }
        for _ in 0..<100_000 {
            var changed = head
            for _ in 0..<1 + random.below(3) {
                changed[8 + random.below(80)] = UInt8(truncatingIfNeeded: random.next())
            }
            guard let (frame, payloadByteCount) = LogFrame.readHead(changed) else { continue }
            #expect(LogFormat.pageCount(payloadByteCount: payloadByteCount) <= LogFormat.maxFramePageCount)
            #expect(frame.firstNumber <= frame.lastNumber &+ 1)
        }
    }

    @Test func `transactions of any bytes are read or refused`() throws {
        let table = Memtable(filterByteCount: 0, firstChunkByteCount: 256)
        for number in 0..<4 as Range<UInt8> {
            RawKey([9, 0, number]).withWords { words in
                unsafe [number, 7, 7].withUnsafeBytes { unsafe table.insert(words, number: 1, value: $0) }
            }
        }
        var writer = ByteWriter()
        Batch.encode(table, milliseconds: 5, to: &writer) { _ in }
        let payload = writer.bytes
        #expect(try Batch.decode(payload, firstNumber: 3) { _, _, _ in }.nextNumber == 4)
        for count in 1..<payload.count {
            #expect(throws: Truncated.self) {
                try Batch.decode(Array(payload[..<count]), firstNumber: 1) { _, _, _ in }
            }
        }
        var random = TestRandom(seed: 8)
        for _ in 0..<100_000 {
            var changed = payload
            changed[random.below(changed.count)] = UInt8(truncatingIfNeeded: random.next())
            _ = try? Batch.decode(changed, firstNumber: 1) { key, _, _ in #expect(key.count <= Key.maxByteCount) }
        }
    }
}
