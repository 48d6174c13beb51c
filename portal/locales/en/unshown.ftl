# What is not shown of a minor's record: those who act ask, a clinician decides, and nobody learns what there is.

unshown-ask-title = Ask the clinic about what is not shown
unshown-ask-words = You can ask the clinic to look at what you may see. You can always ask. It does not mean that something is missing.
unshown-ask-link = Ask the clinic
unshown-title = Ask about what is not shown
unshown-lead = Ask a clinician to look at what you may see of this record.
unshown-same = Everybody who acts for a young person can ask this. It does not mean that there is anything you do not see.
unshown-note = What do you want to ask?
unshown-asked-what = What they ask
unshown-note-hint = You can leave this empty.
unshown-button = Ask the clinic
unshown-waits = You asked on { $date }. A clinician has not answered yet.
unshown-next = We send you a message when the answer is here. Call us if you need it sooner.
unshown-answered = A clinician answered on { $date }.
unshown-answer = The clinician looked at your question. What you may see is in the record now. If you still miss something, ask the young person, or call us.
conflict-unshown-asked = You asked already. A clinician will answer.
refused-unshown-often = You asked three times in one day. Call us, or ask again tomorrow.
nav-staff-unshown = What parents ask
desk-unshown-title = What parents ask
desk-unshown-lead = Parents and others who act for a young person ask about what is not shown to them. Those that wait come first.
desk-unshown-none = Nobody has asked.
desk-unshown-asked = Asked on { $date }. Waits for an answer.
desk-unshown-answered = Answered on { $date }
desk-waiting-unshown =
    { $count ->
        [0] No parent waits for your answer.
        [one] { $number } parent waits for an answer.
       *[other] { $number } parents wait for an answer.
    }
desk-unshown-case = A question about what is not shown
desk-unshown-case-lead = Where the law says nothing, you decide as a clinician what somebody who acts for a young person may see (45 CFR 164.502(g)(3)(ii)(C)). Open the record to read who asks, about whom and what, and to see if there is anything to decide.
desk-unshown-open = Open the record for this question
desk-unshown-open-hint = The patient reads it in the log. Do not write what kind of care it is about.
desk-unshown-decisions = What was decided
desk-unshown-decision = { $name }, { $date }. Opened: { $opened }. Closed again: { $closed }.
unshown-items-title = Decide what may be seen
unshown-items-lead = Decide what { $name } ({ $kind }) may see.
unshown-items-law = Here stands only what is closed because the law says nothing about it. What the law forbids, and what needs a consent, is not here and stays closed.
unshown-items-none = Nothing is closed for this reason. Send the answer: it is the same in any case.
unshown-items-legend = Items
unshown-items-hint = A tick opens the item to this person only. Without a tick it stays closed, or is closed again. They read the whole item, with the marks that its source put on it, which may tell what kind of care it was.
unshown-look = Look at
unshown-look-item = Look at: { $item }
unshown-services-legend = Open all of one kind
unshown-all-of = { $service }: all ({ $items })
unshown-service-untold = a kind that no label tells
unshown-reason = Why you decide so
unshown-reason-hint = Only the staff read this. Think of what the young person wants, and of harm. At least ten letters.
unshown-answer-is = Who asked reads one sentence that is the same for everybody: a clinician has looked, and what may be seen is in the record now.
unshown-answer-button = Decide and send the answer
unshown-save-button = Decide this page and go on
log-kind-unshown = looked at what is not shown to somebody who acts for you
log-kind-unshown-acting = looked at what is not shown to somebody who acts for the person
log-filter-unshown = What is not shown to others
log-kind-opened = decided what somebody who acts for you sees
log-kind-opened-acting = decided what somebody who acts for the person sees
log-kind-opened-whom = decided what { $name } ({ $kind }) sees of your record
log-kind-opened-whom-acting = decided what { $name } ({ $kind }) sees of the record
log-decided-opened =
    { $count ->
        [one] opened one item
       *[other] opened { $number } items
    }
log-decided-closed =
    { $count ->
        [one] closed one item again
       *[other] closed { $number } items again
    }
log-filter-opened = Decisions about what others see
log-kind-unopened = could not finish a decision about what somebody who acts for you sees, so nothing was changed
log-kind-unopened-acting = could not finish a decision about what somebody who acts for the person sees, so nothing was changed
log-kind-unopened-whom = could not finish a decision about what { $name } ({ $kind }) sees of your record, so nothing was changed
log-kind-unopened-whom-acting = could not finish a decision about what { $name } ({ $kind }) sees of the record, so nothing was changed
log-filter-unopened = Decisions that were not done
unshown-asked = You asked
unshown-until = You get an answer by { $date }.
unshown-within =
    { $count ->
        [one] You get an answer within { $number } day.
       *[other] You get an answer within { $number } days.
    }
unshown-office = You can also call or write to us
desk-unshown-number = Question { $number }
desk-unshown-desk = Decide in the look that you have open
desk-unshown-old = It was answered more than 30 days ago, so it opens the record no more. To look again, search for the person, say why, and come back here.
conflict-unshown-old = This question was answered more than 30 days ago. Search for the person and say why you look.
conflict-unshown-changed = There is something else here than when you opened this page: items came or went, or a colleague decided. Nothing was changed. Look at the items again, then send.
conflict-unshown-look = Your look at the record is over. Nothing was changed.
problem-unshown-strange = The form named something that is not on this page. Nothing was changed. Tick what you mean and send again.
problem-unshown-same = This changes nothing, so nothing was written. Tick or untick an item first.
unshown-sent = The answer was sent on { $date }.
unshown-change-button = Change the decision
unshown-over-title = Your look at the record is over
unshown-over = Nothing was changed and no answer was sent. Open the record again and decide there. What you ticked and wrote is kept for you.
log-decided = What it was about
log-left-out = Some lines may be left out here, whoever reads. They are for the person and the clinic.
log-left-out-staff = Here you see only what you opened yourself. The person and the privacy officer see all lines.

protect-title = Ask the clinic to keep this private
protect-lead = Somebody who acts for you, such as a parent, may see this. If you do not want that, ask us. A clinician looks at it and answers here. Nothing changes until then.
protect-note = Is there anything that we should know?
protect-note-hint = You can leave this empty.
protect-button = Ask
protect-wrote = You wrote:
protect-asked = Asked on { $date }. The clinic has not answered yet.
protect-done = Answered on { $date }: this is protected now.
protect-kept = Answered on { $date }: this stays as it was.
refused-label-asks = You asked about many items in one day. Call us about more, or ask tomorrow.
desk-protect-ask = Ask a colleague to look at how this is protected
desk-protect-ask-lead = A clinician looks at it and answers here, or a privacy officer where the mark is theirs to change.
desk-protect-note = What should they look at?
desk-protect-note-hint = Say which mark is missing or wrong, in plain words.
desk-protect-title = Items to protect
desk-protect-list-lead = A young person asks to keep something private, or a colleague asks to look at a mark. Those that wait come first. Whom it is about stands in the record.
desk-waiting-protect =
    { $count ->
        [0] Nobody waits for an item to be looked at.
        [one] { $number } item waits to be looked at.
       *[other] { $number } items wait to be looked at.
    }
desk-protect-number = Item { $number }
desk-protect-waits = Asked on { $date }. Waits to be looked at.
desk-protect-answered = Answered on { $date }.
desk-protect-one = Somebody asks how this is protected
desk-protect-one-lead = Open the record to read what is asked, and to see if a mark is missing or wrong. You open it for a case review.
desk-protect-open = Open the record at this item
desk-protect-item = Go to the item in the look that you have open
desk-protect-by-staff = { $name } asked on { $date }:
desk-protect-by-person = The young person asked on { $date }:
desk-protect-answer-lead = First change the mark above, if it is missing or wrong. Then say what became of it.
desk-protect-outcome = What became of it
desk-protect-outcome-none = Choose what became of it
desk-protect-outcome-protected = It is protected now
desk-protect-outcome-kept = It stays as it was
problem-protect-first = No mark protects this as was asked. Nothing was sent. Change the mark above first, then say that it is protected now. Or say that it stays as it was.
desk-protect-text = Answer
desk-protect-text-hint = Who asked reads this at the item. Use plain words.
desk-protect-answer-button = Send the answer
