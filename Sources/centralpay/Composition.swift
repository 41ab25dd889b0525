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
        engine = PaymentEngine(
            store: store, ledger: ledger, doors: doors, adapters: Self.adapters(store, doors),
            breaker: CircuitBreaker())
        clockwork = Clockwork(store: store, doors: doors, sources: [engine], manualClock: manualClock)
        background = WorkPool("background", priority: .background, scheduler: doors.scheduler, queueLimit: 16)
    }

    private static func adapters(_ store: Store, _ doors: Doors) -> [any GatewayAdapter] {
        []
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
        if path.hasPrefix(AssetServer.folder) { return Self.asset(path, request) }
        return Self.refusal(404, "not_found", "There is nothing here.")
    }

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

    private static func asset(_ path: String, _ request: Request) -> Response {
        guard let file = AssetServer.pages.file(at: path) else {
            return refusal(404, "not_found", "There is nothing here.")
        }
        if request.headers["if-none-match"] == file.entityTag {
            return Response(status: 304, headers: file.headers)
        }
        return Response(status: 200, headers: file.headers, body: file.bytes)
    }

    private static func refusal(_ status: Int, _ code: String, _ message: String) -> Response {
        Response(
            status: status, headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")],
            body: Array(#"{"success":false,"error":{"code":"\#(code)","message":"\#(message)"}}"#.utf8))
    }
}
