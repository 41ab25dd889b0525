package import Bytes

/// The files that pages refer to, under names that change with their content, so that browsers keep them for a year.
package struct AssetServer: Sendable {
    /// Where assets live on this server, with the slash at its end.
    package static let folder = "/assets/"

    /// One file as it is answered.
    package struct Served: Sendable {
        package let contentType: String
        package let bytes: [UInt8]
        /// The validator, with its quotation marks.
        package let entityTag: String
        /// For every answer with this file: type, validator, caching for ever, and no guessing of types.
        package var headers: [(name: String, value: String)] {
            [
                ("Content-Type", contentType), ("ETag", entityTag),
                ("Cache-Control", "public, max-age=31536000, immutable"), ("X-Content-Type-Options", "nosniff"),
                ("Cross-Origin-Resource-Policy", "same-origin"),
            ]
        }
    }

    /// The assets of the pages in this module.
    package static let pages = AssetServer(EmbeddedAssets.all)

    private let paths: [String: String]
    private let files: [String: Served]

    /// Serves `assets`; names of two lists must not meet.
    package init(_ assets: [EmbeddedAsset]) {
        var paths: [String: String] = [:]
        var files: [String: Served] = [:]
        for asset in assets {
            let path = Self.folder + Self.hashedName(asset.path, hash: asset.hash)
            paths[asset.path] = path
            files[path] = Served(
                contentType: asset.contentType, bytes: asset.bytes, entityTag: "\"\(asset.hash)\"")
        }
        self.paths = paths
        self.files = files
    }

    /// The path of the asset called `name`, such as `/assets/checkout-0123456789ab.css` for `checkout.css`.
    package func path(of name: String) -> String {
        guard let path = paths[name] else { preconditionFailure("no asset is called \(name)") }
        return path
    }

    /// The file at `path`, among them the brand stylesheets; nil when there is none.
    package func file(at path: String) -> Served? {
        if let file = files[path] { return file }
        guard path.hasPrefix(Self.folder + "brand-"),
            let style = BrandStyle(fileName: String(path.dropFirst(Self.folder.count)))
        else { return nil }
        let bytes = Array(style.stylesheet.utf8)
        return Served(
            contentType: "text/css; charset=utf-8", bytes: bytes, entityTag: "\"\(ContentHash.name(bytes))\"")
    }

    /// `checkout.css` becomes `checkout-<hash>.css`.
    private static func hashedName(_ name: String, hash: String) -> String {
        guard let dot = name.lastIndex(of: ".") else { return name + "-" + hash }
        return name[..<dot] + "-" + hash + name[dot...]
    }
}
