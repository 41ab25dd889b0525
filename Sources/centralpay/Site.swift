import API
import Billing
import HTTP
import Pages
import Runtime

/// What the server answers: the API, the hosted pages, and in the demonstration its start page.
final class Site: Sendable {
    private let composition: Composition
    private let api: APIServer
    private let checkout: CheckoutHandler
    private let invoices: InvoiceHandler
    private let setups: SetupHandler
    private let portal: PortalHandler
    private let demo: DemoSite?
    private let proxies: TrustedProxies

    /// The API's own work that falls due.
    let dueSources: [any DueSource]

    /// - Throws: `StoreError` when the store cannot be read.
    init(_ composition: Composition) throws {
        self.composition = composition
        var options = APIOptions()
        switch composition.settings.rateLimit {
        case .off: options.rateLimit = 0
        case .perSecond(let count):
            options.rateLimit = count
            options.burst = 2 * count
        }
        options.trustedProxies = composition.settings.trustedProxies
        proxies = TrustedProxies(composition.settings.trustedProxies)
        options.metricsToken = composition.settings.metricsToken
        let services = try Services(
            doors: composition.doors, store: composition.store, ledger: composition.ledger,
            engine: composition.engine, notices: composition.inbound, options: options,
            invoiceDocument: { InvoiceDocumentPage.page($0).response })
        api = APIServer(services)
        dueSources = [services.reset, Housekeeping(services)]
        checkout = CheckoutHandler(engine: composition.engine, doors: composition.doors)
        invoices = InvoiceHandler(engine: composition.engine, doors: composition.doors)
        setups = SetupHandler(engine: composition.engine, doors: composition.doors)
        portal = PortalHandler(engine: composition.engine, doors: composition.doors)
        demo = composition.settings.isDemo ? DemoSite(composition) : nil
    }

    /// Gives the requests that move clocks what runs due work.
    func use(_ clockwork: Clockwork) {
        api.services.use(clockwork)
    }

    /// Keeps caches fresh until `stop`.
    func run() async {
        await api.run()
    }

    func stop() {
        api.stop()
    }

    /// The body of an answer to a request that HTTP itself refuses.
    func refusalBody(_ refusal: HTTP.Refusal) -> [UInt8] {
        api.refusalBody(refusal)
    }

    /// Answers one request.
    func respond(_ request: Request) async -> Response {
        var response =
            if composition.manualClock != nil, let clockwork = composition.clockwork {
                await clockwork.answering { await answer(request) }
            } else {
                await answer(request)
            }
        // RFC 6797 section 7.2: over TLS alone.
        if proxies.isSecure(request) { response.headers.append(("Strict-Transport-Security", "max-age=31536000")) }
        return response
    }

    private func answer(_ request: Request) async -> Response {
        if api.serves(request.target) { return await api.handle(request) }
        let path = request.path
        if let file = AssetServer.pages.response(path: path, validator: request.headers["if-none-match"]) {
            return file
        }
        if let page = await checkout.handle(request) { return page }
        if let page = await invoices.handle(request) { return page }
        if let page = await setups.handle(request) { return page }
        if let page = await portal.handle(request) { return page }
        if let demo, let page = await demo.handle(request) { return page }
        return TroublePages.notFound().response
    }
}
