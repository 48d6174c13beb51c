# Lo que la ley y lo que la propia persona eligió dejan ver de un expediente.

law-title = Atención que los jóvenes pueden recibir por su cuenta
law-lead = Aquí la ley permite que los jóvenes reciban cierta atención por su cuenta. Es posible que lo relacionado no se le muestre. Para pedirlo, comuníquese con la oficina de expedientes.
law-none = Nada más se le oculta por la edad de la persona.
law-alone-from = Puede aceptarla por su cuenta desde los { $age } años ({ $cite }).
law-parents = { $rule } (fuente: { $cite }).
law-parents-requires = La ley dice que los padres lo ven
law-parents-permits = La ley deja que la clínica decida si los padres lo ven
law-parents-prohibits = La ley no permite que los padres lo vean
law-parents-silent = La ley no lo dice; un profesional clínico decide en cada caso
law-service-sti = Infecciones de transmisión sexual
law-service-hiv = VIH
law-service-contraception = Anticonceptivos
law-service-pregnancy = Embarazo
law-service-abortion = Aborto
law-service-substance-use = Consumo de alcohol y drogas
law-service-mental-health = Salud mental
law-service-sexual-assault = Atención después de una agresión sexual
law-service-vaccination = Vacunas
law-service-other = Otra atención
acting-look-emergency = Los expedientes de un programa de consumo de sustancias no se abrieron, porque no se llenaron los dos campos sobre ellos (42 CFR 2.51). Si los necesita, termine este acceso, use otra vez el acceso de emergencia y llénelos. Esta página no dice si los hay.
acting-look-consent = Algunos tipos de expedientes necesitan el consentimiento del propio paciente y nunca se muestran sin él. Esta página no dice si los hay.
through-banner = Cómo ve su expediente otra persona
through-lead = Usted ve su propio expediente como lo ve esta persona:
through-words = Aquí no puede cambiar nada, y nada de aquí le abre más a nadie.
through-back = Volver a esta persona
through-link = Ver lo que ve { $name }
refused-limited = Este expediente no se le puede mostrar aquí. Comuníquese con la oficina de expedientes si tiene alguna pregunta.
refused-limited-staff = El paciente pidió a la clínica que no se lo mostrara a usted, y la clínica aceptó. Pregunte al encargado de privacidad. En una emergencia use el acceso de emergencia.
desk-part-title = Si necesita expedientes de un programa de consumo de sustancias
desk-part-lead = La ley federal (42 CFR 2.51) los abre en una emergencia médica en la que el paciente no puede dar su consentimiento. Entonces anote las dos cosas. Deje las dos vacías si no los necesita.
desk-affiliation = El hospital o consultorio donde usted trabaja
desk-nature = La emergencia médica
desk-nature-hint = Qué pasó, y por qué el paciente no puede dar su consentimiento
desk-part-to = Se mostró a
desk-part-discloser = Lo mostró
desk-part-notice = Se mostraron expedientes de un programa de consumo de sustancias. Anótelo ahora en el expediente que el propio programa tiene del paciente.
log-part-two-consent = El consentimiento de la persona también incluía expedientes de un programa de consumo de sustancias.
log-part-two-program = Personal del propio programa de consumo de sustancias.
log-part-two-emergency = En esta emergencia médica también se mostraron expedientes de un programa de consumo de sustancias: { $nature } ({ $affiliation }).
law-at-latest = A más tardar el { $date } ({ $cite })
problem-consent-too-long = La ley de aquí no permite tanto tiempo. Elija un día, y uno más temprano.
problem-consent-witness = La ley de aquí pide un testigo. Anote quién fue testigo de la firma.
refused-needs-witness = La ley de aquí pide que alguien vea cuando usted firma este formulario. Fírmelo en papel en la oficina de expedientes.
office-witness = Quién fue testigo
office-witness-hint = Solo donde la ley de aquí pide un testigo
nav-staff-ledger = Libro de accesos
desk-ledger-title = El libro de accesos, sin nombres
desk-ledger-chain = Las anotaciones de una persona, sin nombres
desk-ledger-lead = Quién hizo qué, cuándo y con qué fundamento, solo con números. Ninguna página de aquí muestra un nombre ni nada de un expediente.
desk-ledger-none = No hay anotaciones.
desk-ledger-entries =
    { $count ->
        [one] { $number } anotación
       *[other] { $number } anotaciones
    }
desk-ledger-who = Fundamento: { $ground }. Cuenta { $account }.
desk-ledger-ground-right-of-access = es su propio expediente
desk-ledger-ground-app = una aplicación conectada
desk-ledger-ground-system = un acuerdo de la clínica
desk-ledger-ground-representative = actúa por la persona según la ley
desk-ledger-ground-delegate = la persona le dejó mirar
desk-ledger-ground-emergency = una emergencia
desk-ledger-ground-staff = trabajo de la clínica
desk-ledger-ground-consent = la persona lo firmó
desk-ledger-ground-other = otro fundamento
desk-ledger-person = La propia persona
