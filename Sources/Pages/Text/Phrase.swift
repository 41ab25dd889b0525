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

    // The invoice's own page, and its document.
    case invoiceTitle, invoiceDueOn, invoiceWasDueOn, invoiceOpenLead, invoiceAutomatic, invoiceLastFailed
    case invoicePaidHeading, invoiceSettledLead, invoiceVoidHeading, invoiceVoidLead, invoiceGivenUpLead, viewDocument
    case stateProcessing, amountDue, subtotal, tax, creditApplied, creditNotes, payments, documentNumber, issuedOn
    case dueOn, paidOn, voidedOn, issuedBy, billedTo, forgottenCustomer, quantity, unitPrice, method, referenceLabel
    case receivedOutside, refunded, creditToBalance, creditToRefund, payOnline

    // Saving a card, for a subscription or the account.
    case setupTitle, setupAccountTitle, setupHow, setupByCard, setupWith, saveCard, saveAndPay, setupNote
    case setupConsent, setupAccountConsent, toPayToday, firstChargeOn, nextChargeOn, everyDay, everyWeek, everyMonth
    case everyQuarter, everyHalfYear, everyYear, chargedTo, setupDoneHeading, setupDoneLead, setupPaidHeading
    case setupChargingHeading, setupChargingLead, setupChargeFailed, payAnotherWay, setupExpiredHeading
    case setupExpiredLead, setupEndedHeading, setupEndedLead, setupWalletHeading, setupWalletLead, setupChallengeLead
    case approveSaving, setupConfirmingHeading, setupConfirmingLead

    // What the customer's own page adds.
    case trialEndsOn, startsOn, changeCard, changeCardHeading, useCard, inUse, anotherMethod, changePlan
    case changePlanHeading, yourPlan, keepPlan, seePrice, previewHeading, previewNow, previewNext, previewNothing
    case previewAfterwards, previewPaid, confirmChange, confirmChangePay, previewOutdated, changesTo, changesOncePaid
    case takeBack, defaultNotice, cardChangedNotice, planChangedNotice, planWaitsNotice, keptNotice, refusedNotice
    case details, detailsName, detailsEmail, detailsPhone, detailsAddress, detailsCredit, detailsNote, seeInvoice
    case cancelNowLead, endedNotice, cardMissing, noPlans
    case settledBefore
}
