# Messages about acting for somebody.

mail-someone-acts-subject = A message for you at { $clinic }
mail-someone-acts-text =
    Hello,

    from now on somebody else may see something that is yours at { $clinic }.
    Sign in to see who it is, and what you can do:
    { $address }

    If you do not know of this, call us at once.

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
mail-acting-ended-subject = Something has ended at { $clinic }
mail-acting-ended-text =
    Hello,

    a right to act for somebody has ended at { $clinic }.
    Sign in to see which one:
    { $address }

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
mail-someone-ended-subject = Something has ended at { $clinic }
mail-someone-ended-text =
    Hello,

    somebody who could see something of yours at { $clinic } no longer can.
    Sign in to see who it was, and why:
    { $address }

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
mail-claim-answered-subject = An answer for you at { $clinic }
mail-claim-answered-text =
    Hello,

    the records office has answered what you told us. Sign in to read it:
    { $address }

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
mail-claim-subject = Somebody says that they may act for a patient
mail-claim-text =
    Somebody signed in at { $address } and says that they may act for another person.

    Sign in with your staff account to look at the claim and its papers:
      { $address }/staff/claims
mail-review-subject = People who act for patients are to be looked at again
mail-review-text =
    For one or more people who act for a patient at { $address }, the day has come on which you
    wanted to look again whether their right still holds.

    Sign in with your staff account to see which ones:
      { $address }/staff/authorities
