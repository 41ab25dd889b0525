/// The two grounds a brand colour is seen on.
package enum BrandTheme: Sendable, CaseIterable {
    case light, dark

    /// The ground of the checkout, as in `tokens.css`.
    var desk: BrandColour {
        switch self {
        case .light: BrandColour(red: 0xe9, green: 0xef, blue: 0xea)
        case .dark: BrandColour(red: 0x0a, green: 0x10, blue: 0x10)
        }
    }

    /// The slip and the fields, as in `tokens.css`.
    var page: BrandColour {
        switch self {
        case .light: .white
        case .dark: BrandColour(red: 0x17, green: 0x21, blue: 0x20)
        }
    }
}
