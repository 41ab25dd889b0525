import Billing
import HTTP
import JSON
import Runtime
import Simulation
import Storage
import Testing

@testable import centralpay

/// What the operator and the site see of a hold, in the composition of production.
@Suite struct HoldTests {
    /// A server on the world's disk that has begun; with a live application from the first time on.
    private func house(_ world: World, restored: Bool = false) async throws -> (Composition, Site) {
        if try world.disk.status("probe") == nil { try world.disk.makeDirectory("probe") }
        let owner = try #require(try world.disk.status("probe")).owner
        var settings = ServerSettings()
        settings.dataPath = "data"
        if restored {
            let path = "data/" + DataDirectory.stampName
            let file = try world.disk.open(path, .readOnly)
            let stamp = DataDirectory.stamp(try file.read(at: 0, count: 4096), restoredAt: world.doors.clock.now())
            file.close()
            try world.disk.remove(path)
            let new = try world.disk.open(path, .createNew)
            try new.write(stamp, at: 0)
            new.close()
        }
        let doors = world.doors
        let data = try DataDirectory.open(
            "data", beginning: .server,
            DataDirectory.Access(
                files: doors.files, entropy: doors.entropy, userID: owner, environmentKey: nil, seed: 7))
        let store = try OpenStore.open(data, doors, seed: 7)
        let composition = Composition(
            settings: settings, data: data, doors: doors, manualClock: nil, store: store,
            publicURL: "http://127.0.0.1:8080")
        let site = try Site(composition)
        site.use(composition.makeClockwork(site.dueSources))
        await composition.watch?.start()
        return (composition, site)
    }

    private func run(_ operation: centralpay.Operation, _ house: Composition, _ words: String...) async throws
        -> JSONObject
    {
        try await operation.run(OperationInput(JSONObject(words.map { ($0, .string("")) })), house)
    }

    private func ready(_ site: Site) async -> String {
        String(decoding: await site.respond(Request(method: .get, target: "/ready")).body, as: UTF8.self)
    }

    @Test func `restored data with a live application is held once, until it is released with a confirmation`() throws {
        let world = World(seed: 1)
        try world.run { _ in
            let (first, site) = try await house(world)
            _ = try await centralpay.Operation.applicationCreate.run(
                OperationInput(JSONObject([("name", .string("Shop")), ("mode", .string("live"))])), first)
            #expect(await ready(site) == #"{"status":"ready"}"#)
            #expect(try await run(.held, first)["held"] == .bool(false))
            await #expect(throws: CommandFailure.failed("nothing is held")) {
                try await run(.release, first, "without-reconcile")
            }
            await first.store.close()

            let (second, restored) = try await house(world, restored: true)
            #expect(await ready(restored).contains(#""held":{"reason":"restored""#))
            #expect(try await run(.held, second)["reason"] == .string("restored"))
            #expect(world.logLines.contains { $0.contains(#""held""#) && $0.contains("restored from a backup") })
            await #expect(throws: CommandFailure.self) { try await run(.release, second) }
            let answer = try await run(.release, second, "without-reconcile")
            #expect(answer["released"] == .bool(true))
            #expect(answer["waiting"] == .array([]))
            #expect(await ready(restored) == #"{"status":"ready"}"#)
            let audited = try second.store.readSync { snapshot in
                var actions: [String] = []
                snapshot.scan(AuditEntry.self) { entry, _ in
                    if entry.objectID == "hold" { actions.append("\(entry.actor) \(entry.action)") }
                    return true
                }
                return actions
            }
            #expect(audited == ["system hold.open", "operator hold.release"])
            await second.store.close()

            // The same restore holds once.
            let (third, _) = try await house(world)
            #expect(try await run(.held, third)["held"] == .bool(false))
            await third.store.close()
        }
    }

    @Test func `data with test applications alone is never held`() throws {
        let world = World(seed: 2)
        try world.run { _ in
            let (first, _) = try await house(world)
            _ = try await centralpay.Operation.applicationCreate.run(
                OperationInput(JSONObject([("name", .string("Shop")), ("mode", .string("test"))])), first)
            await first.store.close()
            let (second, site) = try await house(world, restored: true)
            #expect(await ready(site) == #"{"status":"ready"}"#)
            await second.store.close()
        }
    }
}
