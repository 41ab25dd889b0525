/// What a handler answers. The server adds `Content-Length`, `Date` and `Connection`.
package struct Response: Sendable {
    /// 200 to 599.
    package var status: Int
    /// Fields in order. Names are tokens; control bytes in values are sent as spaces. `Content-Length`,
    /// `Transfer-Encoding`, `Connection` and `Date` among them are left out, because the server knows better.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// Whether the connection ends after this answer.
    package var closesConnection = false

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
