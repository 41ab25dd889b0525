import Bytes
import Runtime

/// Mozilla's roots as of one day, for containers that hold nothing but this program. They age with it; a system's own
/// come first.
enum EmbeddedRoots {
    /// The day of the list.
    static let day = "2026-10-19"
    static let date = Timestamp(seconds: 1_792_368_000)

    static var pem: [UInt8] { EmbeddedAssets.all.first { $0.path == "roots.pem" }?.bytes ?? [] }
}
