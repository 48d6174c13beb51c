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

    someone signed in to your account here and linked it to a record. If this was you,
    there is nothing to do. If it was not you, call us at once.
    { $address }

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
