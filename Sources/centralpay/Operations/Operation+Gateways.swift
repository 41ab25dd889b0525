import Billing
import Fields
import Gateways
import JSON
import Storage

extension Operation {
    static let gatewayAdd = Operation(name: "gateway add", isWrite: true) { input, house in
        let id = try applicationID(input.required("application"))
        let name = try input.required("name")
        let adapter = input.text("adapter") ?? name
        guard let traits = AdapterTraits.named(adapter), house.engine.adapter(adapter) != nil else {
            throw CommandFailure.usage(
                "--adapter \(adapter) is unknown; there are "
                    + AdapterTraits.all.map(\.name).filter { house.engine.adapter($0) != nil }.joined(separator: ", "))
        }
        try await checkKey(input, adapter: adapter, application: id, house)
        var gateway = NewGateway(
            gateway: name, adapter: adapter, displayName: input.text("display-name") ?? traits.displayName,
            order: try input.integer("order") ?? 10, methods: input.list("methods") ?? traits.methods,
            currencies: input.list("currencies") ?? [])
        gateway.credentials = try credentials(input)
        gateway.baseURL = input.text("base-url")
        gateway.limits = try limits(input) ?? []
        gateway.instructions = input.text("instructions")
        let new = gateway
        let settings = GatewaySettings(house.ledger)
        let added = try await house.store.transact { transaction in
            try settings.add(new, application: id, by: Composition.operatorAct, in: transaction)
        }
        return try await answer(added, input, house)
    }

    static let gatewayUpdate = Operation(name: "gateway update", isWrite: true) { input, house in
        let id = try applicationID(input.required("application"))
        let name = try input.required("name")
        var change = GatewayChange()
        change.displayName = input.text("display-name")
        change.order = try input.integer("order")
        change.isEnabled = try input.isOn("enabled")
        change.currencies = input.list("currencies")
        change.faults = try input.list("faults")?.map { word in
            guard let fault = Fault(rawValue: word) else {
                let words = Fault.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandFailure.usage("--faults \(word) is unknown; there are \(words)")
            }
            return fault
        }
        let current = try await house.store.read { snapshot in
            name.utf8.count <= 100 ? snapshot.get(GatewayConfiguration.self, Key(id, name)) : nil
        }
        if let current { try await checkKey(input, adapter: current.adapter, application: id, house) }
        change.credentials = try credentials(input)
        change.baseURL = input.text("base-url")
        change.limits = try limits(input)
        change.instructions = input.text("instructions")
        return try await answer(try await update(name, id, change, house), input, house)
    }

    static let gatewayDisable = Operation(name: "gateway disable", isWrite: true) { input, house in
        let id = try applicationID(input.required("application"))
        var change = GatewayChange()
        change.isEnabled = false
        let gateway = try await update(try input.required("name"), id, change, house)
        return JSONObject([("gateway", .object(summary(gateway)))])
    }

    static let gatewayOrder = Operation(name: "gateway order", isWrite: true) { input, house in
        let id = try applicationID(input.required("application"))
        let names = input.list("names") ?? []
        let settings = GatewaySettings(house.ledger)
        let gateways = try await house.store.transact { transaction in
            try settings.order(names, application: id, by: Composition.operatorAct, in: transaction)
        }
        return JSONObject([("gateways", .array(gateways.map { .object(summary($0)) }))])
    }

    static let gatewayTest = Operation(name: "gateway test", isWrite: false) { input, house in
        let id = try applicationID(input.required("application"))
        let name = try input.required("name")
        let found = try await house.store.read { snapshot in
            name.utf8.count <= 100 ? snapshot.get(GatewayConfiguration.self, Key(id, name)) : nil
        }
        guard let configuration = found else {
            throw CommandFailure.failed("the application has no gateway \(name)")
        }
        guard let adapter = house.engine.adapter(configuration.adapter) else {
            throw CommandFailure.failed("this program does not know the adapter \(configuration.adapter)")
        }
        if let problem = await adapter.test(Account(application: id, configuration: configuration)) {
            throw CommandFailure.failed("\(name): \(problem)")
        }
        return JSONObject([("gateway", .string(name)), ("works", .bool(true))])
    }

    private static func update(
        _ name: String, _ id: ApplicationID, _ change: GatewayChange, _ house: Composition
    ) async throws -> GatewayConfiguration {
        let settings = GatewaySettings(house.ledger)
        return try await house.store.transact { transaction in
            try settings.update(name, application: id, change, by: Composition.operatorAct, in: transaction)
        }
    }

    /// What a gateway looks like now, with notices registered where that was asked for. A gateway that refuses to
    /// register is kept, and the command says so: it can be asked again.
    private static func answer(
        _ gateway: GatewayConfiguration, _ input: OperationInput, _ house: Composition
    ) async throws -> JSONObject {
        guard input.text("register-webhook") != nil else {
            return JSONObject([("gateway", .object(summary(gateway)))])
        }
        let url = "\(house.ledger.links.publicURL)/webhooks/\(gateway.gateway)/\(gateway.application)"
        guard url.hasPrefix("https://") else {
            throw CommandFailure.failed(
                "\(gateway.gateway) is set up, but notices need a public https address: start the server with "
                    + "--public-url, then run gateway update \(gateway.gateway) --register-webhook")
        }
        let account = Account(application: gateway.application, configuration: gateway)
        switch await house.engine.adapter(gateway.adapter)?.registerNotices(at: url, account) {
        case .registered(let id, let secret):
            var change = GatewayChange()
            var credentials = GatewayCredentials()
            credentials.webhookID = id
            credentials.webhookSecret = secret
            change.credentials = credentials
            let updated = try await update(gateway.gateway, gateway.application, change, house)
            return JSONObject([("gateway", .object(summary(updated))), ("webhook", .string(url))])
        case .refused(let failure):
            throw CommandFailure.failed(
                "\(gateway.gateway) is set up, but it refused the address for notices: \(failure.message)")
        case .impossible, nil:
            throw CommandFailure.failed("\(gateway.gateway) is set up; it sends no notices that could be registered")
        }
    }

    /// A key of the other mode would move real money in tests, or none in earnest.
    private static func checkKey(
        _ input: OperationInput, adapter: String, application id: ApplicationID, _ house: Composition
    ) async throws {
        guard adapter == "stripe", let key = try secret("secret-key", input) else { return }
        let mode = try await house.store.read { try Applications.find(id, in: $0).mode }
        guard let keyMode = StripeGateway.mode(ofKey: key) else {
            throw CommandFailure.usage(
                "--secret-key: this is no secret key of Stripe's, such as sk_live_… or rk_test_…")
        }
        guard keyMode == mode else {
            throw CommandFailure.usage(
                "--secret-key is a \(keyMode.rawValue) key, and the application is a \(mode.rawValue) one")
        }
    }

    private static func credentials(_ input: OperationInput) throws(CommandFailure) -> GatewayCredentials? {
        var credentials = GatewayCredentials()
        credentials.secretKey = try secret("secret-key", input) ?? ""
        credentials.webhookSecret = try secret("webhook-secret", input) ?? ""
        credentials.clientID = input.text("client-id") ?? ""
        credentials.webhookID = input.text("webhook-id") ?? ""
        return credentials == GatewayCredentials() ? nil : credentials
    }

    /// The text of a file that holds a secret, without the line's end that editors add.
    private static func secret(_ name: String, _ input: OperationInput) throws(CommandFailure) -> String? {
        guard let bytes = try input.file(name) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        guard (1...512).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw .usage("--\(name): the file must hold one secret of at most 512 visible characters")
        }
        return text
    }

    private static func limits(_ input: OperationInput) throws -> [AmountLimit]? {
        try input.list("limits")?.map { try AmountLimit($0) }
    }

    static let gatewayList = Operation(name: "gateway list", isWrite: false) { input, house in
        let only = try input.text("application").map { text in try applicationID(text) }
        let gateways = try await house.store.read { snapshot in
            Applications.list(in: snapshot).map(\.id).filter { only == nil || only == $0 }
                .flatMap { application in Payments.gateways(of: application, in: snapshot) }
        }
        return JSONObject([("gateways", .array(gateways.map { .object(summary($0)) }))])
    }

    private static func summary(_ gateway: GatewayConfiguration) -> JSONObject {
        JSONObject([
            ("gateway", .string(gateway.gateway)), ("application", .string(gateway.application.description)),
            ("name", .string(gateway.displayName)), ("adapter", .string(gateway.adapter)),
            ("order", .number(JSONNumber(gateway.order))), ("enabled", .bool(gateway.isEnabled)),
            ("methods", .array(gateway.methods.map { .string($0) })),
            ("currencies", .array(gateway.currencies.map { .string($0) })),
            ("faults", .array(gateway.faults.map { .string($0.rawValue) })),
            ("limits", .array(gateway.limits.map { .string($0.text) })),
            ("base_url", gateway.baseURL.map { .string($0) } ?? .null),
            ("credentials", .bool(!gateway.credentials.bytes.isEmpty)),
        ])
    }
}
