import Fields
import Runtime
import Storage
import Testing

@testable import Billing

@Suite struct KeysTests {
    @Test func `a rolled key has a new secret, and the old one for the overlap`() throws {
        let world = try LedgerWorld()
        let (ledger, id) = (world.ledger, world.application.id)
        let (first, second, now) = try world.transact { transaction in
            let keys = Keys(ledger)
            let first = try keys.create(application: id, KeySettings(), by: .system, in: transaction)
            let second = try keys.roll(first.record.key, overlapSeconds: 60, by: .system, in: transaction)
            return (first, second, transaction.now)
        }
        #expect(first.secret != second.secret)
        #expect(second.record.key == first.record.key)
        #expect(second.record.previousUntil == now.adding(seconds: 60))
        let name = second.record.key
        #expect(ledger.vault.openText(second.record.secret, for: name) == second.secret)
        #expect(ledger.vault.openText(second.record.previousSecret, for: name) == first.secret)
        #expect(try world.findings() == [])
    }

    @Test func `without an overlap the old secret is gone`() throws {
        let world = try LedgerWorld()
        let (ledger, id) = (world.ledger, world.application.id)
        let rolled = try world.transact { transaction in
            let first = try Keys(ledger).create(application: id, KeySettings(), by: .system, in: transaction)
            return try Keys(ledger).roll(first.record.key, overlapSeconds: 0, by: .system, in: transaction)
        }
        #expect(rolled.record.previousSecret.bytes.isEmpty)
        #expect(rolled.record.previousUntil == nil)
    }

    @Test func `a revoked key stays revoked and cannot be rolled`() throws {
        let world = try LedgerWorld()
        let (ledger, id) = (world.ledger, world.application.id)
        let (name, revoked) = try world.transact { transaction in
            let key = try Keys(ledger).create(application: id, KeySettings(), by: .system, in: transaction).record.key
            return (key, try Keys(ledger).revoke(key, by: .system, in: transaction).revokedAt)
        }
        #expect(revoked != nil)
        #expect(throws: Refusal.self) {
            try world.transact { try Keys(ledger).roll(name, overlapSeconds: 0, by: .system, in: $0) }
        }
        let again = try world.transact { try Keys(ledger).revoke(name, by: .system, in: $0).revokedAt }
        #expect(again == revoked)
    }

    @Test func `limits are kept`() throws {
        let world = try LedgerWorld()
        let (ledger, id) = (world.ledger, world.application.id)
        var none = KeySettings()
        none.scopes = []
        var fast = KeySettings()
        fast.rateLimit = 2_000_000
        for settings in [none, fast] {
            #expect(throws: Refusal.self) {
                try world.transact { try Keys(ledger).create(application: id, settings, by: .system, in: $0) }
            }
        }
        #expect(throws: Refusal.self) {
            try world.transact { try Keys(ledger).roll("pk_nobody", overlapSeconds: 0, by: .system, in: $0) }
        }
    }

    @Test func `an application lists its own keys alone`() throws {
        let world = try LedgerWorld()
        let ledger = world.ledger
        let other = try world.transact {
            try Applications(ledger).create(name: "Other", mode: .test, by: .system, in: $0)
        }
        let names = try world.read { Keys.list(of: other.application.id, in: $0).map(\.key) }
        #expect(names == [other.key.record.key])
    }
}
