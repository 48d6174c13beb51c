# The text of consents as they are signed. A change here needs a new WORDING in api/src/consents/wording.rs.

consent-kind-directive = Send a copy of my record to somebody
consent-kind-hipaa = Let the clinic share my record
consent-kind-psych = Let the clinic share psychotherapy notes
consent-kind-tpo = Let my treatment for substance use be shared for my care, payment and running the program
consent-kind-specific = Let my treatment for substance use be shared with one person or organization
consent-kind-counseling = Let my substance use counseling notes be shared
consent-kind-proceedings = Let my substance use records be used in a legal proceeding
consent-kind-app = Let an app read my record
consent-kind-research = Let my record be used for research

consent-purpose-own = because I ask for it
consent-purpose-treatment = my care
consent-purpose-treatment-acting = this person’s care
consent-purpose-payment = payment for my care
consent-purpose-payment-acting = payment for this person’s care
consent-purpose-operations = running the clinic or the plan
consent-purpose-insurance = insurance
consent-purpose-legal = a legal matter of mine
consent-purpose-legal-acting = a legal matter of this person
consent-purpose-work = work or school
consent-purpose-research = research
consent-purpose-proceedings = a legal proceeding against me
consent-purpose-proceedings-acting = a legal proceeding against this person

consent-class-providers = my treating providers
consent-class-providers-acting = this person’s treating providers
consent-class-payers = my health plans and others who pay for my care
consent-class-payers-acting = this person’s health plans and others who pay for their care
consent-class-operators = people who help to run this program

consent-label-substance-use = alcohol, drugs and their treatment
consent-label-mental-health = mental health
consent-label-psychotherapy-notes = psychotherapy notes
consent-label-hiv = HIV and AIDS
consent-label-reproductive = sexual and reproductive health
consent-label-genetic = genetic information
consent-label-violence = abuse and violence at home
consent-label-minor = services a minor agreed to alone
consent-label-litigation = papers made for a legal proceeding
consent-label-restricted = what the source marked as restricted
consent-label-unreviewed = notes and documents in free text that nobody has sorted

consent-text-title-directive = Request to send a copy of my record to somebody else (45 CFR 164.524(c)(3)(ii))
consent-text-title-directive-acting = Request to send a copy of this person’s record to somebody else (45 CFR 164.524(c)(3)(ii))
consent-text-title-hipaa = Authorization to share health information (45 CFR 164.508)
consent-text-title-psych = Authorization to share psychotherapy notes (45 CFR 164.508(a)(2))
consent-text-title-tpo = Consent to share substance use records for treatment, payment and operations (42 CFR 2.31)
consent-text-title-specific = Consent to share substance use records (42 CFR 2.31)
consent-text-title-counseling = Consent to share substance use counseling notes (42 CFR 2.31(b))
consent-text-title-proceedings = Consent to use substance use records in a proceeding (42 CFR 2.31(d))
consent-text-title-app = Permission for an app to read my record
consent-text-title-app-acting = Permission for an app to read this person’s record
consent-text-title-research = Authorization to use health information for research (45 CFR 164.508)
consent-text-whose = Whose information: { $name }.
consent-text-whose-born = Whose information: { $name }, born { $date }.
consent-text-discloser = Who may share it: { $name }.
consent-text-recipient = Who receives it: { $name }.
consent-text-address = Where it is sent: { $address }.
consent-text-all = What is shared: all parts of my record.
consent-text-all-acting = What is shared: all parts of this person’s record.
consent-text-parts = What is shared: only { $list }.
consent-text-psych-only = What is shared: only my psychotherapy notes. These are notes of talks with a therapist that are kept apart from the rest of my record. Nothing else of my record is shared with this form.
consent-text-psych-only-acting = What is shared: only this person’s psychotherapy notes. These are notes of talks with a therapist that are kept apart from the rest of the record. Nothing else of the record is shared with this form.
consent-text-counseling-only = What is shared: only my substance use counseling notes. These are notes of counseling in a program that are kept apart from the rest of my record. Nothing else of my record is shared with this form.
consent-text-counseling-only-acting = What is shared: only this person’s substance use counseling notes. These are notes of counseling in a program that are kept apart from the rest of the record. Nothing else of the record is shared with this form.
consent-text-from = Only from { $date } on.
consent-text-to = Only up to { $date }.
consent-text-labels = Specially protected information that I include: { $list }.
consent-text-no-labels = Specially protected information is left out.
consent-text-alone = Of all that, only the care that I asked for alone, as the law lets me: { $list }.
consent-text-no-free-text = Notes and documents in free text that nobody has sorted are left out, in every part.
consent-text-no-substance-use = Records of treatment for substance use are left out. They are shared only with a form of their own.
consent-text-no-psych = Psychotherapy notes are left out. They are shared only with a form of their own.
consent-text-purpose = What for: { $list }.
consent-text-until = This ends after { $date }.
consent-text-until-event = This ends when this happens: { $event }.
consent-text-no-end = This has no end, until I take it back.
consent-text-once = This is for one copy.
consent-text-revocation = I can take this back in writing at any time, on the page “Privacy choices” or by a letter to the clinic. What was shared before cannot be called back.
consent-text-conditioning = The clinic does not make my treatment, payment or benefits depend on whether I sign.
consent-text-conditioning-acting = The clinic does not make this person’s treatment, payment or benefits depend on whether I sign.
consent-text-conditioning-research = Treatment that is part of the research may depend on whether I sign. Other care does not.
consent-text-redisclosure = Who receives this may pass it on, and then these rules may no longer protect it.
consent-text-redisclosure-program = Who receives this may pass it on, and then the HIPAA rules may no longer protect it. What tells of treatment for substance use stays protected by 42 CFR part 2, and may be passed on only as that rule allows.
consent-text-redisclosure-hipaa = A provider or health plan that receives these records may pass them on as the HIPAA rules allow, but not use them against me in a civil, criminal, administrative or legislative proceeding.
consent-text-redisclosure-hipaa-acting = A provider or health plan that receives these records may pass them on as the HIPAA rules allow, but not use them against this person in a civil, criminal, administrative or legislative proceeding.
consent-text-refusal = If I do not sign, the clinic still treats me. My providers and plans may then not get these records, and payment may have to be settled another way.
consent-text-refusal-acting = If I do not sign, the clinic still treats this person. Their providers and plans may then not get these records, and payment may have to be settled another way.
consent-text-remuneration = The clinic is paid for sharing this.
consent-text-directive-note = What I send to somebody who is not a provider or a health plan may no longer be protected by these rules.
consent-text-authority = I sign for this person. My authority: { $authority }.
consent-text-beside = Signed with me: { $name }.
consent-text-witness = Witness: { $name }.
consent-text-copy = I can see and print a copy of this at any time on the page “Privacy choices”.


mail-privacy-subject = Your privacy choices at { $clinic }
mail-privacy-text =
    Hello,

    something in your privacy choices changed. Sign in to see what:
    { $address }

    If you did not do this and did not ask for it, call us at once.

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
mail-address-code-subject = Your code for { $clinic }
mail-address-code-text =
    Hello,

    somebody asked us to send messages to this address from now on.
    If it was you, sign in and type this code on the page about messages:

      { $code }

    The code works for one day. If it was not you, there is nothing to do:
    without the code nothing changes.
    { $address }

    { $clinic }
    { $phone }

    We never ask for your password by e-mail.
mail-limit-subject = A request for a limit waits for an answer
mail-limit-text =
    Somebody asked the clinic not to share some of their information.
    Sign in at { $address } and open the list of requests for limits.
