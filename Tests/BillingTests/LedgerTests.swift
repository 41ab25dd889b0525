import Crypto
import Fields
import JSON
import Runtime
import Simulation
import Storage
import Testing

@testable import Billing

@Suite struct LedgerTests {
    private let world: LedgerWorld

    init() throws {
        world = try LedgerWorld()
    }

    private func change(
        _ hash: PaymentHash, _ body: @escaping @Sendable (inout Payment, Transaction) throws -> Void
    ) throws {
        let ledger = world.ledger
        try world.transact { transaction in
            let before = try #require(transaction.get(Payment.self, Key(hash)))
            var payment = before
            try body(&payment, transaction)
            ledger.save(payment, before: before, action: "payment.test", by: .buyer, in: transaction)
        }
    }

    /// Pays a payment in full at attempt 1.
    private func pay(_ hash: PaymentHash) throws {
        try change(hash) { payment, transaction in
            _ = try payment.beginAttempt(at: "sandbox_alpha", now: transaction.now)
            try payment.sessionOpened(1, reference: "s", url: "u", now: transaction.now)
        }
        try change(hash) { payment, transaction in try payment.beginCapture(1, now: transaction.now) }
        try change(hash) { payment, transaction in
            _ = try payment.settle(1, .charged("c1", 9_999), at: transaction.now)
        }
    }

    @Test func `each change of status is one event, no more and no less`() throws {
        let payment = try world.createPayment()
        try pay(payment.hash)
        #expect(
            try world.events().map(\.type) == [
                .customerCreated, .paymentPending, .paymentProcessing, .paymentCompleted,
            ])
        try change(payment.hash) { payment, _ in payment.isDisputed = true }
        try change(payment.hash) { payment, transaction in
            _ = try payment.requestRefund(id: RefundID(value: 9), amount: nil, reason: nil, now: transaction.now)
        }
        try change(payment.hash) { payment, transaction in
            _ = try payment.settleRefund(RefundID(value: 9), .succeeded(reference: "r"), now: transaction.now)
        }
        #expect(
            try world.events().map(\.type).dropFirst(4) == [
                .paymentDisputed, .refundCreated, .refundSucceeded, .paymentRefunded,
            ])
        #expect(try world.findings() == [])
    }

    @Test func `a hosted decline tells nothing and a second capture tells processing again`() throws {
        let hash = try world.createPayment().hash
        try change(hash) { payment, transaction in
            _ = try payment.beginAttempt(at: "sandbox_alpha", now: transaction.now)
            try payment.sessionOpened(1, reference: "s", url: "u", now: transaction.now)
            try payment.beginCapture(1, now: transaction.now)
        }
        let count = try world.events().count
        try change(hash) { payment, transaction in _ = try payment.settle(1, .refused, at: transaction.now) }
        #expect(try world.events().count == count)
    }

    @Test func `sequences are gapless for each application and each object`() throws {
        let ledger = world.ledger
        let other = try world.transact {
            try Applications(ledger).create(name: "Other", mode: .test, by: .system, in: $0).application
        }
        for index in 0..<5 {
            let payment = try world.createPayment { $0.customerEmail = "buyer\(index % 2)@example.com" }
            try pay(payment.hash)
            try world.transact { transaction in
                _ = try Payments(ledger).create(.sample, application: other, by: .system, in: transaction)
            }
        }
        let events = try world.events()
        #expect(events.map(\.sequence) == Array(1...Int64(events.count)))
        var newest: [String: Int64] = [:]
        for event in events {
            #expect(event.objectSequence == newest[event.objectID, default: 0] + 1)
            newest[event.objectID] = event.objectSequence
        }
        #expect(Set(events.map(\.id)).count == events.count)
        #expect(try world.findings() == [])
    }

    @Test func `every mutation has one audit entry in its own transaction, chained by hashes`() throws {
        let payment = try world.createPayment()
        try pay(payment.hash)
        let entries = try world.audit()
        #expect(entries.map(\.sequence) == Array(1...Int64(entries.count)))
        var previous = Blob()
        for entry in entries {
            #expect(entry.previous == previous)
            previous = Blob(SHA256.hash(RecordCodec.encode(entry)))
        }
        #expect(entries.suffix(3).map(\.action) == ["payment.test", "payment.test", "payment.test"])
        #expect(entries.last?.event == 4 && entries.last?.actor == "buyer")
        #expect(try world.read { $0.get(AuditHead.self, AuditHead.key) }?.digest == previous)
    }

    @Test func `a changed or removed audit entry shows`() throws {
        _ = try world.createPayment()
        let last = try #require(try world.audit().last)
        try world.transact { transaction in
            var forged = last
            forged.reason = "nothing happened"
            transaction.put(forged)
        }
        #expect(try world.findings().count == 1)
        try world.transact { $0.delete(last) }
        #expect(try world.findings().count == 1)
    }

    @Test func `the head of the chain is in the log's newest frame`() throws {
        _ = try world.createPayment()
        let digest = try #require(try world.read { $0.get(AuditHead.self, AuditHead.key) }).digest
        let image = world.world.disk.crashImage(.loseAll)
        let again = World(seed: 2, disk: image)
        var options = LedgerWorld.storeOptions
        options.seed = 2
        let store = try Store.open(directory: "store", doors: again.doors, options: options)
        #expect(store.recoveredDigest == digest.bytes)
    }

    @Test func `an event shows the object as it was and what changed`() throws {
        let payment = try world.createPayment()
        try pay(payment.hash)
        let events = try world.events()
        let renderer = EventRenderer(world.ledger)
        let json = try world.read { try JSON.parse(renderer.json(events[3], in: $0)) }
        guard case .object(let object) = json, case .object(let data)? = object["data"],
            case .object(let previous)? = object["previous"]
        else {
            Issue.record("no object")
            return
        }
        #expect(object["type"] == .string("payment.completed") && object["sequence"] == .number(JSONNumber(4)))
        #expect(data["status"] == .string("completed") && previous["status"] == .string("processing"))
        #expect(data["amount"] == .number(try #require(JSONNumber("99.99"))) && previous["amount"] == nil)
        let first = try world.read { try JSON.parse(renderer.json(events[1], in: $0)) }
        guard case .object(let created) = first else { return }
        #expect(created["previous"] == .object(JSONObject()))
    }

    @Test func `what falls due soon wakes the clockwork, a later due time and another change do not`() throws {
        let hash = try world.createPayment().hash
        let signal = WakeSignal()
        world.store.subscribe(Topics.due, signal)
        let doors = world.world.doors
        func wasWoken() throws -> Bool {
            try world.world.run { _ in
                await signal.wait(until: doors.clock.instant().adding(milliseconds: 1), on: doors.scheduler)
            }
        }
        try change(hash) { payment, _ in payment.isDisputed = true }
        #expect(try !wasWoken())
        try change(hash) { payment, transaction in
            _ = try payment.beginAttempt(at: "sandbox_alpha", now: transaction.now)
        }
        // Its lookup after a crash is 30 seconds away; the clockwork looks every 15 by itself.
        #expect(try !wasWoken())
        try change(hash) { payment, transaction in
            payment.attempts[0].nextLookAt = transaction.now.adding(seconds: 5)
        }
        #expect(try wasWoken())
    }
}
