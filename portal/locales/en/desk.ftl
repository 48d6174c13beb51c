# The pages for staff.

nav-staff = Staff desk
nav-staff-people = Find a person
nav-staff-cases = Identity cases
nav-staff-roles = People and roles
nav-staff-emergencies = Emergency access

desk-frame = Staff pages. What you do here is logged.
desk-link = Go to the staff desk
desk-refused-next = Ask a colleague who may do it, or an administrator if your role should change.
desk-back = Go back without doing it
desk-page-before = Page before
desk-page-after = Next page

second-factor-title = Sign in with a second step
second-factor-next = Sign in again and use your second step, such as a code from your phone or a security key. If you have none yet, ask the people who run your sign-in to set one up.
second-factor-button = Sign in again
refused-second-factor = You signed in with one step only. Staff pages need two, so that a stolen password alone opens no record.
refused-not-your-role = Your role at the clinic does not cover this
refused-not-listed = You are not on the list of people who may use emergency access. An administrator can ask to put you on it.
refused-own-record = This is your own record. Look at it as a patient. For work on it, ask a colleague.
refused-family-record = This looks like the record of your family or of someone you act for. Ask a colleague to do this.
refused-own-grant = Nobody gives or approves a role for themselves. Another person must do it.
refused-own-request = You asked for this, or it is about you. Another person must decide.
refused-too-many-searches = You looked for many people in a short time.
conflict-has-role = This person has this role, or somebody asked for it already.
conflict-grant-decided = This was decided or ended already.
conflict-reviewed = Somebody signed this off already.
problem-reason = Say why in a few words. At least ten letters.
problem-date-past = Enter a date that is not over yet.
problem-choose = Choose one.
problem-whole-name = Enter both the given name and the family name, or neither.
desk-found-whole = This is the given name you typed
problem-name-letters = Use letters. Signs alone are no name.
problem-two-of-three = Enter at least two of these: the whole name, the birth date, the record number.
problem-find-first = You have not found this person today. Find the person first, with “Find a person”, and then come back.
problem-no-account = Nobody with this address has signed in here. They must sign in once before they can get a role.
problem-several-accounts = More than one account has this address. The people who run this service can use the account’s id.

desk-title = Staff desk
desk-you = You work here as { $roles }.
desk-role-records-clerk = records clerk
desk-role-clinician = clinician
desk-role-reviewing-official = reviewing official
desk-role-privacy-officer = privacy officer
desk-role-administrator = administrator
desk-role-auditor = auditor
desk-power-emergency = on the list for emergency access
desk-waiting = What waits for you
desk-waiting-none = Nothing waits for you now.
desk-waiting-cases =
    { $count ->
        [0] No case is open.
        [one] { $number } person asks to be linked to their record.
       *[other] { $number } people ask to be linked to their record.
    }
desk-waiting-claims =
    { $count ->
        [0] No claim waits for you.
        [one] { $number } claim to act for somebody is open.
       *[other] { $number } claims to act for somebody are open.
    }
desk-waiting-limits =
    { $count ->
        [0] No limit waits for your answer.
        [one] { $number } limit waits for an answer.
       *[other] { $number } limits wait for an answer.
    }
desk-waiting-authorities =
    { $count ->
        [0] Nobody who acts waits for you to look again.
        [one] { $number } person who acts is to be looked at again.
       *[other] { $number } people who act are to be looked at again.
    }
desk-waiting-flagged =
    { $count ->
        [0] Nobody who acts is flagged.
        [one] The records office flagged { $number } person who acts.
       *[other] The records office flagged { $number } people who act.
    }
desk-waiting-to-certify =
    { $count ->
        [0] Nobody waits until a person cannot decide.
        [one] { $number } person waits to act for somebody who cannot decide.
       *[other] { $number } people wait to act for somebody who cannot decide.
    }
desk-waiting-grants =
    { $count ->
        [0] No role waits for your approval.
        [one] { $number } role waits for a second person to approve it.
       *[other] { $number } roles wait for a second person to approve them.
    }
desk-waiting-emergencies =
    { $count ->
        [0] No use of emergency access waits for your signature.
        [one] { $number } use of emergency access is not signed off.
       *[other] { $number } uses of emergency access are not signed off.
    }
desk-reviewed-last = Last signed off on { $date }.
desk-reviewed-never = Nobody has signed off a review yet.
desk-open = Records you have open
desk-open-words = Close a record when you are done. It closes by itself when its time is over.
desk-open-until = Open until { $time }
desk-open-end = Close the record of { $name }

desk-people-title = Find a person
desk-people-lead = Enter at least two of these three: the whole name, the birth date, the record number. They must be exact.
desk-given = Given name
desk-family = Family name
desk-number = Record number
desk-search-button = Find
desk-search-again = Look for somebody else
desk-found = Found
desk-found-near = A record that fits is your own, or of your family or of someone you act for. A colleague has to help here.
desk-found-none = Nobody here fits. Check each entry. Names are as the record has them.
desk-born-unknown = birth date not known
desk-found-source = from { $source }
desk-whom = Which patient
desk-whom-choose = Choose whom you found
desk-whom-other = Find somebody else
desk-whom-none = You have found nobody today. Find the person first and come back: whom you found can then be chosen here.
desk-person-title = A person
desk-look-title = Look at the record
desk-look-never = Your role does not open records.
desk-look-words =
    { $count ->
        [one] Say what for and why. The record is then open to you for { $number } minute. The person can see in their log who looked and what for.
       *[other] Say what for and why. The record is then open to you for { $number } minutes. The person can see in their log who looked and what for.
    }
desk-look-button = Open the record of { $name }
desk-look = { $name }, as { $role }
desk-looks = Last looks by staff
desk-looks-none = No staff has opened this record here.
desk-reach-in-record = This person asked to be reached in a certain way. Open the record to read how, before you write or call; the person sees in their log that you did.
desk-reach-on-page = This person asked to be reached in a certain way. Read how before you write or call. The person can see that you looked.
desk-reach-letter = This person asked to be reached in a certain way. Read how before you send a letter. The person can see that you looked.
desk-reach-title = How this person wants to be reached
desk-reach-words = They asked for this. Use only these ways, for letters and calls too, and do not ask why.
desk-reach-of = As the account of { $name } asks:
desk-reach-messages = Messages
desk-reach-letters = Letters
desk-reach-phone = Telephone
desk-reach-no-mail = No e-mail
desk-reach-usual = By e-mail, to the address of their sign-in
desk-reach-known = As the clinic knows it
desk-reach-page-title = How to reach this person
desk-reach-lead = A person may ask the clinic to reach them in another way or at another place. Write it down here when it comes by telephone, by letter or in person. Do not ask why.
desk-reach-none = This person asked for nothing. Reach them as the clinic knows them.
desk-reach-record = Write down what the person asks
desk-reach-whose = Only the person says this. Who acts for somebody is reached as they choose in their own account. What stands in the form is how it is now: change only what the person speaks of.
desk-reach-email-hint = Read it back to the person, letter by letter: messages go there at once. Leave it empty for the address of their sign-in.
desk-reach-not-last = What was written down here last does not count: the person said something else on a later day. If they say it again now, write it down with the day of today.
desk-reach-counts = It counts for every message from now on, and for accounts that are linked later, until the person says something else here or on their own page. Under “How we reach you” they read that it was written down. Where they get e-mail, a message says so too.
desk-reach-button = Write this down
desk-reach-end = As if nothing had been asked here
desk-reach-end-hint = What is written down here ends. What the person chose on their own page counts again. Where they chose nothing, you reach them as the clinic knows them.
conflict-reach-ended = Nothing is written down here that could end.
problem-reach-changed = Somebody wrote something else since you opened this page. Read above how it is now, and check the form once more.
desk-links = Accounts that see this record
desk-links-none = No account is linked to this record.
desk-seen = last here { $date }
desk-link-end-link = End this link
desk-link-end-name = End the link of { $name }
desk-link-end-title = End a link
desk-link-end-lead = This account sees the record as its own. If you end the link, it sees nothing of it any more, at once.
desk-link-how = Proof
desk-link-seen = Last here
desk-link-end-told = Apps that this account connected end, too. Whoever has the account is told by mail. The log of the record says who ended the link and why.
desk-link-end-others = People whom this account let in can look on. Go through who acts for this patient.
desk-link-end-why = Why does it end?
desk-link-end-hint = The patient reads this in their log. Do not write anything about the other person’s health.
desk-link-end-button = End this link now
desk-link-end-back = No, leave the link as it is
desk-purpose = What for?
desk-purpose-as = As { $role }
desk-purpose-treatment = To treat the person
desk-purpose-request = To answer a request for records
desk-purpose-case = To decide a case, such as a denial, a review or a change
desk-purpose-compliance = To check that the rules are kept
desk-purpose-emergency = Emergency
desk-reason = Reason
desk-reason-hint = In your own words, such as the request or the visit it is about. At least ten letters.

desk-emergency-title = Emergency access
desk-emergency-when = Only when somebody may come to harm and there is no time to ask.
desk-emergency-link = Use emergency access
desk-emergency-lead = This opens the record at once, without a request or a case. A therapist’s private notes stay closed. Use it only when somebody may come to harm and there is no time to ask.
desk-emergency-lasts =
    { $count ->
        [one] It lasts { $number } minute.
       *[other] It lasts { $number } minutes.
    }
desk-emergency-told = The person and the privacy officers get a message at once. Where no message reaches the person, those who act for them get one. If nobody can be reached so, the privacy officer has a letter sent.
desk-emergency-told-person = The person got a message.
desk-emergency-told-acting = No message reaches the person. Those who act for them got one.
desk-emergency-told-nobody = Nobody could be told by message: send a letter. How the person wants to be reached stands in their record. Find the person, and open it for a purpose.
desk-emergency-reviewed = A privacy officer looks at each use and signs it off.
desk-emergency-hint = What is the emergency?
desk-emergency-confirm = This is about { $name }
desk-emergency-button = Open the record now
desk-emergencies-title = Emergency access
desk-emergencies-lead = Each use of emergency access stands here. A privacy officer looks at it and signs it off.
desk-emergencies-none = Nobody has used emergency access.
desk-emergency-waits = Waits for sign-off
desk-emergency-done = Signed off
desk-emergency-whose = Record of { $name }
desk-emergency-one = One use of emergency access
desk-emergency-record = Whose record
desk-patient-number = Person number { $number }
desk-emergency-since = Opened
desk-emergency-signed = Signed off

desk-cases-title = Identity cases
desk-cases-lead = These people signed in, have no code, and ask us to find their record.
desk-cases-none = There is no case.
desk-case-open = Open
desk-case-linked = Linked on { $date }
desk-case-closed = Closed without a link on { $date }
desk-case-since = Asked on { $date }
desk-case-title = Identity case
desk-case-account = The account
desk-case-opened = Asked on
desk-case-states = What the person states
desk-case-contact = How to reach them
desk-case-note = Note
desk-case-decision = Decision
desk-case-by-person = Decided without staff
desk-by = Who
desk-why = Why
desk-case-link = Link to a record
desk-case-link-words = Whoever is linked sees the whole record. First be sure who they are.
desk-evidence = How did you check who they are?
desk-evidence-photo = I saw a photo ID
desk-evidence-known = Somebody who works here knows them
desk-evidence-called = I called the number in the record
desk-evidence-mailed = They had a code that we mailed to the address in the record
desk-evidence-court = A paper from a court
desk-evidence-detail = What did you see or do?
desk-evidence-hint = For example the kind of ID, and who was there. Do not copy ID numbers. Who sees the record can read this in its log.
desk-case-link-button = Check before linking
desk-case-close = Close without a link
desk-case-reason = Why is it closed?
desk-case-reason-hint = The person reads only that they should call. This is for your colleagues.
desk-case-close-button = Check before closing
desk-case-confirm-title = Is this right?
desk-confirm-link = The account below will see this record from now on. Read all columns first.
desk-confirm-differs = What is known of this person is not what the record says. One wrong choice opens the record of a stranger.
desk-confirm-others = Another account sees this record already.
desk-compared-case = What the person stated, what the sign-in service says, and the record you found
desk-compared-said = Sign-in service
desk-said-nothing = Not told
desk-case-differs = Why it is this person all the same
desk-case-differs-hint = Write how you know that this record is theirs. If another account sees it already, write why a second one should. It is kept with your name.
problem-case-differs = The name or the birth date is not the same. Write how you know that it is this person, or go back.
problem-case-linked = Another account sees this record already. Write why this one should too, or go back.
desk-confirm-close = The case will be closed, and the account is linked to no record.
desk-confirm-link-button = Yes, link this account to this record
desk-confirm-close-button = Yes, close the case

desk-roles-title = People and roles
desk-roles-lead = Who may do what as staff. One person asks for a role and a second one approves it.
desk-roles-waiting = Waiting
desk-roles-waiting-none = No role waits for approval.
desk-holders = Who has a role
desk-holders-none = Nobody has a role now.
desk-holder-roles = Roles
desk-holder-seen = Last here
desk-holder-unused = not here for 90 days
desk-from-provider = from the sign-in service
desk-unused =
    { $count ->
        [one] { $number } person with a role has not been here for 90 days.
       *[other] { $number } people with a role have not been here for 90 days.
    }
desk-standing-asked = Waits for a second person
desk-standing-waiting = Approved, begins later
desk-standing-in-force = In force
desk-standing-over = Time is over
desk-standing-refused = Refused
desk-standing-ended = Ended
desk-past-title = Roles of the past
desk-past-none = No role has ended yet.
desk-grant-new = Ask for a role
desk-grant-title = A role
desk-grant-lead = You ask, and a second person approves. Nobody asks or approves for themselves.
desk-grant-account = E-mail address of the person
desk-grant-account-hint = As their sign-in service has it. They must have signed in here once.
desk-grant-power = Role
desk-grant-reason-hint = Why does this person need it?
desk-grant-first = First day
desk-grant-first-hint = Leave this empty if it begins with the approval.
desk-grant-ends = Last day
desk-grant-ends-hint = Leave this empty if there is no end.
desk-grant-button = Ask for this role
desk-grant-asked = Asked for by
desk-grant-asked-by = Asked for by { $name } on { $date }
desk-grant-approved = Approved by
desk-grant-starts = From
desk-grant-until = Until
desk-grant-open = No end
desk-grant-beside = This alone opens nothing. The person also needs the role of clinician.
desk-grant-ended = Ended or refused by
desk-grant-approve = Approve
desk-grant-approve-words = From then on this person may do what the role covers.
desk-grant-approve-button = Approve for { $name }: { $power }
desk-grant-second = A second person must approve this. It can be neither the one who asked nor the one who gets it.
desk-grant-end = Refuse or end
desk-grant-end-why = Why does it end?
desk-grant-end-hint = It ends at once, and the records they have open close.
desk-grant-end-button = End this for { $name }
desk-by-line = { $name }, { $date }
desk-by-operator = { $name } at the command line, { $date }
desk-reviews-title = Reviews of access
desk-reviews-lead = From time to time a privacy officer looks at who has which role, ends what is not needed, and signs that off here.
desk-reviews-past = Signed off
desk-reviews-none = Nobody has signed off a review yet.
desk-review-line = { $name } on { $date }
desk-review-holders =
    { $count ->
        [one] { $number } person had a role.
       *[other] { $number } people had a role.
    }
desk-review-unused =
    { $count ->
        [0] All had been here.
        [one] { $number } had not been here for 90 days.
       *[other] { $number } had not been here for 90 days.
    }
desk-remark = Note
desk-remark-hint = What did you look at, and what did you find? At least ten letters.
desk-sign-off = Sign off
desk-sign-off-who = A privacy officer signs this off. Nobody signs off what they did themselves.
