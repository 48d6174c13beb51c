# Con qué derecho firma alguien por otra persona, en el texto que firma.

consent-ground = { $kind }, con esta prueba: { $proof }
consent-ground-parent = madre o padre de una persona menor de edad
consent-ground-guardian = tutor o tutora de una persona menor de edad
consent-ground-loco-parentis = actúo en lugar de los padres
consent-ground-agent = poder notarial para la atención médica
consent-ground-adult-guardian = tutor o tutora por orden de un juez
consent-ground-surrogate = representante por ley
consent-ground-estate = albacea o administrador de la herencia
consent-ground-delegate = persona elegida para ayudar
consent-proof-birth-certificate = acta de nacimiento
consent-proof-adoption-decree = sentencia de adopción
consent-proof-parentage = prueba de paternidad o maternidad
consent-proof-court-order = orden de un tribunal
consent-proof-guardianship = nombramiento de tutela
consent-proof-caregiver-affidavit = declaración jurada del cuidador
consent-proof-placement = carta de la agencia que colocó al menor
consent-proof-power-of-attorney = poder notarial para la atención médica
consent-proof-advance-directive = instrucciones anticipadas
consent-proof-surrogate-statement = declaración que pide la ley de sustitutos
consent-proof-marriage = acta de matrimonio o de unión
consent-proof-testamentary = nombramiento de albacea
consent-proof-administration = nombramiento de administrador de la herencia
consent-proof-small-estate = declaración jurada de herencia pequeña
consent-proof-chosen = la elección de la propia persona
