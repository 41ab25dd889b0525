import Glibc
package import Runtime

/// The process as its surroundings see it. For executables alone: nothing below reads arguments or the environment.
package enum HostProcess {
    /// One of the three streams every process starts with.
    package enum Stream: CInt, Sendable {
        case standardInput = 0
        case standardOutput = 1
        case standardError = 2
    }

    private static let signalHandler = Guarded<(@Sendable (HostSignal) -> Void)?>(nil)

    // MARK: Words in

    /// The arguments, without the name of the program.
    package static var arguments: [String] {
        let words = CommandLine.arguments
        return Array((words.isEmpty ? StartWords.all : words).dropFirst())
    }

    package static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// Everything up to the end of standard input; nil when it is longer than `limit` bytes or cannot be read. Blocks.
    package static func readStandardInput(limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe Glibc.read(Stream.standardInput.rawValue, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count > 0 {
                bytes += chunk[..<count]
                if bytes.count > limit { return nil }
            } else if errno != EINTR {
                return nil
            }
        }
    }

    package static func isTerminal(_ stream: Stream) -> Bool { isatty(stream.rawValue) == 1 }

    /// Asks for a secret at the terminal and reads one line of at most 1,024 bytes without showing it; nil when
    /// standard input is no terminal or ended. Blocks.
    package static func readSecret(prompt: String) -> [UInt8]? {
        var shown = termios()
        guard unsafe tcgetattr(0, &shown) == 0 else { return nil }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        // An interrupt must not leave the terminal mute: it is taken as the end of the line instead of a signal.
        hidden.c_lflag &= ~tcflag_t(ISIG)
        write(prompt, to: .standardError)
        guard unsafe tcsetattr(0, TCSAFLUSH, &hidden) == 0 else { return nil }
        defer {
            _ = unsafe tcsetattr(0, TCSAFLUSH, &shown)
            write("\n", to: .standardError)
        }
        var line: [UInt8] = []
        while line.count <= 1024 {
            var byte: UInt8 = 0
            let count = unsafe Glibc.read(0, &byte, 1)
            if count < 0, errno == EINTR { continue }
            // 3 is what Control-C sends.
            guard count == 1, byte != 3 else { return nil }
            if byte == 0x0a { return line }
            line.append(byte)
        }
        return nil
    }

    // MARK: Words out

    /// Writes all of `bytes`, blocking; what a closed stream does not take is lost.
    package static func write(_ bytes: [UInt8], to stream: Stream) {
        unsafe bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count, let base = buffer.baseAddress {
                let count = unsafe Glibc.write(stream.rawValue, base + done, buffer.count - done)
                if count > 0 {
                    done += count
                } else if errno == EAGAIN {
                    var wait = pollfd(fd: stream.rawValue, events: Int16(POLLOUT), revents: 0)
                    _ = unsafe poll(&wait, 1, -1)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }

    package static func write(_ text: String, to stream: Stream) {
        write(Array(text.utf8), to: stream)
    }

    /// Ends the process.
    package static func exit(_ code: Int32) -> Never {
        fflush(nil)
        // Other threads go on until the last moment: no handlers run under their feet.
        _exit(code)
    }

    // MARK: Facts

    package static var processID: Int32 { getpid() }
    package static var userID: UInt32 { geteuid() }

    /// `HOME`, or the directory that `/etc/passwd` gives to the user.
    package static var homeDirectory: String? {
        if let home = environment("HOME"), home.hasPrefix("/") { return home }
        guard let file = try? LinuxFileSystem().open("/etc/passwd", .readOnly),
            let bytes = try? file.read(at: 0, count: 1 << 20)
        else { return nil }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            if fields.count >= 6, fields[2] == "\(userID)" { return String(fields[5]) }
        }
        return nil
    }

    /// The absolute path of the running program.
    package static var executablePath: String? {
        var bytes = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
        guard count > 0, count < bytes.count else { return nil }
        return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Memory the process has in RAM, in bytes.
    package static var residentByteCount: UInt64? {
        guard let file = try? LinuxFileSystem().open("/proc/self/statm", .readOnly),
            let bytes = try? file.read(at: 0, count: 256)
        else { return nil }
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        guard fields.count > 1, let pages = UInt64(fields[1]) else { return nil }
        return pages * UInt64(sysconf(CInt(_SC_PAGESIZE)))
    }

    /// Processors the process may use, at least 1.
    package static var processorCount: Int { max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))) }

    /// Makes a new directory with mode 0700 under `TMPDIR` or `/tmp`, named `prefix` and six random characters.
    package static func makeTemporaryDirectory(_ prefix: String) throws(FileError) -> String {
        let parent = environment("TMPDIR") ?? "/tmp"
        var template = Array("\(parent)/\(prefix)XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw FileError(errno: errno, operation: "mkdtemp", path: parent)
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    // MARK: Settings

    /// Files made from now on are for their owner alone.
    package static func restrictFileModes() { _ = umask(0o077) }

    /// Gives up the rights of the superuser for those of the user and group that `path` belongs to; does nothing when it
    /// is the superuser's or is not there. Only before other threads start.
    package static func becomeOwner(of path: String) throws(FileError) {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_uid != 0 else { return }
        guard setgroups(0, nil) == 0, setgid(status.st_gid) == 0, setuid(status.st_uid) == 0 else {
            throw FileError(errno: errno, operation: "setuid", path: path)
        }
    }

    /// A crash must not write secrets to a file.
    package static func disableCoreDumps() {
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    }

    /// Raises the limit on open descriptors as far as the system lets it, and returns it.
    @discardableResult
    package static func raiseDescriptorLimit() -> UInt64 {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        let old = UInt64(limit.rlim_cur)
        limit.rlim_cur = limit.rlim_max
        return unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
            ? UInt64(limit.rlim_max) : old
    }

    // MARK: Signals

    /// Hands signals to `handler`, on the main thread, instead of ending the process. Only under
    /// ``LinuxPlatform/runMain(loopCount:_:)``.
    package static func onSignal(_ handler: @escaping @Sendable (HostSignal) -> Void) {
        signalHandler.withLock { $0 = handler }
    }

    /// Whether the process was started to ignore `signal`, as `nohup` does.
    private static func isIgnored(_ signal: HostSignal) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(signal.number, nil, &action) == 0 else { return false }
        // SIG_IGN is the address 1, which is no function to call.
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    /// Keeps the signals from every thread that starts later, so that ``waitForSignals()`` gets them.
    static func blockSignals() {
        var mask = HostSignal.mask
        _ = unsafe pthread_sigmask(SIG_BLOCK, &mask, nil)
    }

    /// Takes signals for ever.
    static func waitForSignals() -> Never {
        var mask = HostSignal.mask
        while true {
            var number: CInt = 0
            guard unsafe sigwait(&mask, &number) == 0,
                let signal = HostSignal.allCases.first(where: { $0.number == number })
            else { continue }
            if let handler = signalHandler.withLock({ $0 }) {
                handler(signal)
            } else if !isIgnored(signal) {
                exit(128 + number)
            }
        }
    }
}
