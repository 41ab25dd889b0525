import Billing
import JSON
import Storage

extension Operation {
    static let gatewayAdd = Operation(name: "gateway add", isWrite: true) { input, house in
        let id = try applicationID(input.required("application"))
        let name = try input.required("name")
        let adapter = input.text("adapter") ?? name
        guard Composition.adapterNames.contains(adapter) else {
            throw CommandFailure.usage(
                "--adapter \(adapter) is unknown; there are \(Composition.adapterNames.joined(separator: ", "))")
        }
        let new = NewGateway(
            gateway: name, adapter: adapter, displayName: input.text("display-name") ?? name,
            order: try input.integer("order") ?? 10, methods: input.list("methods") ?? ["card"],
            currencies: input.list("currencies") ?? [])
        let settings = GatewaySettings(house.ledger)
        let gateway = try await house.store.transact { transaction in
            try settings.add(new, application: id, by: Composition.operatorAct, in: transaction)
        }
        return JSONObject([("gateway", .object(summary(gateway)))])
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
        let settings = GatewaySettings(house.ledger)
        let wanted = change
        let gateway = try await house.store.transact { transaction in
            try settings.update(name, application: id, wanted, by: Composition.operatorAct, in: transaction)
        }
        return JSONObject([("gateway", .object(summary(gateway)))])
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
        ])
    }
}
