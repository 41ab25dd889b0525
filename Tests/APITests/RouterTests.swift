import HTTP
import Runtime
import Testing

@testable import API

@Suite struct RouterTests {
    private static func operation(_ method: Method, _ target: String) -> (String, [String])? {
        guard case .endpoint(let endpoint, let parameters) = Router(Endpoints.all).match(method, target) else {
            return nil
        }
        return (endpoint.operationID, parameters)
    }

    @Test func `a literal segment beats a parameter, and what it does not take falls to nothing`() throws {
        let hosted = try #require(Self.operation(.post, "/api/v1/payments/hosted-url?x=1"))
        #expect(hosted.0 == "createHostedPayment")
        let payment = try #require(Self.operation(.get, "/api/v1/payments/hosted"))
        #expect(payment.0 == "getPayment")
        #expect(payment.1 == ["hosted"])
        #expect(try #require(Self.operation(.head, "/api/v1/payments")).0 == "listPayments")
        #expect(try #require(Self.operation(.get, "/api/v1/payments/a%2Fb")).1 == ["a/b"])
        for target in ["/api/v1/payments/", "/api/v1//payments", "/api/v1", "/", "", "/api/v1/payments/%ff", "*"] {
            #expect(Self.operation(.get, target) == nil, "\(target)")
        }
    }

    @Test func `a path that takes other methods names them`() {
        guard case .otherMethods(let allow) = Router(Endpoints.all).match(.put, "/api/v1/customers/x") else {
            Issue.record("no other methods")
            return
        }
        #expect(allow == "GET, HEAD, PATCH, DELETE")
    }

    @Test func `a bucket gives its burst, then its rate`() {
        var now = Instant(nanoseconds: 5_000_000_000)
        let bucket = TokenBucket(rate: 4, burst: 2, now: now)
        #expect(bucket.take(at: now).remaining == 1)
        #expect(bucket.take(at: now).remaining == 0)
        #expect(!bucket.take(at: now).isAllowed)
        now = now.adding(milliseconds: 249)
        #expect(!bucket.take(at: now).isAllowed)
        now = now.adding(milliseconds: 1)
        #expect(bucket.take(at: now).isAllowed)
        let endless = TokenBucket(rate: .max, burst: .max, now: now)
        #expect(endless.take(at: now).isAllowed)
    }

    @Test(arguments: [
        ("1700000000", 1_700_000_000_000 as Int64?), ("1700000000.5", 1_700_000_000_500), ("0", 0),
        ("1700000000.123456789", 1_700_000_000_123), ("1700000000.", nil), (".5", nil), ("", nil), ("+1", nil),
        ("1700000000.1234567890", nil), ("9999999999999", nil), ("1e9", nil),
    ])
    func `a timestamp is unix seconds with a fraction`(_ text: String, _ milliseconds: Int64?) {
        #expect(RequestClaim.parse(Array(text.utf8)[...])?.milliseconds == milliseconds)
    }
}
