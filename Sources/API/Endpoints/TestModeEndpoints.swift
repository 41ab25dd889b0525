import Billing
import HTTP
import Runtime
import Storage

/// Test applications only: their clock and their data. Group F.
enum TestModeEndpoints {
    private static let tags: [EndpointTag] = [.testMode]

    static let all: [Endpoint] = [
        .read(
            "/test-clock", "getTestClock",
            Declaration(
                tags: tags, summary: "Read the test clock", about: "While it advances, where to and what ran so far.",
                errors: [.invalidState])
        ) { context, _, snapshot in One(try TestClockSteps(context).view(in: snapshot)) },
        .perform(
            .post, "/test-clock", "moveTestClock",
            Declaration(
                tags: tags, summary: "Set or advance the test clock",
                about: """
                    Everything time-driven (trials, renewals, dunning, retries, expiry, deliveries) happens in order \
                    while it advances. The answer comes after at most 10 seconds; with done: false, the same call \
                    goes on. Request timestamps are judged by the server's clock.
                    """,
                errors: [.invalidState], example: #"{"advance_to":"2030-02-01T00:00:00Z"}"#),
            input: TestClockInput.self,
            recover: { context, _, _, snapshot in One(try TestClockSteps(context).view(in: snapshot)) }
        ) { context, call in One(try await TestClockSteps(context).run(try call.input.wish())) },
        reset,
    ]

    private static let reset: Endpoint = {
        var endpoint = Endpoint.perform(
            .post, "/test-data/reset", "resetTestData",
            Declaration(
                tags: tags, summary: "Delete all test data",
                about: """
                    Customers, plans, subscriptions, invoices, payments, events, deliveries, figures and the test \
                    clock; numbers begin anew. The application, its keys, gateways and webhook endpoints stay, as do \
                    answers kept for an Idempotency-Key. Other requests are answered 503 meanwhile. The answer comes \
                    after at most 10 seconds; with done: false the deletion goes on by itself.
                    """,
                errors: [.invalidState]), input: NoInput.self,
            recover: { context, _, _, snapshot in One(TestDataView(context.application.id, in: snapshot)) }
        ) { context, _ in One(try await TestDataSteps(context).reset()) }
        endpoint.worksDuringReset = true
        return endpoint
    }()
}
