import Bytes
import Fields
import JSON
import Runtime
import Storage
import Testing

@testable import Billing

@Suite struct CustomersTests {
    private let world: LedgerWorld

    init() throws {
        world = try LedgerWorld()
    }

    private func create(_ email: String) throws -> Customer {
        let (ledger, application) = (world.ledger, world.application)
        return try world.transact { transaction in
            var input = CustomerInput()
            input.email = email
            input.name = "Ada Lovelace"
            input.phone = "+351 1"
            input.metadata = Metadata([.init(key: "k", value: "secret note")])
            return try Customers(ledger).create(input, application: application, by: .system, in: transaction)
        }
    }

    private func update(_ id: CustomerID, _ patch: CustomerPatch) throws -> Customer {
        let (ledger, application) = (world.ledger, world.application)
        return try world.transact {
            try Customers(ledger).update(id, patch, application: application, by: .system, in: $0)
        }
    }

    private func forget(_ id: CustomerID) throws -> [PaymentMethod] {
        let (ledger, application) = (world.ledger, world.application)
        return try world.transact { try Customers(ledger).forget(id, application: application, by: .system, in: $0) }
    }

    private func code(_ body: () throws -> Void) -> Refusal.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? Refusal)?.code
        }
    }

    @Test func `an e-mail is unique within the application, case-folded`() throws {
        let ada = try create("Ada@Example.com")
        #expect(code { _ = try create("ada@example.COM") } == .alreadyExists)
        let bob = try create("bob@example.com")
        var patch = CustomerPatch()
        patch.email = .set("ADA@example.com")
        #expect(code { _ = try update(bob.id, patch) } == .alreadyExists)
        // One's own address in another case is no conflict.
        #expect(try update(ada.id, patch).email == "ADA@example.com")
        #expect(ada.email == "Ada@Example.com")
    }

    @Test func `a patch keeps, clears and sets, and nothing changed writes nothing`() throws {
        let ada = try create("ada@example.com")
        var patch = CustomerPatch()
        patch.name = .clear
        patch.phone = .set("+351 2")
        let after = try update(ada.id, patch)
        #expect(after.name == nil && after.phone == "+351 2" && after.email == ada.email)
        let count = try world.events().count
        _ = try update(ada.id, patch)
        #expect(try world.events().count == count)
        patch.email = .clear
        #expect(code { _ = try update(ada.id, patch) } == .validationFailed)
    }

    @Test func `a forgotten customer is gone, the money trail stays`() throws {
        let payment = try world.createPayment()
        let id = payment.customerSummary.id
        #expect(try forget(id).isEmpty)
        #expect(code { _ = try forget(id) } == .notFound)
        let row = try #require(try world.read { $0.get(Customer.self, Key(id)) })
        #expect(row.email == nil && row.name == nil && row.deletedAt != nil)
        #expect(try world.read { $0.get(Payment.self, Key(payment.hash)) }?.customer == id)
        #expect(try world.events().map(\.type) == [.customerCreated, .paymentPending, .customerDeleted])
        #expect(try world.findings() == [])
        // The address is free again, for somebody new.
        #expect(try create("ada@example.com").id != id)
        #expect(try world.findings() == [])
    }

    @Test func `personal data cannot be read after forgetting, in no event and in no stored byte`() throws {
        _ = try create("ada@example.com")
        let payment = try world.createPayment()
        let renderer = EventRenderer(world.ledger)
        func texts() throws -> [String] {
            let events = try world.events()
            return try world.read { snapshot in
                events.map { String(decoding: renderer.json($0, in: snapshot), as: UTF8.self) }
            }
        }
        #expect(try texts().allSatisfy { $0.contains("ada@example.com") })
        _ = try forget(payment.customerSummary.id)
        for text in try texts() {
            #expect(!text.contains("ada@") && !text.contains("Ada") && !text.contains("secret note"))
            #expect((try? JSON.parse(Array(text.utf8))) != nil)
        }
        for event in try world.events() {
            let bytes = event.data.bytes + event.before.bytes + event.personal.bytes
            #expect(!String(decoding: bytes, as: UTF8.self).contains("ada@"))
        }
        #expect(try world.findings() == [])
    }

    @Test func `saved methods go with the customer, with an event each`() throws {
        let ada = try create("ada@example.com")
        let (ledger, application) = (world.ledger, world.application)
        let method = try world.transact { transaction -> PaymentMethod in
            var method = PaymentMethod()
            method.id = PaymentMethodID(in: transaction, purpose: "payment method")
            method.application = application.id
            method.customer = ada.id
            method.type = "card"
            method.gateway = "sandbox_alpha"
            method.token = ledger.vault.seal(Array("tok".utf8), for: method.id.description, in: transaction)
            return ledger.save(method, before: nil, mode: .test, by: .system, in: transaction)
        }
        var patch = CustomerPatch()
        patch.defaultPaymentMethod = .set(method.id)
        #expect(try update(ada.id, patch).defaultPaymentMethod == method.id)
        patch.defaultPaymentMethod = .set(PaymentMethodID(value: 5))
        #expect(code { _ = try update(ada.id, patch) } == .validationFailed)
        #expect(try forget(ada.id).map(\.id) == [method.id])
        #expect(try world.read { Customers.methods(of: ada.id, in: $0) }.isEmpty)
        #expect(try world.events().map(\.type).suffix(2) == [.paymentMethodRemoved, .customerDeleted])
        for event in try world.events() where event.object == .paymentMethod {
            let kept = try RecordCodec.decode(PaymentMethod.self, event.data.bytes)
            #expect(kept.token == Blob())
        }
    }
}
