import Runtime
package import Storage

/// A gateway about to be added to an application.
package struct NewGateway: Sendable {
    package var gateway: String
    package var adapter: String
    package var displayName: String
    package var order: Int64
    package var methods: [String]
    /// Codes; empty for all currencies.
    package var currencies: [String]

    package init(
        gateway: String, adapter: String, displayName: String, order: Int64, methods: [String],
        currencies: [String] = []
    ) {
        self.gateway = gateway
        self.adapter = adapter
        self.displayName = displayName
        self.order = order
        self.methods = methods
        self.currencies = currencies
    }
}

/// What changes a gateway; nil leaves as it is.
package struct GatewayChange: Sendable {
    package var displayName: String?
    package var order: Int64?
    package var isEnabled: Bool?
    package var currencies: [String]?
    package var faults: [Fault]?

    package init() {}
}

/// Adding and changing the gateways of an application, inside a transaction: what the operator does.
package struct GatewaySettings: Sendable {
    package let ledger: Ledger

    package static let limit = 20

    package init(_ ledger: Ledger) {
        self.ledger = ledger
    }

    /// What every test application starts with; live ones never have them.
    package static let sandboxGateways = [
        NewGateway(
            gateway: "sandbox_alpha", adapter: "sandbox_alpha", displayName: "Card (sandbox)", order: 1,
            methods: ["card"]),
        NewGateway(
            gateway: "sandbox_beta", adapter: "sandbox_beta", displayName: "Wallet (sandbox)", order: 2,
            methods: ["wallet"]),
    ]

    package static func isSandbox(adapter: String) -> Bool { adapter.hasPrefix("sandbox_") }

    @discardableResult
    package func add(
        _ new: NewGateway, application id: ApplicationID, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> GatewayConfiguration {
        let application = try Applications.find(id, in: transaction)
        try Self.check(name: new.gateway)
        guard application.mode == .test || !Self.isSandbox(adapter: new.adapter) else {
            throw .invalid("adapter", "not_allowed", "A live application has no sandbox gateways.")
        }
        let existing = Payments.gateways(of: id, in: transaction)
        guard !existing.contains(where: { $0.gateway == new.gateway }) else {
            throw Refusal(.alreadyExists, "The application has a gateway \(new.gateway) already; update it.")
        }
        guard existing.count < Self.limit else {
            throw Refusal(.invalidState, "An application has at most \(Self.limit) gateways.")
        }
        guard !new.methods.isEmpty, new.methods.count <= 10 else {
            throw .invalid("methods", "required", "Name 1 to 10 methods, such as card.")
        }
        for method in new.methods { try Self.check(name: method) }
        var gateway = GatewayConfiguration()
        gateway.application = id
        gateway.gateway = new.gateway
        gateway.adapter = new.adapter
        gateway.displayName = try Self.checked(displayName: new.displayName)
        gateway.order = try Self.checked(order: new.order)
        gateway.methods = new.methods
        gateway.currencies = try Self.checked(currencies: new.currencies)
        gateway.createdAt = transaction.now
        write(gateway, "gateway.add", by: act, in: transaction)
        return gateway
    }

    package func update(
        _ name: String, application id: ApplicationID, _ change: GatewayChange, by act: Act,
        in transaction: Transaction
    ) throws(Refusal) -> GatewayConfiguration {
        _ = try Applications.find(id, in: transaction)
        guard name.utf8.count <= 100,
            var gateway = transaction.get(GatewayConfiguration.self, Key().adding(id).adding(name))
        else { throw Refusal(.notFound, "The application has no gateway of this name.") }
        if let displayName = change.displayName {
            gateway.displayName = try Self.checked(displayName: displayName)
        }
        if let order = change.order { gateway.order = try Self.checked(order: order) }
        if let isEnabled = change.isEnabled { gateway.isEnabled = isEnabled }
        if let currencies = change.currencies { gateway.currencies = try Self.checked(currencies: currencies) }
        if let faults = change.faults {
            guard faults.isEmpty || Self.isSandbox(adapter: gateway.adapter) else {
                throw .invalid("faults", "not_allowed", "Only sandbox gateways have scripted faults.")
            }
            gateway.faults = faults
        }
        write(gateway, "gateway.update", by: act, in: transaction)
        return gateway
    }

    private func write(
        _ gateway: GatewayConfiguration, _ action: String, by act: Act, in transaction: Transaction
    ) {
        transaction.put(gateway)
        ledger.audit(action, on: gateway.gateway, application: gateway.application, by: act, in: transaction)
        transaction.notify(Topics.configuration)
    }

    private static func check(name: String) throws(Refusal) {
        let isValid = name.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f }
        guard isValid, (1...40).contains(name.utf8.count) else {
            throw .invalid("gateway", "invalid_format", "Names have 1 to 40 of a to z, 0 to 9 and _.")
        }
    }

    private static func checked(displayName: String) throws(Refusal) -> String {
        guard (1...60).contains(displayName.unicodeScalars.count),
            displayName.unicodeScalars.allSatisfy({ $0.value >= 0x20 })
        else { throw .invalid("display_name", "invalid_length", "A display name has 1 to 60 characters.") }
        return displayName
    }

    private static func checked(order: Int64) throws(Refusal) -> Int64 {
        guard (0...1000).contains(order) else {
            throw .invalid("order", "out_of_range", "An order is 0 to 1000; lower ones are tried first.")
        }
        return order
    }

    private static func checked(currencies: [String]) throws(Refusal) -> [String] {
        for code in currencies where Currency(code)?.description != code {
            throw .invalid("currencies", "unknown_value", "\(code) is no currency code, such as USD.")
        }
        return currencies
    }
}
