import HTTP
import HTTPS
import JSON
import Platform
import Runtime
import Storage

/// Looks at everything around a server that could keep it from serving, and changes nothing.
struct HostChecks: Sendable {
    private static let leastFreeByteCount: UInt64 = 256 << 20
    private static let comfortableByteCount: UInt64 = 2 << 30
    private static let expiryDays: Int64 = 14

    private let settings: ServerSettings
    private let doors: Doors
    private let isServing: Bool

    init(_ settings: ServerSettings, _ doors: Doors) async {
        self.settings = settings
        self.doors = doors
        isServing = await Self.serverAnswers(settings, doors)
    }

    func run() async -> [Finding] {
        var findings = [clock(), dataDirectory(), space()]
        findings += certificates()
        findings += ports()
        findings.append(await publicName())
        if let hold = await hold() { findings.append(hold) }
        return findings
    }

    /// Whether a server works on the data now.
    private static func serverAnswers(_ settings: ServerSettings, _ doors: Doors) async -> Bool {
        let path = ControlServer.path(in: settings.dataPath)
        guard path.utf8.count <= ControlServer.pathByteLimit else { return false }
        do throws(NetworkError) {
            let deadline = doors.clock.instant().adding(seconds: 2)
            try await doors.network.connect(to: .unix(path: path), deadline: deadline).close()
            return true
        } catch {
            return false
        }
    }

    // MARK: Checks

    private func clock() -> Finding {
        let now = doors.clock.now()
        if let trouble = TrustSource.clockTrouble(at: now) {
            return Finding(state: .failed, subject: "clock", detail: trouble, fix: "timedatectl set-ntp true")
        }
        return Finding(state: .ok, subject: "clock", detail: "\(now)")
    }

    private func dataDirectory() -> Finding {
        let path = settings.dataPath
        func failed(_ detail: String, _ fix: String) -> Finding {
            Finding(state: .failed, subject: "data", detail: detail, fix: fix)
        }
        let status: FileStatus?
        do throws(FileError) {
            status = try doors.files.status(path)
        } catch {
            return failed("\(error)", "ls -ld \(path)")
        }
        guard let status else {
            return Finding(state: .ok, subject: "data", detail: "\(path) is not there yet; serve begins it")
        }
        guard status.isDirectory else { return failed("\(path) is not a directory", "name another with --data") }
        let user = HostProcess.userID
        guard status.owner == user || user == 0 else {
            return failed(
                "\(path) belongs to user \(status.owner), and this is user \(user)", "sudo chown -R \(user) \(path)")
        }
        guard status.permissions & 0o077 == 0 else {
            let mode = String(status.permissions, radix: 8)
            return failed("\(path) is open to other users: its mode is \(mode)", "chmod 700 \(path)")
        }
        guard status.permissions & 0o700 == 0o700 else {
            let mode = String(status.permissions, radix: 8)
            return failed("\(path) cannot be written: its mode is \(mode)", "chmod 700 \(path)")
        }
        let stampPath = path + "/centralpay.json"
        let hasStamp = ((try? doors.files.status(stampPath)) ?? nil) != nil
        let what = isServing ? "a server works on it now" : hasStamp ? "no server works on it" : "it is empty"
        return Finding(state: .ok, subject: "data", detail: "\(path), \(what)")
    }

    private func space() -> Finding {
        var path = settings.dataPath
        if ((try? doors.files.status(path)) ?? nil) == nil {
            path = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
            if path.isEmpty { path = "/" }
        }
        let free: UInt64
        do throws(FileError) {
            free = try doors.files.freeSpace(path)
        } catch {
            return Finding(state: .failed, subject: "disk", detail: "\(error)", fix: "mkdir -p \(path)")
        }
        let detail = "\(free >> 20) MiB are free for \(path)"
        if free < Self.leastFreeByteCount {
            return Finding(
                state: .failed, subject: "disk", detail: detail + ", too little to write anything",
                fix: "free or add space: df -h \(path)")
        }
        if free < Self.comfortableByteCount {
            return Finding(state: .warning, subject: "disk", detail: detail, fix: "free or add space: df -h \(path)")
        }
        return Finding(state: .ok, subject: "disk", detail: detail)
    }

    private func certificates() -> [Finding] {
        var findings: [Finding] = []
        do throws(CertificateFileError) {
            let trust = try Security.trust(settings, doors).load()
            findings.append(Finding(state: .ok, subject: "roots", detail: trust.about))
        } catch {
            findings.append(
                Finding(
                    state: .failed, subject: "roots", detail: error.message, fix: "correct --ca-file or SSL_CERT_FILE"))
        }
        guard !settings.certificates.isEmpty else { return findings }
        let host = settings.publicURL.flatMap { URL($0)?.host }
        let now = doors.clock.now()
        for pair in settings.certificates {
            do throws(CertificateFileError) {
                let entropy = doors.entropy
                let contents = try CertificateFiles([pair], host: settings.certificates.count == 1 ? host : nil)
                    .load(from: doors.files, now: now, random: { entropy.bytes($0) })
                for leaf in contents.expiries {
                    let isLate = leaf.seconds - now.seconds < Self.expiryDays * 86_400
                    findings.append(
                        Finding(
                            state: isLate ? .warning : .ok, subject: "certificate",
                            detail: "\(pair.chainPath) is good until \(leaf)",
                            fix: isLate ? "renew it and put the new files in place; they are taken up at once" : nil))
                }
            } catch {
                findings.append(
                    Finding(
                        state: .failed, subject: "certificate", detail: error.message,
                        fix: "put the right files in place, or correct --tls-certificate and --tls-key"))
            }
        }
        return findings
    }

    private func ports() -> [Finding] {
        var findings = [port(settings.listen, "--listen")]
        if let address = settings.redirectListen { findings.append(port(address, "--http-redirect")) }
        return findings
    }

    private func port(_ address: SocketAddress, _ option: String) -> Finding {
        do throws(NetworkError) {
            try doors.network.listen(on: address).close()
            return Finding(state: .ok, subject: "port", detail: "\(address) is free")
        } catch {
            if error == .addressInUse, isServing {
                return Finding(state: .ok, subject: "port", detail: "\(address) is taken, and a server is running")
            }
            let (why, fix) =
                switch error {
                case .addressInUse:
                    ("is taken by another process", "ss -ltnp, then stop it or choose another \(option)")
                case .permissionDenied:
                    ("needs a right", "setcap cap_net_bind_service=+ep \(HostProcess.executablePath ?? "centralpay")")
                case .unreachable: ("is no address of this machine", "ip address, then correct \(option)")
                default: ("cannot be listened on: \(error)", "choose another \(option)")
                }
            return Finding(state: .failed, subject: "port", detail: "\(address) \(why)", fix: fix)
        }
    }

    private func publicName() async -> Finding {
        guard let url = settings.publicURL.flatMap({ URL($0) }), url.address == nil else {
            return Finding(
                state: settings.publicURL == nil ? .warning : .ok, subject: "public URL",
                detail: settings.publicURL ?? "none is set, so links lead to the address it listens on",
                fix: settings.publicURL == nil ? "give --public-url https://your.name" : nil)
        }
        do throws(NetworkError) {
            let deadline = doors.clock.instant().adding(seconds: 10)
            let addresses = try await doors.network.resolve(url.host, deadline: deadline)
            let list = addresses.map(\.description).joined(separator: ", ")
            return Finding(state: .ok, subject: "public URL", detail: "\(url), \(list)")
        } catch {
            return Finding(
                state: .failed, subject: "public URL", detail: "\(url.host) has no address, or no name server answers",
                fix: "add an A record for \(url.host), or check /etc/resolv.conf")
        }
    }

    /// Whether live applications wait for a release; nil when they do not, or that cannot be read.
    private func hold() async -> Finding? {
        let input = OperationInput(JSONObject([]))
        let answer: JSONObject?
        if isServing {
            answer = try? await ControlClient.run(.held, input, dataPath: settings.dataPath, doors)
        } else {
            answer = await heldHere(input)
        }
        guard let answer, answer["held"] == .bool(true), case .string(let since)? = answer["since"],
            case .string(let detail)? = answer["detail"]
        else { return nil }
        return Finding(
            state: .warning, subject: "hold", detail: "live applications are held since \(since): \(detail)",
            fix: "compare with the gateways, then centralpay release --data \(settings.dataPath)")
    }

    private func heldHere(_ input: OperationInput) async -> JSONObject? {
        guard
            let data = try? DataDirectory.open(
                settings.dataPath, beginning: nil, OpenStore.access(doors, seed: nil)),
            let store = try? OpenStore.open(data, doors, seed: nil, isReadOnly: true)
        else { return nil }
        let composition = Composition(
            settings: settings, data: data, doors: doors, manualClock: nil, store: store, publicURL: "")
        let answer = try? await Operation.held.run(input, composition)
        await store.close()
        return answer
    }
}
