# Mails about apps that people connect.

mail-app-connected-subject = An app was connected at { $clinic }
mail-app-connected-text =
    Hello,

    an app was connected and may now read what was chosen for it. If that was not you, sign in and stop it:
    { $address }

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
mail-app-reads-subject = An app has begun to read at { $clinic }
mail-app-reads-text =
    Hello,

    a connected app has read for the first time. Sign in to see which one and what it read. You can stop it there:
    { $address }

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
