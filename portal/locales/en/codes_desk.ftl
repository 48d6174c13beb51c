# Codes that staff give out at the desk: to a person for their own record, and to somebody who acts for them.

desk-code-heading = Activation code
desk-code-none = No unused code is out.
desk-code-open = An unused code is out. { $name } gave it on { $date }.
desk-code-open-handed = It was handed over face to face. They saw: { $seen }.
desk-code-open-sent = It was not handed over face to face.
desk-code-open-until = It works until { $date }.
desk-code-stop = Stop this code
desk-code-title = Give an activation code
desk-code-lead = With this code the person links their own account to this record and sees all of it. Check first who they are.
desk-code-not-acting = The code is for the patient alone. For a parent, or somebody else who acts for them:
desk-code-stops = An unused code is out. It stops when you give a new one.
desk-code-linked = An account sees this record already. With a new code another account can see it, too.
desk-code-way = How do you give it?
desk-code-handed = Face to face
desk-code-handed-hint = I checked who they are. The account then counts as checked in person.
desk-code-sent = By letter, to the address in the record
desk-code-sent-hint = Nobody checked who they are. The account counts as less sure.
desk-code-proof = What you saw of them
desk-code-proof-hint = Only face to face. Such as “driver licence”, never its number. The person can read this in their log.
desk-code-button = Give a code to { $name }
desk-code-back = No, go back
desk-code-shown-title = The code
desk-code-waits = Nothing is seen with this right yet. An earlier one like it was declined or limited, so a clinician must sign as well, on the page of this right.
desk-code-know = What you should know
desk-code-once = Only this page shows the code, and only now. If it is lost, give a new one.
desk-code-earlier = A code that was given earlier does not work any more.
desk-code-hand = Hand it over yourself. Do not put it into a message that others can read.
desk-code-send = Send it only to the address in the record, or the one that the person asked for.
desk-code-print = To print it, use “Print” in the menu of your browser. Only the code and the steps come out.
desk-code-done = Back to the person
problem-code-sent = You wrote what you saw. If you saw the person, choose “Face to face”. If not, leave this field empty.
conflict-code-given = This code was given already. If nobody saw it, give a new one.
conflict-code-over = This code was used, stopped, or has run out. Go back and load the page again.

handout-aloud = To read it aloud: { $letters }
handout-heading = Your code
handout-open = Open { $address } on a phone or a computer.
handout-sign-in = Sign in with your own account.
handout-type = Type the code. It works once, until { $date }.

desk-appoint-heading = Somebody who acts for this person
desk-appoint-when = A parent, a guardian or another representative who stands before you with a paper comes in with a code.
desk-appoint-title = Appoint somebody
desk-appoint-lead = Check who they are, and the paper that gives them the right. On the next page you read once more what you give. Then you get a code for them.
desk-appoint-confirm-title = Is this what you give?
desk-appoint-confirm = If you go on, whoever uses the code acts for this patient. Read the name of the patient above, and each line below, first.
desk-appoint-given = What you are about to give
desk-appoint-button = Yes, make the code
conflict-appointed = This was done already, and the code was shown. Look at who acts for this patient.

log-kind-code-given = handed over an activation code for this record, face to face
log-kind-code-sent = gave out an activation code for this record, without seeing the person
log-kind-code-stopped = stopped an activation code for this record
log-filter-code-given = Activation codes handed over
log-filter-code-sent = Activation codes sent
log-filter-code-stopped = Activation codes stopped
