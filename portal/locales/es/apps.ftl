# Aplicaciones a las que una persona deja leer su expediente.

nav-apps = Aplicaciones
home-task-apps = Vea qué aplicaciones pueden leer su expediente, y deténgalas
home-task-apps-acting = Vea qué aplicaciones pueden leer este expediente, y deténgalas

apps-ask-title = ¿Compartir su expediente con una aplicación?
apps-ask-title-acting = ¿Compartir este expediente con una aplicación?
apps-hello = Hola, { $name }.
apps-not-you = ¿No es usted? Cierre la sesión
apps-not-you-next = Luego abra otra vez la aplicación y conéctela con su propia cuenta.
apps-wants = { $app } pide leer un expediente médico de { $clinic }.
apps-app = La aplicación
apps-made-by = La hizo
apps-goes-to = Vuelve a
apps-known-marked = La clínica recomienda esta aplicación. Aun así no es de la clínica.
apps-suspended = La clínica la detuvo por ahora, para todos los que la usan. No puede leer nada.
apps-made-by-unknown = La aplicación no dice quién la hizo.
apps-link = Su sitio web
apps-policy = Sus reglas de privacidad
apps-policy-none = La aplicación no nombra reglas de privacidad. Es una razón para tener cuidado.
apps-terms = Sus condiciones de uso
apps-contact = Contacto
apps-known = Cómo la conocemos
apps-known-clinic = La clínica misma agregó esta aplicación.
apps-known-developer = Quien la hizo la inscribió el { $date }. La clínica no la ha revisado.
apps-known-dynamic = La aplicación se inscribió sola el { $date }. Nadie ha revisado de quién es.
apps-known-demo = Es la aplicación de muestra de esta demostración.

apps-whose-title = ¿El expediente de quién?
apps-whose-lead = Puede compartir más de un expediente. Elija uno.
apps-whose-own = Mi propio expediente
apps-whose-other = { $name }. Usted: { $kind }
apps-whose-button = Seguir
apps-whose-change = Elegir otro expediente
apps-no-record = Todavía no tiene aquí un expediente que pueda compartir.
apps-no-record-next = Si es paciente de la clínica, vincule primero su expediente. Después volverá a esta página.
apps-no-record-helper = Usted puede ver un expediente, pero no puede conectarle una aplicación.
apps-no-record-link = Vincular mi expediente

apps-groups = ¿Qué puede leer?
apps-groups-hint = Está marcado lo que la aplicación pide. Quite cada marca que no quiera. Lo que pertenece a dos partes se comparte solo si ambas están marcadas.
apps-groups-empty = Pregunta quién es usted, y no pide leer el expediente.
apps-groups-names = Pide los nombres de médicos, clínicas y otros lugares. No pide leer el expediente.
apps-groups-none = Marque al menos una parte. Si no quiere compartir nada, elija «No compartir».
apps-count-protected = { $items }, y { $hidden } que también debe permitir más abajo
apps-count-only = { $hidden }, pero solo si también los permite más abajo
apps-count-none-dates = Nada de esas fechas.
apps-count-none = Todavía nada. La aplicación podría leer lo que llegue después.
apps-along = Van incluidos los nombres de los médicos y lugares que pertenecen a lo que comparte.
apps-along-log = Si todas las partes están marcadas, también la lista de quién vio el expediente.
apps-along-name = La aplicación también sabrá el nombre de usted.
apps-group-problems = Lista de problemas de salud
apps-group-diagnoses = Diagnósticos de las visitas
apps-group-concerns = Preocupaciones de salud
apps-group-family = Salud de la familia, avisos y riesgos
apps-group-daily-life = Vida diaria, como fumar o el trabajo
apps-group-surveys = Respuestas a preguntas
apps-group-living = Condiciones de vida, como comida o vivienda
apps-group-abilities = Lo que puede hacer sin ayuda
apps-group-among = Solo lo que también pertenece a otra parte marcada.
apps-group-rest = Todo lo demás
apps-kinds = Tipos de elementos, uno por uno
apps-kinds-legend = ¿Qué tipos puede leer?
apps-kinds-hint = Está marcado lo que la aplicación pide. Un tipo sin marca no se comparte, esté en la parte que esté.
apps-dates = Solo lo que pasó desde el … hasta el …
apps-dates-hint = Deje las dos vacías para compartir todas las fechas. Con una fecha aquí, no se comparte lo que no tiene fecha. Los datos personales no tienen fecha, y se comparten si están marcados.
apps-labels = Partes muy privadas
apps-labels-hint = Quedan fuera si usted no las marca.
apps-labels-none = En este expediente no encontramos nada señalado como muy privado.
apps-label-substance-use = Atención por el uso de alcohol o drogas. La ley la protege más.
apps-label-mental-health = Visitas, diagnósticos y medicinas de salud mental.
apps-label-hiv = Pruebas y medicinas.
apps-label-reproductive = Por ejemplo pruebas, anticonceptivos, embarazo.
apps-label-genetic = También pueden decir algo de su familia.
apps-label-violence = No lo comparta si alguien que le hizo daño puede ver la aplicación.
apps-label-minor = Atención que una persona joven pidió por sí sola.
apps-label-restricted = La clínica los señaló. No dijo por qué.
apps-label-unreviewed = El texto libre puede hablar de todo, también de lo que se nombra aquí.

apps-span = ¿Por cuánto tiempo?
apps-span-day = 1 día, hasta el { $date }
apps-span-quarter = 3 meses, hasta el { $date }
apps-span-year = 1 año, hasta el { $date }
apps-away = Cuando usted no está
apps-away-choice = Puede seguir leyendo cuando usted no la usa
apps-away-hint-once = Con esta marca la aplicación puede traer sola lo que haya nuevo, hasta el día que eligió arriba. Sin ella ese día no cuenta: la aplicación puede leer durante { $minutes } minutos desde ahora, y después debe preguntarle otra vez.
apps-away-hint-online = Con esta marca la aplicación puede traer sola lo que haya nuevo, hasta el día que eligió arriba. Sin ella solo puede leer mientras usted tenga la sesión abierta aquí, y no después de ese día.
apps-away-short = Usted quitó esta marca, así que la aplicación no puede seguir hasta el día que eligió. Lo que vale entonces está abajo. Si es lo que quiere, elija «Compartir» otra vez. Si no, ponga la marca de nuevo.
apps-away-no = La aplicación puede leer durante { $minutes } minutos desde ahora. Después debe preguntarle otra vez.

apps-away-online = La aplicación puede leer mientras usted tenga la sesión abierta aquí, y no más.
apps-again-title = Entre una vez más
apps-again = La aplicación quiere estar segura de que es usted.
apps-again-button = Entrar
apps-earlier-title = Ya la había conectado
apps-earlier = Usted conectó esta aplicación el { $date }. Terminar esa conexión
apps-earlier-hint = Déjela como está si también usa la aplicación en otro aparato.

apps-stop-title = Cómo detenerla
apps-stop-words = Entre aquí y abra «Aplicaciones». Allí puede detenerla cuando quiera. Desde ese momento no puede leer nada más.
apps-law-title = Lo que debe saber
apps-law-words = Esta aplicación no es parte de la clínica. La ley de privacidad que obliga a la clínica quizá no proteja la copia que se lleva la aplicación.
apps-law-more = La aplicación puede tener sus propias reglas para sus datos. Si la detiene, no se borra lo que ya se llevó. Pida a la aplicación que lo borre.
apps-law-free = Compartir su expediente es su derecho. Su atención aquí no depende de eso.
apps-confirm = Se trata del expediente de { $name }.
apps-share = Compartir
apps-deny = No compartir
apps-over-title = Esta pregunta ya terminó
apps-over = Usted ya la contestó, o pasó demasiado tiempo.
apps-over-next = Abra otra vez la aplicación y conéctela desde allí.

apps-stopped-title = No podemos conectar esta aplicación
apps-stopped-client = No conocemos la aplicación que le envió aquí.
apps-stopped-redirect = La aplicación quiere llevarle de vuelta a una dirección que no inscribió.
apps-stopped-suspended = Por ahora la clínica ha detenido esta aplicación.
apps-stopped-other = La aplicación no preguntó de la manera correcta.
apps-stopped-wrong = La aplicación «{ $app }» no preguntó de la manera correcta.
apps-stopped-onward = Nadie en la clínica ha revisado esta aplicación. Si sigue, saldrá de aquí e irá a { $host }. Siga solo si conoce esta aplicación.
apps-stopped-onward-link = Seguir a { $host }
apps-stopped-safe = No se compartió nada.
apps-stopped-next = Puede cerrar esta página. Diga a quien hace la aplicación que no funcionó.
apps-stopped-details = Detalles para quien desarrolla la aplicación
apps-stopped-reason = Motivo
apps-stopped-trace = Número de seguimiento

apps-title = Aplicaciones conectadas
apps-lead = Aquí ve qué aplicaciones pueden leer su expediente, qué se llevaron y hasta cuándo. Puede detener cada una.
apps-lead-acting = Aquí ve las aplicaciones que usted conectó a este expediente, qué se llevaron y hasta cuándo.
apps-none = Ninguna aplicación puede leer su expediente. Si usa una aplicación de salud, conéctela desde ella, o busque una aquí.
apps-none-acting = Ninguna aplicación que usted conectó puede leer este expediente.
apps-find-link = Buscar aplicaciones
apps-ended-title = Terminadas
apps-may-read = Puede leer: { $list }.
apps-may-not-kinds = Pero no: { $list }.
apps-may-protected = También partes muy privadas: { $list }.
apps-may-no-protected = Ninguna parte muy privada.
apps-until = Puede leer hasta el { $date }
apps-until-session = Puede leer mientras dure la sesión en que la conectó, a más tardar hasta el { $date }.
apps-paused = En pausa desde el { $date }. Ahora no puede leer nada.
apps-ended-person = Detenida el { $date }
apps-ended-expired = Su plazo terminó el { $date }
apps-ended-replaced = Una conexión nueva ocupó su lugar el { $date }
apps-ended-misused = La terminamos el { $date }, porque otra persona pudo haber obtenido su clave. Puede conectar la aplicación otra vez.
apps-ended-given-up = La aplicación la terminó el { $date }
apps-ended-no-right = Terminó el { $date }, porque quien la conectó ya no puede ver este expediente
apps-took-none = Todavía no ha leído nada.
apps-took =
    { $count ->
        [one] Leyó { $number } vez, la última el { $date }.
       *[other] Leyó { $number } veces, la última el { $date }.
    }

apps-since = Conectada el { $date }.
apps-since-by = Conectada el { $date } por { $by }.
apps-since-whose = Para el expediente de { $name }.
apps-until-once = Puede leer hasta el { $date }. No puede seguir sola.
apps-could-read = Podía leer: { $list }.
apps-ended-nothing = Ya no puede leer nada aquí. Lo que se llevó queda en la aplicación.
apps-took-never = Nunca leyó nada.
apps-one-ended-title = Una aplicación que estuvo conectada
apps-one-could-read = Qué podía leer
apps-one-away-could = Podía leer.
apps-one-away-could-not = No podía leer.

apps-history = Qué pasó
apps-event-given = Conectada
apps-event-changed = Reducida
apps-event-paused = Puesta en pausa
apps-event-resumed = Dejada seguir
apps-event-first-read = Leyó por primera vez
apps-event-ended = Terminada
apps-event-other = Otra cosa

apps-one-title = Una aplicación conectada
apps-one-reads = Qué puede leer
apps-one-since = Conectada el
apps-one-by = La conectó
apps-one-until = Hasta
apps-one-away = Cuando usted no está
apps-one-away-yes = Puede leer.
apps-one-away-no = No puede leer.
apps-took-title = Qué se llevó
apps-took-hint = Si leyó dos veces el mismo elemento, lo contamos dos veces.
apps-took-kind = Tipo
apps-took-items = Elementos
apps-took-last = Última vez
apps-took-days = Días
apps-took-day =
    { $count ->
        [one] { $date }: { $number } elemento
       *[other] { $date }: { $number } elementos
    }
apps-took-earlier = Hay días anteriores. El registro los muestra todos.
apps-took-log = Ver cada lectura en el registro
apps-change-title = Dejar que vea menos
apps-change-words = Puede quitar partes o hacer que termine antes. Para que vea más, conéctela otra vez desde la aplicación.
apps-change-until = Termina el
apps-change-until-hint = El último día en que puede leer, a más tardar el { $date }.
apps-change-button = Guardar
apps-change-none = Marque al menos una parte. Si no debe leer nada, detenga la aplicación.
apps-changed = Guardado. Vale desde ahora.
apps-pause-title = Ponerla en pausa
apps-pause-words = No puede leer nada hasta que usted la deje seguir. Nada más cambia.
apps-pause = Poner en pausa
apps-resume-words = Está en pausa. Si la deja seguir, puede leer otra vez lo que está arriba.
apps-resume = Dejar que siga
apps-stop = Detener esta aplicación
apps-end-title = ¿Detener esta aplicación?
apps-end-now = Desde ese momento { $app } no puede leer nada más aquí.
apps-end-took = Lo que ya se llevó queda en la aplicación. Pida a la aplicación que lo borre.
apps-end-again = Puede conectarla otra vez más tarde. Entonces elige de nuevo.
apps-end-button = Detenerla ahora
apps-end-keep = Dejarla como está

apps-find-title = Buscar aplicaciones
apps-find-lead = Estas aplicaciones pueden abrirse con su expediente. Usted elige qué puede ver cada una antes de que lea algo.
apps-find-not-ours = No son aplicaciones de la clínica. Cada una tiene su autor y sus reglas.
apps-find-none = No hay ninguna aplicación inscrita que pueda abrirse desde aquí. Aun así puede conectar una desde la aplicación misma.
apps-find-open = Abrir { $app }
apps-find-developers = ¿Usted hace una aplicación?
apps-find-developers-link = Información para desarrolladores

log-app = Se muestra lo que leyó una aplicación.
log-app-all = Mostrar todo el registro
log-app-grant = Lo que usted permitió
log-app-grant-acting = Lo que la persona permitió
log-kind-apps = abrió una página sobre aplicaciones
log-filter-apps = Páginas sobre aplicaciones

problem-app-nothing = Marque al menos una parte.
problem-app-more = Aquí solo puede quitar. Para dar más, conecte la aplicación otra vez.
problem-app-words = Use solo letras y números, en una línea.
problem-app-clinic = Este es el nombre de la clínica. La gente creería que la aplicación es de la clínica. Elija otro nombre.
problem-app-many = Hay demasiados. Diga menos.
problem-app-redirect = Una de estas direcciones no sirve. Use https, o http a la misma máquina, o el esquema propio de una aplicación con un punto. Sin nada después de #.
problem-app-address = Escriba una dirección completa que empiece con https.
problem-app-keys = No podemos usar estas claves. Dé un JWK Set en el que cada clave tenga su propio kid, con al menos una para RS384 (RSA de 2048 bits o más) o ES384 (EC P-384), y ninguna privada o solo para cifrar.
problem-app-scripts = Escríbalo con las letras de un solo alfabeto. Una mezcla puede parecer otro nombre.
problem-app-taken = Parece el nombre de otra aplicación que la clínica conoce. Elija otro nombre.
problem-app-keys-private = Esta dirección no está en la internet pública. Allí no podemos leer las claves.
problem-app-scope = Uno de estos permisos no se ofrece aquí.
problem-app-agreed = La clínica acordó estos permisos. No se pueden ampliar aquí.
problem-app-system = Esto no va con un sistema.
refused-no-apps = Usted puede ver este expediente, pero no puede conectarle una aplicación.
refused-too-many-apps = Ha inscrito demasiadas aplicaciones. Quite una que no necesite.
conflict-ask-used = Usted ya contestó esta pregunta.
