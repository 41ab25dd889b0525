import Billing
import Gateways
import HTTP
import Pages
import Runtime
import Storage

/// Everything that works on one store, wired together. The one place that knows all of it.
final class Composition: Sendable {
    let settings: ServerSettings
    let data: DataDirectory
    let doors: Doors
    let manualClock: ManualClock?
    let store: Store
    let vault: Vault
    let ledger: Ledger
    let engine: PaymentEngine
    let clockwork: Clockwork
    private let checkout: CheckoutHandler
    private let portal: PortalHandler
    /// Long work that must not hold up a loop.
    let background: WorkPool

    /// What the operator does through commands is recorded as done by.
    static let operatorAct = Act(actor: "operator")

    /// - Parameter publicURL: What links begin with.
    init(
        settings: ServerSettings, data: DataDirectory, doors: Doors, manualClock: ManualClock?, store: Store,
        publicURL: String
    ) {
        self.settings = settings
        self.data = data
        self.doors = doors
        self.manualClock = manualClock
        self.store = store
        vault = Vault(data.master)
        ledger = Ledger(vault: vault, links: Links(publicURL: publicURL))
        let adapters: [any GatewayAdapter] = [
            SandboxGateway.alpha(store: store, vault: vault), SandboxGateway.beta(store: store, vault: vault),
        ]
        engine = PaymentEngine(
            store: store, ledger: ledger, doors: doors, adapters: adapters, breaker: CircuitBreaker())
        let inbound = InboundNotices(store: store, ledger: ledger, doors: doors, adapters: adapters, actions: engine)
        let sandboxNotices = SandboxNotices(store: store, vault: vault, doors: doors, inbound: inbound)
        // Their order decides between what is due at the same moment.
        clockwork = Clockwork(
            store: store, doors: doors, sources: [engine, sandboxNotices, inbound], manualClock: manualClock)
        checkout = CheckoutHandler(engine: engine, doors: doors)
        portal = PortalHandler(engine: engine, doors: doors)
        background = WorkPool("background", priority: .background, scheduler: doors.scheduler, queueLimit: 16)
    }

    /// The names that `gateway add --adapter` knows.
    static let adapterNames = ["sandbox_alpha", "sandbox_beta"]

    // MARK: Doors

    /// The doors of the platform, with the clock and the randomness that the settings ask for.
    static func doors(_ platform: Doors, _ settings: ServerSettings) -> (Doors, ManualClock?) {
        let manual = settings.manualTime.map { ManualClock($0, base: platform.clock) }
        let entropy: any Entropy = settings.seed.map { SeedEntropy(seed: $0) } ?? platform.entropy
        let doors = Doors(
            clock: manual ?? platform.clock, entropy: entropy, files: platform.files, network: platform.network,
            scheduler: platform.scheduler, log: platform.log)
        return (doors, manual)
    }

    // MARK: Requests

    /// Answers one HTTP request.
    func respond(_ request: Request) async -> Response {
        let path = request.path
        if path == "/health" { return Self.health(request) }
        if let file = AssetServer.pages.response(path: path, validator: request.headers["if-none-match"]) {
            return file
        }
        if let page = await checkout.handle(request) { return page }
        if let page = await portal.handle(request) { return page }
        if settings.isDemo, let page = await DemoSite(self).handle(request) { return page }
        return TroublePages.notFound().response
    }

    /// What the demonstration's start page leads to.
    static let places: [StartView.Place] = [
        StartView.Place(path: "/health", title: "Health", note: "Whether the server is alive.")
    ]

    private static func health(_ request: Request) -> Response {
        guard request.method == .get || request.method == .head else {
            var response = refusal(405, "method_not_allowed", "Use GET.")
            response.headers.append(("Allow", "GET, HEAD"))
            return response
        }
        return Response(
            status: 200, headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")],
            body: Array(#"{"success":true,"status":"ok"}"#.utf8))
    }

    private static func refusal(_ status: Int, _ code: String, _ message: String) -> Response {
        Response(
            status: status, headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")],
            body: Array(#"{"success":false,"error":{"code":"\#(code)","message":"\#(message)"}}"#.utf8))
    }
}
