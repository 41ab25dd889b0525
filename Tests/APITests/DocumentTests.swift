import Billing
import HTTP
import JSON
import Runtime
import Simulation
import Testing

@testable import API

@Suite struct DocumentTests {
    private static let limits = JSONLimits(depth: 64, byteCount: 4 << 20, memberCount: 100_000)

    /// Operations in a document, with their tags.
    static func operations(_ document: JSONValue) -> [[String]] {
        guard case .object(let paths)? = document["paths"] else { return [] }
        return paths.members.flatMap { path -> [[String]] in
            guard case .object(let methods) = path.value else { return [] }
            return methods.members.map { $0.value["tags"]?.items.compactMap(\.text) ?? [] }
        }
    }

    @Test func `each view serves just its operations`() throws {
        try World(seed: 40).run { doors in
            let shop = try await Shop(doors)
            func count(_ query: String) async -> Int {
                let answer = await shop.send(Request(method: .get, target: "/openapi.json" + query))
                return (try? JSON.parse(answer.body, limits: Self.limits)).map { Self.operations($0).count } ?? -1
            }
            #expect(await count("") == Endpoints.all.count)
            for (view, operations) in [("essentials", 27), ("subscriptions", 32), ("core", 15)] {
                #expect(await count("?view=" + view) == operations, "\(view)")
            }
            let wrong = await shop.send(Request(method: .get, target: "/openapi.json?view=all"))
            #expect(wrong.code == "invalid_parameter")
        }
    }

    @Test func `every reference in the document leads to a schema`() throws {
        let bytes = OpenAPIDocument(Endpoints.all, publicURL: "https://pay.example", view: nil).render()
        let document = try JSON.parse(bytes, limits: Self.limits)
        var missing: [String] = []
        func visit(_ value: JSONValue) {
            switch value {
            case .object(let object):
                if let reference = object["$ref"]?.text {
                    let found = reference.split(separator: "/").dropFirst().reduce(Optional(document)) {
                        $0?[String($1)]
                    }
                    if found == nil { missing.append(reference) }
                }
                for member in object.members { visit(member.value) }
            case .array(let items): for item in items { visit(item) }
            default: break
            }
        }
        visit(document)
        #expect(missing.isEmpty)
    }

    @Test func `the examples of the document are valid requests`() throws {
        for endpoint in Endpoints.all where endpoint.example.utf8CodeUnitCount > 0 {
            #expect(throws: Never.self) { try JSON.parse(Array(endpoint.example.description.utf8)) }
        }
    }

    @Test func `readiness, metrics and their guard`() throws {
        try World(seed: 41).run { doors in
            let shop = try await Shop(doors)
            #expect(await shop.send(Request(method: .get, target: "/ready")).status == 200)
            let metrics = await shop.send(Request(method: .get, target: "/metrics"))
            #expect(metrics.status == 200)
            #expect(String(decoding: metrics.body, as: UTF8.self).contains("centralpay_store_transactions_total"))
            let proxied = Request(
                method: .get, target: "/metrics", headers: Headers([("X-Forwarded-For", "127.0.0.1")]))
            #expect(await shop.send(proxied).status == 404)
            let far = Request(method: .get, target: "/metrics", peer: .ip(.v4(0x0808_0808), port: 1))
            #expect(await shop.send(far).status == 404)
        }
    }
}
