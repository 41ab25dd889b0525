/// A colour that passed the guard, with what goes on it.
package struct BrandTone: Hashable, Sendable {
    package let fill: BrandColour
    package let hover: BrandColour
    /// White or black.
    package let text: BrandColour
}
