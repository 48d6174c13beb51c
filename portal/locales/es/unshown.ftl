# Lo que no se muestra del expediente de un menor: quien lo representa pregunta, un profesional clínico decide y nadie
# se entera de lo que hay.

unshown-ask-title = Pregunte a la clínica por lo que no se muestra
unshown-ask-words = Puede pedir a la clínica que revise lo que usted puede ver. Siempre puede preguntar. No significa que falte algo.
unshown-ask-link = Preguntar a la clínica
unshown-title = Preguntar por lo que no se muestra
unshown-lead = Pida a un profesional clínico que revise lo que usted puede ver de este expediente.
unshown-same = Cualquiera que represente a una persona joven puede preguntar esto. No significa que haya algo que usted no ve.
unshown-note = ¿Qué quiere preguntar?
unshown-asked-what = Lo que preguntan
unshown-note-hint = Puede dejarlo vacío.
unshown-button = Preguntar a la clínica
unshown-waits = Usted preguntó el { $date }. Un profesional clínico aún no ha respondido.
unshown-next = Le enviaremos un mensaje cuando la respuesta esté aquí. Llámenos si la necesita antes.
unshown-answered = Un profesional clínico respondió el { $date }.
unshown-answer = El profesional clínico revisó su pregunta. Lo que usted puede ver está ahora en el expediente. Si todavía le falta algo, pregunte a la persona joven o llámenos.
conflict-unshown-asked = Usted ya preguntó. Un profesional clínico responderá.
refused-unshown-often = Preguntó tres veces en un día. Llámenos o pregunte de nuevo mañana.
nav-staff-unshown = Lo que preguntan los padres
desk-unshown-title = Lo que preguntan los padres
desk-unshown-lead = Padres y otras personas que representan a una persona joven preguntan por lo que no se les muestra. Primero están las preguntas que esperan.
desk-unshown-none = Nadie ha preguntado.
desk-unshown-asked = Preguntado el { $date }. Espera una respuesta.
desk-unshown-answered = Respondido el { $date }
desk-waiting-unshown =
    { $count ->
        [0] Ningún padre espera su respuesta.
        [one] { $number } padre espera una respuesta.
       *[other] { $number } padres esperan una respuesta.
    }
desk-unshown-case = Una pregunta por lo que no se muestra
desk-unshown-case-lead = Donde la ley no dice nada, usted decide como profesional clínico lo que puede ver quien representa a una persona joven (45 CFR 164.502(g)(3)(ii)(C)). Abra el expediente para leer quién pregunta, por quién y qué, y para ver si hay algo que decidir.
desk-unshown-open = Abrir el expediente para esta pregunta
desk-unshown-open-hint = El paciente lo lee en el registro. No escriba de qué clase de atención se trata.
desk-unshown-decisions = Lo que se decidió
desk-unshown-decision = { $name }, { $date }. Abiertos: { $opened }. Cerrados de nuevo: { $closed }.
unshown-items-title = Decida lo que se puede ver
unshown-items-lead = Decida lo que { $name } ({ $kind }) puede ver.
unshown-items-law = Aquí está solo lo que está cerrado porque la ley no dice nada al respecto. Lo que la ley prohíbe y lo que requiere un consentimiento no está aquí y sigue cerrado.
unshown-items-none = Nada está cerrado por este motivo. Envíe la respuesta: es la misma en todos los casos.
unshown-items-legend = Elementos
unshown-items-hint = Una marca abre el elemento solo a esta persona. Sin marca sigue cerrado o se cierra de nuevo. Esa persona lee el elemento entero, con las marcas que le puso su fuente, que pueden decir qué clase de atención fue.
unshown-look = Ver
unshown-look-item = Ver: { $item }
unshown-services-legend = Abrir todo lo de una clase
unshown-all-of = { $service }: todo ({ $items })
unshown-service-untold = una clase que ninguna etiqueta indica
unshown-reason = Por qué decide así
unshown-reason-hint = Solo el personal lo lee. Piense en lo que quiere la persona joven y en los posibles daños. Al menos diez letras.
unshown-answer-is = Quien preguntó lee una frase que es igual para todos: un profesional clínico lo revisó y lo que se puede ver está ahora en el expediente.
unshown-answer-button = Decidir y enviar la respuesta
unshown-save-button = Decidir esta página y seguir
log-kind-unshown = miró lo que no se muestra a quien le representa a usted
log-kind-unshown-acting = miró lo que no se muestra a quien representa a la persona
log-filter-unshown = Lo que no se muestra a otros
log-kind-opened = decidió lo que ve quien le representa a usted
log-kind-opened-acting = decidió lo que ve quien representa a la persona
log-kind-opened-whom = decidió lo que { $name } ({ $kind }) ve del expediente de usted
log-kind-opened-whom-acting = decidió lo que { $name } ({ $kind }) ve del expediente
log-decided-opened =
    { $count ->
        [one] abrió un elemento
       *[other] abrió { $number } elementos
    }
log-decided-closed =
    { $count ->
        [one] volvió a cerrar un elemento
       *[other] volvió a cerrar { $number } elementos
    }
log-filter-opened = Decisiones sobre lo que ven otros
log-kind-unopened = no pudo terminar una decisión sobre lo que ve quien le representa a usted, así que nada cambió
log-kind-unopened-acting = no pudo terminar una decisión sobre lo que ve quien representa a la persona, así que nada cambió
log-kind-unopened-whom = no pudo terminar una decisión sobre lo que { $name } ({ $kind }) ve del expediente de usted, así que nada cambió
log-kind-unopened-whom-acting = no pudo terminar una decisión sobre lo que { $name } ({ $kind }) ve del expediente, así que nada cambió
log-filter-unopened = Decisiones que no se hicieron
unshown-asked = Usted preguntó
unshown-until = Tendrá una respuesta a más tardar el { $date }.
unshown-within =
    { $count ->
        [one] Tendrá una respuesta en un plazo de { $number } día.
       *[other] Tendrá una respuesta en un plazo de { $number } días.
    }
unshown-office = También puede llamarnos o escribirnos
desk-unshown-number = Pregunta { $number }
desk-unshown-desk = Decidir en el acceso que tiene abierto
desk-unshown-old = Se respondió hace más de 30 días, así que ya no abre el expediente. Para verlo otra vez, busque a la persona, diga por qué y vuelva aquí.
conflict-unshown-old = Esta pregunta se respondió hace más de 30 días. Busque a la persona y diga por qué mira el expediente.
conflict-unshown-changed = Aquí hay algo distinto de lo que había cuando abrió esta página: llegaron o se quitaron elementos, o decidió un colega. No se cambió nada. Revise los elementos y envíe de nuevo.
conflict-unshown-look = Su acceso al expediente terminó. No se cambió nada.
problem-unshown-strange = El formulario nombró algo que no está en esta página. No se cambió nada. Marque lo que quiere y envíe de nuevo.
problem-unshown-same = Esto no cambia nada, así que no se anotó nada. Primero marque o desmarque un elemento.
unshown-sent = La respuesta se envió el { $date }.
unshown-change-button = Cambiar la decisión
unshown-over-title = Su acceso al expediente terminó
unshown-over = No se cambió nada ni se envió ninguna respuesta. Abra otra vez el expediente y decida allí. Lo que marcó y escribió queda guardado para usted.
log-decided = De qué se trataba
log-left-out = Aquí pueden faltar algunas líneas, lea quien lea. Son para la persona y la clínica.
log-left-out-staff = Aquí ve solo lo que usted abrió. La persona y la oficina de privacidad ven todas las líneas.

protect-title = Pedir a la clínica que mantenga esto en privado
protect-lead = Quien le representa, como su madre o su padre, quizá vea esto. Si usted no lo quiere, pídanoslo. Un profesional clínico lo mira y responde aquí. Hasta entonces no cambia nada.
protect-note = ¿Hay algo que debamos saber?
protect-note-hint = Puede dejar esto vacío.
protect-button = Pedirlo
protect-wrote = Usted escribió:
protect-asked = Lo pidió el { $date }. La clínica aún no ha respondido.
protect-done = Respuesta del { $date }: esto ya está protegido.
protect-kept = Respuesta del { $date }: esto queda como estaba.
refused-label-asks = Ha preguntado por muchos elementos en un día. Llámenos si hay más, o pregunte mañana.
desk-protect-ask = Pedir a un colega que mire cómo se protege esto
desk-protect-ask-lead = Un profesional clínico lo mira y responde aquí, o la oficina de privacidad si la marca le corresponde.
desk-protect-note = ¿Qué deben mirar?
desk-protect-note-hint = Diga con palabras sencillas qué marca falta o está mal.
desk-protect-title = Elementos por proteger
desk-protect-list-lead = Una persona joven pide mantener algo en privado, o un colega pide mirar una marca. Los que esperan van primero. De quién se trata está en el expediente.
desk-waiting-protect =
    { $count ->
        [0] Ningún elemento espera que alguien lo mire.
        [one] { $number } elemento espera que alguien lo mire.
       *[other] { $number } elementos esperan que alguien los mire.
    }
desk-protect-number = Elemento { $number }
desk-protect-waits = Se pidió el { $date }. Espera que alguien lo mire.
desk-protect-answered = Respondido el { $date }.
desk-protect-one = Alguien pregunta cómo se protege esto
desk-protect-one-lead = Abra el expediente para leer qué se pide y ver si falta una marca o está mal. Lo abre para revisar un caso.
desk-protect-open = Abrir el expediente en este elemento
desk-protect-item = Ir al elemento en la vista que tiene abierta
desk-protect-by-staff = { $name } lo pidió el { $date }:
desk-protect-by-person = La persona joven lo pidió el { $date }:
desk-protect-answer-lead = Cambie antes la marca de arriba, si falta o está mal. Después diga en qué quedó.
desk-protect-outcome = En qué quedó
desk-protect-outcome-none = Elija en qué quedó
desk-protect-outcome-protected = Ya está protegido
desk-protect-outcome-kept = Queda como estaba
problem-protect-first = Ninguna marca protege esto como se pidió. No se envió nada. Cambie antes la marca de arriba y después diga que ya está protegido. O diga que queda como estaba.
desk-protect-text = Respuesta
desk-protect-text-hint = Quien lo pidió lee esto junto al elemento. Use palabras sencillas.
desk-protect-answer-button = Enviar la respuesta
