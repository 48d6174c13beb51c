# On what ground somebody signs for another, in the text that they sign.

consent-ground = { $kind }, proved by: { $proof }
consent-ground-parent = parent of a minor
consent-ground-guardian = guardian of a minor
consent-ground-loco-parentis = I act in the place of a parent
consent-ground-agent = health-care power of attorney
consent-ground-adult-guardian = guardian by court
consent-ground-surrogate = representative by law
consent-ground-estate = executor or administrator of the estate
consent-ground-delegate = chosen helper
consent-proof-birth-certificate = birth certificate
consent-proof-adoption-decree = adoption decree
consent-proof-parentage = proof of parentage
consent-proof-court-order = court order
consent-proof-guardianship = letters of guardianship
consent-proof-caregiver-affidavit = caregiver’s affidavit
consent-proof-placement = letter of the agency that placed the child
consent-proof-power-of-attorney = power of attorney for health care
consent-proof-advance-directive = advance directive
consent-proof-surrogate-statement = statement that the law on surrogates asks for
consent-proof-marriage = marriage or partnership certificate
consent-proof-testamentary = letters testamentary
consent-proof-administration = letters of administration
consent-proof-small-estate = small estate affidavit
consent-proof-chosen = the person’s own choice
