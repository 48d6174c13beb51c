# Marks of protected information that staff put or take, and questions about lines of the log.

mark-title = Change a mark of protected information
mark-lead = A mark decides who else sees this item. What you change counts at once. To take protection away you may have to sign in again, and the patient gets a message. The patient finds in their log which mark you changed. Your reason stays with the item; of what is kept from the patient they read it under “What is not here”.
mark-label = Change
mark-none = Choose what to change
mark-put = Mark as: { $label }
mark-take = Take the mark away: { $label }
mark-reason = Why
mark-reason-hint = Plain words that the patient can read.
mark-matter-hint = Name the matter: the court and case number, or the claim that is expected. The patient gets a message and reads this, so do not say what the item tells. While the mark stands, they do not see the item, but read how many are held back, why and since when.
mark-button = Change the mark
unmark-title = Notes with the mark of psychotherapy notes
unmark-lead = Staff do not read these notes here. A note is a psychotherapy note only where a mental health professional keeps it apart from the rest of the record (45 CFR 164.501). Ask who wrote it. If it is part of the record, take the mark away: then it counts as a note on mental health. The patient sees it, gets a message, and reads your reason. You may have to sign in again.
unmark-item = Note
unmark-none = Choose a note
unmark-button = Take the mark away
problem-label-source = The source says that a substance use program recorded this (42 CFR Part 2). This cannot be changed here. If it is wrong, the source must correct it.
refused-mark-emergency = In emergency access you cannot take protection away. Look at the record for treatment first.
item-taken = Marks taken away
item-taken-why = Staff of the clinic took this mark away on { $date }: { $reason }
problem-label-matter = Name the legal matter this was put together for.
log-kind-label = changed a mark of protected information
log-filter-label = Marks of protected information
log-kind-protect-asked = asked whether an item is protected as it should be
log-filter-protect-asked = Questions about how an item is protected
log-kind-protect-answered = answered a question about how an item is protected
log-filter-protect-answered = Answers about how an item is protected

question-link = I do not recognise line { $number }
question-title = I do not recognise this
question-lead = Ask our privacy officer about this line of your log. They look into who it was and whether it was allowed.
question-lead-acting = Ask our privacy officer about this line of the log. They look into who it was and whether it was allowed.
question-note = What is wrong?
question-note-hint = You can leave this empty.
question-button = Ask about this line
question-next = The privacy officer looks into it. The answer stands here and under the line in your log, and we send you a message when it is there.
question-next-acting = The privacy officer looks into it. The answer stands here and under the line in the log, and we send you a message when it is there.
question-danger = If you think somebody uses your sign-in, call us now and change your password.
question-open = You asked about this line on { $date }. It has no answer yet.
question-in-order = Answered on { $date }: this was in order.
question-wrong = Answered on { $date }: this was not in order. We follow it up.
question-open-another = Somebody else asked about this line on { $date }. It has no answer yet.
question-in-order-another = Somebody else asked about this line. Answered on { $date }: this was in order.
question-wrong-another = Somebody else asked about this line. Answered on { $date }: this was not in order. We follow it up.
question-answer = The answer
question-back = Back to the log
conflict-question-asked = You asked about this line already. What became of it stands under the line.
conflict-question-answered = Somebody answered this already.
refused-too-many-questions = You asked about ten lines in one day. Call us about more, or ask tomorrow.
problem-question-answer = Say in a few words what you found. At least ten letters.
nav-staff-questions = Questions about logs
desk-questions-title = Questions about logs
desk-questions-lead = People ask about lines of their log that they do not recognise. Those without an answer come first.
desk-questions-none = Nobody has asked about a line.
desk-questions-line = Line { $number } of the log
desk-waiting-questions =
    { $count ->
        [0] No question about a log waits for you.
        [one] { $number } question about a log has no answer.
       *[other] { $number } questions about logs have no answer.
    }
desk-question-title = A question about a log
desk-question-lead = Find out who this was and what for. What the line tells of the record is left out here. If you need it, find the person and open their record for a case review.
desk-question-when = When it happened
desk-question-since = Asked
desk-question-others = Somebody else asked about the same line. Each needs an answer of their own. The person whose record it is reads all of them:
desk-question-no-note = Nothing was written.
refused-own-line = You did this yourself, so another privacy officer answers. If there is no other, ask for the role to be given to somebody under “People and roles”.
question-asked = Asked on { $date }. Waits for an answer.
question-outcome = What you found
question-outcome-none = Choose what you found
question-outcome-in-order = It was in order
question-outcome-wrong = It was not in order, and is followed up
question-text = Answer
question-text-hint = The patient reads this under the line of their log. Use plain words.
question-answer-button = Send the answer
