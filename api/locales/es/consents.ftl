# El texto de los consentimientos tal como se firman. Un cambio aquí necesita un nuevo WORDING en api/src/consents/wording.rs.

consent-kind-directive = Enviar una copia de mi expediente a alguien
consent-kind-hipaa = Permitir que la clínica comparta mi expediente
consent-kind-psych = Permitir que la clínica comparta notas de psicoterapia
consent-kind-tpo = Permitir que mi tratamiento por consumo de sustancias se comparta para mi atención, los pagos y el funcionamiento del programa
consent-kind-specific = Permitir que mi tratamiento por consumo de sustancias se comparta con una persona u organización
consent-kind-counseling = Permitir que se compartan mis notas de consejería por consumo de sustancias
consent-kind-proceedings = Permitir que mis registros de consumo de sustancias se usen en un proceso legal
consent-kind-app = Permitir que una aplicación lea mi expediente
consent-kind-research = Permitir que mi expediente se use para investigación

consent-purpose-own = porque yo lo pido
consent-purpose-treatment = mi atención médica
consent-purpose-treatment-acting = la atención médica de esta persona
consent-purpose-payment = el pago de mi atención
consent-purpose-payment-acting = el pago de la atención de esta persona
consent-purpose-operations = el funcionamiento de la clínica o del plan
consent-purpose-insurance = un seguro
consent-purpose-legal = un asunto legal mío
consent-purpose-legal-acting = un asunto legal de esta persona
consent-purpose-work = el trabajo o la escuela
consent-purpose-research = investigación
consent-purpose-proceedings = un proceso legal en mi contra
consent-purpose-proceedings-acting = un proceso legal en contra de esta persona

consent-class-providers = quienes me atienden
consent-class-providers-acting = quienes atienden a esta persona
consent-class-payers = mis planes de salud y otros que pagan mi atención
consent-class-payers-acting = los planes de salud de esta persona y otros que pagan su atención
consent-class-operators = quienes ayudan a que funcione este programa

consent-label-substance-use = alcohol, drogas y su tratamiento
consent-label-mental-health = salud mental
consent-label-psychotherapy-notes = notas de psicoterapia
consent-label-hiv = VIH y sida
consent-label-reproductive = salud sexual y reproductiva
consent-label-genetic = información genética
consent-label-violence = abuso y violencia en el hogar
consent-label-minor = servicios que una persona menor de edad aceptó sola
consent-label-litigation = papeles hechos para un proceso legal
consent-label-restricted = lo que la fuente marcó como restringido
consent-label-unreviewed = notas y documentos de texto libre que nadie ha clasificado

consent-text-title-directive = Solicitud de enviar una copia de mi expediente a otra persona (45 CFR 164.524(c)(3)(ii))
consent-text-title-directive-acting = Solicitud de enviar una copia del expediente de esta persona a alguien más (45 CFR 164.524(c)(3)(ii))
consent-text-title-hipaa = Autorización para compartir información de salud (45 CFR 164.508)
consent-text-title-psych = Autorización para compartir notas de psicoterapia (45 CFR 164.508(a)(2))
consent-text-title-tpo = Consentimiento para compartir registros de consumo de sustancias para tratamiento, pago y operaciones (42 CFR 2.31)
consent-text-title-specific = Consentimiento para compartir registros de consumo de sustancias (42 CFR 2.31)
consent-text-title-counseling = Consentimiento para compartir notas de consejería por consumo de sustancias (42 CFR 2.31(b))
consent-text-title-proceedings = Consentimiento para usar registros de consumo de sustancias en un proceso (42 CFR 2.31(d))
consent-text-title-app = Permiso para que una aplicación lea mi expediente
consent-text-title-app-acting = Permiso para que una aplicación lea el expediente de esta persona
consent-text-title-research = Autorización para usar información de salud en investigación (45 CFR 164.508)
consent-text-whose = De quién es la información: { $name }.
consent-text-whose-born = De quién es la información: { $name }, fecha de nacimiento: { $date }.
consent-text-discloser = Quién puede compartirla: { $name }.
consent-text-recipient = Quién la recibe: { $name }.
consent-text-address = Adónde se envía: { $address }.
consent-text-all = Qué se comparte: todas las partes de mi expediente.
consent-text-all-acting = Qué se comparte: todas las partes del expediente de esta persona.
consent-text-parts = Qué se comparte: solamente { $list }.
consent-text-psych-only = Qué se comparte: solamente mis notas de psicoterapia. Son notas de conversaciones con un terapeuta que se guardan aparte del resto de mi expediente. Nada más de mi expediente se comparte con este formulario.
consent-text-psych-only-acting = Qué se comparte: solamente las notas de psicoterapia de esta persona. Son notas de conversaciones con un terapeuta que se guardan aparte del resto del expediente. Nada más del expediente se comparte con este formulario.
consent-text-counseling-only = Qué se comparte: solamente mis notas de consejería por consumo de sustancias. Son notas de consejería en un programa que se guardan aparte del resto de mi expediente. Nada más de mi expediente se comparte con este formulario.
consent-text-counseling-only-acting = Qué se comparte: solamente las notas de consejería por consumo de sustancias de esta persona. Son notas de consejería en un programa que se guardan aparte del resto del expediente. Nada más del expediente se comparte con este formulario.
consent-text-from = Solamente desde el { $date }.
consent-text-to = Solamente hasta el { $date }.
consent-text-labels = Información con protección especial que incluyo: { $list }.
consent-text-no-labels = La información con protección especial queda fuera.
consent-text-alone = De todo eso, solamente la atención que pedí por mi cuenta, como la ley me permite: { $list }.
consent-text-no-free-text = Las notas y los documentos de texto libre que nadie ha clasificado quedan fuera, en todas las partes.
consent-text-no-substance-use = Los registros de tratamiento por consumo de sustancias quedan fuera. Solo se comparten con un formulario propio.
consent-text-no-psych = Las notas de psicoterapia quedan fuera. Solo se comparten con un formulario propio.
consent-text-purpose = Para qué: { $list }.
consent-text-until = Esto termina después del { $date }.
consent-text-until-event = Esto termina cuando suceda lo siguiente: { $event }.
consent-text-no-end = Esto no tiene fecha de fin, hasta que yo lo retire.
consent-text-once = Esto es para una sola copia.
consent-text-revocation = Puedo retirar esto por escrito en cualquier momento, en la página «Opciones de privacidad» o con una carta a la clínica. Lo que ya se compartió no se puede recuperar.
consent-text-conditioning = La clínica no hace depender mi tratamiento, los pagos ni los beneficios de que yo firme.
consent-text-conditioning-acting = La clínica no hace depender el tratamiento de esta persona, los pagos ni los beneficios de que yo firme.
consent-text-conditioning-research = El tratamiento que es parte de la investigación puede depender de que yo firme. La demás atención no.
consent-text-redisclosure = Quien reciba esto puede pasarlo a otros, y entonces estas reglas tal vez ya no lo protejan.
consent-text-redisclosure-program = Quien reciba esto puede pasarlo a otros, y entonces las reglas de HIPAA tal vez ya no lo protejan. Lo que habla del tratamiento por consumo de sustancias sigue protegido por 42 CFR parte 2 y solo se puede pasar a otros como esa regla lo permite.
consent-text-redisclosure-hipaa = Un proveedor o plan de salud que reciba estos registros puede pasarlos a otros según las reglas de HIPAA, pero no usarlos en mi contra en un proceso civil, penal, administrativo o legislativo.
consent-text-redisclosure-hipaa-acting = Un proveedor o plan de salud que reciba estos registros puede pasarlos a otros según las reglas de HIPAA, pero no usarlos en contra de esta persona en un proceso civil, penal, administrativo o legislativo.
consent-text-refusal = Si no firmo, la clínica me atiende igual. Mis proveedores y planes tal vez no reciban estos registros, y el pago tal vez deba arreglarse de otra manera.
consent-text-refusal-acting = Si no firmo, la clínica atiende igual a esta persona. Sus proveedores y planes tal vez no reciban estos registros, y el pago tal vez deba arreglarse de otra manera.
consent-text-remuneration = La clínica recibe un pago por compartir esto.
consent-text-directive-note = Lo que envío a alguien que no es un proveedor ni un plan de salud tal vez ya no esté protegido por estas reglas.
consent-text-authority = Firmo por esta persona. Mi autoridad: { $authority }.
consent-text-beside = Firmó conmigo: { $name }.
consent-text-witness = Testigo: { $name }.
consent-text-copy = Puedo ver e imprimir una copia de esto en cualquier momento en la página «Opciones de privacidad».


mail-privacy-subject = Sus opciones de privacidad en { $clinic }
mail-privacy-text =
    Hola:

    Algo cambió en sus opciones de privacidad. Inicie sesión para ver qué:
    { $address }

    Si usted no lo hizo ni lo pidió, llámenos enseguida.

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
mail-address-code-subject = Su código para { $clinic }
mail-address-code-text =
    Hola:

    Alguien nos pidió enviar los mensajes a esta dirección desde ahora.
    Si fue usted, inicie sesión y escriba este código en la página de mensajes:

      { $code }

    El código sirve durante un día. Si no fue usted, no tiene que hacer nada:
    sin el código nada cambia.
    { $address }

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
mail-limit-subject = Una solicitud de límite espera respuesta
mail-limit-text =
    Alguien pidió a la clínica no compartir parte de su información.
    Inicie sesión en { $address } y abra la lista de solicitudes de límites.
