# Mails about questions on what is not shown of a record.

mail-unshown-subject = Somebody asks the clinic a question
mail-unshown-text =
    Somebody who acts for a patient asks about what is not shown to them. A clinician decides:
    please tell one. They sign in at { $address } as staff and open “What parents ask”.
mail-unshown-answered-subject = An answer for you at { $clinic }
mail-unshown-answered-text =
    Hello,

    you asked us a question. The answer is there. Sign in to read it:
    { $address }

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
mail-unshown-decided-subject = A message for you at { $clinic }
mail-unshown-decided-text =
    Hello,

    there is something new in the log of who sees what is yours at { $clinic }. Sign in to read it:
    { $address }

    If it is not right for you, call us.

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
mail-label-subject = Somebody asks to look at how an item is protected
mail-label-text =
    A young person, or a colleague at the records office, asks to look at how an item of a record is protected.
    A clinician or a privacy officer decides: please tell one. They sign in at { $address } as staff and open
    “Items to protect”.
