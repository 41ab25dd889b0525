import Billing
import Bytes
import Fields
package import Gateways
package import HTTP
package import Runtime
import Storage

/// Answers an invoice's own page: `/invoice/{token}`, its document, and the button that leads to a payment of it.
package final class InvoiceHandler: Sendable {
    private let engine: PaymentEngine
    private let doors: Doors
    private let limiter = PageLimiter(limit: 10, seconds: 60)

    package init(engine: PaymentEngine, doors: Doors) {
        self.engine = engine
        self.doors = doors
    }

    /// The answer, or nil when the path is not of an invoice.
    package func handle(_ request: Request) async -> Response? {
        PageAnswers.keepingLanguage(await answer(request), of: request)
    }

    private func answer(_ request: Request) async -> Response? {
        let parts = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        guard parts.first == "invoice", parts.count >= 2 else { return nil }
        let language = Language(for: request)
        guard let token = Hex.decode(parts[1]), token.count == 16, parts.count <= 3,
            parts[1].utf8.allSatisfy({ $0 < 0x41 || $0 > 0x46 })
        else { return TroublePages.notFound(language).response }
        let path = "/invoice/" + parts[1]
        do {
            guard let visit = try await visit(token) else { return TroublePages.notFound(language).response }
            return try await route(visit, parts.count == 3 ? parts[2] : nil, request)
        } catch let refusal as Billing.Refusal {
            return PageAnswers.trouble(refusal, language, path: path) ?? PageAnswers.seeOther(path)
        } catch {
            doors.log.write(.error, "invoice_page_failed", [("error", "\(error)")])
            return TroublePages.unavailable(language, retryPath: path).response
        }
    }

    private struct Visit: Sendable {
        let token: [UInt8]
        let document: InvoiceDocument
        let email: String?
        /// Whether a payment is going on whose outcome is not known.
        let isProcessing: Bool

        var invoice: Invoice { document.invoice }
    }

    /// Reads all that the page shows in one snapshot; nil for an unknown token.
    private func visit(_ token: [UInt8]) async throws -> Visit? {
        let ledger = engine.ledger
        return try await engine.store.read { snapshot in
            guard let invoice = snapshot.first(Invoice.byToken, Key(token)),
                let application = snapshot.get(Application.self, Key(invoice.application))
            else { return nil }
            let document = try Invoices(ledger).document(invoice.id, application: application, in: snapshot)
            return Visit(
                token: token, document: document, email: document.customer?.email,
                isProcessing: invoice.isPayable
                    && (invoice.paymentStatus == .processing
                        || Invoices.hasPaymentInFlight(invoice, in: snapshot))
            )
        }
    }

    private func route(_ visit: Visit, _ part: String?, _ request: Request) async throws -> Response {
        let language = Language(for: request)
        let view = view(visit, language, asked: Language.asked(in: request))
        switch (request.method, part) {
        case (.get, nil), (.head, nil): return InvoicePages.page(view).response
        case (.get, "document"), (.head, "document"):
            return InvoiceDocumentPage.page(visit.document, language: language).response
        case (.get, "status"), (.head, "status"):
            return PageAnswers.state(visit.isProcessing ? "processing" : visit.invoice.status.rawValue)
        case (.get, "logo"), (.head, "logo"):
            return PageAnswers.logo(visit.document.application) ?? TroublePages.notFound(language).response
        case (.post, "pay"): return try await pay(visit, view, request)
        default: return TroublePages.notFound(language).response
        }
    }

    /// Leads to a payment of what is due: the one that is open, or a new one.
    private func pay(_ visit: Visit, _ view: InvoiceView, _ request: Request) async throws -> Response {
        let page = view.page
        guard let form = QueryItems(request.body, limit: 10),
            FormProof("invoice", visit.token, engine.ledger.vault).isBorne(by: form, request)
        else {
            return TroublePages.staleForm(page.language, merchant: page.merchant, backPath: page.paths.page).response
        }
        guard case .payable = view.state else { return PageAnswers.seeOther(page.paths.page) }
        guard limiter.allows(visit.token, now: doors.clock.instant()) else {
            throw Billing.Refusal(.rateLimited, "Too many tries.", retryAfterSeconds: 60)
        }
        let payment = try await engine.hostedPayment(
            for: visit.invoice.id, application: visit.invoice.application, locale: page.language.tag, by: .buyer)
        return PageAnswers.seeOther("/checkout/" + Hex.encode(payment.token.bytes))
    }

    private func view(_ visit: Visit, _ language: Language, asked: Language?) -> InvoiceView {
        let (invoice, application) = (visit.invoice, visit.document.application)
        let token = Hex.encode(visit.token)
        var page = CheckoutView(
            language: language, merchant: MerchantView(application, logoPath: "/invoice/\(token)/logo"),
            order: InvoiceOrder(invoice: invoice, language: language).view, customerEmail: visit.email, token: token,
            csrf: FormProof("invoice", visit.token, engine.ledger.vault).token)
        page.paths = CheckoutPaths(folder: "invoice", token: token)
        page.paths.asked = asked
        page.isTest = invoice.mode == .test
        page.offeredLanguages = Language.allCases.filter { $0 != language }
        return InvoiceView(
            page: page, number: invoice.number ?? "", state: Self.state(visit), dueAt: invoice.dueDate,
            chargesAt: invoice.attemptDueAt, hasFailed: invoice.isPayable && invoice.paymentStatus == .failed,
            paidAt: invoice.paidAt, hasReceivedMoney: invoice.amountPaid.isPositive)
    }

    private static func state(_ visit: Visit) -> InvoiceView.State {
        guard !visit.isProcessing else { return .processing }
        let invoice = visit.invoice
        return switch invoice.status {
        case .paid: .paid
        case .void, .draft: .void
        case .open, .uncollectible:
            .payable(isOverdue: invoice.isOverdue, isGivenUp: invoice.status == .uncollectible)
        }
    }
}
