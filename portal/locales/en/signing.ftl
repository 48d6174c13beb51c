# Signing for oneself and for others, checking a claim before it is accepted, emergency access that is over, papers.

step-up-decide = Before you decide this, we want to be sure that it is you.
problem-text-unseen = There are signs in this that cannot be seen, or that turn the line around. Type it again by hand.
problem-consent-other-name = Type your own name, as it stands above. Nobody can sign here for somebody else.
refused-name-unconfirmed = The clinic was told another name than the one of your account. Ask the records office to confirm that it is you. Then you can sign here.
problem-paper-signer = This is not the patient’s name. If somebody else signed, write below what gives them the right to.

desk-claim-check-button = Check and go on
desk-claim-confirm-title = Is this the right person?
desk-claim-confirm-awaited = Not yet: only once somebody certifies that the patient cannot decide.
desk-claim-confirm = If you go on, the account below acts for this patient from then on. Read both columns first.
desk-claim-confirm-differs = What was stated is not what the record says. One wrong choice opens the record of a stranger.
desk-compared = What was stated, and the record you found
desk-compared-what = Compared
desk-compared-stated = Stated
desk-compared-record = Record
desk-same = the same
desk-differs = not the same
desk-claim-confirm-given = What you are about to accept
desk-claim-differs = Why it is this patient all the same
desk-claim-differs-hint = The birth dates are not the same. Write how you know that it is this patient. It is kept with your name.
desk-claim-confirm-button = Yes, this is the patient: accept the claim
desk-claim-confirm-back = No, go back and change it
problem-claim-differs = The birth dates are not the same. Write how you know that it is this patient, or go back.

desk-look-end = End now
desk-emergency-opened = What was opened
desk-emergency-opened-none = Nothing was opened.
desk-emergency-opened-count = { $count ->
    [one] One line of the log.
   *[other] { $number } lines of the log.
 }
desk-emergency-opened-more = Which items they were stands in the log of the record itself.
desk-emergency-open = This can still be used. Sign it off when it is over.
desk-emergency-sign = Sign-off
desk-roles-waiting-pages = Pages of what waits
conflict-still-open = This emergency access can still be used. End it, or wait until it is over.

people-holder = Used by the account of { $name }
people-holder-email = Used by the account of { $name } ({ $email })
people-holder-who = Whose account it is
people-holder-meant = Used by the account of { $account }. You wrote “{ $named }”. Is that who you meant? If not, end it now.
people-holder-checked = The papers name { $named }. The code was used by the account of { $account }. Nothing is shown until the records office has found out whether it is the same person.
people-enter-code = Code you were given
problem-invitation-code = This code does not work. Check each letter. Ask whoever invited you for a new one, or the records office if they sent it.

privacy-closed = What you cannot sign here
privacy-about-visit = The visit or charge below. We cannot tell which items belong to it, so we keep all parts back.
privacy-lead-acting = Here you see and sign permissions for the person, where the law lets you act in their place, and what you asked the clinic to keep back.
privacy-sends-acting = The clinic can see what you choose here. What goes to a person or an office that you name, the clinic sends itself: your signature alone sends nothing. One thing your signature does at once: a permission for records of a substance use program opens them here to those whom it names, if they see this record here, such as those who act for the person or help them, and the people at the clinic. Three others get information from this service: those who act for the person or help them, the apps that were connected to it, and the systems, such as those of a health plan, that the clinic lets take out the records of a group of patients. Limits that you ask for here count for those systems too, once the clinic agreed or where it must. These pages tell what they got:
privacy-permissions-acting = Permissions
privacy-recipient-classes-acting = Those who treat the person, their health plans, and those who help to run the program
privacy-who-classes-acting = Those who treat the person, their health plans, and those who help to run the program
privacy-revoked-acting = Taken back on { $date }
privacy-limits-none-acting = You did not ask for a limit for this person.
privacy-hint-research-acting = For a study that the person takes part in.
privacy-hint-tpo-acting = One permission for all who treat the person, their plans and those who help to run the program.
privacy-permission-title-acting = A permission
privacy-limit-title-acting = A request for a limit
privacy-against-family-acting = Family and others who help with the person’s care
privacy-against-family-hint-acting = It does not change what people see who act for the person by law. It binds those who help the person here only if you name them.
privacy-against-named-acting = Somebody who is named
privacy-why-hint-acting = Nobody has to say.
refused-part-two-both-acting = The person is not of age yet. This permission needs two signatures: theirs, and that of a parent or guardian (42 CFR 2.14). Sign it on paper at the records office, both of you. They enter it there.
privacy-limit-by-law-acting = It does not change what people see who act for the person by law, such as a parent or a guardian. A helper whom the person chose is bound if you name them.
privacy-limit-danger-acting = Does somebody who acts for the person hurt them, or is the person afraid of them? Tell a clinician, or call the clinic. The clinic can stop what they see at once (45 CFR 164.502(g)(5)).

claim-paper-remove = Remove paper { $number }
event-paper-removed = A paper was removed
event-papers-erased = The papers were erased, because the claim was closed
problem-paper-dots = This picture has too many dots. Take the photo in a smaller size, or save the paper as PDF.

help-people-title = If somebody helps you, or you help somebody
help-people-invite = You can let somebody you trust see your record, or parts of it. Sign in and open “People”. You choose what they see and until when, and you can end it at any time.
help-people-for = Parents, guardians and others whom the law lets act for a person tell us so on the same page and add a paper that proves it. The records office answers. A right over a child ends when the child comes of age.
help-choices-title = Permissions and limits
help-choices-permission = A permission lets the clinic share something with somebody. You read the exact text, sign it with your name, and can take it back.
help-choices-limit = You can also ask us not to share something. If you paid for a visit in full yourself, we must keep it from your health plan if you ask.
help-choices-again = Before what matters we ask you to sign in again. What you filled in is kept for 15 minutes.
help-emergency-title = In an emergency
help-emergency = In an emergency, listed clinicians can open a record at once. You get a message, it stands in your log, and the privacy officer checks each use.
