import Pages
import Testing

@Suite struct BrandGuardTests {
    private func colour(_ text: String) throws -> BrandColour {
        try #require(BrandColour(text))
    }

    @Test(arguments: [
        ("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.4781), ("#15223b", "#ffffff", 15.8628),
        ("#1d4290", "#e9efea", 8.0561), ("#5b3320", "#5b3320", 1.0),
    ])
    func `contrast is that of the guidelines`(one: String, other: String, ratio: Double) throws {
        #expect(abs(Contrast.ratio(try colour(one), try colour(other)) - ratio) < 0.0001)
    }

    @Test(arguments: [
        ("#5b3320", "#3d2215", "#ffffff"), ("#1d4290", "#16326e", "#ffffff"), ("#000", "#000000", "#ffffff"),
    ])
    func `a dark colour passes in the light theme, with white on it and a darker hover`(
        fill: String, hover: String, text: String
    ) throws {
        let fill = try colour(fill)
        guard case .accepted(let tone) = BrandGuard.judge(fill, in: .light) else {
            Issue.record("\(fill) was refused")
            return
        }
        #expect(tone.fill == fill)
        #expect(tone.hover.description == hover)
        #expect(tone.text.description == text)
    }

    @Test(arguments: ["#ffffff", "#ffee00", "#c0c0c0", "#7fffd4", "#ff8800", "#ffc0cb"])
    func `a pale colour is refused with a shade of its hue that passes`(text: String) throws {
        guard case .refused(let suggestion) = BrandGuard.judge(try colour(text), in: .light) else {
            Issue.record("\(text) was accepted")
            return
        }
        guard case .accepted = BrandGuard.judge(suggestion, in: .light) else {
            Issue.record("\(suggestion) was suggested and would be refused")
            return
        }
        #expect(Contrast.ratio(suggestion, .white) < 5, "\(suggestion) is darker than it has to be")
    }

    @Test func `whatever is suggested or proposed passes, in both themes`() throws {
        for red in stride(from: 0, through: 255, by: 51) {
            for green in stride(from: 0, through: 255, by: 51) {
                for blue in stride(from: 0, through: 255, by: 51) {
                    let colour = BrandColour(red: UInt8(red), green: UInt8(green), blue: UInt8(blue))
                    for theme in BrandTheme.allCases {
                        if case .refused(let suggestion) = BrandGuard.judge(colour, in: theme),
                            case .refused = BrandGuard.judge(suggestion, in: theme)
                        {
                            Issue.record("\(colour): \(suggestion) does not pass in \(theme)")
                        }
                    }
                    if case .refused = BrandGuard.judge(BrandGuard.darkTwin(of: colour), in: .dark) {
                        Issue.record("\(colour): its dark twin does not pass")
                    }
                }
            }
        }
    }

    @Test(arguments: ["", "#", "#12", "#12345", "#1234567", "red", "#gggggg", "##12345", "#é1234"])
    func `other words are no colours`(text: String) {
        #expect(BrandColour(text) == nil)
    }
}
