/// Why the server answers a request itself, before any handler sees it. The connection closes after it.
package struct Refusal: Error, Sendable, Equatable {
    /// 400, 408, 413, 414, 417, 431, 501, 503 or 505.
    package let status: Int
    /// What to do about it, in plain English.
    package let message: StaticString

    package init(_ status: Int, _ message: StaticString) {
        self.status = status
        self.message = message
    }

    /// The stable code of the API's failure envelope.
    package var code: StaticString {
        switch status {
        case 413: "payload_too_large"
        case 408: "request_timeout"
        case 503: "unavailable"
        default: "invalid_request"
        }
    }

    package static func == (left: Refusal, right: Refusal) -> Bool {
        left.status == right.status && left.message.description == right.message.description
    }

    /// The API's failure envelope in JSON.
    package var body: [UInt8] {
        Array(#"{"success":false,"error":{"code":"\#(code)","message":"\#(message)"}}"#.utf8)
    }
}
