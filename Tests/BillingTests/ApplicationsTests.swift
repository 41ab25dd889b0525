import Bytes
import Fields
import Storage
import Testing

@testable import Billing

@Suite struct ApplicationsTests {
    @Test(arguments: [Mode.test, .live])
    func `a new application has a key, and in test mode both sandbox gateways`(_ mode: Mode) throws {
        let world = try LedgerWorld()
        let ledger = world.ledger
        let new = try world.transact {
            try Applications(ledger).create(name: "Second", mode: mode, by: .system, in: $0)
        }
        #expect(new.key.record.key.hasPrefix("pk_\(mode.rawValue)_"))
        #expect(new.key.secret.hasPrefix("sk_\(mode.rawValue)_"))
        // 128 random bits and more.
        #expect(new.key.secret.utf8.count >= "sk_test_".utf8.count + 32)
        #expect(ledger.vault.openText(new.key.record.secret, for: new.key.record.key) == new.key.secret)
        let returnSecret = ledger.vault.openText(new.application.returnSecret, for: new.application.id.description)
        #expect(returnSecret == new.returnSecret)
        let gateways = try world.read { Payments.gateways(of: new.application.id, in: $0).map(\.gateway) }
        #expect(gateways == (mode == .test ? ["sandbox_alpha", "sandbox_beta"] : []))
        #expect(try world.findings() == [])
    }

    @Test func `secrets of two applications have nothing in common`() throws {
        let world = try LedgerWorld()
        let ledger = world.ledger
        let made = try world.transact { transaction in
            try ["A", "B"].map { try Applications(ledger).create(name: $0, mode: .test, by: .system, in: transaction) }
        }
        #expect(made[0].key.secret != made[1].key.secret)
        #expect(made[0].key.record.key != made[1].key.record.key)
        #expect(made[0].returnSecret != made[1].returnSecret)
    }

    @Test func `only what is named changes`() throws {
        let world = try LedgerWorld()
        let (ledger, id) = (world.ledger, world.application.id)
        let changed = try world.transact { transaction in
            var change = ApplicationChange()
            change.brandColour = "#1d5c4d"
            change.logo = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
            _ = try Applications(ledger).update(id, change, by: .system, in: transaction)
            var second = ApplicationChange()
            second.requiresSignatureV2 = true
            return try Applications(ledger).update(id, second, by: .system, in: transaction)
        }
        #expect(changed.name == "Shop")
        #expect(changed.brandColour == "#1d5c4d")
        #expect(changed.logoType == "image/png")
        #expect(changed.requiresSignatureV2)
        #expect(try world.findings() == [])
    }

    @Test(arguments: [[], Array("GIF89a".utf8), Array("<html>".utf8)] as [[UInt8]])
    func `a logo is an image or nothing`(_ bytes: [UInt8]) throws {
        let world = try LedgerWorld()
        let (ledger, id) = (world.ledger, world.application.id)
        var change = ApplicationChange()
        change.logo = bytes
        let wanted = change
        let outcome = Result {
            try world.transact { try Applications(ledger).update(id, wanted, by: .system, in: $0) }
        }
        #expect((try? outcome.get().logoType) == (bytes.isEmpty ? "" : nil))
    }

    @Test(arguments: ["", String(repeating: "x", count: 101), "a\nb"])
    func `a name that no page could show is refused`(_ name: String) throws {
        let world = try LedgerWorld()
        let ledger = world.ledger
        #expect(throws: Refusal.self) {
            try world.transact { try Applications(ledger).create(name: name, mode: .test, by: .system, in: $0) }
        }
    }
}
