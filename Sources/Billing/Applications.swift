import Bytes
import Fields
import Runtime
package import Storage

/// A new application with the secrets that are shown once, now.
package struct NewApplication: Sendable {
    package let application: Application
    package let key: NewKey
    package let returnSecret: String
}

/// What changes an application; nil leaves as it is.
package struct ApplicationChange: Sendable {
    package var name: String?
    /// `#rrggbb` that passed the contrast guard, or empty for the product's own colour.
    package var brandColour: String?
    package var brandColourDark: String?
    /// An image of at most ``Applications/logoByteLimit`` bytes; empty removes the logo.
    package var logo: [UInt8]?
    package var requiresSignatureV2: Bool?
    package var billing: BillingSettings?
    package var portal: PortalSettings?

    package init() {}
}

/// Creating and changing merchants' accounts, inside a transaction: what the operator does.
package struct Applications: Sendable {
    package let ledger: Ledger

    package static let logoByteLimit = 256 << 10
    package static let limit = 1000

    package init(_ ledger: Ledger) {
        self.ledger = ledger
    }

    /// A new application with its first key; one in test mode gets both sandbox gateways.
    ///
    /// - Parameter pair: Fixed credentials, for the demonstration alone.
    package func create(
        name: String, mode: Mode, billing: BillingSettings = BillingSettings(), pair: KeyPair? = nil, by act: Act,
        in transaction: Transaction
    ) throws(Refusal) -> NewApplication {
        let name = try Self.checkedName(name)
        let billing = try billing.checked()
        let count = Self.list(in: transaction).count
        if count == 0 { IndexBackfill.begin(in: transaction) }
        guard count < Self.limit else {
            throw Refusal(.invalidState, "A server has at most \(Self.limit) applications.")
        }
        var application = Application()
        application.id = ApplicationID(in: transaction, purpose: "application")
        application.name = name
        application.mode = mode
        application.billing = billing
        application.createdAt = transaction.now
        let returnSecret = "rs_" + Hex.encode(transaction.random(24, purpose: "return secret"))
        application.returnSecret = ledger.vault.seal(
            Array(returnSecret.utf8), for: application.id.description, in: transaction)
        application.objectSequence = 1
        transaction.put(application)
        ledger.audit(
            "application.create", on: application.id.description, application: application.id, by: act,
            in: transaction)
        let key = try Keys(ledger).create(
            application: application.id, KeySettings(), pair: pair, by: act, in: transaction)
        if mode == .test {
            let settings = GatewaySettings(ledger)
            for gateway in GatewaySettings.sandboxGateways {
                try settings.add(gateway, application: application.id, by: act, in: transaction)
            }
        }
        transaction.notify(Topics.configuration)
        return NewApplication(application: application, key: key, returnSecret: returnSecret)
    }

    package func update(
        _ id: ApplicationID, _ change: ApplicationChange, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> Application {
        let before = try Self.find(id, in: transaction)
        var after = before
        if let name = change.name { after.name = try Self.checkedName(name) }
        if let colour = change.brandColour { after.brandColour = colour }
        if let colour = change.brandColourDark { after.brandColourDark = colour }
        if let isRequired = change.requiresSignatureV2 { after.requiresSignatureV2 = isRequired }
        if let billing = change.billing { after.billing = try billing.checked() }
        if let portal = change.portal { after.portal = try portal.checked() }
        if let logo = change.logo {
            guard logo.count <= Self.logoByteLimit else {
                throw .invalid("logo", "too_long", "A logo has at most \(Self.logoByteLimit >> 10) KiB.")
            }
            guard logo.isEmpty || !Self.imageType(logo).isEmpty else {
                throw .invalid("logo", "invalid_format", "A logo is a PNG, JPEG, WebP or SVG image.")
            }
            after.logo = Blob(logo)
            after.logoType = Self.imageType(logo)
        }
        after.objectSequence += 1
        transaction.put(after)
        ledger.audit(
            "application.update", on: id.description, application: id, by: act, in: transaction)
        transaction.notify(Topics.configuration)
        return after
    }

    /// All applications, oldest first, archived ones too.
    package static func list(in snapshot: Snapshot) -> [Application] {
        var all: [Application] = []
        snapshot.scan(Application.self, prefix: Key(), limit: limit) { application, _ in
            all.append(application)
            return true
        }
        return all
    }

    package static func find(_ id: ApplicationID, in snapshot: Snapshot) throws(Refusal) -> Application {
        guard let application = snapshot.get(Application.self, Key().adding(id)) else {
            throw Refusal(.notFound, "There is no application \(id).")
        }
        return application
    }

    private static func checkedName(_ name: String) throws(Refusal) -> String {
        guard (1...100).contains(name.unicodeScalars.count), name.unicodeScalars.allSatisfy({ $0.value >= 0x20 })
        else { throw .invalid("name", "invalid_length", "A name has 1 to 100 characters.") }
        return name
    }

    /// The type of an image by its first bytes, or an empty string.
    private static func imageType(_ bytes: [UInt8]) -> String {
        if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) { return "image/png" }
        if bytes.starts(with: [0xff, 0xd8, 0xff]) { return "image/jpeg" }
        if bytes.count > 12, bytes.starts(with: Array("RIFF".utf8)), Array(bytes[8..<12]) == Array("WEBP".utf8) {
            return "image/webp"
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { return "" }
        return text.prefix(1000).containsText("<svg") ? "image/svg+xml" : ""
    }
}
