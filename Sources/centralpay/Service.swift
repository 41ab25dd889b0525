import Billing
import Bytes
import HTTP
import HTTPS
import JSON
import Platform
import Runtime
import Storage

/// One run of the server, from opening the data to the end of the process.
struct Service: Sendable {
    private static let stopSeconds = 10

    let settings: ServerSettings
    /// Prepares the data, before the first request; the demonstration fills it.
    var prepare: @Sendable (Composition) async throws -> Void = { _ in }
    /// What is said on standard error once the server is ready.
    var greeting: @Sendable (_ url: String) -> String? = { _ in nil }

    /// Serves until a signal asks for the end. Returns the exit code.
    func run(_ platform: Doors) async -> Int32 {
        let stop = WakeSignal()
        // Certificates are read anew; settings are those of the start.
        let hangUp = WakeSignal()
        let stopCount = Guarded(0)
        HostProcess.onSignal { signal in
            guard signal != .hangUp else { return hangUp.notify() }
            let count = stopCount.withLock { count -> Int in
                count += 1
                return count
            }
            // Whoever asks three times means now; the log survives that too.
            if count > 2 { HostProcess.exit(1) }
            stop.notify()
        }
        do {
            try await serve(platform, until: stop, hangUp: hangUp)
            return 0
        } catch let failure as CommandFailure {
            Program.complain(failure.message)
            return failure.exitCode
        } catch {
            Program.complain("\(error)")
            return 1
        }
    }

    private func serve(_ platform: Doors, until stop: WakeSignal, hangUp: WakeSignal) async throws {
        let (doors, manualClock) = Composition.doors(platform, settings)
        let security = try Security(settings, platform, hangUp: hangUp)
        let listeners = try Listeners(settings, doors.network)
        let data: DataDirectory
        let store: Store
        do {
            data = try DataDirectory.open(
                settings.dataPath, beginning: settings.isDemo ? .demo : .server,
                OpenStore.access(doors, seed: settings.seed))
            guard settings.isDemo || data.kind == .server else {
                throw CommandFailure.failed(
                    "\(data.path) is the demonstration's data: centralpay demo --data \(data.path) serves it")
            }
            guard !settings.isDemo || data.kind == .demo else {
                throw CommandFailure.failed("\(data.path) is real data: the demonstration takes none but its own")
            }
            store = try OpenStore.open(data, doors, seed: settings.seed) { error in
                // What is acknowledged is on the disk; the next start finds it.
                Program.complain("the log failed, the server ends: \(error)")
                HostProcess.exit(1)
            }
        } catch {
            listeners.close()
            throw error
        }
        let url = (security.keeper == nil ? "http://" : "https://") + Self.visibleAddress(listeners.main.address)
        let composition = Composition(
            settings: settings, data: data, doors: doors, manualClock: manualClock, store: store,
            publicURL: settings.publicURL ?? url, outbound: security.outbound)
        do {
            try await refuseLiveOnTestSettings(store)
            let filled = try await IndexBackfill.run(store)
            if filled > 0 { doors.log.write(.info, "indexes_filled", [("records", String(filled))]) }
            try await prepare(composition)
            await composition.watch?.start()
            try await work(composition, listeners, security, url: url, until: stop)
        } catch {
            listeners.close()
            await store.close()
            throw error
        }
        await store.close()
        if settings.isTemporary { Self.remove(settings.dataPath, doors.files) }
    }

    /// Removes a data directory that was made for this run; what cannot be removed stays.
    private static func remove(_ directory: String, _ files: any FileSystem) {
        for name in (try? files.list(directory)) ?? [] { try? files.remove(directory + "/" + name) }
        try? files.remove(directory)
    }

    private func work(
        _ composition: Composition, _ listeners: Listeners, _ security: Security, url: String, until stop: WakeSignal
    ) async throws {
        let doors = composition.doors
        let site = try Site(composition)
        let server = Server(doors: doors, refusalBody: { site.refusalBody($0) }) { request in
            await site.respond(request)
        }
        let clockwork = composition.makeClockwork(site.dueSources)
        site.use(clockwork)
        let control = ControlServer(composition)
        try control.start()
        doors.scheduler.spawn(on: 0) { await site.run() }
        let clockworkEnded = WakeSignal()
        doors.scheduler.spawn(on: 0) {
            await clockwork.run()
            clockworkEnded.notify()
        }
        security.start(server, listeners.main)
        let redirects = startRedirects(composition, listeners)
        announce(url, composition)
        await stop.wait(until: nil, on: doors.scheduler)
        doors.log.write(.info, "stopping", [])
        clockwork.stop()
        await redirects?.stop(withinSeconds: 1)
        await server.stop(withinSeconds: Self.stopSeconds)
        control.stop()
        site.stop()
        security.keeper?.stop()
        await clockworkEnded.wait(until: doors.clock.instant().adding(seconds: Self.stopSeconds), on: doors.scheduler)
        doors.log.write(.info, "stopped", [])
    }

    /// Sends plain HTTP on to the public address, where that was asked for.
    private func startRedirects(_ composition: Composition, _ listeners: Listeners) -> Server? {
        guard let listener = listeners.redirect, let url = URL(composition.ledger.links.publicURL) else { return nil }
        let redirect = SecureRedirect(to: url)
        let server = Server(doors: composition.doors) { request in redirect.response(to: request) }
        server.start(listener)
        return server
    }

    private func announce(_ url: String, _ composition: Composition) {
        var json = JSONWriter()
        json.beginObject()
        json.name("event")
        json.string("listening" as StaticString)
        json.name("url")
        json.string(url)
        json.name("public_url")
        json.string(composition.ledger.links.publicURL)
        json.name("data")
        json.string(composition.data.path)
        json.name("pid")
        json.integer(Int64(HostProcess.processID))
        json.endObject()
        HostProcess.write(json.bytes + [0x0a], to: .standardOutput)
        if let text = greeting(url) { HostProcess.write(text, to: .standardError) }
    }

    /// A clock that stands still, or secrets that repeat, must never meet real money.
    private func refuseLiveOnTestSettings(_ store: Store) async throws {
        guard settings.manualTime != nil || settings.seed != nil else { return }
        let live = try await store.read { snapshot in Applications.list(in: snapshot).first { $0.mode == .live } }
        guard let live else { return }
        let option = settings.manualTime != nil ? "--clock manual" : "--seed"
        throw CommandFailure.failed("\(option) is refused: \(settings.dataPath) has the live application \(live.id)")
    }

    /// An address that a browser on this machine can open.
    private static func visibleAddress(_ address: SocketAddress) -> String {
        switch address {
        case .ip(.v4(0), let port): "127.0.0.1:\(port)"
        case .ip(.v6(high: 0, low: 0), let port): "[::1]:\(port)"
        default: "\(address)"
        }
    }
}
