/// Decides whether a colour may fill the bar, the main button and the radio marks of a checkout.
package enum BrandGuard {
    /// What is asked of text on the colour.
    static let leastForText = 4.5
    /// What is asked of the colour against the grounds it stands on.
    static let leastForShape = 3.0
    /// Where a dark twin is proposed, against the page.
    static let proposedForDark = 7.0

    /// What the guard says of a colour.
    package enum Verdict: Equatable, Sendable {
        case accepted(BrandTone)
        /// The colour is too near to the ground; the nearest shade of its hue that passes.
        case refused(suggestion: BrandColour)
    }

    /// Judges `colour` as the fill in `theme`.
    package static func judge(_ colour: BrandColour, in theme: BrandTheme) -> Verdict {
        if let tone = tone(colour, in: theme) { return .accepted(tone) }
        return .refused(suggestion: nearest(to: colour, in: theme))
    }

    /// The colour for the dark theme that goes with `colour`: its hue, at a ratio of 7 against the dark page.
    package static func darkTwin(of colour: BrandColour) -> BrandColour {
        let shade = Shade(colour)
        for step in 0...1000 {
            let candidate = shade.at(lightness: Double(step) / 1000).colour
            if Contrast.ratio(candidate, BrandTheme.dark.page) >= proposedForDark,
                tone(candidate, in: .dark) != nil
            {
                return candidate
            }
        }
        return .white
    }

    /// The complete tone, or nil when something is below its ratio.
    static func tone(_ colour: BrandColour, in theme: BrandTheme) -> BrandTone? {
        guard Contrast.ratio(colour, theme.desk) >= leastForShape,
            Contrast.ratio(colour, theme.page) >= leastForShape
        else { return nil }
        let onWhite = Contrast.ratio(colour, .white)
        let onBlack = Contrast.ratio(colour, .black)
        let text: BrandColour = onWhite >= onBlack ? .white : .black
        // Eight points away from the text, so that hovering never costs contrast.
        let shade = Shade(colour)
        let hover = shade.at(lightness: shade.lightness + (text == .white ? -0.08 : 0.08)).colour
        guard Contrast.ratio(colour, text) >= leastForText, Contrast.ratio(hover, text) >= leastForText else {
            return nil
        }
        return BrandTone(fill: colour, hover: hover, text: text)
    }

    /// The passing shade whose lightness is nearest to that of `colour`.
    private static func nearest(to colour: BrandColour, in theme: BrandTheme) -> BrandColour {
        let shade = Shade(colour)
        for step in 0...1000 {
            let distance = Double(step) / 1000
            for lightness in [shade.lightness - distance, shade.lightness + distance] {
                let candidate = shade.at(lightness: lightness).colour
                if tone(candidate, in: theme) != nil { return candidate }
            }
        }
        // Not reached: black passes in the light theme and white in the dark one.
        return theme == .light ? .black : .white
    }
}
