import Bytes
import HTTP
import Pages
import Testing

@Suite struct AssetServerTests {
    @Test(arguments: [
        ("tokens.css", "text/css; charset=utf-8"), ("checkout.css", "text/css; charset=utf-8"),
        ("checkout.js", "text/javascript; charset=utf-8"), ("mark.svg", "image/svg+xml"),
    ])
    func `assets are served for ever under a name with their hash`(name: String, type: String) throws {
        let path = AssetServer.pages.path(of: name)
        let file = try #require(AssetServer.pages.file(at: path))
        #expect(path.contains(ContentHash.name(file.bytes)))
        #expect(file.contentType == type)
        #expect(file.entityTag == "\"\(ContentHash.name(file.bytes))\"")
        #expect(file.headers.contains { $0.name == "Cache-Control" && $0.value.contains("immutable") })
        #expect(file.bytes.last == UInt8(ascii: "\n"))
    }

    @Test(arguments: ["/assets/checkout.css", "/assets/", "/assets/../checkout.css", "/", "", "/assets/brand-.css"])
    func `nothing else is an asset`(path: String) {
        #expect(AssetServer.pages.file(at: path) == nil)
    }

    @Test func `a brand stylesheet is served by its name, and by no other`() throws {
        let colour = try #require(BrandColour("#5b3320"))
        let style = try #require(BrandStyle(colour: colour))
        let file = try #require(AssetServer.pages.file(at: style.path))
        #expect(String(decoding: file.bytes, as: UTF8.self) == style.stylesheet)
        #expect(style.stylesheet.contains("--brand: #5b3320; --brand-deep: #3d2215; --on-brand: #ffffff"))
        #expect(AssetServer.pages.file(at: style.path.replacing("5b3320", with: "5b3321")) == nil)
        #expect(AssetServer.pages.file(at: style.path.replacing("5b3320", with: "ffffff")) == nil)
    }

    @Test func `a colour that fails the guard makes no stylesheet`() throws {
        let pale = try #require(BrandColour("#ffee00"))
        let dark = try #require(BrandColour("#101010"))
        #expect(BrandStyle(colour: pale) == nil)
        #expect(BrandStyle(colour: dark, darkTwin: dark) == nil)
    }

    @Test(arguments: [("", 200), ("\"other\"", 200), ("TAG", 304), ("W/TAG", 304), ("\"other\", W/TAG", 304)])
    func `a browser that has a file is told so`(validator: String, status: Int) throws {
        let path = AssetServer.pages.path(of: "tokens.css")
        let tag = try #require(AssetServer.pages.file(at: path)).entityTag
        let response = try #require(
            AssetServer.pages.response(path: path, validator: validator.replacing("TAG", with: tag)))
        #expect(response.status == status)
        #expect(response.body.isEmpty == (status == 304))
        #expect(response.headers.contains { $0.name == "ETag" && $0.value == tag })
    }
}
