mail-copy-ready-subject = Something is ready for you at { $clinic }
mail-copy-ready-text =
    Hello,

    what you asked for is ready. Sign in to get it:
    { $address }

    It stays there for 7 days.

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
mail-copy-failed-subject = A message for you at { $clinic }
mail-copy-failed-text =
    Hello,

    something you asked for could not be finished. Sign in to see what you can do:
    { $address }

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
mail-linked-subject = Your account at { $clinic }
mail-linked-text =
    Hello,

    your account here was linked to a record. If you did this or asked us to,
    there is nothing to do. If not, call us at once.
    { $address }

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
mail-link-ended-subject = Your account at { $clinic }
mail-link-ended-text =
    Hello,

    we ended the link of your account here to a record. If you think that this is a mistake,
    call us.
    { $address }

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
mail-another-linked-subject = A message about your account at { $clinic }
mail-another-linked-text =
    Hello,

    a new account was linked to your record today. If that was you or somebody you know,
    there is nothing to do. If not, call us. To see which account it is, sign in and open “Account”:
    { $address }

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
mail-case-subject = Somebody asks to be linked to a record
mail-case-text =
    Somebody signed in at { $address } and asks the records office to find their record.

    Sign in there as staff and open “Identity cases”, or use the machine that runs Recordright:
      recordright cases list
      recordright cases show ID

    Then link the account or close the case; the same command explains how: recordright cases --help
mail-emergency-subject = A message about your account at { $clinic }
mail-emergency-text =
    Hello,

    someone on our staff opened your record in an emergency. The rules allow this when there is
    no time to ask. Our privacy officer will look at each case. Sign in to see who it was and when:
    { $address }

    If you do not know why this happened, call us.

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
mail-program-notice-subject = An emergency access must be written down
mail-program-notice-text =
    An emergency access at { $clinic } has details that must go into another record now.

    Sign in as staff and open “Emergency access”:
    { $address }
mail-emergency-review-subject = Emergency access waits for your review
mail-emergency-review-text =
    Emergency access was used at { $clinic }. A privacy officer must look at it and sign it off.

    Sign in as staff and open “Emergency access”:
    { $address }
mail-seen-changed-subject = A message for you at { $clinic }
mail-seen-changed-text =
    Hello,

    what you see of your own at { $clinic } has changed. Sign in and open “What is not here” to read why, and
    what you can do:
    { $address }

    If you have questions, call us.

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
mail-mark-taken-subject = A message for you at { $clinic }
mail-mark-taken-text =
    Hello,

    staff at { $clinic } took a mark away that kept something of yours from others. Sign in and open “Who has seen
    my record” to read who did it. The reason stands with the item:
    { $address }

    If you think that this is wrong, call us.

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
mail-acting-changed-subject = A message for you at { $clinic }
mail-acting-changed-text =
    Hello,

    { $clinic } changed what somebody who acts for you may see or do. Sign in and open “People” to see what changed:
    { $address }

    If it is not right for you, call us.

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
mail-emergency-acting-subject = A message for you at { $clinic }
mail-emergency-acting-text =
    Hello,

    someone on our staff opened in an emergency a record that you look after. The rules allow this when there is
    no time to ask. Our privacy officer will look at each case. Sign in to see who it was and when:
    { $address }

    If you do not know why this happened, call us.

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
mail-acting-else-subject = A message for you at { $clinic }
mail-acting-else-text =
    Hello,

    something has changed about who else acts for somebody for whom you act at { $clinic }. Sign in to see for whom you act:
    { $address }

    If you do not know of a change, call us.

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
mail-system-reads-subject = A system has begun to read at { $clinic }
mail-system-reads-text =
    Hello,

    another system, with which { $clinic } has an agreement, has read for the first time. Sign in and open “Who has seen
    my record” to see which one and what it was for:
    { $address }

    If it is not right for you, call us.

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
