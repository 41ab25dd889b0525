import Billing
import Fields
import HTTP
import JSON
import Testing

@testable import API

/// How invoices, the audit trail and analytics stand in the OpenAPI document.
@Suite struct InvoiceViewTests {
    /// Rows 24 to 27 of the contract.
    private static let core: Set<String> = ["generateInvoice", "getUpcomingInvoice", "payInvoice", "getInvoiceStats"]

    /// Rows 39 to 48.
    private static let further: Set<String> = [
        "listInvoices", "getInvoice", "voidInvoice", "giveUpInvoice", "creditInvoice", "getInvoiceDocument",
        "listSubscriptionEvents", "getSubscriptionEvent", "getAnalytics", "getTimeseries",
    ]

    private static var mine: [Endpoint] {
        InvoiceEndpoints.all + SubscriptionEventEndpoints.all + AnalyticsEndpoints.all
    }

    @Test func `each row is in its views and no other`() {
        func names(_ tag: EndpointTag) -> Set<String> {
            Set(Self.mine.filter { $0.tags.contains(tag) }.map(\.operationID))
        }
        #expect(Self.mine.count == Self.core.count + Self.further.count)
        #expect(names(.core) == Self.core && names(.essentials) == Self.core)
        #expect(names(.subscriptions) == Self.core.union(Self.further))
    }

    @Test func `each example is a body that its operation takes`() throws {
        for endpoint in Self.mine where endpoint.isMutating {
            let value = try JSON.parse(Array(endpoint.example.description.utf8))
            guard case .object(let object) = value else {
                Issue.record("\(endpoint.operationID) has no object as its example")
                continue
            }
            let call = RawCall(parameters: [], query: "", body: object)
            #expect(throws: Never.self, "\(endpoint.operationID)") {
                switch endpoint.operationID {
                case "generateInvoice": _ = try call.read(GenerateInput.self, NoInput.self)
                case "payInvoice": try call.read(InvoicePaymentInput.self, NoInput.self).input.check()
                case "creditInvoice": _ = try call.read(CreditInput.self, NoInput.self)
                default: _ = try call.read(ReasonInput.self, NoInput.self)
                }
            }
        }
    }

    @Test func `a literal segment beats a parameter`() {
        let router = Router(Endpoints.all)
        for (target, operation) in [
            ("/api/v1/subscription-invoices/stats/overview", "getInvoiceStats"),
            ("/api/v1/subscription-invoices/upcoming/sub_1", "getUpcomingInvoice"),
            ("/api/v1/subscription-invoices/inv_1/document", "getInvoiceDocument"),
            ("/api/v1/subscription-invoices/stats", "getInvoice"),
        ] {
            guard case .endpoint(let found, _) = router.match(.get, target) else {
                Issue.record("nothing answers \(target)")
                continue
            }
            #expect(found.operationID == operation)
        }
    }
}
