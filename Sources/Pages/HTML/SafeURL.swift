/// The check every address passes before it stands in a page or a header.
package enum SafeURL {
    /// `url` when it is absolute http or https, a path on this server, a query or a fragment; else `#`.
    ///
    /// So no `javascript:`, no `data:`, no `//elsewhere`, and no character that could end an attribute or a header.
    package static func checked(_ url: String) -> String {
        isSafe(url) ? url : "#"
    }

    package static func isSafe(_ url: String) -> Bool {
        let bytes = Array(url.utf8.prefix(8192))
        guard bytes.count == url.utf8.count else { return false }
        for byte in bytes where byte <= 0x20 || byte == 0x7f || byte == UInt8(ascii: "\\") || byte == 0x22 {
            return false
        }
        switch bytes.first {
        case UInt8(ascii: "#"), UInt8(ascii: "?"): return true
        case UInt8(ascii: "/"): return bytes.count < 2 || bytes[1] != UInt8(ascii: "/")
        default: return isOutside(url)
        }
    }

    /// Whether `url` begins with `http://` or `https://` and names a host.
    package static func isOutside(_ url: String) -> Bool {
        let start = url.prefix(8).lowercased()
        if start.hasPrefix("https://") { return url.utf8.count > 8 }
        return start.hasPrefix("http://") && url.utf8.count > 7
    }
}
