import Runtime
import Simulation
import Testing

@testable import Storage

@Suite struct TransactionTests {
    private let world = TestWorld()
    private let store: Store

    init() throws {
        store = try world.open()
    }

    private func transact<Answer: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Answer
    ) throws -> Answer {
        try world.transact(store, body)
    }

    @Test func `a second record with a unique key is refused and changes nothing`() throws {
        try transact { $0.put(Note(id: 1, name: "same")) }
        #expect(throws: StoreError.uniqueConflict(table: "note", index: 1)) {
            try transact { tx in
                tx.put(Note(id: 3, name: "other"))
                tx.put(Note(id: 2, name: "same"))
            }
        }
        #expect(try store.readSync { $0.exists(Note.self, Key(Int64(3))) } == false)
        #expect(store.durableNumber == 1)
    }

    @Test func `a unique key can move within one transaction`() throws {
        try transact { $0.put(Note(id: 1, name: "same")) }
        try transact { tx in
            tx.put(Note(id: 1, name: "old"))
            tx.put(Note(id: 2, name: "same"))
        }
        #expect(try store.readSync { $0.first(Note.byName, Key("same"))?.id } == 2)
        #expect(try store.readSync { $0.first(Note.byName, Key("old"))?.id } == 1)
    }

    @Test func `a transaction over its limits changes nothing`() throws {
        #expect(throws: StoreError.tooLarge) {
            try transact { tx in
                for id in 0..<40 as Range<Int64> {
                    tx.put(Note(id: id, text: String(repeating: "x", count: 400)))
                }
            }
        }
        #expect(throws: StoreError.tooLarge) {
            try transact { $0.put(Note(id: 1, name: String(repeating: "x", count: 1024))) }
        }
        #expect(throws: StoreError.tooLarge) {
            try transact { tx in for id in 0..<1001 as Range<Int64> { _ = tx.get(Note.self, Key(id % 2)) } }
            try transact { $0.put(Note(id: 0)) }
            try transact { tx in for _ in 0..<1001 { _ = tx.get(Note.self, Key(Int64(0))) } }
        }
        #expect(store.durableNumber == 1)
    }

    @Test func `time never runs backwards between transactions`() throws {
        let first = try transact { tx -> Timestamp in
            tx.put(Note(id: 1))
            return tx.now
        }
        world.world.clock.jump(milliseconds: -10_000)
        let second = try transact { $0.now }
        #expect(second == first)
        let again = world.crashed()
        again.world.clock.jump(milliseconds: -60_000)
        let reopened = try again.open()
        #expect(try again.transact(reopened) { $0.now } == first)
    }

    @Test func `seeded randomness follows from purpose, transaction and call`() throws {
        let draw: @Sendable (Transaction) -> [[UInt8]] = { tx in
            tx.put(Note(id: Int64(tx.number)))
            return [tx.random(16, purpose: "id"), tx.random(16, purpose: "id"), tx.random(40, purpose: "secret")]
        }
        let first = try transact(draw)
        let second = try transact(draw)
        #expect(Set(first + second).count == 6)
        #expect(first.map(\.count) == [16, 16, 40])
        let twin = TestWorld(seed: 99)
        let other = try twin.open()
        #expect(try twin.transact(other, draw) == first)
    }

    @Test func `subscribers are told after the transaction is durable, and only of their topic`() throws {
        let signal = WakeSignal()
        let other = WakeSignal()
        store.subscribe(StoreTopic(1), signal)
        store.subscribe(StoreTopic(2), other)
        try transact { tx in
            tx.put(Note(id: 1))
            tx.notify(StoreTopic(1))
        }
        let wasTold = try world.world.run { doors in
            let deadline = doors.clock.instant().adding(milliseconds: 1)
            return [
                await signal.wait(until: deadline, on: doors.scheduler),
                await other.wait(until: deadline, on: doors.scheduler),
            ]
        }
        #expect(wasTold == [true, false])
    }

    @Test func `the digest of the newest transaction comes back`() throws {
        #expect(store.recoveredDigest == nil)
        let digest = [UInt8](repeating: 7, count: 32)
        try transact { tx in
            tx.put(Note(id: 1))
            tx.setDigest(digest)
        }
        try transact { $0.put(Note(id: 2)) }
        let again = world.crashed()
        let reopened = try again.open()
        #expect(reopened.recoveredDigest == digest)
    }

    @Test func `a full queue refuses the newest`() {
        var refused = 0
        for _ in 0..<1100 where Ticket(store, { $0.put(Note(id: 1)) }).refusal == .busy { refused += 1 }
        #expect(refused == 76)
        world.run()
        #expect(Ticket(store) { _ in }.refusal == nil)
    }
}
