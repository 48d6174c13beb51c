# Códigos que el personal entrega en la clínica: a una persona para su propio expediente, y a quien actúa por ella.

desk-code-heading = Código de activación
desk-code-none = No hay ningún código sin usar.
desk-code-open = Hay un código sin usar. Lo dio { $name } el { $date }.
desk-code-open-handed = Se entregó en persona. Se vio: { $seen }.
desk-code-open-sent = No se entregó en persona.
desk-code-open-until = Sirve hasta el { $date }.
desk-code-stop = Anular este código
desk-code-title = Dar un código de activación
desk-code-lead = Con este código la persona vincula su propia cuenta con este expediente y lo ve completo. Compruebe primero quién es.
desk-code-not-acting = El código es solo para el paciente. Para un padre o una madre, u otra persona que actúa por él:
desk-code-stops = Hay un código sin usar. Deja de servir cuando usted dé uno nuevo.
desk-code-linked = Una cuenta ya ve este expediente. Con un código nuevo también puede verlo otra cuenta.
desk-code-way = ¿Cómo lo da?
desk-code-handed = En persona
desk-code-handed-hint = Comprobé quién es. La cuenta cuenta entonces como comprobada en persona.
desk-code-sent = Por carta, a la dirección del expediente
desk-code-sent-hint = Nadie comprobó quién es. La cuenta cuenta como menos segura.
desk-code-proof = Lo que usted vio de la persona
desk-code-proof-hint = Solo en persona. Por ejemplo «licencia de conducir», nunca su número. La persona puede leerlo en su registro.
desk-code-button = Dar un código a { $name }
desk-code-back = No, volver
desk-code-shown-title = El código
desk-code-waits = Con este derecho todavía no se ve nada. Uno anterior como este se rechazó o se limitó; por eso debe firmar también un profesional clínico, en la página de este derecho.
desk-code-know = Lo que debe saber
desk-code-once = Solo esta página muestra el código, y solo ahora. Si se pierde, dé uno nuevo.
desk-code-earlier = Un código que se dio antes ya no sirve.
desk-code-hand = Entréguelo usted. No lo ponga en un mensaje que otros puedan leer.
desk-code-send = Envíelo solo a la dirección del expediente, o a la que pidió la persona.
desk-code-print = Para imprimirlo, use «Imprimir» en el menú de su navegador. Solo salen el código y los pasos.
desk-code-done = Volver a la persona
problem-code-sent = Usted escribió lo que vio. Si vio a la persona, elija «En persona». Si no, deje este campo vacío.
conflict-code-given = Este código ya se dio. Si nadie lo vio, dé uno nuevo.
conflict-code-over = Este código se usó, se anuló o ya venció. Vuelva y cargue la página de nuevo.

handout-aloud = Para leerlo en voz alta: { $letters }
handout-heading = Su código
handout-open = Abra { $address } en un teléfono o una computadora.
handout-sign-in = Entre con su propia cuenta.
handout-type = Escriba el código. Sirve una sola vez, hasta el { $date }.

desk-appoint-heading = Alguien que actúa por esta persona
desk-appoint-when = Un padre, una madre, un tutor u otro representante que viene con un documento entra con un código.
desk-appoint-title = Nombrar a alguien
desk-appoint-lead = Compruebe quién es, y el documento que le da el derecho. En la página siguiente lee otra vez lo que da. Luego recibe un código para esa persona.
desk-appoint-confirm-title = ¿Es esto lo que da?
desk-appoint-confirm = Si sigue, quien use el código actuará por este paciente. Lea primero el nombre del paciente, arriba, y cada línea de abajo.
desk-appoint-given = Lo que va a dar
desk-appoint-button = Sí, hacer el código
conflict-appointed = Esto ya se hizo, y el código se mostró. Mire quién actúa por este paciente.

log-kind-code-given = entregó en persona un código de activación para este expediente
log-kind-code-sent = dio un código de activación para este expediente, sin ver a la persona
log-kind-code-stopped = anuló un código de activación para este expediente
log-filter-code-given = Códigos de activación entregados
log-filter-code-sent = Códigos de activación enviados
log-filter-code-stopped = Códigos de activación anulados
