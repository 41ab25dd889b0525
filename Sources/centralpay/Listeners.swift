import Runtime

/// The addresses that a server takes before it touches anything: whoever finds one taken has changed nothing.
struct Listeners: Sendable {
    /// Where the site is served.
    let main: any Listener
    /// Where plain HTTP is sent on to the public address.
    let redirect: (any Listener)?

    init(_ settings: ServerSettings, _ network: any Network) throws(CommandFailure) {
        main = try Self.listen(on: settings.listen, option: "--listen", network)
        guard let address = settings.redirectListen else {
            redirect = nil
            return
        }
        do throws(CommandFailure) {
            redirect = try Self.listen(on: address, option: "--http-redirect", network)
        } catch {
            main.close()
            throw error
        }
    }

    func close() {
        main.close()
        redirect?.close()
    }

    private static func listen(
        on address: SocketAddress, option: String, _ network: any Network
    ) throws(CommandFailure) -> any Listener {
        do throws(NetworkError) {
            return try network.listen(on: address)
        } catch {
            let why =
                switch error {
                case .addressInUse: "another process listens there; stop it or choose another with \(option)"
                case .permissionDenied: "ports below 1024 need the right to bind them"
                case .unreachable: "this machine has no such address"
                default: "\(error)"
                }
            throw .failed("cannot listen on \(address): \(why)")
        }
    }
}
