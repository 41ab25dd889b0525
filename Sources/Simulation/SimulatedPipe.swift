import Runtime

/// One direction of a stream: a bounded buffer whose bytes arrive later, in pieces, in order.
///
/// Unchecked: a world is driven by one thread, which the network's trace asserts.
final class SimulatedPipe: @unchecked Sendable {
    /// What the receiver meets behind the last byte.
    enum End { case none, finished, reset }

    /// What happens when a number of bytes has been sent.
    enum Fate { case cut(after: Int), silence(after: Int) }

    private let network: SimulatedNetwork
    /// Resets both pipes of the stream.
    var reset: () -> Void = {}
    /// Makes both pipes of the stream fall silent.
    var silence: () -> Void = {}
    var fate: Fate?

    private var arrived: [UInt8] = []
    private var readOffset = 0
    private var underwayByteCount = 0
    private var lastArrival = Instant(nanoseconds: 0)
    private var end = End.none
    private var isSilent = false
    /// The sender promised to send no more.
    private(set) var isFinished = false
    /// Sending is of no use: the receiver is gone and said so.
    private(set) var isBroken = false
    private var isReceiverClosed = false
    let canReceive = WakeSignal()
    let canSend = WakeSignal()

    init(network: SimulatedNetwork) {
        self.network = network
    }

    var availableByteCount: Int { arrived.count - readOffset }
    var receivedEnd: End { end }
    var room: Int { max(0, network.options.bufferByteCount - availableByteCount - underwayByteCount) }

    /// Sends 1 to `room` bytes on their way.
    func transmit(_ bytes: ArraySlice<UInt8>) {
        let piece: [UInt8]
        var met: Fate?
        switch fate {
        case .cut(let count):
            piece = Array(bytes.prefix(count))
            met = bytes.count >= count ? fate : nil
            fate = .cut(after: count - piece.count)
        case .silence(let count):
            piece = Array(bytes.prefix(count))
            met = bytes.count >= count ? fate : nil
            fate = .silence(after: count - piece.count)
        case nil: piece = Array(bytes)
        }
        underwayByteCount += bytes.count
        let moment = arrivalMoment()
        if !piece.isEmpty { network.scheduler.call(at: moment) { self.deliver(piece) } }
        guard let met else { return }
        fate = nil
        switch met {
        case .cut:
            network.fired.cuts += 1
            network.scheduler.call(at: moment) { self.reset() }
        case .silence:
            network.fired.silences += 1
            network.scheduler.call(at: moment) { self.silence() }
        }
    }

    /// Nothing under way or sent from now on arrives, and nobody is told.
    func fallSilent() {
        isSilent = true
    }

    private func arrivalMoment() -> Instant {
        let moment = max(lastArrival, network.delayedMoment())
        lastArrival = moment
        return moment
    }

    private func deliver(_ bytes: [UInt8]) {
        guard !isBroken, end == .none, !isSilent else { return }
        underwayByteCount -= bytes.count
        if isReceiverClosed {
            tellSenderOfReset()
        } else {
            if readOffset == arrived.count {
                arrived.removeAll(keepingCapacity: true)
                readOffset = 0
            }
            arrived += bytes
            canReceive.notify()
        }
    }

    /// Takes 1 to `limit` bytes that have arrived.
    func take(into buffer: inout [UInt8], limit: Int) -> Int {
        let count = network.pieceByteCount(min(limit, availableByteCount))
        buffer += arrived[readOffset..<readOffset + count]
        readOffset += count
        if readOffset == arrived.count {
            arrived.removeAll(keepingCapacity: true)
            readOffset = 0
        } else if readOffset > 65_536 {
            arrived.removeFirst(readOffset)
            readOffset = 0
        }
        canSend.notify()
        return count
    }

    /// The sender sends no more; the receiver sees the end behind the last byte.
    func finish() {
        guard !isFinished else { return }
        isFinished = true
        let moment = arrivalMoment()
        network.scheduler.call(at: moment) {
            guard !self.isSilent, self.end == .none else { return }
            self.end = .finished
            self.canReceive.notify()
        }
    }

    /// The receiver reads no more. As in TCP, bytes it leaves unread reset the stream, once the sender hears of it.
    func closeReceiver() {
        guard !isReceiverClosed else { return }
        isReceiverClosed = true
        let hadUnread = availableByteCount > 0
        arrived = []
        readOffset = 0
        if hadUnread { tellSenderOfReset() }
        canReceive.notify()
    }

    private func tellSenderOfReset() {
        guard !isSilent else { return }
        network.scheduler.call(at: network.delayedMoment()) { self.reset() }
    }

    /// The stream was reset: nothing more arrives, what did arrive can still be read, sending fails.
    func breakOff() {
        if end == .none { end = .reset }
        isBroken = true
        canReceive.notify()
        canSend.notify()
    }

    /// The reset was told to the task that uses the stream. As with a socket of Linux, that happens once: from then on
    /// a receive finds the end.
    func acknowledgeReset() {
        if end == .reset { end = .finished }
    }

    /// Lets go of all bytes, when the world ends.
    func abandon() {
        arrived = []
        readOffset = 0
        reset = {}
        silence = {}
    }
}
