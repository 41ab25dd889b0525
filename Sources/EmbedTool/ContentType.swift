/// The media type of an asset, from its name.
enum ContentType {
    static func of(path: String) -> String {
        switch path.split(separator: ".").last.map(String.init) ?? "" {
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "html": "text/html; charset=utf-8"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "ico": "image/x-icon"
        case "webp": "image/webp"
        case "woff2": "font/woff2"
        case "json": "application/json"
        case "txt", "md", "pem", "sh", "py", "swift", "go", "rb", "php": "text/plain; charset=utf-8"
        default: "application/octet-stream"
        }
    }
}
