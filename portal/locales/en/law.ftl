# What the law and the person's own choices leave of a record: services of minors, records that need a consent, limits,
# and one's own record as somebody else sees it.

law-title = Care that young people can get alone
law-lead = The law here lets young people get some care alone. What belongs to it may not be shown to you. To ask for it, contact the records office.
law-none = Nothing else is kept from you because of the person’s age.
law-alone-from = They can agree to it alone from age { $age } ({ $cite }).
law-parents = { $rule } (source: { $cite }).
law-parents-requires = The law says that parents see it
law-parents-permits = The law lets the clinic decide whether parents see it
law-parents-prohibits = The law does not let parents see it
law-parents-silent = The law does not say; a clinician decides for each item
law-service-sti = Infections passed on by sex
law-service-hiv = HIV
law-service-contraception = Birth control
law-service-pregnancy = Pregnancy
law-service-abortion = Abortion
law-service-substance-use = Alcohol and drug use
law-service-mental-health = Mental health
law-service-sexual-assault = Care after sexual assault
law-service-vaccination = Vaccines
law-service-other = Other care
acting-look-emergency = Records of a substance use program are not opened, because the two fields about them were not filled in (42 CFR 2.51). If you need them, end this look, use emergency access again and fill them in. This page does not tell whether there are any.
acting-program-notice = The patient’s consent opens records of a substance use program to you. 42 CFR part 2 prohibits unauthorized use or disclosure of these records. This page does not tell whether there are any.
acting-look-consent = Some kinds of records need the patient’s own consent and are never shown without it. This page does not tell whether there are any.
through-banner = How somebody else sees your record
through-lead = You see your own record as this person sees it:
through-words = You cannot change anything here, and nothing here opens more to anyone.
through-back = Back to this person
through-link = See what { $name } sees
refused-limited = This record cannot be shown to you here. Contact the records office if you have a question about it.
refused-limited-staff = The patient asked the clinic to keep this from you, and the clinic agreed. Ask the privacy officer. In an emergency use emergency access.
desk-part-title = If you need records of a substance use program
desk-part-lead = Federal law (42 CFR 2.51) opens them in a medical emergency in which the patient cannot consent. Then write down both of these. Leave both empty if you do not need them.
desk-affiliation = The hospital or practice you work for
desk-nature = The medical emergency
desk-nature-hint = What happened, and why the patient cannot consent
desk-part-to = Shown to
desk-part-discloser = Shown by
desk-part-notice = This access reaches records of substance use programs. If any were shown, put it into the program’s own record of the patient now.
log-authority = What lets them look
log-authority-link = Who may look, and at what
log-permission = The permission for it
log-part-two-consent = The person’s consent also covered records of a substance use program.
log-part-two-program = Staff of the substance use program itself.
log-part-two-emergency = In this medical emergency records of a substance use program were shown too: { $nature } ({ $affiliation }).
law-at-latest = At the latest { $date } ({ $cite })
problem-consent-too-long = The law here does not allow so long a time. Choose a day, and an earlier one.
problem-consent-witness = The law here asks for a witness. Write down who witnessed the signature.
refused-needs-witness = The law here asks that somebody watches you sign this form. Sign it on paper at the records office.
office-witness = Who witnessed it
office-witness-hint = Only where the law here asks for a witness
nav-staff-ledger = Ledger
desk-ledger-title = The ledger, without names
desk-ledger-chain = One person’s entries, without names
desk-ledger-lead = Who did what, when and on what ground, by numbers only. No page here shows a name or anything of a record.
desk-ledger-none = There are no entries.
desk-ledger-entries =
    { $count ->
        [one] { $number } entry
       *[other] { $number } entries
    }
desk-ledger-who = Ground: { $ground }. Account { $account }.
desk-ledger-ground-right-of-access = own record
desk-ledger-ground-app = a connected app
desk-ledger-ground-system = an agreement of the clinic
desk-ledger-ground-representative = they act for the person by law
desk-ledger-ground-delegate = the person let them look
desk-ledger-ground-emergency = an emergency
desk-ledger-ground-staff = work of the clinic
desk-ledger-ground-consent = the person signed for it
desk-ledger-ground-other = another ground
desk-ledger-person = The person themselves
