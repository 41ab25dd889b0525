import Billing
import Bytes
import Crypto
import Fields
import JSON
import Runtime

/// The parts a request passes through, each alone on one core.
struct PartsBenchmark {
    let doors: Doors

    func run() {
        let megabyte = [UInt8](repeating: 0x61, count: 1 << 20)
        throughput("sha256", bytes: 1 << 20) { UInt64(SHA256.hash(megabyte)[0]) }
        throughput("crc32c", bytes: 1 << 20) { UInt64(CRC32C.checksum(megabyte)) }
        throughput("xxh64", bytes: 1 << 20) { XXH64.hash(megabyte) }
        let body = Array(
            #"{"amount":99.99,"currency":"USD","description":"Order 1001","customer_email":"ada@example.com","metadata":{"order":"1001","channel":"web"},"return_url":"https://shop.example/return?order=1001","cancel_url":"https://shop.example/cart","expires_in":3600,"save_payment_method":false,"locale":"en","gateways":["a","b"]}"#
                .utf8)
        let key = HMACKey(Array("sk_test_00112233445566778899aabbccddeeff".utf8))
        latency("signature-check") {
            var mac = key.start()
            mac.update("1736942400.123")
            mac.update(".")
            mac.update(body)
            return mac.finalize().isEqual(toHex: Array("00".utf8)) ? 1 : 0
        }
        records()
        latency("json-parse-\(body.count)") { (try? JSON.parse(body)) == nil ? 0 : 1 }
    }

    /// A completed payment with one attempt, as most are.
    private static var payment: Payment {
        var payment = Payment()
        payment.hash = PaymentHash(value: 0x0123_4567)
        payment.application = ApplicationID(value: 1)
        payment.status = .completed
        payment.amount = Money(9999, .usd)
        payment.description = "Order 1001"
        payment.customer = CustomerID(value: 2)
        payment.gateway = "sandbox_alpha"
        payment.method = MethodSummary(type: "card", brand: "visa", last4: "4242")
        payment.returnURL = "https://shop.example/return?order=1001"
        payment.token = Blob([UInt8](repeating: 9, count: 16))
        var attempt = Attempt()
        attempt.number = 1
        attempt.gateway = "sandbox_alpha"
        attempt.status = .succeeded
        attempt.captured = payment.amount
        attempt.decision = "The gateway confirmed the charge."
        attempt.gatewayReference = "sbs_0123456789abcdef0123456789abcdef"
        attempt.startedAt = Timestamp(seconds: 1_736_942_400)
        payment.attempts = [attempt]
        payment.createdAt = attempt.startedAt
        payment.updatedAt = attempt.startedAt
        payment.expiresAt = attempt.startedAt.adding(seconds: 86_400)
        return payment
    }

    /// The visitors of a record: its stored form both ways, and its JSON.
    private func records() {
        let payment = Self.payment
        let stored = RecordCodec.encode(payment)
        latency("payment-encode-\(stored.count)") { UInt64(RecordCodec.encode(payment).count) }
        latency("payment-decode") { (try? RecordCodec.decode(Payment.self, stored)) == nil ? 0 : 1 }
        latency("payment-json") {
            var json = JSONWriter(capacity: 2048)
            payment.write(to: &json)
            return UInt64(json.bytes.count)
        }
    }

    private func throughput(_ name: String, bytes: Int, _ body: () -> UInt64) {
        let nanoseconds = best(body)
        var figures = Figures(name)
        figures.add("megabytes_per_second", bytes * 1000 / max(1, nanoseconds))
        figures.print()
    }

    private func latency(_ name: String, _ body: () -> UInt64) {
        let count = 10_000
        let nanoseconds = best {
            var sum: UInt64 = 0
            for _ in 0..<count { sum &+= body() }
            return sum
        }
        var figures = Figures(name)
        figures.add("nanoseconds", nanoseconds / count)
        figures.print()
    }

    /// The shortest of nine runs, in nanoseconds.
    private func best(_ body: () -> UInt64) -> Int {
        var best = UInt64.max
        var sum: UInt64 = 0
        for _ in 0..<9 {
            let start = doors.clock.instant()
            sum &+= body()
            best = min(best, doors.clock.instant().nanoseconds(since: start))
        }
        // The results are used, so that nothing is computed away.
        if sum == 1 { doors.log.write(.info, "unlikely", []) }
        return Int(best)
    }
}
