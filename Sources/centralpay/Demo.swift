import Platform
import Runtime

/// The demonstration: a server on this machine with sandbox gateways, sample data and known credentials.
enum Demo {
    static let apiKey = "pk_demo"
    static let apiSecret = "sk_demo"

    static let options: [CommandOption] = [
        .value("listen", "ADDR:PORT", "A loopback address. Default 127.0.0.1:8080."),
        .value("data", "DIR", "Keep the data here. Default: a new temporary directory."),
    ]

    static func service(_ arguments: Arguments) throws(CommandFailure) -> Service {
        var settings = try ServerSettings(demo: arguments)
        if settings.dataPath.isEmpty {
            do throws(FileError) {
                settings.dataPath = try HostProcess.makeTemporaryDirectory("centralpay-demo-")
                settings.isTemporary = true
            } catch {
                throw .failed("no temporary directory: \(error)")
            }
        }
        let dataPath = settings.dataPath
        return Service(
            settings: settings, prepare: { try await DemoData($0).fill() },
            greeting: { url in
                """

                CentralPay is running. Open this in a browser:

                  \(url)/

                API key:     \(apiKey)
                API secret:  \(apiSecret)
                Data:        \(dataPath)

                Everything here is test data. Control-C ends it.


                """
            })
    }
}
