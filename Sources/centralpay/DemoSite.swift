import Billing
import Crypto
import HTTP
import Pages
import Runtime
import Storage

/// The demonstration's own pages: the start page, and the buttons on it that make payments.
struct DemoSite: Sendable {
    private static let createPath = "/demo/checkout"

    /// What a button on the start page sells.
    private struct Offer {
        let id: String
        let title: String
        let note: String
        let amount: String
        let currency: Currency
        var savesMethod = false
    }

    private static let places = [
        StartView.Place(path: "/openapi.json", title: "OpenAPI", note: "Every endpoint, for programs."),
        StartView.Place(path: "/health", title: "Health", note: "Whether the server is alive."),
    ]

    private let composition: Composition
    private let csrf: String

    init(_ composition: Composition) {
        self.composition = composition
        csrf = composition.vault.derivation.authenticate(Array("csrf.demo".utf8)).hex
    }

    private static var offers: [Offer] {
        [
            Offer(
                id: "lamp", title: "Desk lamp", note: "Choose a card or the wallet.", amount: "49.00", currency: .usd),
            Offer(
                id: "tea", title: "Tea set", note: "A currency without decimals.", amount: "12800",
                currency: Currency("JPY") ?? .usd),
            Offer(
                id: "club", title: "Coffee club", note: "Offers to keep the card.", amount: "19.50",
                currency: Currency("EUR") ?? .usd, savesMethod: true),
        ]
    }

    /// The answer, or nil when the path is not of the demonstration.
    func handle(_ request: Request) async -> Response? {
        switch (request.path, request.method) {
        case ("/", .get), ("/", .head): return StartPage.page(view).response
        case (Self.createPath, .post): return await create(request)
        case (Self.createPath, _): return Self.seeOther("/")
        default: return nil
        }
    }

    private var view: StartView {
        StartView(
            createPath: Self.createPath, csrf: csrf,
            samples: Self.offers.map { offer in
                StartView.Sample(
                    id: offer.id, title: offer.title, note: offer.note,
                    amountText: "\(offer.amount) \(offer.currency)")
            },
            places: Self.places, apiKey: Demo.apiKey, apiSecret: Demo.apiSecret,
            publicURL: composition.ledger.links.publicURL, testCards: SandboxStories.cards)
    }

    /// Makes a payment and goes to its checkout.
    private func create(_ request: Request) async -> Response {
        // The token keeps other sites from pressing the button.
        guard let form = QueryItems(request.body, limit: 10), form["csrf"] == csrf,
            let offer = Self.offers.first(where: { $0.id == form["sample"] })
        else { return Self.seeOther("/") }
        do {
            let found = try await composition.store.read { snapshot in
                snapshot.get(APIKey.self, Key().adding(Demo.apiKey)).flatMap { key in
                    snapshot.get(Application.self, Key().adding(key.application))
                }
            }
            guard let application = found else { return Self.seeOther("/") }
            let payment = try await DemoData(composition).create(
                amount: offer.amount, currency: offer.currency, description: offer.title, email: "you@example.com",
                name: "You", savesMethod: offer.savesMethod, application)
            return Self.seeOther(String(payment.hostedURL.dropFirst(composition.ledger.links.publicURL.count)))
        } catch {
            composition.doors.log.write(.error, "demo_checkout_failed", [("error", "\(error)")])
            return TroublePages.unavailable(retryPath: "/").response
        }
    }

    private static func seeOther(_ path: String) -> Response {
        Response(status: 303, headers: PageHeaders.all + [("Location", path)])
    }
}
