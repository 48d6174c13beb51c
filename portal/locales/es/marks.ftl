# Marcas de información protegida que pone o quita el personal, y preguntas sobre líneas del registro.

mark-title = Cambiar una marca de información protegida
mark-lead = Una marca decide quién más ve este elemento. Lo que cambie vale de inmediato. Para quitar una protección quizá tenga que iniciar sesión otra vez, y el paciente recibe un mensaje. El paciente ve en su registro qué marca cambió usted. Su motivo queda con el elemento; de lo que no se le muestra lo lee en «Lo que no está aquí».
mark-label = Cambio
mark-none = Elija qué cambiar
mark-put = Marcar como: { $label }
mark-take = Quitar la marca: { $label }
mark-reason = Por qué
mark-reason-hint = Palabras sencillas que el paciente pueda leer.
mark-matter-hint = Nombre el asunto: el tribunal y el número del caso, o la demanda que se espera. El paciente recibe un mensaje y lee esto, así que no escriba lo que dice el elemento. Mientras la marca esté puesta, no lo ve, pero lee cuántos se retienen, por qué y desde cuándo.
mark-button = Cambiar la marca
unmark-title = Notas con la marca de notas de psicoterapia
unmark-lead = El personal no lee estas notas aquí. Una nota es de psicoterapia solo si un profesional de salud mental la guarda aparte del resto del expediente (45 CFR 164.501). Pregunte a quien la escribió. Si es parte del expediente, quite la marca: entonces cuenta como nota sobre salud mental. El paciente la ve, recibe un mensaje y lee su motivo. Quizá tenga que iniciar sesión otra vez.
unmark-item = Nota
unmark-none = Elija una nota
unmark-button = Quitar la marca
problem-label-source = La fuente dice que esto lo registró un programa de consumo de sustancias (42 CFR Parte 2). Aquí no se puede cambiar. Si está mal, debe corregirlo la fuente.
refused-mark-emergency = En un acceso de emergencia no se puede quitar una protección. Abra antes el expediente para tratamiento.
item-taken = Marcas que se quitaron
item-taken-why = El personal de la clínica quitó esta marca el { $date }: { $reason }
problem-label-matter = Nombre el asunto legal para el que se preparó esto.
log-kind-label = cambió una marca de información protegida
log-filter-label = Marcas de información protegida
log-kind-protect-asked = preguntó si un elemento está protegido como debe
log-filter-protect-asked = Preguntas sobre cómo está protegido un elemento
log-kind-protect-answered = respondió una pregunta sobre cómo está protegido un elemento
log-filter-protect-answered = Respuestas sobre cómo está protegido un elemento

question-link = No reconozco la línea { $number }
question-title = No reconozco esto
question-lead = Pregunte a nuestra oficina de privacidad por esta línea de su registro. Averigua quién fue y si estaba permitido.
question-lead-acting = Pregunte a nuestra oficina de privacidad por esta línea del registro. Averigua quién fue y si estaba permitido.
question-note = ¿Qué no está bien?
question-note-hint = Puede dejarlo vacío.
question-button = Preguntar por esta línea
question-next = La oficina de privacidad lo investiga. La respuesta aparece aquí y bajo la línea de su registro, y le enviamos un mensaje cuando esté.
question-next-acting = La oficina de privacidad lo investiga. La respuesta aparece aquí y bajo la línea del registro, y le enviamos un mensaje cuando esté.
question-danger = Si cree que alguien usa su inicio de sesión, llámenos ahora y cambie su contraseña.
question-open = Usted preguntó por esta línea el { $date }. Todavía no hay respuesta.
question-in-order = Respondido el { $date }: esto estaba en orden.
question-wrong = Respondido el { $date }: esto no estaba en orden. Le damos seguimiento.
question-open-another = Otra persona preguntó por esta línea el { $date }. Todavía no hay respuesta.
question-in-order-another = Otra persona preguntó por esta línea. Respondido el { $date }: esto estaba en orden.
question-wrong-another = Otra persona preguntó por esta línea. Respondido el { $date }: esto no estaba en orden. Le damos seguimiento.
question-answer = La respuesta
question-back = Volver al registro
conflict-question-asked = Usted ya preguntó por esta línea. Bajo la línea encuentra qué pasó.
conflict-question-answered = Alguien ya respondió a esto.
refused-too-many-questions = Preguntó por diez líneas en un día. Llámenos si hay más, o pregunte mañana.
problem-question-answer = Diga en pocas palabras qué encontró. Al menos diez letras.
nav-staff-questions = Preguntas sobre registros
desk-questions-title = Preguntas sobre registros
desk-questions-lead = Las personas preguntan por líneas de su registro que no reconocen. Primero están las que no tienen respuesta.
desk-questions-none = Nadie ha preguntado por una línea.
desk-questions-line = Línea { $number } del registro
desk-waiting-questions =
    { $count ->
        [0] Ninguna pregunta sobre registros le espera a usted.
        [one] { $number } pregunta sobre un registro no tiene respuesta.
       *[other] { $number } preguntas sobre registros no tienen respuesta.
    }
desk-question-title = Una pregunta sobre un registro
desk-question-lead = Averigüe quién fue y para qué. Lo que la línea dice del expediente no se muestra aquí. Si lo necesita, busque a la persona y abra su expediente para revisar un caso.
desk-question-when = Cuándo ocurrió
desk-question-since = Preguntado
desk-question-others = Otra persona preguntó por la misma línea. Cada una necesita su propia respuesta. La persona del expediente las lee todas:
desk-question-no-note = No se escribió nada.
refused-own-line = Esto lo hizo usted, así que responde otra persona responsable de privacidad. Si no hay otra, pida en «Personas y funciones» que alguien más reciba esa función.
question-asked = Preguntado el { $date }. Espera respuesta.
question-outcome = Lo que encontró
question-outcome-none = Elija lo que encontró
question-outcome-in-order = Estaba en orden
question-outcome-wrong = No estaba en orden y se le da seguimiento
question-text = Respuesta
question-text-hint = El paciente lee esto bajo la línea de su registro. Use palabras sencillas.
question-answer-button = Enviar la respuesta
