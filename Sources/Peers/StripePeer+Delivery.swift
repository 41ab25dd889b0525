package import HTTP
import Runtime

extension StripePeer {
    /// Sends every event that is waiting to every address that was registered, in order; one that is not taken waits for
    /// the next time.
    ///
    /// - Returns: how many were taken.
    @discardableResult
    package func deliver(with client: Client) async -> Int {
        var takenCount = 0
        for notice in takeNotices() {
            var isTaken = true
            for endpoint in endpoints where await !send(notice, to: endpoint.url, endpoint.secret, client) {
                isTaken = false
            }
            if isTaken {
                takenCount += 1
            } else {
                withBooks { $0.notices.append(notice) }
            }
        }
        return takenCount
    }

    private func send(
        _ notice: StripePeerNotice, to url: String, _ secret: String, _ client: Client
    ) async -> Bool {
        guard let url = URL(url) else { return false }
        var request = ClientRequest(method: .post, url: url, body: notice.body)
        let now = doors.clock.now()
        request.headers = [
            (name: "Content-Type", value: "application/json; charset=utf-8"),
            (name: "Stripe-Signature", value: notice.signature(secrets: [secret], at: now)),
        ]
        do throws(ClientError) {
            let answer = try await client.send(request, deadline: doors.clock.instant().adding(seconds: 20))
            return (200..<300).contains(answer.status)
        } catch {
            return false
        }
    }
}
