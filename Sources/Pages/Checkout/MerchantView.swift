/// Who is paid, as buyers see it.
package struct MerchantView: Sendable {
    package var name: String
    /// The path of a logo on this server, shown in a box of 40 pixels; without one the first letter stands there.
    package var logoPath: String?
    /// The application's colours; without them the program's own.
    package var brand: BrandStyle?
    /// Where the merchant's conditions are; http or https.
    package var termsURL: String?
    package var privacyURL: String?

    package init(
        name: String, logoPath: String? = nil, brand: BrandStyle? = nil, termsURL: String? = nil,
        privacyURL: String? = nil
    ) {
        self.name = name
        self.logoPath = logoPath
        self.brand = brand
        self.termsURL = termsURL
        self.privacyURL = privacyURL
    }
}
