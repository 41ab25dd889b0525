import Fields
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
    package var credentials: GatewayCredentials?
    /// Where its API is, when not at the vendor's address.
    package var baseURL: String?
    package var limits: [AmountLimit] = []
    /// What a manual gateway tells the buyer to do.
    package var instructions: String?

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
    /// What is not empty takes the place of what was; the notices' secret that it replaces works on.
    package var credentials: GatewayCredentials?
    /// Empty for the vendor's address.
    package var baseURL: String?
    package var limits: [AmountLimit]?
    package var instructions: String?

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
        if let traits = AdapterTraits.named(new.adapter) {
            try Self.check(new.credentials ?? GatewayCredentials(), for: traits)
            if let baseURL = new.baseURL { try traits.check(baseURL: baseURL, mode: application.mode) }
        }
        gateway.baseURL = new.baseURL
        gateway.limits = new.limits
        gateway.instructions = try new.instructions.map(Self.checked(instructions:))
        if let credentials = new.credentials { gateway.seal(credentials, ledger.vault, in: transaction) }
        gateway.createdAt = transaction.now
        gateway.mode = application.mode
        write(gateway, "gateway.add", by: act, in: transaction)
        return gateway
    }

    package func update(
        _ name: String, application id: ApplicationID, _ change: GatewayChange, by act: Act,
        in transaction: Transaction
    ) throws(Refusal) -> GatewayConfiguration {
        let application = try Applications.find(id, in: transaction)
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
        if let credentials = change.credentials {
            gateway.seal(
                (gateway.credentials(ledger.vault) ?? GatewayCredentials()).replaced(by: credentials), ledger.vault,
                in: transaction)
        }
        if let baseURL = change.baseURL {
            if !baseURL.isEmpty {
                try AdapterTraits.named(gateway.adapter)?.check(baseURL: baseURL, mode: application.mode)
            }
            gateway.baseURL = baseURL.isEmpty ? nil : baseURL
        }
        if let limits = change.limits { gateway.limits = limits }
        if let instructions = change.instructions {
            gateway.instructions = try Self.checked(instructions: instructions)
        }
        write(gateway, "gateway.update", by: act, in: transaction)
        return gateway
    }

    /// Sets the order in which gateways are tried: these first, as they stand, then the others as before.
    ///
    /// - Throws: `not_found` for a name the application does not have; `validation_failed` for one that stands twice.
    package func order(
        _ names: [String], application id: ApplicationID, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> [GatewayConfiguration] {
        _ = try Applications.find(id, in: transaction)
        let all = Payments.gateways(of: id, in: transaction)
        for (index, name) in names.enumerated() {
            guard all.contains(where: { $0.gateway == name }) else {
                throw Refusal(.notFound, "The application has no gateway \(name).")
            }
            guard !names[..<index].contains(name) else {
                throw .invalid("gateways", "duplicate", "\(name) stands twice.")
            }
        }
        let named = names.compactMap { name in all.first { $0.gateway == name } }
        let ordered = named + all.filter { !names.contains($0.gateway) }
        return ordered.enumerated().map { index, gateway in
            var changed = gateway
            changed.order = Int64(index) + 1
            if changed.order != gateway.order { write(changed, "gateway.order", by: act, in: transaction) }
            return changed
        }
    }

    private static func check(_ credentials: GatewayCredentials, for traits: AdapterTraits) throws(Refusal) {
        var issues = InputIssues()
        for need in traits.needs {
            let isGiven =
                switch need {
                case .secretKey: !credentials.secretKey.isEmpty
                case .clientID: !credentials.clientID.isEmpty
                }
            if !isGiven { issues.add(need.rawValue, "required", "\(traits.displayName) needs --\(need.rawValue).") }
        }
        guard issues.issues.isEmpty else { throw .invalid(issues.issues) }
    }

    private static func checked(instructions: String) throws(Refusal) -> String {
        guard (1...2000).contains(instructions.unicodeScalars.count) else {
            throw .invalid("instructions", "invalid_length", "Instructions have 1 to 2,000 characters.")
        }
        return instructions
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
