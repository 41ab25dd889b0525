import Bytes

/// One application's branding as a stylesheet of its own, served under a name that changes with its content.
package struct BrandStyle: Hashable, Sendable {
    package let light: BrandTone
    package let dark: BrandTone

    /// Nil unless both colours pass the guard in their theme.
    ///
    /// - Parameter darkTwin: The fill in the dark theme; nil proposes one.
    package init?(colour: BrandColour, darkTwin: BrandColour? = nil) {
        guard let light = BrandGuard.tone(colour, in: .light),
            let dark = BrandGuard.tone(darkTwin ?? BrandGuard.darkTwin(of: colour), in: .dark)
        else { return nil }
        self.light = light
        self.dark = dark
    }

    /// The text of the stylesheet.
    package var stylesheet: String {
        func rule(_ tone: BrandTone) -> String {
            ":root { --brand: \(tone.fill); --brand-deep: \(tone.hover); --on-brand: \(tone.text); }"
        }
        return "\(rule(light))\n@media (prefers-color-scheme: dark) { \(rule(dark)) }\n"
    }

    /// The name it is served under, such as `brand-5b3320-dcb48f-0123456789ab.css`. The colours in it make serving a
    /// pure function; the hash changes when the stylesheet's text does.
    package var fileName: String {
        let colours = "\(light.fill.description.dropFirst())-\(dark.fill.description.dropFirst())"
        return "brand-\(colours)-\(ContentHash.name(Array(stylesheet.utf8))).css"
    }

    /// The path of the stylesheet on this server.
    package var path: String { AssetServer.folder + fileName }

    /// The style that `fileName` names, or nil when this program would not have written that name.
    package init?(fileName: String) {
        let parts = fileName.split(separator: "-", omittingEmptySubsequences: false)
        guard fileName.utf8.count <= 40, parts.count == 4, parts[0] == "brand",
            let colour = BrandColour(String(parts[1])), let twin = BrandColour(String(parts[2])),
            let style = BrandStyle(colour: colour, darkTwin: twin), style.fileName == fileName
        else { return nil }
        self = style
    }
}
