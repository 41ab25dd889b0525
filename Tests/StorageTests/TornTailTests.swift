import Bytes
import Runtime
import Simulation
import Testing

@testable import Storage

/// What a group that failed midway may leave, and that nothing else passes for it.
@Suite struct TornTailTests {
    private static let header = LogHeader(
        storeID: Array(0..<16), epoch: 3, fileNumber: 7, salt: 0x0123_4567_89ab_cdef, previousNumber: 41,
        previousHash: 99, provenEnd: 4096)

    /// A file with a first frame, then one of three pages in 5 pages of zeros.
    private static func makeFile() -> (bytes: [UInt8], group: Range<Int>) {
        var frame = LogFrame(
            kind: .batch, firstNumber: 42, lastNumber: 42, durableNumber: 41, previousHash: header.previousHash,
            digest: [UInt8](repeating: 0, count: 32), payload: [UInt8](repeating: 0, count: 100))
        let first = frame.encoded(salt: header.salt, fileNumber: header.fileNumber, offset: 4096)
        frame.previousHash = LogFrame.hash(first.span, after: header.previousHash)
        frame.firstNumber = 43
        frame.lastNumber = 43
        frame.durableNumber = 42
        frame.payload = [UInt8](repeating: 0, count: 9000)
        let second = frame.encoded(salt: header.salt, fileNumber: header.fileNumber, offset: 8192)
        return (header.encoded() + first + second + [UInt8](repeating: 0, count: 8192), 8192..<8192 + second.count)
    }

    /// Whether the first frame is all that stays of `bytes`; throws when the file is refused.
    private static func isCutOff(_ bytes: [UInt8]) throws(LogScanner.Damage) -> Bool {
        var scanner = LogScanner(bytes, header: header)
        var count = 0
        while try scanner.next() != nil { count += 1 }
        _ = try scanner.end()
        return count == 1
    }

    @Test func `a write that stopped anywhere between words is cut off`() throws {
        let (bytes, group) = Self.makeFile()
        #expect(group.count == 3 * 4096)
        for end in stride(from: group.lowerBound, to: group.upperBound, by: 24) {
            var torn = bytes
            torn.replaceSubrange(end..<group.upperBound, with: repeatElement(0, count: group.upperBound - end))
            #expect(try Self.isCutOff(torn), "\(end)")
        }
        #expect(try Self.isCutOff(bytes) == false)
    }

    @Test func `any sectors of a write that stopped anywhere are cut off`() throws {
        let (bytes, group) = Self.makeFile()
        var random = TestRandom(seed: 12)
        for _ in 0..<400 {
            let end = group.lowerBound + random.below(group.count / 8) * 8
            var torn = bytes
            torn.replaceSubrange(end..<group.upperBound, with: repeatElement(0, count: group.upperBound - end))
            let share = random.below(9)
            for sector in stride(from: group.lowerBound, to: group.upperBound, by: 512) where random.below(8) < share {
                torn.replaceSubrange(sector..<sector + 512, with: repeatElement(0, count: 512))
            }
            #expect(try Self.isCutOff(torn))
        }
    }

    @Test func `a changed byte anywhere in a whole group is damage, and so is a torn one with something behind it`() {
        let (bytes, group) = Self.makeFile()
        for offset in stride(from: group.lowerBound, to: group.upperBound, by: 13) {
            var changed = bytes
            changed[offset] ^= UInt8(1 << (offset % 8))
            #expect(throws: LogScanner.Damage.self) { try Self.isCutOff(changed) }
        }
        // A first page that is bad does not say how long the group is.
        for sector in stride(from: group.lowerBound + 4096, to: group.upperBound, by: 512) {
            var torn = bytes
            torn.replaceSubrange(sector..<sector + 512, with: repeatElement(0, count: 512))
            torn[group.upperBound + 700] = 1
            #expect(throws: LogScanner.Damage.self) { try Self.isCutOff(torn) }
        }
    }

    @Test func `a write of the log that fails midway never keeps the store from opening`() throws {
        var tornCount = 0
        for seed in 1...60 as ClosedRange<UInt64> {
            let world = TestWorld(seed: seed)
            let store = try world.open { $0.logAheadByteCount = 32 << 10 }
            try world.transact(store) { $0.put(Note(id: 1)) }
            let reason: FileError.Reason = seed % 2 == 0 ? .noSpace : .inputOutput
            world.world.disk.faults.failingWrites = [world.world.disk.writeCount + 1: reason]
            let ticket = Ticket(store) { $0.put(Note(id: 2, text: String(repeating: "x", count: 5000))) }
            try world.world.run(milliseconds: 20)
            if reason == .inputOutput {
                #expect(throws: StoreError.outcomeUnknown) { try ticket.answer() }
            } else {
                // It waits for room; the crash comes first.
                #expect(!ticket.isAnswered)
            }
            // The process starts again on what is in the page cache, or the machine on what is left.
            for policy in [CrashPolicy.keepAll, .loseAll, .seeded(seed), .seeded(seed + 1000)] {
                let again = world.crashed(policy)
                #expect(try again.open().durableNumber == 1, "seed \(seed), \(policy)")
                tornCount += again.world.logLines.count { $0.contains("storage_torn_tail_cut") }
            }
            if reason == .noSpace {
                try world.world.run { ticket.isAnswered }
                try ticket.answer()
                #expect(try world.crashed(.loseAll).open().durableNumber == 2)
            }
        }
        #expect(tornCount > 60)
    }

    @Test func `a frame that found the volume full midway is not mixed with the one written in its place`() throws {
        var count = 0
        for seed in 1...12 as ClosedRange<UInt64> {
            let world = TestWorld(seed: seed, recordsCalls: true)
            let store = try world.open { $0.logAheadByteCount = 32 << 10 }
            let first = Ticket(store) { $0.put(Note(id: 1)) }
            try world.world.run { first.isAnswered }
            // The mark that follows fails; a group comes before its next attempt.
            let calls = world.world.disk.calls.count
            world.world.disk.faults.failingWrites = [world.world.disk.writeCount + 1: .noSpace]
            try world.world.run(milliseconds: 70)
            let second = Ticket(store) { $0.put(Note(id: 2)) }
            world.run()
            if second.refusal == nil { try second.answer() }
            let trace = DiskTrace(firstImage: world.world.disk.firstImage, calls: world.world.disk.calls)
            try trace.forEachCrash(seed: seed, limit: 12, callCounts: calls...trace.calls.count) { image, crash in
                count += 1
                let number = try TestWorld(disk: image).open().durableNumber
                #expect(number >= 1, "seed \(seed), \(crash)")
            }
        }
        #expect(count > 100)
    }
}
