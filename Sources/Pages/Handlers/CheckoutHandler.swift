import Billing
import Bytes
package import Gateways
package import HTTP
package import Runtime
import Storage

/// Answers the hosted checkout: `/checkout/{token}` and below. Every step is a plain form: a POST that acts, then a
/// 303 to a page that can be loaded again.
package final class CheckoutHandler: Sendable {
    let engine: PaymentEngine
    let doors: Doors
    private let limiter: PageLimiter

    package init(engine: PaymentEngine, doors: Doors) {
        self.engine = engine
        self.doors = doors
        limiter = PageLimiter(limit: 10, seconds: 60)
    }

    /// The answer, or nil when the path is not of a checkout.
    package func handle(_ request: Request) async -> Response? {
        PageAnswers.keepingLanguage(await answer(request), of: request)
    }

    private func answer(_ request: Request) async -> Response? {
        let parts = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        guard parts.first == "checkout", parts.count >= 2 else { return nil }
        guard let token = Hex.decode(parts[1]), token.count == 16, parts[1].utf8.allSatisfy({ $0 < 0x41 || $0 > 0x46 })
        else { return TroublePages.notFound(Language(for: request)).response }
        do {
            guard let visit = try await visit(token, request) else {
                return TroublePages.notFound(Language(for: request)).response
            }
            return try await route(visit, Array(parts.dropFirst(2)), request)
        } catch let refusal as Billing.Refusal where refusal.code == .rateLimited {
            return TroublePages.tooMany(
                Language(for: request), retryPath: "/checkout/" + parts[1],
                retryAfterSeconds: refusal.retryAfterSeconds ?? 60
            ).response
        } catch is Billing.Refusal {
            // Whatever was refused, the payment's own page says where it stands.
            return PageAnswers.seeOther("/checkout/" + parts[1])
        } catch {
            doors.log.write(.error, "checkout_failed", [("error", "\(error)")])
            return TroublePages.unavailable(Language(for: request), retryPath: "/checkout/" + parts[1]).response
        }
    }

    private func route(_ visit: CheckoutVisit, _ parts: [String], _ request: Request) async throws -> Response {
        if visit.isHeld, parts.first != "logo", parts.first != "status" {
            return TroublePages.unavailable(
                visit.view.language, merchant: visit.view.merchant, retryPath: visit.view.paths.page,
                retryAfterSeconds: 300
            ).response
        }
        switch (request.method, parts.first) {
        case (.get, nil), (.head, nil):
            return statePage(visit).response
        case (.get, "status"), (.head, "status"):
            return PageAnswers.state(visit.state)
        case (.get, "logo"), (.head, "logo"):
            return PageAnswers.logo(visit.application) ?? TroublePages.notFound(visit.view.language).response
        case (.get, "start"), (.head, "start"):
            guard parts.count == 2 else { break }
            guard visit.isOpen, let page = CheckoutPages.start(visit.view, gateway: parts[1]) else {
                return visit.isOpen
                    ? TroublePages.notFound(visit.view.language).response : PageAnswers.seeOther(visit.view.paths.page)
            }
            return page.response
        case (.get, "pay"), (.head, "pay"):
            return stepPage(visit).response
        case (.get, "challenge"), (.head, "challenge"):
            return stepPage(visit).response
        case (.get, "cancel"), (.head, "cancel"):
            guard visit.isOpen else { return PageAnswers.seeOther(visit.view.paths.page) }
            return CheckoutPages.confirmCancel(visit.view).response
        case (.get, "return"), (.head, "return"):
            return try await returned(visit)
        case (.get, "back"), (.head, "back"):
            return PageAnswers.seeOther(visit.view.paths.page)
        case (.post, let act?):
            return try await post(act, visit, request)
        default: break
        }
        return TroublePages.notFound(visit.view.language).response
    }

    private func post(_ act: String, _ visit: CheckoutVisit, _ request: Request) async throws -> Response {
        guard let form = QueryItems(request.body, limit: 20) else {
            return PageAnswers.seeOther(visit.view.paths.page)
        }
        guard proof(visit.token).isBorne(by: form, request) else {
            return TroublePages.staleForm(
                visit.view.language, merchant: visit.view.merchant, backPath: visit.view.paths.page
            ).response
        }
        switch act {
        case "pay":
            guard limiter.allows(visit.token, now: doors.clock.instant()) else {
                throw Billing.Refusal(.rateLimited, "Too many tries.", retryAfterSeconds: 60)
            }
            return try await pay(visit, form)
        case "wallet", "challenge":
            return try await decide(visit, form)
        case "cancel":
            guard visit.isOpen else { break }
            _ = try await engine.cancel(
                visit.payment.hash, application: visit.payment.application, reason: .cancelledByBuyer, by: .buyer)
        case "extend":
            _ = try await engine.extend(visit.payment.hash, by: .buyer)
        default:
            return TroublePages.notFound(visit.view.language).response
        }
        return PageAnswers.seeOther(visit.view.paths.page)
    }

    /// The buyer came back from a gateway's page. Whatever the address says is no proof: the gateway is asked.
    private func returned(_ visit: CheckoutVisit) async throws -> Response {
        let page = PageAnswers.seeOther(visit.view.paths.page)
        guard visit.isOpen, limiter.allows(visit.token, now: doors.clock.instant()) else {
            return visit.payment.status == .completed
                ? PageAnswers.seeOther(visit.view.paths.page + "?step=done") : page
        }
        let step = try await engine.returned(visit.payment.hash, by: .buyer)
        // One who did not finish there chooses again; nobody is sent away twice without a wish.
        if case .buyer = step { return page }
        return follow(step, visit)
    }

    /// Where the buyer's act leads: on to a page of ours, or off the site by a page that says so.
    func follow(_ step: NextStep, _ visit: CheckoutVisit) -> Response {
        switch step {
        case .buyer(let url):
            let ours = engine.ledger.links.publicURL + "/checkout/"
            guard url.hasPrefix(ours) else {
                return CheckoutPages.leaving(visit.view, to: url, place: URL(url)?.host ?? url).response
            }
            return PageAnswers.seeOther(String(url.dropFirst(engine.ledger.links.publicURL.count)))
        case .completed:
            return PageAnswers.seeOther(visit.view.paths.page + "?step=done")
        case .declined, .confirming, .unavailable:
            return PageAnswers.seeOther(visit.view.paths.page)
        }
    }
}
