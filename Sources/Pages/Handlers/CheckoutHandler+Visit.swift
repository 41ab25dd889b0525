import Billing
import Bytes
import Crypto
import Fields
import Gateways
import HTTP
import Runtime
import Storage

extension CheckoutHandler {
    /// Reads everything a page of this payment shows, in one snapshot; nil for an unknown token.
    func visit(_ token: [UInt8], _ request: Request) async throws -> CheckoutVisit? {
        let ledger = engine.ledger
        let doors = self.doors
        let query = QueryItems(request.query, limit: 20) ?? QueryItems()
        let found = try await engine.store.read { snapshot -> Found? in
            guard let payment = snapshot.first(Payment.byToken, Key().adding(token)),
                let application = snapshot.get(Application.self, Key().adding(payment.application))
            else { return nil }
            return Found(
                payment: payment, application: application,
                gateways: Payments.gateways(of: application.id, in: snapshot),
                now: snapshot.now(of: application.id, doors.clock),
                isHeld: payment.status == .pending && Holds.isHeld(payment.mode, in: snapshot),
                email: snapshot.get(Customer.self, Key().adding(payment.customer))?.email,
                invoice: payment.invoice.flatMap { snapshot.get(Invoice.self, Key($0)) },
                returnSecret: ledger.vault.open(application.returnSecret, for: application.id.description))
        }
        guard let found else { return nil }
        let (payment, now) = (found.payment, found.now)
        let language = Language(for: request, locale: payment.locale)
        var view = CheckoutView(
            language: language, merchant: merchant(found.application, token),
            order: OrderView(
                amountText: AmountText.format(payment.amount, language), description: payment.description,
                reference: payment.hash.description, expiresAt: payment.expiresAt),
            customerEmail: found.email, token: Hex.encode(token), csrf: proof(token).token)
        if let invoice = found.invoice {
            view.order = InvoiceOrder(invoice: invoice, language: language).added(
                to: view.order, paying: payment.amount)
        }
        view.paths.asked = Language.asked(in: request)
        view.isTest = payment.mode == .test
        view.isCancellable = payment.status == .pending
        view.offeredLanguages = Language.allCases.filter { $0 != language }
        let route = Payments.route(found.gateways, allowed: payment.allowedGateways, amount: payment.amount)
        view.methods = route.filter { engine.adapter($0.adapter) != nil }.map(Self.method)
        if view.methods.contains(where: { $0.kind == .card }) { view.cardForm.testCards = SandboxStories.cards }
        view.closingSoon = Self.closingSoon(payment, now)
        return CheckoutVisit(
            token: token, payment: payment, application: found.application, gateways: found.gateways, now: now,
            returnURL: payment.returnURL.map {
                Self.signedReturn($0, payment, found.returnSecret ?? [], doors.clock.now())
            },
            isFresh: query["step"] == "done", isHeld: found.isHeld, view: view)
    }

    private struct Found: Sendable {
        let payment: Payment
        let application: Application
        let gateways: [GatewayConfiguration]
        /// The application's time.
        let now: Timestamp
        let isHeld: Bool
        let email: String?
        /// The one that is paid.
        let invoice: Invoice?
        let returnSecret: [UInt8]?
    }

    /// The proof that a form came from a page of this payment.
    func proof(_ token: [UInt8]) -> FormProof {
        FormProof("checkout", token, engine.ledger.vault)
    }

    private func merchant(_ application: Application, _ token: [UInt8]) -> MerchantView {
        MerchantView(application, logoPath: "/checkout/" + Hex.encode(token) + "/logo")
    }

    static func method(_ gateway: GatewayConfiguration) -> MethodView {
        let isCard = gateway.adapter == "sandbox_alpha"
        return MethodView(
            gateway: gateway.gateway, name: gateway.displayName, kind: isCard ? .card : .wallet,
            marks: isCard ? ["Visa", "Mastercard", "Amex"] : [])
    }

    /// Under ten minutes before the end the page warns, and offers to stay open.
    private static func closingSoon(_ payment: Payment, _ now: Timestamp) -> CheckoutView.ClosingSoon? {
        guard payment.status == .pending, now < payment.expiresAt, payment.expiresAt < now.adding(seconds: 600) else {
            return nil
        }
        return CheckoutView.ClosingSoon(closesAt: payment.expiresAt, extendsTo: payment.extendedExpiry(now: now))
    }

    /// The merchant's address with `payment`, `status`, `timestamp` and `signature` added to its own query.
    static func signedReturn(_ url: String, _ payment: Payment, _ secret: [UInt8], _ now: Timestamp) -> String {
        let message =
            "return.v1.\(now.seconds).\(payment.hash).\(payment.status.rawValue).\(payment.amount)."
            + "\(payment.amount.currency)"
        let signature = HMACKey(secret).authenticate(Array(message.utf8)).hex
        var added = QueryItems()
        added.append("payment", payment.hash.description)
        added.append("status", payment.status.rawValue)
        added.append("timestamp", String(now.seconds))
        added.append("signature", signature)
        let (address, fragment) = split(url, at: "#")
        let separator = !address.contains("?") ? "?" : address.hasSuffix("?") || address.hasSuffix("&") ? "" : "&"
        return address + separator + added.text + fragment
    }

    private static func split(_ url: String, at mark: Character) -> (String, String) {
        guard let index = url.firstIndex(of: mark) else { return (url, "") }
        return (String(url[..<index]), String(url[index...]))
    }
}

extension MerchantView {
    /// An application as its buyers see it.
    init(_ application: Application, logoPath: String) {
        self.init(
            name: application.name, logoPath: application.logo.bytes.isEmpty ? nil : logoPath,
            brand: BrandColour(application.brandColour).flatMap {
                BrandStyle(colour: $0, darkTwin: BrandColour(application.brandColourDark))
            })
    }
}
