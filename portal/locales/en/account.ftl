# Who has seen the record, and the account.

log-title = Who has seen my record
log-lead = Each look at your record is written down here, also your own. Nobody can take a line out without it being noticed.
log-read-title = How to read this log
log-read = Each line says who did what, when, and what allowed it. The newest is on top. Opening this page adds a line too.
log-read-not = The log tells what left this service. It does not tell who looked into the clinic’s own systems. Ask the records office for that.
log-total =
    { $count ->
        [one] The log has { $number } line.
       *[other] The log has { $number } lines.
    }
log-total-seen =
    { $count ->
        [one] You see { $number } line here.
       *[other] You see { $number } lines here.
    }
log-beside =
    { $count ->
        [one] { $number } file or other part that belongs to them
       *[other] { $number } files and other parts that belong to them
    }
log-directory =
    { $count ->
        [one] { $number } entry of the directory of doctors and places
       *[other] { $number } entries of the directory of doctors and places
    }
log-found =
    { $count ->
        [one] { $number } line fits what you chose.
       *[other] { $number } lines fit what you chose.
    }
log-none = Nobody has looked at your record here yet.
log-none-found = No line fits what you chose.
log-you = You
log-sentence = { $who }: { $what }
log-in-category = { $what }, { $category }
log-kind-home = opened the home page
log-kind-overview = opened the first page of the record
log-kind-list = opened a list
log-kind-search = searched the record
log-kind-item = opened one item
log-kind-report = opened a report with its results
log-kind-document = opened a document
log-kind-missing = opened “What is not here”
log-kind-copies = opened a page about copies
log-kind-copy = downloaded a copy
log-kind-log = opened this log
log-kind-other = received information from the record
log-kind-linked = linked an account to this record
log-kind-linked-whom = linked the account of { $name } to this record
log-kind-unlinked = ended the link of an account to this record
log-kind-unlinked-whom = ended the link of the account of { $name } to this record
log-filter-linked = Accounts that staff linked
log-filter-unlinked = Links that staff ended
log-basis-decision = The clinic decided this.
log-basis-decision-why = The clinic decided this. They wrote: { $reason }
log-who-clinic = { $name } (the clinic)
log-filter-what = What
log-filter-who = Who
log-filter-anyone = Anyone
log-filter-me = Only me
log-filter-home = Home page
log-filter-overview = First page of the record
log-filter-list = Lists
log-filter-search = Searches
log-filter-item = Single items
log-filter-report = Reports with their results
log-filter-document = Documents
log-filter-missing = “What is not here”
log-filter-copies = Pages about copies
log-filter-copy = Downloaded copies
log-filter-log = This log
log-basis = What allowed it
log-basis-short = allowed: own record
log-basis-own = The right to see one’s own record. That it is theirs was proved by { $ground } on { $date }.
log-details = Details of line { $number }
log-name = Person and sign-in
log-received = Received by
log-what = Items
log-items = Items and versions
log-hash = Fingerprint of this line
log-check-title = Check that this log was not altered
log-check = Each line has a fingerprint that is worked out from the line and from the fingerprint before it. Whoever changes, adds or removes a line breaks all fingerprints after it.
log-check-how = The clinic checks this with the command “recordright ledger verify”, and signs the state of all logs from time to time. If you wrote down the fingerprint of a line, it must still be the same later.
ground-code = a code from the clinic
ground-claims = the account’s checked details
ground-staff = the records office
ground-other = another check

account-title = Account
account-you = What we know about you
account-you-words = { $provider } told us this. To change it, change it there.
account-name = Name
account-email = E-mail
account-email-none = Not told to us
account-birth = Birth date
account-phone = Phone
account-address = Address
account-provider = You sign in with
account-strength = How strongly it checked you
account-auth-time = When it checked you
account-link = Your record
account-link-words = Linked by { $ground } on { $date }
account-seers = Accounts that see your record
account-seers-words = Each of these accounts sees your whole record as its own. People who act for you are on the page “People”.
account-seer-own = (this account)
account-seer-unknown = I don’t know this account
account-seer-unknown-name = I don’t know the account of { $name }
account-unknown-title = An account that you don’t know
account-unknown-words = This account has not opened your record yet. Call us today, and we look into it with you. We can take the account off your record.
account-unknown-back = Back to your account
account-until = This sign-in ends at the latest
account-language = Language
account-language-legend = Choose your language
account-language-button = Save the language
account-devices = Signed-in devices
account-devices-words = If you do not know one of these, end it, and change your password at the account you sign in with.
account-device-on = { $browser } on { $system }
account-device-unknown = Unknown device
account-device-this = (this device)
account-device-since = since { $date }
account-device-seen = last used { $date }
account-device-end = Sign this device out
account-device-end-name = Sign this device out: { $name }
account-history = Sign-ins
account-history-words = The last sign-ins to your account, newest first.
account-history-none = There are none.
account-when = When
account-what = What
account-device = Device
sign-in-ok = Signed in
sign-in-ended-idle = Ended: not used for a while
sign-in-ended-absolute = Ended: it had lasted as long as it may
sign-in-ended-signed-out = Signed out
sign-in-ended-replaced = Ended: signed in again
sign-in-ended-device = Ended from another device
sign-in-ended-provider = Ended by the account you sign in with
sign-in-event-other = Not signed in
