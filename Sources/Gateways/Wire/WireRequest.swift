package import Billing
package import HTTP

/// One request to a vendor's API, without its address: a value that adapters build and tests compare.
package struct WireRequest: Sendable, Equatable {
    /// What the call does, for the log, such as `checkout_session.create`.
    package let operation: StaticString
    package let method: Method
    /// Below the vendor's address, with its query, such as `/v1/balance`.
    package let path: String
    package var fields: [Field] = []
    package var body: [UInt8] = []
    /// Whether it may move money: such a call takes a fresh connection, on which a lost answer is rarer.
    package var movesMoney = false

    /// A header field.
    package struct Field: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(_ operation: StaticString, _ method: Method, _ path: String) {
        self.operation = operation
        self.method = method
        self.path = path
    }

    package static func == (left: WireRequest, right: WireRequest) -> Bool {
        left.method == right.method && left.path == right.path && left.fields == right.fields
            && left.body == right.body && left.movesMoney == right.movesMoney
    }
}

/// What came of a request, as far as it is proven.
package enum WireAnswer: Sendable {
    case answered(WireResponse)
    /// Not one byte of it left.
    case notSent(Failure)
    /// It left, and no whole answer came.
    case lost(String)
}
