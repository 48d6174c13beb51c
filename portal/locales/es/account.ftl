# Quién ha visto el expediente, y la cuenta.

log-title = Quién ha visto mi expediente
log-lead = Aquí se anota cada vez que alguien ve su expediente, también usted. Nadie puede quitar una línea sin que se note.
log-read-title = Cómo leer este registro
log-read = Cada línea dice quién hizo qué, cuándo y qué lo permitió. Lo más reciente está arriba. Abrir esta página también agrega una línea.
log-read-not = El registro dice lo que salió de este servicio. No dice quién consultó los sistemas propios de la clínica. Pregunte eso a la oficina de expedientes.
log-total =
    { $count ->
        [one] El registro tiene { $number } línea.
       *[other] El registro tiene { $number } líneas.
    }
log-total-seen =
    { $count ->
        [one] Aquí usted ve { $number } línea.
       *[other] Aquí usted ve { $number } líneas.
    }
log-beside =
    { $count ->
        [one] { $number } archivo u otra parte que va con ellos
       *[other] { $number } archivos y otras partes que van con ellos
    }
log-directory =
    { $count ->
        [one] { $number } entrada del directorio de médicos y lugares
       *[other] { $number } entradas del directorio de médicos y lugares
    }
log-found =
    { $count ->
        [one] { $number } línea coincide con lo que eligió.
       *[other] { $number } líneas coinciden con lo que eligió.
    }
log-none = Todavía nadie ha visto aquí su expediente.
log-none-found = Ninguna línea coincide con lo que eligió.
log-you = Usted
log-sentence = { $who }: { $what }
log-in-category = { $what }, { $category }
log-kind-home = abrió la página de inicio
log-kind-overview = abrió la primera página del expediente
log-kind-list = abrió una lista
log-kind-search = buscó en el expediente
log-kind-item = abrió un elemento
log-kind-report = abrió un informe con sus resultados
log-kind-document = abrió un documento
log-kind-missing = abrió “Lo que no está aquí”
log-kind-copies = abrió una página sobre copias
log-kind-copy = descargó una copia
log-kind-log = abrió este registro
log-kind-other = recibió información del expediente
log-kind-linked = vinculó una cuenta con este expediente
log-kind-linked-whom = vinculó la cuenta de { $name } con este expediente
log-kind-unlinked = terminó el vínculo de una cuenta con este expediente
log-kind-unlinked-whom = terminó el vínculo de la cuenta de { $name } con este expediente
log-filter-linked = Cuentas que vinculó el personal
log-filter-unlinked = Vínculos que terminó el personal
log-basis-decision = Lo decidió la clínica.
log-basis-decision-why = Lo decidió la clínica. Escribió: { $reason }
log-who-clinic = { $name } (la clínica)
log-filter-what = Qué
log-filter-who = Quién
log-filter-anyone = Cualquier persona
log-filter-me = Solo yo
log-filter-home = Página de inicio
log-filter-overview = Primera página del expediente
log-filter-list = Listas
log-filter-search = Búsquedas
log-filter-item = Elementos
log-filter-report = Informes con sus resultados
log-filter-document = Documentos
log-filter-missing = “Lo que no está aquí”
log-filter-copies = Páginas sobre copias
log-filter-copy = Copias descargadas
log-filter-log = Este registro
log-basis = Qué lo permitió
log-basis-short = permitido: es su propio expediente
log-basis-own = El derecho de ver el propio expediente. Que es suyo se comprobó con { $ground } el { $date }.
log-details = Detalles de la línea { $number }
log-name = Persona e inicio de sesión
log-received = Recibido por
log-what = Elementos
log-items = Elementos y versiones
log-hash = Huella de esta línea
log-check-title = Comprobar que este registro no se alteró
log-check = Cada línea tiene una huella que se calcula a partir de la línea y de la huella anterior. Quien cambia, agrega o quita una línea rompe todas las huellas que siguen.
log-check-how = La clínica lo comprueba con el comando “recordright ledger verify” y firma de vez en cuando el estado de todos los registros. Si usted anotó la huella de una línea, más tarde debe seguir siendo la misma.
ground-code = un código de la clínica
ground-claims = los datos comprobados de la cuenta
ground-staff = la oficina de expedientes
ground-other = otra comprobación

account-title = Cuenta
account-you = Lo que sabemos de usted
account-you-words = { $provider } nos dio estos datos. Para cambiarlos, cámbielos allí.
account-name = Nombre
account-email = Correo electrónico
account-email-none = No nos lo dieron
account-birth = Fecha de nacimiento
account-phone = Teléfono
account-address = Dirección
account-provider = Usted inicia sesión con
account-strength = Con qué seguridad comprobó quién es usted
account-auth-time = Cuándo lo comprobó
account-link = Su expediente
account-link-words = Vinculado con { $ground } el { $date }
account-seers = Cuentas que ven su expediente
account-seers-words = Cada una de estas cuentas ve todo su expediente como suyo. Las personas que actúan por usted están en la página “Personas”.
account-seer-own = (esta cuenta)
account-seer-unknown = No conozco esta cuenta
account-seer-unknown-name = No conozco la cuenta de { $name }
account-unknown-title = Una cuenta que usted no conoce
account-unknown-words = Esta cuenta todavía no abrió su expediente. Llámenos hoy y lo revisamos con usted. Podemos quitar la cuenta de su expediente.
account-unknown-back = Volver a su cuenta
account-until = Esta sesión termina a más tardar
account-language = Idioma
account-language-legend = Elija su idioma
account-language-button = Guardar el idioma
account-devices = Dispositivos con la sesión abierta
account-devices-words = Si no conoce alguno, cierre su sesión y cambie la contraseña de la cuenta con la que inicia sesión.
account-device-on = { $browser } en { $system }
account-device-unknown = Dispositivo desconocido
account-device-this = (este dispositivo)
account-device-since = desde el { $date }
account-device-seen = usado por última vez el { $date }
account-device-end = Cerrar la sesión de este dispositivo
account-device-end-name = Cerrar la sesión de este dispositivo: { $name }
account-history = Inicios de sesión
account-history-words = Los últimos inicios de sesión de su cuenta, los más recientes primero.
account-history-none = No hay ninguno.
account-when = Cuándo
account-what = Qué
account-device = Dispositivo
sign-in-ok = Sesión iniciada
sign-in-ended-idle = Terminó: no se usó por un tiempo
sign-in-ended-absolute = Terminó: duró el máximo permitido
sign-in-ended-signed-out = Sesión cerrada
sign-in-ended-replaced = Terminó: se inició sesión de nuevo
sign-in-ended-device = Terminó desde otro dispositivo
sign-in-ended-provider = La terminó la cuenta con la que inicia sesión
sign-in-event-other = No se inició sesión
