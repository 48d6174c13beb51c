# What went wrong, and what to do next.

error-link-start = Go to the start page
error-link-sign-in = Go to the sign-in page
error-link-help = Get help
error-missing-title = We could not find this page
error-missing = The address may have a typing mistake, the page may have moved, or it is not yours to see.
error-missing-next = Check the address, or start again from the first page.
error-method-title = This page cannot be used that way
error-method = Your browser asked for something that this page cannot do.
error-method-next = Go back and use the buttons on the page.
error-large-title = That was too much
error-large = You sent more than this form can take.
error-large-next = Go back, make your text shorter and send it again.
error-too-many-title = Too many tries
error-too-many = This was tried too often in a short time.
error-too-many-next = If it still does not work then, the records office can help.
error-wait-minutes =
    { $count ->
        [one] Wait about { $number } minute, then try again.
       *[other] Wait about { $number } minutes, then try again.
    }
error-wait-hours =
    { $count ->
        [one] Wait about { $number } hour, then try again.
       *[other] Wait about { $number } hours, then try again.
    }
error-invalid-title = We could not use what was sent
error-invalid = Something in the address or in the form is not right.
error-invalid-next = Go back and try again.
error-unavailable-title = This does not work right now
error-unavailable = A part of the service does not answer.
error-unavailable-next = Nothing was lost. Try again in a few minutes. If it lasts, tell the records office.
error-internal-title = Something went wrong here
error-internal = This is our fault, not yours. The people who run this service can see that it happened.
error-internal-next = Try again in a few minutes. If it happens again, tell the records office.
error-conflict-title = This cannot be done now
error-conflict = The state of this has changed in the meantime.
error-conflict-next = Go back, reload the page and look again.
error-forged-title = We could not be sure that you sent this
error-forged = The form did not come from a page that we just showed you. So we did nothing.
error-forged-next = Go back, reload the page and send the form again. Your browser must allow cookies for this address.
error-signed-out-title = Please sign in again
error-signed-out = You were signed out, so we did not do what you asked for.
error-signed-out-next = Sign in, then do it again.
error-refused-title = We cannot do this
error-refused-next = If you think this is wrong, ask the records office.
error-sign-in-title = You are not signed in
error-sign-in-next = You can try again. If it keeps failing, the records office can help you, and can give you your record on paper.

refused-other = A rule of this service does not allow it.
refused-code = This code does not work. Check each letter. If it is still wrong, ask the records office for a new code.
refused-too-many = This was tried too often in a short time.
refused-too-many-starts = Too many people started to sign in from your network in a short time.
refused-too-many-copies = You asked for many copies in one day. The copies you have are on the page “Get a copy”.
conflict-already-linked = This account is linked to a record already.
conflict-deceased = The record says that this person has died. No account is linked to it any more. Who speaks for the estate tells us so as a claim to act for somebody, or is appointed at the desk.
refused-deceased-title = This record is closed for this account
refused-deceased = We are sorry. The record says that this person has died. With this account nothing can be seen or signed any more. What was begun stays as it is.
refused-deceased-next = Whoever speaks for the estate may ask the clinic. Tell us here that you act for somebody who has died, and show the paper of the court. If the record is wrong, call the records office.
conflict-case-decided = This case is decided already.
conflict-link-over = This account does not see this record any more.
copies-not-ready = This copy is not ready yet.
copies-erased = This copy was erased. You can ask for a new one.
copies-stopped = This copy was stopped. You can ask for a new one.
range-not-satisfiable = The file is shorter than the part that was asked for. Start the download again.
error-database-away = We cannot reach the place where records are kept.
error-ledger-away = We could not write into the log of who has seen your record. Without that we show nothing.
error-document-title = This file cannot be opened
error-document-next = Nothing is wrong with your device, and it does not help to try again. Below you find how to reach the records office.
error-document-damaged = This document came to us damaged and cannot be opened. Ask the records office for it.
error-document-elsewhere = This document is kept in another system, and we do not have it. Ask the records office for it.

sign-in-denied = You stopped the sign-in, or the account did not let you in.
sign-in-state = This sign-in was not started here, or it was used already.
sign-in-browser = This sign-in was started in another browser or on another device.
sign-in-expired = This sign-in took too long. It must be done within 10 minutes.
sign-in-incomplete = The sign-in service left something out of its answer.
sign-in-provider-error = The sign-in service reported a fault.
sign-in-provider-away = The sign-in service does not answer now.
sign-in-settings = The sign-in service is not set up in the right way. The people who run this service must fix it.
sign-in-token = We could not read the proof that the sign-in service sent.
sign-in-signature = We could not be sure that the proof came from the sign-in service.
sign-in-issuer = The proof came from another sign-in service than the one you chose.
sign-in-audience = The proof was made for another service.
sign-in-clock = The proof had run out, or a clock is wrong.
sign-in-nonce = The proof belongs to another sign-in.
sign-in-code = The sign-in service did not accept its own code, or it was used already.
sign-in-verifier = The sign-in service did not accept that this browser started the sign-in.
sign-in-person = The sign-in service told us about two different people.
sign-in-not-fresh = The sign-in service did not ask you to prove again who you are.
