/// A request to send. The client adds `Host`, `Content-Length` and `Connection`.
package struct ClientRequest: Sendable {
    package var method: Method
    package var url: URL
    /// Fields in order; control bytes in values are sent as spaces.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// How much of the answer's body to keep; nil means the client's limit.
    package var answerByteCount: Int?
    /// Whether a kept-alive connection may carry it. On one, a request that dies before an answer is `unknown`
    /// although a fresh connection would have served it; off, nothing is lost but a handshake.
    package var mayReuseConnection = true

    package init(method: Method, url: URL, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}
