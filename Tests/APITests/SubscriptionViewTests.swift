import Billing
import Bytes
import Fields
import HTTP
import JSON
import Testing

@testable import API

/// How plans and subscriptions stand in the OpenAPI document.
@Suite struct SubscriptionViewTests {
    /// Rows 17 to 23 of the contract.
    private static let core: Set<String> = [
        "createSubscription", "listSubscriptions", "getSubscription", "cancelSubscription", "changePlan", "listPlans",
        "getPlan",
    ]

    /// Rows 28 to 38.
    private static let further: Set<String> = [
        "updateSubscription", "previewPlanChange", "pauseSubscription", "resumeSubscription",
        "reactivateSubscription", "activateSubscription", "createSubscriptionSetup", "listSubscriptionInvoices",
        "createPlan", "updatePlan", "archivePlan",
    ]

    private static var mine: [Endpoint] { PlanEndpoints.all + SubscriptionEndpoints.all }

    @Test func `each row is in its views and no other`() {
        func names(_ tag: EndpointTag) -> Set<String> {
            Set(Self.mine.filter { $0.tags.contains(tag) }.map(\.operationID))
        }
        #expect(Self.mine.count == Self.core.count + Self.further.count)
        #expect(names(.core) == Self.core)
        #expect(names(.essentials) == Self.core)
        #expect(names(.subscriptions) == Self.core.union(Self.further))
    }

    /// What each body is read as.
    private static func read(_ operation: String, _ raw: RawCall) throws {
        switch operation {
        case "createSubscription": _ = try raw.read(SubscriptionInput.self, NoInput.self)
        case "cancelSubscription": _ = try raw.read(CancelInput.self, NoInput.self)
        case "changePlan", "previewPlanChange": _ = try raw.read(ChangeInput.self, NoInput.self)
        case "updateSubscription": _ = try raw.read(SubscriptionPatch.self, NoInput.self)
        case "pauseSubscription": _ = try raw.read(PauseInput.self, NoInput.self)
        case "createSubscriptionSetup": _ = try raw.read(SetupInput.self, NoInput.self)
        case "createPlan": _ = try raw.read(PlanInput.self, NoInput.self)
        case "updatePlan": _ = try raw.read(PlanPatch.self, NoInput.self)
        default: _ = try raw.read(NoInput.self, NoInput.self)
        }
    }

    @Test func `each example is a body that its operation takes`() throws {
        for endpoint in Self.mine where endpoint.isMutating {
            let value = try JSON.parse(Array(endpoint.example.description.utf8))
            guard case .object(let object) = value else {
                Issue.record("\(endpoint.operationID) has no object as its example")
                continue
            }
            #expect(throws: Never.self, "\(endpoint.operationID)") {
                try Self.read(endpoint.operationID, RawCall(parameters: [], query: "", body: object))
            }
        }
    }

    @Test func `each status that an operation answers is described`() throws {
        let bytes = OpenAPIDocument(Endpoints.all, publicURL: "https://pay.example", view: .subscriptions).render()
        let document = try JSON.parse(bytes, limits: JSONLimits(depth: 64, byteCount: 4 << 20, memberCount: 100_000))
        let always = ["400", "401", "403", "413", "415", "429", "500", "503", "default"]
        let change = ["409", "422", "507"]
        for endpoint in Self.mine {
            let operation = document["paths"]?[endpoint.path]?[endpoint.method.text.lowercased()]
            guard case .object(let responses)? = operation?["responses"] else {
                Issue.record("\(endpoint.operationID) is not described")
                continue
            }
            var expected = Set(always + [String(endpoint.status)])
            if endpoint.isMutating { expected.formUnion(change) }
            if !endpoint.parameters.isEmpty { expected.insert("404") }
            if endpoint.operationID == "changePlan" || endpoint.operationID == "activateSubscription" {
                expected.insert("402")
            }
            #expect(Set(responses.members.map(\.name)) == expected, "\(endpoint.operationID)")
        }
    }
}
