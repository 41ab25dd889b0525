import Billing
import HTTP
import Runtime
import Simulation
import Testing

@testable import Gateways

@Suite struct SandboxSignatureTests {
    private static let now = SandboxFixture.startTime

    private static func notice() -> SandboxNotice {
        var notice = SandboxNotice()
        notice.id = "sbn_0123"
        notice.type = "payment.succeeded"
        notice.session = "sbs_0123"
        notice.payment = PaymentHash(value: 1)
        return notice
    }

    private static func request(_ header: [UInt8], _ body: [UInt8]) -> Request {
        Request(
            method: .post, target: "/",
            headers: Headers([("Sandbox-Signature", String(decoding: header, as: UTF8.self))]),
            body: body)
    }

    @Test func `a header is read with several signatures and unknown schemes`() throws {
        try SandboxFixture.run { fixture in
            let signature = SandboxSignature(fixture.ledger.vault, fixture.application, "sandbox_alpha")
            let body = Self.notice().body
            let good = signature.header(body, at: Self.now)
            let tag = try #require(good.split(separator: "=").last)
            let seconds = Self.now.seconds
            let wrong = String(repeating: "0", count: 64)
            for header in [good, "t=\(seconds),v1=\(wrong),v1=\(tag)", "v0=x,t=\(seconds),v1=\(tag.uppercased())"] {
                #expect(throws: Never.self) { try signature.verify(Array(header.utf8)[...], body, now: Self.now) }
            }
            for (header, error) in [
                ("", NoticeError.malformed("The signature header has no time.")),
                ("t=\(seconds)", .unsigned),
                ("t=\(seconds),v1=", .wrongSignature),
                ("t=\(seconds),v1=\(wrong)", .wrongSignature),
                ("t=\(seconds - 1),v1=\(tag)", .wrongSignature),
                ("t=-1,v1=\(tag)", .malformed("The signature header has no time.")),
                ("t=1234567890123,v1=\(tag)", .malformed("The signature header has no time.")),
            ] {
                #expect(throws: error) { try signature.verify(Array(header.utf8)[...], body, now: Self.now) }
            }
            #expect(throws: NoticeError.tooOld) {
                try signature.verify(Array(good.utf8)[...], body, now: Self.now.adding(seconds: 301))
            }
            #expect(throws: NoticeError.tooOld) {
                try signature.verify(Array(good.utf8)[...], body, now: Self.now.adding(seconds: -301))
            }
        }
    }

    @Test func `no changed header or body is believed`() throws {
        try SandboxFixture.run { fixture in
            let account = fixture.account(fixture.alpha)
            let signature = SandboxSignature(fixture.ledger.vault, fixture.application, "sandbox_alpha")
            let body = Self.notice().body
            let header = Array(signature.header(body, at: Self.now).utf8)
            var generator = SeededGenerator(seed: 11, purpose: 0)
            for _ in 0..<20_000 {
                var changedHeader = header
                var changedBody = body
                let changesBody = generator.below(2) == 0
                if changesBody { generator.mutate(&changedBody) } else { generator.mutate(&changedHeader) }
                let request = Self.request(changedHeader, changedBody)
                guard (try? fixture.alpha.readEvent(request, account, now: Self.now)) != nil else { continue }
                // Only the header has slack: what stands around the signed parts.
                #expect(changedBody == body)
            }
        }
    }

    @Test func `signed bodies of any form are read or refused`() throws {
        try SandboxFixture.run { fixture in
            let account = fixture.account(fixture.alpha)
            let signature = SandboxSignature(fixture.ledger.vault, fixture.application, "sandbox_alpha")
            let body = Self.notice().body
            var generator = SeededGenerator(seed: 12, purpose: 0)
            var readCount = 0
            for _ in 0..<20_000 {
                var changed = body
                for _ in 0...generator.below(3) { generator.mutate(&changed) }
                let header = Array(signature.header(changed, at: Self.now).utf8)
                do throws(NoticeError) {
                    let notice = try fixture.alpha.readEvent(Self.request(header, changed), account, now: Self.now)
                    #expect(notice.id.hasPrefix("sbn_"))
                    readCount += 1
                } catch {
                    guard case .malformed = error else {
                        Issue.record("refused for another reason: \(error)")
                        return
                    }
                }
            }
            #expect(readCount > 0)
        }
    }

    @Test func `a notice cut short anywhere is refused`() throws {
        try SandboxFixture.run { fixture in
            let account = fixture.account(fixture.alpha)
            let signature = SandboxSignature(fixture.ledger.vault, fixture.application, "sandbox_alpha")
            let body = Self.notice().body
            for count in 0..<body.count {
                let cut = Array(body.prefix(count))
                let request = Self.request(Array(signature.header(cut, at: Self.now).utf8), cut)
                #expect(throws: NoticeError.self) { try fixture.alpha.readEvent(request, account, now: Self.now) }
            }
        }
    }
}

extension SeededGenerator {
    /// Changes, removes, inserts or repeats something somewhere in `bytes`.
    mutating func mutate(_ bytes: inout [UInt8]) {
        let interesting: [UInt8] = [0, 9, 10, 34, 44, 45, 48, 58, 61, 92, 123, 125, 91, 93, 128, 255]
        let index = below(bytes.count + 1)
        let byte = below(2) == 0 ? interesting[below(16)] : UInt8(truncatingIfNeeded: below(256))
        switch below(4) {
        case 0 where index < bytes.count: bytes[index] = byte
        case 1 where index < bytes.count: bytes.remove(at: index)
        case 2: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + below(12))], at: index)
        default: bytes.insert(byte, at: index)
        }
    }
}
