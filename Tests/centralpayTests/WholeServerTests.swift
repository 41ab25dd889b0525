import Billing
import Bytes
import Crypto
import HTTP
import JSON
import Runtime
import Simulation
import Storage
import Testing

@testable import centralpay

/// The whole server, composed as in production, in a seeded world.
@Suite struct WholeServerTests {
    private static let start = "2025-01-01T12:00:00Z"

    /// A composed server with one application, and a way to sign requests to it.
    private struct House {
        let composition: Composition
        let site: Site
        let key: String
        let secret: String

        func send(_ method: HTTP.Method, _ target: String, _ body: String, at timestamp: String) async -> Response {
            let signature = HMACKey(Array(secret.utf8)).authenticate(Array("\(timestamp).\(body)".utf8)).hex
            return await site.respond(
                Request(
                    method: method, target: target,
                    headers: Headers([
                        ("X-Api-Key", key), ("X-Timestamp", timestamp), ("X-Signature", signature),
                        ("Content-Type", "application/json"),
                    ]), body: Array(body.utf8)))
        }
    }

    private func compose(_ world: World) async throws -> House {
        var settings = ServerSettings()
        settings.dataPath = "data"
        settings.seed = 7
        settings.manualTime = Timestamp(Self.start)
        let (doors, clock) = Composition.doors(world.doors, settings)
        try world.disk.makeDirectory("probe")
        let owner = try #require(try world.disk.status("probe")).owner
        let data = try DataDirectory.open(
            "data", beginning: .server,
            DataDirectory.Access(
                files: doors.files, entropy: doors.entropy, userID: owner, environmentKey: nil, seed: settings.seed))
        let store = try OpenStore.open(data, doors, seed: settings.seed)
        let composition = Composition(
            settings: settings, data: data, doors: doors, manualClock: clock, store: store,
            publicURL: "http://127.0.0.1:8080")
        let site = try Site(composition)
        site.use(composition.makeClockwork(site.dueSources))
        let answer = try await Operation.applicationCreate.run(
            OperationInput(JSONObject([("name", .string("Shop")), ("mode", .string("test"))])), composition)
        guard case .string(let key)? = answer["api_key"], case .string(let secret)? = answer["api_secret"] else {
            throw CommandFailure.failed("no key")
        }
        doors.scheduler.spawn(on: 0) { await site.run() }
        return House(composition: composition, site: site, key: key, secret: secret)
    }

    /// What a day at the shop answers, request by request.
    private func day(_ world: World) throws -> [String] {
        try world.run { _ in
            let house = try await compose(world)
            var answers: [String] = []
            let order =
                #"{"amount":"49.90","currency":"USD","description":"Order 1","customer_email":"ada@example.com"}"#
            let created = await house.send(.post, "/api/v1/payments", order, at: "1735732800.001")
            answers.append(String(decoding: created.body, as: UTF8.self))
            let listed = await house.send(.get, "/api/v1/payments", "", at: "1735732800.002")
            answers.append(String(decoding: listed.body, as: UTF8.self))
            let moved = try await Operation.clockAdvance.run(
                OperationInput(JSONObject([("by", .string("90000"))])), house.composition)
            answers.append(String(decoding: JSONValue.object(moved).encoded(), as: UTF8.self))
            let late = await house.send(.get, "/api/v1/payments", "", at: "1735822800.003")
            answers.append(String(decoding: late.body, as: UTF8.self))
            let checked = try await Operation.verify.run(OperationInput(JSONObject()), house.composition)
            answers.append(String(decoding: JSONValue.object(checked).encoded(), as: UTF8.self))
            house.site.stop()
            await house.composition.store.close()
            return answers
        }
    }

    @Test func `a payment is created, listed and expires, and every rule of the ledger holds`() throws {
        let answers = try day(World(seed: 1))
        #expect(answers[0].contains(#""status":"pending""#))
        #expect(answers[0].contains(#""created_at":"2025-01-01T12:00:00Z""#))
        #expect(answers[1].contains(#""amount":49.90"#))
        #expect(answers[2].hasPrefix(#"{"now":"2025-01-02T13:00:00Z","ran":{"payments":1"#))
        #expect(answers[3].contains(#""cancellation_reason":"expired""#))
        #expect(answers[4].hasPrefix(#"{"ok":true"#))
    }

    @Test func `the same seed answers the same, byte for byte`() throws {
        #expect(try day(World(seed: 1)) == day(World(seed: 1)))
    }

    @Test func `commands reach a running server through its socket`() throws {
        let world = World(seed: 3)
        let names = try world.run { _ in
            let house = try await compose(world)
            let control = ControlServer(house.composition)
            try control.start()
            let doors = house.composition.doors
            let input = OperationInput(JSONObject([("name", .string("Second")), ("mode", .string("test"))]))
            let created = try await ControlClient.run(.applicationCreate, input, dataPath: "data", doors)
            #expect(created?["api_key"] != nil)
            await #expect(throws: CommandFailure.usage("--mode is test or live")) {
                try await ControlClient.run(
                    .applicationCreate, OperationInput(JSONObject([("name", .string("N")), ("mode", .string("x"))])),
                    dataPath: "data", doors)
            }
            let listed = try await ControlClient.run(
                .applicationList, OperationInput(JSONObject()), dataPath: "data", doors)
            control.stop()
            let gone = try await ControlClient.run(
                .applicationList, OperationInput(JSONObject()), dataPath: "data", doors)
            #expect(gone == nil)
            house.site.stop()
            await house.composition.store.close()
            guard case .array(let applications)? = listed?["applications"] else { return 0 }
            return applications.count
        }
        #expect(names == 2)
    }

    @Test func `live applications and test settings exclude each other`() throws {
        let world = World(seed: 4)
        try world.run { _ in
            let house = try await compose(world)
            await #expect(throws: CommandFailure.self) {
                try await Operation.applicationCreate.run(
                    OperationInput(JSONObject([("name", .string("N")), ("mode", .string("live"))])), house.composition)
            }
            house.site.stop()
            await house.composition.store.close()
        }
    }
}
