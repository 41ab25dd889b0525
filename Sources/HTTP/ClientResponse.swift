/// A complete answer.
package struct ClientResponse: Sendable {
    /// 200 to 599. Redirects are answers like others; none is followed.
    package let status: Int
    package let headers: Headers
    /// The first bytes of the content, up to the limit.
    package let body: [UInt8]
    /// Whether the content was longer than the limit. The rest was not read.
    package let isTruncated: Bool
    /// How the exchange went.
    package var trace = ClientTrace()

    package init(status: Int, headers: Headers, body: [UInt8], isTruncated: Bool = false) {
        self.status = status
        self.headers = headers
        self.body = body
        self.isTruncated = isTruncated
    }
}
