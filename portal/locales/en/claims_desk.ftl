# People who act for patients, at the desk.

nav-staff-claims = Claims
nav-staff-authorities = Who acts
desk-claims-title = Claims to act for a patient
desk-claims-lead = These people say that they may act for a patient. Check who they are, who the patient is, and the papers. Each look is written down.
desk-claims-none = No claim is waiting.
desk-claims-count = { $count ->
    [one] One claim is waiting.
   *[other] { $number } claims are waiting.
 }
desk-claim-papers = { $count ->
    [0] no papers
    [one] one paper
   *[other] { $number } papers
 }
desk-claim-title = A claim
desk-claim-kind = What they are to the patient
desk-claim-person = For whom
desk-claim-identifies = What else tells who it is
desk-claim-name = Name of the one who acts
desk-claim-papers-title = Papers
desk-claim-papers-none = No paper came with this claim.
desk-claim-verify = Accept
desk-claim-verify-words = Accept only what the papers prove. Court orders, letters of guardianship and adoption decrees are for the privacy officer.
desk-claim-proof = Which paper proves it
desk-claim-proof-hint = It must fit what they are to the patient.
desk-claim-seen = What you saw
desk-claim-seen-hint = Who made the paper, when, and how you know the person. Staff only see this.
desk-claim-starts = First day they may act
desk-claim-starts-hint = Leave it empty if it holds at once.
desk-claim-until = Last day they may act
desk-claim-review = Look again on
desk-claim-review-hint = You get a message on this day.
desk-claim-springing-title = When it begins
desk-claim-springing = Only when somebody certifies that the patient cannot decide
desk-claim-springing-hint = A representative by law always waits for this.
desk-claim-reject = Turn down
desk-claim-answer = Why
desk-claim-answer-hint = The person reads this. Say what is missing. Do not say whether somebody is a patient.
desk-claim-reject-button = Turn the claim down
desk-authorities-title = Who acts for a patient
desk-authorities-lead = Find the person first, with “Find a person”. Then choose them here, and see who acts or acted for them.
desk-authorities-button = Show
desk-authorities-found = Who acts for this patient
desk-authorities-none = Nobody acts for this patient.
desk-authorities-review = To be looked at again
desk-authorities-review-none = There is none for now.
desk-authority-title = A right to act
desk-ground-declined = The clinic does not treat them as representative.
desk-ground-safety = Paused because somebody may be in danger.
desk-ground-dispute = Paused because of a dispute.
desk-ground-earlier = An earlier right was declined or limited. This one shows nothing until a privacy officer and a clinician have both signed.
desk-ground-name = The name of the account is not the one on the papers. Nothing is shown until you have found out that it is the same person. If it is, choose “Sign: let it go on” and write why, such as a new name after a wedding. If it is not, end it.
desk-earlier-lead = The clinic declined or limited an earlier right like this one.
desk-earlier-line = { $who }: { $decided }
desk-earlier-limited = The clinic limited it, as an order says.
desk-earlier-two = What two people decided takes two to open again. Only a privacy officer can accept this, and a clinician must sign it as well. Until then nothing is seen.
desk-claim-despite = Why you accept it all the same
desk-claim-despite-hint = What has changed since the earlier decision, and on what paper. Staff only see this.
desk-already-lead = Somebody of this name acts for this patient already, or says that they may.
desk-already-other = It is another right. The law may give both. Look at it before you go on.
desk-already-same = It is the same right. Look at it before you go on: somebody may have done this already.
desk-already-claim = { $who }: they asked for it on { $date }, and nobody has decided.
desk-already-legend = The same right is there already
desk-already-knowing = I looked at it. This is somebody else, or it is meant to be given once more.
problem-appoint-alike = Look at what is there already. Then tick the box if you want to go on.
desk-signed = Signed by:
desk-limits = Limits
desk-limit-until = until { $date }
desk-decide = Decide
desk-act = What you decide
desk-act-why = Why, and on what paper
desk-act-why-hint = Staff only see this. It is kept with your name.
desk-act-day = Day
desk-act-day-hint = The last day of a limit, or the day on which you look again.
desk-act-limit = What the limit takes away
desk-act-limit-what = For a limit: what it takes away
desk-act-limit-all = Everything
desk-act-set-limit = Set a limit, as an order says
desk-act-unlimit = Take all limits away
desk-act-safety = Pause: somebody may be in danger
desk-act-dispute = Pause: there is a dispute
desk-act-decline = Sign: do not treat them as representative
desk-act-resume = Sign: let it go on
desk-act-certify = The patient was certified unable to decide
desk-act-review = Looked at again, it still holds
desk-act-end = End it
desk-act-end-court = End it: a court ended it
desk-act-end-recovered = End it: the patient can decide again
desk-act-emancipate = The patient is emancipated: end all rights over a minor
desk-act-confirm = This is about the record of { $name }.
desk-act-button = Save the decision
desk-others-title = What others decide
desk-act-others = { $act }: { $who }
conflict-claimant-acts = The claimant acts for this patient already. Find the patient and look at “Who acts for a patient”.
conflict-claimant-record = This is the claimant’s own record. They can see it already.
office-limit-turn = A privacy officer answers this.
