# Firmar por uno mismo y por otros, revisar una solicitud antes de aceptarla, accesos de emergencia, documentos.

step-up-decide = Antes de que decida esto, queremos estar seguros de que es usted.
problem-text-unseen = Aquí hay signos que no se ven o que dan vuelta a la línea. Escríbalo otra vez a mano.
problem-consent-other-name = Escriba su propio nombre, como está arriba. Aquí nadie puede firmar en lugar de otra persona.
refused-name-unconfirmed = A la clínica le dieron un nombre distinto del de su cuenta. Pida a la oficina de expedientes que confirme que es usted. Después podrá firmar aquí.
problem-paper-signer = Este no es el nombre del paciente. Si firmó otra persona, escriba abajo qué le da el derecho de hacerlo.

desk-claim-check-button = Revisar y seguir
desk-claim-confirm-title = ¿Es la persona correcta?
desk-claim-confirm-awaited = Todavía no: solo cuando alguien certifique que el paciente no puede decidir.
desk-claim-confirm = Si sigue, la cuenta de abajo actuará desde entonces por este paciente. Lea primero las dos columnas.
desk-claim-confirm-differs = Lo que se declaró no es lo que dice el expediente. Una sola elección equivocada abre el expediente de un extraño.
desk-compared = Lo que se declaró y el expediente que usted encontró
desk-compared-what = Comparado
desk-compared-stated = Declarado
desk-compared-record = Expediente
desk-same = igual
desk-differs = no es igual
desk-claim-confirm-given = Lo que va a aceptar
desk-claim-differs = Por qué de todos modos es este paciente
desk-claim-differs-hint = Las fechas de nacimiento no son iguales. Escriba cómo sabe que es este paciente. Se guarda con su nombre.
desk-claim-confirm-button = Sí, es el paciente: aceptar la solicitud
desk-claim-confirm-back = No, volver y cambiarlo
problem-claim-differs = Las fechas de nacimiento no son iguales. Escriba cómo sabe que es este paciente, o vuelva atrás.

desk-look-end = Terminar ahora
desk-emergency-opened = Lo que se abrió
desk-emergency-opened-none = No se abrió nada.
desk-emergency-opened-count = { $count ->
    [one] Una línea del registro.
   *[other] { $number } líneas del registro.
 }
desk-emergency-opened-more = Cuáles fueron los datos está en el registro del propio expediente.
desk-emergency-open = Esto todavía se puede usar. Fírmelo cuando haya terminado.
desk-emergency-sign = Visto bueno
desk-roles-waiting-pages = Páginas de lo que espera
conflict-still-open = Este acceso de emergencia todavía se puede usar. Termínelo o espere a que acabe.

people-holder = Lo usó la cuenta de { $name }
people-holder-email = Lo usó la cuenta de { $name } ({ $email })
people-holder-who = De quién es la cuenta
people-holder-meant = Lo usó la cuenta de { $account }. Usted escribió “{ $named }”. ¿Es la persona en quien pensaba? Si no, termínelo ahora.
people-holder-checked = Los documentos nombran a { $named }. El código lo usó la cuenta de { $account }. No se muestra nada hasta que la oficina de expedientes averigüe si es la misma persona.
people-enter-code = Código que le dieron
problem-invitation-code = Este código no funciona. Revise cada letra. Pida uno nuevo a quien lo invitó, o a la oficina de expedientes si ella se lo envió.

privacy-closed = Lo que usted no puede firmar aquí
privacy-about-visit = La visita o el cargo de abajo. No podemos saber qué datos son de ella, así que reservamos todas las partes.
privacy-lead-acting = Aquí usted ve y firma permisos por la persona, donde la ley le deja actuar en su lugar, y lo que pidió que la clínica reserve.
privacy-sends-acting = La clínica puede ver lo que usted elige aquí. Lo que va a una persona u oficina que usted nombra lo envía la clínica: su firma sola no envía nada. Una cosa hace su firma al instante: un permiso para expedientes de un programa de consumo de sustancias los abre aquí a quienes nombra, si ven este expediente aquí, como quienes actúan por la persona o la ayudan, y las personas de la clínica. Otros tres reciben información de este servicio: quienes actúan por la persona o la ayudan, las aplicaciones que se conectaron a él, y los sistemas, como los de un plan de salud, a los que la clínica permite sacar los expedientes de un grupo de pacientes. Los límites que usted pide aquí valen también para esos sistemas, cuando la clínica aceptó o donde debe aceptar. Estas páginas dicen qué recibieron:
privacy-permissions-acting = Permisos
privacy-recipient-classes-acting = Quienes atienden a la persona, sus planes de salud y quienes ayudan a que funcione el programa
privacy-who-classes-acting = Quienes atienden a la persona, sus planes de salud y quienes ayudan a que funcione el programa
privacy-revoked-acting = Retirado el { $date }
privacy-limits-none-acting = Usted no pidió ningún límite para esta persona.
privacy-hint-research-acting = Para un estudio en el que participa la persona.
privacy-hint-tpo-acting = Un solo permiso para quienes atienden a la persona, sus planes y quienes ayudan a que funcione el programa.
privacy-permission-title-acting = Un permiso
privacy-limit-title-acting = Una petición de límite
privacy-against-family-acting = Familiares y otras personas que ayudan a cuidar a la persona
privacy-against-family-hint-acting = No cambia lo que ven quienes actúan por la persona según la ley. Obliga a quienes ayudan a la persona aquí solo si los nombra.
privacy-against-named-acting = Alguien a quien se nombra
privacy-why-hint-acting = Nadie tiene que decirlo.
refused-part-two-both-acting = La persona todavía no es mayor de edad. Este permiso necesita dos firmas: la suya y la de su padre, madre o tutor (42 CFR 2.14). Fírmenlo los dos en papel en la oficina de expedientes. Allí lo registran.
privacy-limit-by-law-acting = No cambia lo que ven quienes actúan por la persona según la ley, como un padre, una madre o un tutor. A un ayudante que la persona eligió sí le obliga, si lo nombra.
privacy-limit-danger-acting = ¿Alguien que actúa por la persona le hace daño, o la persona le tiene miedo? Dígaselo a un profesional clínico o llame a la clínica. La clínica puede cerrarle el expediente enseguida (45 CFR 164.502(g)(5)).

claim-paper-remove = Quitar el documento { $number }
event-paper-removed = Se quitó un documento
event-papers-erased = Los documentos se borraron porque la solicitud se cerró
problem-paper-dots = Esta imagen tiene demasiados puntos. Tome la foto en un tamaño menor o guarde el documento como PDF.

help-people-title = Si alguien le ayuda, o usted ayuda a alguien
help-people-invite = Usted puede dejar que alguien de confianza vea su expediente o partes de él. Entre y abra “Personas”. Usted elige qué ve y hasta cuándo, y puede terminarlo en cualquier momento.
help-people-for = Los padres, tutores y otras personas a quienes la ley deja actuar por alguien nos lo dicen en la misma página y agregan un documento que lo pruebe. La oficina de expedientes responde. Un derecho sobre un menor termina cuando llega a la mayoría de edad.
help-choices-title = Permisos y límites
help-choices-permission = Un permiso deja que la clínica comparta algo con alguien. Usted lee el texto exacto, lo firma con su nombre y puede retirarlo.
help-choices-limit = También puede pedirnos que no compartamos algo. Si usted pagó toda la visita, debemos ocultarla a su plan de salud si lo pide.
help-choices-again = Antes de lo importante le pedimos que entre otra vez. Lo que llenó se guarda 15 minutos.
help-emergency-title = En una emergencia
help-emergency = En una emergencia, médicos de una lista pueden abrir un expediente enseguida. Usted recibe un mensaje, queda en su registro, y la oficina de privacidad revisa cada uso.
