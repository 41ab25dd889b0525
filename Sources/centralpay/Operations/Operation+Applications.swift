import Billing
import JSON
import Pages
import Runtime
import Storage

extension Operation {
    static let applicationCreate = Operation(name: "app create", isWrite: true, createsData: true) { input, house in
        let name = try input.required("name")
        guard let mode = Mode(rawValue: try input.required("mode")) else {
            throw CommandFailure.usage("--mode is test or live")
        }
        guard mode == .test || (house.manualClock == nil && house.settings.seed == nil) else {
            throw CommandFailure.failed("a live application is refused where the clock is moved by hand or seeded")
        }
        guard mode == .test || house.data.kind == .server else {
            throw CommandFailure.failed("the demonstration has test applications only")
        }
        let billing = try BillingOptions(input).applied(to: BillingSettings()) ?? BillingSettings()
        let applications = Applications(house.ledger)
        let new = try await house.store.transact { transaction in
            try applications.create(
                name: name, mode: mode, billing: billing, by: Composition.operatorAct, in: transaction)
        }
        return JSONObject([
            ("application", .string(new.application.id.description)),
            ("api_key", .string(new.key.record.key)),
            ("api_secret", .string(new.key.secret)),
            ("return_secret", .string(new.returnSecret)),
        ])
    }

    static let applicationUpdate = Operation(name: "app update", isWrite: true) { input, house in
        let id = try applicationID(input.required("id"))
        var change = ApplicationChange()
        change.name = input.text("name")
        change.logo = input.text("logo-remove") != nil ? [] : try input.file("logo")
        change.requiresSignatureV2 = try input.isOn("require-signature-v2")
        change.brandColour = try colour(input, "colour", in: .light)
        change.brandColourDark = try colour(input, "colour-dark", in: .dark)
        let (billing, portal) = (try BillingOptions(input), try PortalOptions(input))
        let (given, applications) = (change, Applications(house.ledger))
        let application = try await house.store.transact { transaction in
            var wanted = given
            let current = try Applications.find(id, in: transaction)
            wanted.billing = billing.applied(to: current.billing)
            wanted.portal = portal.applied(to: current.portal)
            return try applications.update(id, wanted, by: Composition.operatorAct, in: transaction)
        }
        return JSONObject([("application", .object(summary(application)))])
    }

    static let applicationList = Operation(name: "app list", isWrite: false) { _, house in
        let applications = try await house.store.read { Applications.list(in: $0) }
        return JSONObject([("applications", .array(applications.map { .object(summary($0)) }))])
    }

    static func applicationID(_ text: String) throws(CommandFailure) -> ApplicationID {
        guard let id = ApplicationID(text) else {
            throw .usage("\(text) is no application: app_ and 32 hexadecimal digits; app list shows them")
        }
        return id
    }

    /// A colour that passes the contrast guard; empty for `none`, nil when it is not given.
    private static func colour(
        _ input: OperationInput, _ name: String, in theme: BrandTheme
    ) throws(CommandFailure) -> String? {
        guard let text = input.text(name) else { return nil }
        if text == "none" { return "" }
        guard let colour = BrandColour(text) else { throw .usage("--\(name) \(text) is no colour such as #5b3320") }
        switch BrandGuard.judge(colour, in: theme) {
        case .accepted: return colour.description
        case .refused(let suggestion):
            throw .failed("--\(name) \(colour) has too little contrast; the nearest shade that passes is \(suggestion)")
        }
    }

    private static func summary(_ application: Application) -> JSONObject {
        let members: [(name: String, value: JSONValue)] = [
            ("id", .string(application.id.description)), ("name", .string(application.name)),
            ("mode", .string(application.mode.rawValue)),
            ("created_at", .string(application.createdAt.description)),
            ("requires_signature_v2", .bool(application.requiresSignatureV2)),
            ("colour", application.brandColour.isEmpty ? .null : .string(application.brandColour)),
            ("colour_dark", application.brandColourDark.isEmpty ? .null : .string(application.brandColourDark)),
            ("logo", application.logoType.isEmpty ? .null : .string(application.logoType)),
        ]
        return JSONObject(
            members + BillingOptions.members(of: application.billing) + PortalOptions.members(of: application.portal))
    }
}
