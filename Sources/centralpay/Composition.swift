import Billing
import Gateways
import HTTP
import HTTPS
import Runtime
import Storage
import Webhooks
import X509

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
    let inbound: InboundNotices
    /// What does things when they fall due. Their order decides between things of one moment.
    private let sources: [any DueSource]
    /// Holds live applications where the data or the clock is not what it was; nil where the clock is moved by hand,
    /// which live applications are refused on.
    let watch: HoldWatch?
    private let running = Guarded<Clockwork?>(nil)

    /// What the operator does through commands is recorded as done by.
    static let operatorAct = Act(actor: "operator")

    /// - Parameters:
    ///   - publicURL: What links begin with.
    ///   - outbound: Reaches gateways and receivers of webhooks over TLS; nil where none are called.
    init(
        settings: ServerSettings, data: DataDirectory, doors: Doors, manualClock: ManualClock?, store: Store,
        publicURL: String, outbound: Outbound? = nil
    ) {
        self.settings = settings
        self.data = data
        self.doors = doors
        self.manualClock = manualClock
        self.store = store
        vault = Vault(data.master)
        ledger = Ledger(vault: vault, links: Links(publicURL: publicURL))
        let transport = outbound?.transport
        let adapters: [any GatewayAdapter] = [
            SandboxGateway.alpha(store: store, vault: vault), SandboxGateway.beta(store: store, vault: vault),
            StripeGateway(
                vault: vault, line: GatewayLine(doors: doors, transport: transport, manners: StripeGateway.manners)),
            PayPalGateway(
                vault: vault, line: GatewayLine(doors: doors, transport: transport, manners: PayPalGateway.manners),
                doors: doors, trust: { await outbound?.roots() ?? TrustStore(merging: []) }),
        ]
        engine = PaymentEngine(
            store: store, ledger: ledger, doors: doors, adapters: adapters, breaker: CircuitBreaker())
        inbound = InboundNotices(store: store, ledger: ledger, doors: doors, adapters: adapters, actions: engine)
        let sandboxNotices = SandboxNotices(store: store, vault: vault, doors: doors, inbound: inbound)
        let dispatcher = WebhookDispatcher(
            store: store, ledger: ledger, doors: doors,
            policy: OutboundPolicy(allowing: settings.privateWebhookNetworks), transport: transport)
        watch =
            manualClock == nil
            ? HoldWatch(
                store: store, ledger: ledger, doors: doors, machine: MachineIdentity.read(doors.files),
                restoredAt: data.restoredAt) : nil
        sources = [
            SubscriptionWork(store: store, ledger: ledger), InvoiceWork(store: store, ledger: ledger),
            Collector(engine), engine, SavedMethodWork(engine), sandboxNotices, inbound, dispatcher,
        ]
    }

    /// What runs all time-driven work; made once, with the sources that a server adds.
    func makeClockwork(_ more: [any DueSource]) -> Clockwork {
        let clockwork = Clockwork(
            store: store, doors: doors, sources: sources + more, manualClock: manualClock, watch: watch)
        running.withLock { $0 = clockwork }
        return clockwork
    }

    /// The clockwork of a running server; nil in a command that works alone.
    var clockwork: Clockwork? { running.withLock { $0 } }

    /// What of an application is due at `now`: the kind, and the moment of the oldest.
    func due(
        of application: ApplicationID, now: Timestamp, in snapshot: Snapshot
    ) -> [(kind: String, time: Timestamp)] {
        sources.compactMap { source in
            guard let time = source.nextDue(of: application, in: snapshot), time <= now else { return nil }
            return ("\(source.kind)", time)
        }
    }

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
}
