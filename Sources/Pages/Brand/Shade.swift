/// A colour as hue, saturation and lightness, so that lightness can move alone.
struct Shade {
    /// 0 to 6: red, yellow, green, cyan, blue, magenta.
    private let hue: Double
    /// 0 to 1.
    private let saturation: Double
    /// 0 to 1.
    let lightness: Double

    private init(hue: Double, saturation: Double, lightness: Double) {
        self.hue = hue
        self.saturation = saturation
        self.lightness = lightness
    }

    init(_ colour: BrandColour) {
        let red = Double(colour.red) / 255
        let green = Double(colour.green) / 255
        let blue = Double(colour.blue) / 255
        let most = max(red, green, blue)
        let least = min(red, green, blue)
        let span = most - least
        lightness = (most + least) / 2
        if span == 0 {
            hue = 0
            saturation = 0
        } else {
            saturation = span / (1 - abs(most + least - 1))
            if most == red {
                hue = green < blue ? (green - blue) / span + 6 : (green - blue) / span
            } else if most == green {
                hue = (blue - red) / span + 2
            } else {
                hue = (red - green) / span + 4
            }
        }
    }

    /// The same hue and saturation at another lightness, which is clamped to 0...1.
    func at(lightness: Double) -> Shade {
        Shade(hue: hue, saturation: saturation, lightness: min(max(lightness, 0), 1))
    }

    var colour: BrandColour {
        let chroma = (1 - abs(2 * lightness - 1)) * saturation
        let low = lightness - chroma / 2
        func part(_ offset: Double) -> UInt8 {
            // The distance of the hue from this part's own, on a circle of six.
            var distance = abs(hue - offset)
            if distance > 3 { distance = 6 - distance }
            let value = low + chroma * min(max(2 - distance, 0), 1)
            return UInt8(min(max((value * 255).rounded(), 0), 255))
        }
        return BrandColour(red: part(0), green: part(2), blue: part(4))
    }
}
