import Runtime
import Simulation
import Synchronization
import Testing

@testable import Storage

@Suite struct FaultTests {
    private final class Failures: Sendable {
        let count = Atomic<Int>(0)
    }

    /// Runs transactions 1 to 12 on a disk with `faults`, then reopens what a crash leaves.
    private static func run(_ faults: DiskFaults, seed: UInt64) throws -> (failures: Int, calls: Int) {
        let world = TestWorld(seed: seed, faults: faults)
        let failures = Failures()
        let store: Store
        do {
            store = try world.open { $0.onFailure = { _ in failures.count.add(1, ordering: .relaxed) } }
        } catch {
            // Refused with a reason; the lock is free and a healthy disk opens.
            guard case .file = error else { throw error }
            let again = world.crashed(.seeded(seed), seed: seed)
            #expect(try again.open().durableNumber == 0)
            return (0, world.world.disk.callCount)
        }
        var acknowledged: Int64 = 0
        var ran: Int64 = 0
        for number in 1...12 as ClosedRange<Int64> {
            let text = String(repeating: "x", count: number % 3 == 0 ? 9000 : 100)
            do {
                try world.transact(store) { tx in
                    tx.put(Note(id: number, text: text))
                    tx.put(Note(id: 0, name: "newest", text: "\(number)"))
                }
                #expect(ran == acknowledged, "answered although an earlier outcome is unknown")
                acknowledged = number
                ran = number
            } catch StoreError.outcomeUnknown {
                ran = number
            } catch StoreError.closed {
                continue
            }
        }
        #expect(failures.count.load(ordering: .relaxed) <= 1)
        #expect((failures.count.load(ordering: .relaxed) == 1) == (ran > acknowledged || store.core.hasStopped))
        for policy in [CrashPolicy.loseAll, .keepAll, .seeded(seed)] {
            let reopened = try world.crashed(policy, seed: seed).open()
            let number = Int64(reopened.durableNumber)
            #expect(
                acknowledged <= number && number <= ran,
                "\(acknowledged) \(number) \(ran) \(policy) \(world.world.disk.callCount) \(faults.failingCalls)")
            let (newest, count) = try reopened.readSync { snapshot in
                var count = 0
                snapshot.scan(Note.self) { _, _ in
                    count += 1
                    return true
                }
                return (snapshot.first(Note.byName, Key("newest"))?.text, count)
            }
            #expect(newest == (number == 0 ? nil : "\(number)"))
            #expect(Int64(count) == (number == 0 ? 0 : number + 1))
        }
        return (failures.count.load(ordering: .relaxed), world.world.disk.callCount)
    }

    @Test(arguments: [FileError.Reason.inputOutput, .noSpace])
    func `a failure of any call stops the store or is survived, and loses nothing`(reason: FileError.Reason) throws {
        let (_, calls) = try Self.run(DiskFaults(), seed: 1)
        #expect(calls > 40)
        var stopped = 0
        for call in 1...calls {
            var faults = DiskFaults()
            faults.failingCalls = [call: reason]
            stopped += try Self.run(faults, seed: UInt64(call)).failures
        }
        #expect(stopped > 10)
    }

    @Test func `a failed write or sync stops the store at once and is never tried again`() throws {
        for sync in 9...16 {
            var faults = DiskFaults()
            faults.failingSyncs = [sync]
            #expect(try Self.run(faults, seed: UInt64(sync)).failures == 1)
            faults.failingSyncs = []
            faults.failingWrites = [sync: .inputOutput]
            _ = try Self.run(faults, seed: UInt64(sync))
        }
        let world = TestWorld()
        let store = try world.open()
        world.world.disk.faults.failingSyncs = [world.world.disk.syncCount + 1]
        let ticket = Ticket(store) { $0.put(Note(id: 1)) }
        world.run()
        #expect(throws: StoreError.outcomeUnknown) { try ticket.answer() }
        let calls = world.world.disk.callCount
        #expect(Ticket(store) { $0.put(Note(id: 2)) }.refusal == .closed)
        world.run()
        #expect(world.world.disk.callCount == calls)
        #expect(try store.readSync { $0.exists(Note.self, Key(Int64(1))) } == false)
    }

    @Test func `a full volume refuses writes before they run, and takes them again by itself`() throws {
        let world = TestWorld()
        world.world.disk.faults.capacity = 400 << 10
        let store = try world.open { options in
            options.freeSpaceReserve = 100 << 10
            options.ballastByteCount = 64 << 10
        }
        #expect(world.world.disk.image.contents("/store/ballast")?.count == 64 << 10)
        var number: Int64 = 0
        var refusal: StoreError?
        while refusal == nil, number < 200 {
            number += 1
            let id = number
            let ticket = Ticket(store) { $0.put(Note(id: id, text: String(repeating: "x", count: 8000))) }
            refusal = ticket.refusal
            if refusal == nil {
                try world.world.run { ticket.isAnswered }
                try ticket.answer()
            }
        }
        #expect(refusal == .storageFull)
        #expect(store.statistics.isStorageFull)
        #expect(try store.readSync { $0.exists(Note.self, Key(Int64(1))) })
        world.world.disk.faults.capacity = 4 << 20
        try world.world.run(milliseconds: 1500)
        try world.transact(store) { $0.put(Note(id: 1000)) }
        #expect(try world.crashed().open().durableNumber == UInt64(number))
    }

    @Test func `the ballast is given up when the volume is full without warning`() throws {
        let world = TestWorld()
        let store = try world.open { $0.ballastByteCount = 256 << 10 }
        let tickets = (0..<10 as Range<Int64>).map { id in
            Ticket(store) { $0.put(Note(id: id, text: String(repeating: "x", count: 9000))) }
        }
        world.world.disk.faults.capacity = world.world.disk.image.usedByteCount
        try world.world.run { tickets.allSatisfy(\.isAnswered) }
        #expect(store.statistics.durableNumber == 10, "\(world.world.logLines)")
        for ticket in tickets { try ticket.answer() }
        #expect(world.world.disk.image.contents("/store/ballast") == nil)
        #expect(try world.crashed().open().durableNumber == 10)
    }

    @Test func `what ran before the volume was full waits for room, and nobody waits for long`() throws {
        let world = TestWorld()
        let store = try world.open { $0.memtableByteCount = 1 << 20 }
        world.world.disk.faults.capacity = world.world.disk.image.usedByteCount
        let tickets = (1...20 as ClosedRange<Int64>).map { id in
            Ticket(store) { $0.put(Note(id: id, text: String(repeating: "x", count: 9000))) }
        }
        try world.world.run(milliseconds: 4000)
        #expect(tickets.contains { !$0.isAnswered })
        #expect(store.statistics.isStorageFull)
        #expect(Ticket(store) { $0.put(Note(id: 99)) }.refusal == .storageFull)
        try world.world.run(milliseconds: 4000)
        var unknown = 0
        for ticket in tickets {
            #expect(ticket.isAnswered)
            do {
                try ticket.answer()
            } catch StoreError.outcomeUnknown {
                unknown += 1
            }
        }
        #expect(unknown > 0)
        // What was acknowledged and what was not are both there, in a state that can be read.
        let crashed = try world.crashed().open()
        #expect(crashed.durableNumber == UInt64(20 - unknown))
        world.world.disk.faults.capacity = nil
        try world.world.run(milliseconds: 3000)
        #expect(!store.statistics.isStorageFull && !store.core.hasStopped)
        #expect(store.durableNumber == 20)
        try world.transact(store) { $0.put(Note(id: 100)) }
        #expect(try world.crashed().open().durableNumber == 21)
    }

    @Test func `a store closes although the volume is full, and says what it could not keep`() throws {
        let world = TestWorld()
        let failures = Failures()
        let store = try world.open { options in
            options.memtableByteCount = 1 << 20
            options.onFailure = { _ in failures.count.add(1, ordering: .relaxed) }
        }
        world.world.disk.faults.capacity = world.world.disk.image.usedByteCount
        let tickets = (1...20 as ClosedRange<Int64>).map { id in
            Ticket(store) { $0.put(Note(id: id, text: String(repeating: "x", count: 9000))) }
        }
        try world.world.run(milliseconds: 2000)
        try world.world.run { _ in await store.close() }
        #expect(failures.count.load(ordering: .relaxed) == 1)
        let kept = tickets.filter { (try? $0.answer()) != nil }.count
        #expect(kept < 20)
        #expect(try world.crashed().open().durableNumber >= UInt64(kept))
    }

    @Test func `a lost or misdirected write is noticed`() throws {
        for write in 3...30 {
            for isLost in [true, false] {
                var faults = DiskFaults()
                if isLost { faults.lostWrites = [write] } else { faults.misdirectedWrites = [write] }
                let world = TestWorld(seed: UInt64(write), faults: faults)
                let store = try world.open()
                for number in 1...8 as ClosedRange<Int64> {
                    try world.transact(store) { $0.put(Note(id: number, text: String(repeating: "x", count: 5000))) }
                }
                do {
                    let reopened = try world.crashed().open()
                    #expect(reopened.durableNumber == 8, "write \(write) was dropped in silence")
                } catch {
                    guard case .corrupt = error else { throw error }
                }
            }
        }
    }

    @Test func `a group that waits for room is answered when the store stops for another reason`() throws {
        let world = TestWorld()
        let store = try world.open { $0.logAheadByteCount = 32 << 10 }
        try world.transact(store) { $0.put(Note(id: 1)) }
        world.world.disk.faults.failingWrites = [world.world.disk.writeCount + 1: .noSpace]
        let ticket = Ticket(store) { $0.put(Note(id: 2)) }
        try world.world.run(milliseconds: 20)
        #expect(!ticket.isAnswered)
        store.core.fail(.file(FileError(.inputOutput, operation: "fsync", path: "store")), nil)
        world.run()
        #expect(ticket.isAnswered)
        #expect(throws: StoreError.outcomeUnknown) { try ticket.answer() }
    }
}
