package import Bytes

/// A complete page: its status, its headers, its document.
package struct Page: Sendable {
    package let status: Int
    /// Where the browser goes at once, for pages that leave the site; always http or https, or a path of ours.
    package let refreshURL: String?
    /// Seconds for a `Retry-After` header.
    package let retryAfterSeconds: Int?
    /// The one stylesheet that stands in the page itself, if any.
    private let style: InlineStyle?
    private let document: Markup

    init(
        status: Int = 200, refreshURL: String? = nil, retryAfterSeconds: Int? = nil, style: InlineStyle? = nil,
        document: Markup
    ) {
        self.status = status
        self.style = style
        self.refreshURL = refreshURL.flatMap { SafeURL.isSafe($0) ? $0 : nil }
        self.retryAfterSeconds = retryAfterSeconds
        self.document = document
    }

    /// All headers except the length.
    package var headers: [(name: String, value: String)] {
        var headers = style.map(PageHeaders.standingAlone) ?? PageHeaders.all
        if let refreshURL { headers.append(("Refresh", "0; url=\(refreshURL)")) }
        if let retryAfterSeconds { headers.append(("Retry-After", "\(retryAfterSeconds)")) }
        return headers
    }

    /// Appends the HTML document.
    package func write(to writer: inout ByteWriter) {
        writer.append("<!doctype html>\n" as StaticString)
        document.write(to: &writer)
    }

    /// The HTML document.
    package var bytes: [UInt8] {
        var writer = ByteWriter(capacity: 12_288)
        write(to: &writer)
        return writer.bytes
    }
}
