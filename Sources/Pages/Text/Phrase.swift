/// Every sentence that buyers and customers read. Each language answers all of them: the compiler checks it.
///
/// The words in braces are placeholders that the page fills; a language keeps exactly the ones English has.
package enum Phrase: String, CaseIterable, Sendable {
    // The frame of every page.
    case skip, footer, terms, privacy, testMode, offline, reference

    // The slip.
    case toPay, paidLabel, wasToPay, item, amount, total, yourOrder
    case stampNotPaid, stampConfirming, stampPaid, stampExpired, stampCancelled

    // Choosing a way to pay.
    case payTitle, howToPay, payWith, payByCard, card, anotherCard, otherWays, redirectNote, walletNote, continueTo
    case payingAs, cancelAndReturn, cancelPayment, noMethods, noMethodsAdvice, closesAt, keepOpenUntil

    // The card form.
    case cardNumber, nameOnCard, expiryDate, expiryHint, expiryPlaceholder, securityCode, codeHint, keepCard
    case payAmount, typeAgain, testCards, testCardMeaning

    // What can be wrong with a card form.
    case errorTitle, checkOneField, checkFields
    case numberMissing, numberInvalid, nameMissing, expiryMissing, expiryInvalid, expiryPast, codeMissing, codeInvalid

    // Declined.
    case declinedHeading, declinedWalletHeading, declinedTroubleHeading, declinedBank, declinedFunds, declinedExpired
    case declinedDetails, declinedAuthentication, declinedWallet, declinedTrouble, declinedAdvice, tryAgain, keptUntil

    // The sandbox stand-ins for a wallet's and a bank's page.
    case walletHeading, walletLead, approve, refuse, challengeHeading, challengeLead

    // Confirming.
    case confirmingHeading, confirmingLead, confirmingDoNotPay, confirmingOnce, stepSent, stepWaiting, stepWaitingNote
    case stepResult, stepResultNote, checkAgain, confirmingClose, confirmingContact

    // Paid.
    case paidHeading, paidLead, paidWith, date, payment, customer, backTo, keepReceipt
    case leavingHeading, leavingLead, alreadyPaidHeading, alreadyPaidLead

    // Ended without money.
    case cancelledHeading, nothingCharged, expiredHeading, expiredLead, expiredAdvice
    case confirmCancelHeading, confirmCancelLead, goOnPaying

    // Trouble.
    case notFoundHeading, notFoundLead, unavailableHeading, unavailableLead, tooManyHeading, tooManyLead
    case staleHeading, staleLead, backToPayment

    // The customer's own page.
    case portalOpenHeading, portalOpenLead, portalOpen, portalHeading, portalSpentHeading, portalSpentLead
    case invoices, noInvoices, noInvoicesNote, invoiceNumber, invoiceState, dueDate
    case savedCards, noCards, noCardsNote, cardEnding, cardExpires, cardDefault, remove, makeDefault, addCard
    case removeHeading, removeLead, keepIt, subscriptions, cancelSubscription, cancelSubscriptionHeading
    case cancelSubscriptionLead, renewsOn, endsOn, keepSubscription, payInvoice, openDocument, removedNotice
    case savedNotice, cancelledNotice, backToAccount
    case stateDraft, stateOpen, stateOverdue, statePaid, stateVoid, stateUncollectible
    case stateScheduled, stateIncomplete, stateTrialing, stateActive, statePastDue, statePaused, stateCancelled
}
