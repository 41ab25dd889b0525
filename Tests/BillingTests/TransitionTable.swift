/// The whole state machine of a payment with one attempt, spelled out.
enum TransitionTable {
    static func expected(_ situation: Situation, _ happening: Happening) -> String {
        for line in rows.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.first == "\(situation) \(happening)", parts.count == 2 { return String(parts[1].dropFirst()) }
        }
        return "no row"
    }

    private static let rows = """
        fresh begin: pending started
        fresh opened: ! not_found
        fresh startFailed: ! not_found
        fresh capture: ! not_found
        fresh claim: ! not_found
        fresh claimExpired: ! not_found
        fresh claimPaid: ! not_found
        fresh claimImpossible: ! not_found
        fresh success: ! not_found
        fresh another: ! not_found
        fresh action: ! not_found
        fresh decline: ! not_found
        fresh unsent: ! not_found
        fresh silence: ! not_found
        fresh settling: ! not_found
        fresh cancel: cancelled
        fresh expire: cancelled
        fresh refund: ! invalid_state
        fresh extend: -
        starting begin: ! payment_in_flight
        starting opened: pending requires_action
        starting startFailed: pending errored
        starting capture: ! invalid_state
        starting claim: pending started!
        starting claimExpired: -
        starting claimPaid: -
        starting claimImpossible: -
        starting success: completed succeeded$
        starting another: completed succeeded$
        starting action: pending requires_action
        starting decline: pending declined
        starting unsent: pending errored
        starting silence: -
        starting settling: processing unknown
        starting cancel: ! payment_in_flight
        starting expire: ! payment_in_flight
        starting refund: ! invalid_state
        starting extend: -
        awaiting begin: ! payment_in_flight
        awaiting opened: -
        awaiting startFailed: -
        awaiting capture: processing started
        awaiting claim: pending requires_action!
        awaiting claimExpired: -
        awaiting claimPaid: -
        awaiting claimImpossible: -
        awaiting success: completed succeeded$
        awaiting another: completed succeeded$
        awaiting action: pending requires_action
        awaiting decline: pending declined
        awaiting unsent: pending errored
        awaiting silence: -
        awaiting settling: processing unknown
        awaiting cancel: ! payment_in_flight
        awaiting expire: ! payment_in_flight
        awaiting refund: ! invalid_state
        awaiting extend: -
        claimed begin: ! payment_in_flight
        claimed opened: -
        claimed startFailed: -
        claimed capture: ! invalid_state
        claimed claim: pending requires_action!
        claimed claimExpired: pending abandoned
        claimed claimPaid: pending requires_action
        claimed claimImpossible: pending superseded
        claimed success: completed succeeded$
        claimed another: completed succeeded$
        claimed action: -
        claimed decline: pending declined
        claimed unsent: pending errored
        claimed silence: -
        claimed settling: processing unknown
        claimed cancel: ! payment_in_flight
        claimed expire: ! payment_in_flight
        claimed refund: ! invalid_state
        claimed extend: -
        capturing begin: ! invalid_state
        capturing opened: -
        capturing startFailed: -
        capturing capture: ! payment_in_flight
        capturing claim: ! payment_in_flight
        capturing claimExpired: -
        capturing claimPaid: -
        capturing claimImpossible: -
        capturing success: completed succeeded$
        capturing another: completed succeeded$
        capturing action: pending requires_action
        capturing decline: pending declined
        capturing unsent: pending errored
        capturing silence: processing unknown
        capturing settling: processing unknown
        capturing cancel: ! payment_in_flight
        capturing expire: ! payment_in_flight
        capturing refund: ! invalid_state
        capturing extend: ! invalid_state
        unknown begin: ! invalid_state
        unknown opened: -
        unknown startFailed: -
        unknown capture: ! payment_in_flight
        unknown claim: ! payment_in_flight
        unknown claimExpired: -
        unknown claimPaid: -
        unknown claimImpossible: -
        unknown success: completed succeeded$
        unknown another: completed succeeded$
        unknown action: pending requires_action
        unknown decline: pending declined
        unknown unsent: pending errored
        unknown silence: processing unknown
        unknown settling: processing unknown
        unknown cancel: ! payment_in_flight
        unknown expire: ! payment_in_flight
        unknown refund: ! invalid_state
        unknown extend: ! invalid_state
        declined begin: pending declined started
        declined opened: -
        declined startFailed: -
        declined capture: ! invalid_state
        declined claim: -
        declined claimExpired: -
        declined claimPaid: -
        declined claimImpossible: -
        declined success: completed succeeded$
        declined another: completed succeeded$
        declined action: -
        declined decline: -
        declined unsent: -
        declined silence: -
        declined settling: -
        declined cancel: cancelled declined
        declined expire: cancelled declined
        declined refund: ! invalid_state
        declined extend: -
        errored begin: pending errored started
        errored opened: -
        errored startFailed: -
        errored capture: ! invalid_state
        errored claim: -
        errored claimExpired: -
        errored claimPaid: -
        errored claimImpossible: -
        errored success: completed succeeded$
        errored another: completed succeeded$
        errored action: -
        errored decline: -
        errored unsent: -
        errored silence: -
        errored settling: -
        errored cancel: cancelled errored
        errored expire: cancelled errored
        errored refund: ! invalid_state
        errored extend: -
        superseded begin: pending superseded started
        superseded opened: -
        superseded startFailed: -
        superseded capture: ! invalid_state
        superseded claim: -
        superseded claimExpired: -
        superseded claimPaid: -
        superseded claimImpossible: -
        superseded success: pending succeeded 1r
        superseded another: pending succeeded 1r
        superseded action: -
        superseded decline: -
        superseded unsent: -
        superseded silence: -
        superseded settling: -
        superseded cancel: cancelled superseded
        superseded expire: cancelled superseded
        superseded refund: ! invalid_state
        superseded extend: -
        completed begin: ! invalid_state
        completed opened: -
        completed startFailed: -
        completed capture: ! invalid_state
        completed claim: -
        completed claimExpired: -
        completed claimPaid: -
        completed claimImpossible: -
        completed success: -
        completed another: completed succeeded$ succeeded 1r
        completed action: -
        completed decline: -
        completed unsent: -
        completed silence: -
        completed settling: -
        completed cancel: ! invalid_state
        completed expire: ! invalid_state
        completed refund: completed succeeded$ 1r
        completed extend: ! invalid_state
        failed begin: ! invalid_state
        failed opened: -
        failed startFailed: -
        failed capture: ! invalid_state
        failed claim: -
        failed claimExpired: -
        failed claimPaid: -
        failed claimImpossible: -
        failed success: completed succeeded$ late
        failed another: completed succeeded$ late
        failed action: -
        failed decline: -
        failed unsent: -
        failed silence: -
        failed settling: -
        failed cancel: ! invalid_state
        failed expire: ! invalid_state
        failed refund: ! invalid_state
        failed extend: ! invalid_state
        cancelled begin: ! invalid_state
        cancelled opened: -
        cancelled startFailed: -
        cancelled capture: ! invalid_state
        cancelled claim: -
        cancelled claimExpired: -
        cancelled claimPaid: -
        cancelled claimImpossible: -
        cancelled success: cancelled succeeded 1r
        cancelled another: cancelled succeeded 1r
        cancelled action: -
        cancelled decline: -
        cancelled unsent: -
        cancelled silence: -
        cancelled settling: -
        cancelled cancel: ! invalid_state
        cancelled expire: ! invalid_state
        cancelled refund: ! invalid_state
        cancelled extend: ! invalid_state
        cancelledByBuyer begin: ! invalid_state
        cancelledByBuyer opened: -
        cancelledByBuyer startFailed: -
        cancelledByBuyer capture: ! invalid_state
        cancelledByBuyer claim: -
        cancelledByBuyer claimExpired: -
        cancelledByBuyer claimPaid: -
        cancelledByBuyer claimImpossible: -
        cancelledByBuyer success: cancelled succeeded 1r
        cancelledByBuyer another: cancelled succeeded 1r
        cancelledByBuyer action: -
        cancelledByBuyer decline: -
        cancelledByBuyer unsent: -
        cancelledByBuyer silence: -
        cancelledByBuyer settling: -
        cancelledByBuyer cancel: ! invalid_state
        cancelledByBuyer expire: ! invalid_state
        cancelledByBuyer refund: ! invalid_state
        cancelledByBuyer extend: ! invalid_state
        expired begin: ! invalid_state
        expired opened: -
        expired startFailed: -
        expired capture: ! invalid_state
        expired claim: -
        expired claimExpired: -
        expired claimPaid: -
        expired claimImpossible: -
        expired success: completed succeeded$ late
        expired another: completed succeeded$ late
        expired action: -
        expired decline: -
        expired unsent: -
        expired silence: -
        expired settling: -
        expired cancel: ! invalid_state
        expired expire: ! invalid_state
        expired refund: ! invalid_state
        expired extend: ! invalid_state
        differing begin: ! invalid_state
        differing opened: -
        differing startFailed: -
        differing capture: ! payment_in_flight
        differing claim: ! payment_in_flight
        differing claimExpired: -
        differing claimPaid: -
        differing claimImpossible: -
        differing success: completed succeeded$
        differing another: completed succeeded$
        differing action: -
        differing decline: -
        differing unsent: pending errored
        differing silence: -
        differing settling: -
        differing cancel: ! payment_in_flight
        differing expire: ! payment_in_flight
        differing refund: ! invalid_state
        differing extend: ! invalid_state
        """
}
