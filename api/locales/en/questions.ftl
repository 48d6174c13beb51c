# Mails about questions that people ask about lines of their log.

mail-question-subject = Somebody asks about a line of their log
mail-question-text =
    Somebody does not recognise a line of their log and asks the privacy officer about it.
    Sign in at { $address } as staff and open “Questions about logs”.
mail-question-answered-subject = An answer about your log at { $clinic }
mail-question-answered-text =
    Hello,

    you asked about a line of your log. The answer is there. Sign in and open the log to read it:
    { $address }

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
