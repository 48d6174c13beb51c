# Las páginas del personal.

nav-staff = Mesa del personal
nav-staff-people = Buscar a una persona
nav-staff-cases = Casos de identidad
nav-staff-roles = Personas y funciones
nav-staff-emergencies = Acceso de emergencia

desk-frame = Páginas del personal. Lo que haga aquí queda registrado.
desk-link = Ir a la mesa del personal
desk-refused-next = Pídalo a un colega que pueda hacerlo, o a un administrador si su función debe cambiar.
desk-back = Volver sin hacerlo
desk-page-before = Página anterior
desk-page-after = Página siguiente

second-factor-title = Inicie sesión con un segundo paso
second-factor-next = Inicie sesión otra vez y use su segundo paso, como un código del teléfono o una llave de seguridad. Si aún no lo tiene, pida a quienes manejan su acceso que lo configuren.
second-factor-button = Iniciar sesión otra vez
refused-second-factor = Usted inició sesión con un solo paso. Las páginas del personal piden dos, para que una contraseña robada no abra ningún expediente.
refused-not-your-role = Su función en la clínica no incluye esto
refused-not-listed = Usted no está en la lista de quienes pueden usar el acceso de emergencia. Un administrador puede pedir que lo agreguen.
refused-own-record = Este es su propio expediente. Véalo como paciente. Para trabajar con él, pídalo a un colega.
refused-family-record = Parece el expediente de su familia o de alguien por quien usted actúa. Pida a un colega que lo haga.
refused-own-grant = Nadie da ni aprueba una función para sí mismo. Debe hacerlo otra persona.
refused-own-request = Usted lo pidió, o se trata de usted. Debe decidir otra persona.
refused-too-many-searches = Usted buscó a muchas personas en poco tiempo.
conflict-has-role = Esta persona ya tiene esta función, o alguien ya la pidió.
conflict-grant-decided = Esto ya se decidió o terminó.
conflict-reviewed = Alguien ya firmó esto.
problem-reason = Diga por qué en pocas palabras. Al menos diez letras.
problem-date-past = Escriba una fecha que aún no haya pasado.
problem-choose = Elija una opción.
problem-whole-name = Escriba el nombre y el apellido, o ninguno de los dos.
desk-found-whole = Este es el nombre que escribió
problem-name-letters = Use letras. Los signos solos no son un nombre.
problem-two-of-three = Escriba al menos dos de estos datos: el nombre completo, la fecha de nacimiento, el número de expediente.
problem-find-first = Usted no ha encontrado hoy a esta persona. Busque primero a la persona, con «Buscar a una persona», y luego vuelva.
problem-no-account = Nadie con esta dirección ha iniciado sesión aquí. Debe hacerlo una vez antes de recibir una función.
problem-several-accounts = Más de una cuenta tiene esta dirección. Quienes manejan este servicio pueden usar el identificador de la cuenta.

desk-title = Mesa del personal
desk-you = Usted trabaja aquí como { $roles }.
desk-role-records-clerk = encargado de expedientes
desk-role-clinician = profesional clínico
desk-role-reviewing-official = revisor designado
desk-role-privacy-officer = responsable de privacidad
desk-role-administrator = administrador
desk-role-auditor = auditoría
desk-power-emergency = en la lista para el acceso de emergencia
desk-waiting = Lo que le espera
desk-waiting-none = Nada le espera ahora.
desk-waiting-cases =
    { $count ->
        [0] No hay casos abiertos.
        [one] { $number } persona pide que la vinculen con su expediente.
       *[other] { $number } personas piden que las vinculen con su expediente.
    }
desk-waiting-claims =
    { $count ->
        [0] Ninguna solicitud para actuar le espera a usted.
        [one] Hay { $number } solicitud para actuar por alguien abierta.
       *[other] Hay { $number } solicitudes para actuar por alguien abiertas.
    }
desk-waiting-limits =
    { $count ->
        [0] Ningún límite espera su respuesta.
        [one] { $number } límite espera respuesta.
       *[other] { $number } límites esperan respuesta.
    }
desk-waiting-authorities =
    { $count ->
        [0] No hay nadie que actúa a quien usted deba revisar de nuevo.
        [one] Hay que revisar de nuevo a { $number } persona que actúa.
       *[other] Hay que revisar de nuevo a { $number } personas que actúan.
    }
desk-waiting-flagged =
    { $count ->
        [0] No hay ninguna alerta sobre alguien que actúa.
        [one] La oficina de expedientes dio la alerta sobre { $number } persona que actúa.
       *[other] La oficina de expedientes dio la alerta sobre { $number } personas que actúan.
    }
desk-waiting-to-certify =
    { $count ->
        [0] Nadie espera a que una persona no pueda decidir.
        [one] { $number } persona espera para actuar por alguien que no puede decidir.
       *[other] { $number } personas esperan para actuar por alguien que no puede decidir.
    }
desk-waiting-grants =
    { $count ->
        [0] Ninguna función espera su aprobación.
        [one] { $number } función espera que una segunda persona la apruebe.
       *[other] { $number } funciones esperan que una segunda persona las apruebe.
    }
desk-waiting-emergencies =
    { $count ->
        [0] Ningún uso del acceso de emergencia espera su firma.
        [one] { $number } uso del acceso de emergencia no está firmado.
       *[other] { $number } usos del acceso de emergencia no están firmados.
    }
desk-reviewed-last = Firmado por última vez el { $date }.
desk-reviewed-never = Nadie ha firmado una revisión todavía.
desk-open = Expedientes que tiene abiertos
desk-open-words = Cierre el expediente cuando termine. Se cierra solo cuando acaba su tiempo.
desk-open-until = Abierto hasta { $time }
desk-open-end = Cerrar el expediente de { $name }

desk-people-title = Buscar a una persona
desk-people-lead = Escriba al menos dos de estos tres datos: el nombre completo, la fecha de nacimiento, el número de expediente. Deben ser exactos.
desk-given = Nombre
desk-family = Apellido
desk-number = Número de expediente
desk-search-button = Buscar
desk-search-again = Buscar a otra persona
desk-found = Resultado
desk-found-near = Un expediente que coincide es el suyo, o de su familia o de alguien por quien usted actúa. Aquí debe ayudar un colega.
desk-found-none = Nadie coincide. Revise cada dato. Los nombres son como están en el expediente.
desk-born-unknown = fecha de nacimiento desconocida
desk-found-source = de { $source }
desk-whom = Qué paciente
desk-whom-choose = Elija a quien encontró
desk-whom-other = Buscar a otra persona
desk-whom-none = Hoy no ha encontrado a nadie. Busque primero a la persona y vuelva: a quien encuentre podrá elegir aquí.
desk-person-title = Una persona
desk-look-title = Ver el expediente
desk-look-never = Su función no abre expedientes.
desk-look-words =
    { $count ->
        [one] Diga para qué y por qué. Después puede ver el expediente durante { $number } minuto. La persona ve en su registro quién miró y para qué.
       *[other] Diga para qué y por qué. Después puede ver el expediente durante { $number } minutos. La persona ve en su registro quién miró y para qué.
    }
desk-look-button = Abrir el expediente de { $name }
desk-look = { $name }, como { $role }
desk-looks = Últimos accesos del personal
desk-looks-none = Nadie del personal ha abierto este expediente aquí.
desk-reach-in-record = Esta persona pidió que se comuniquen con ella de cierta manera. Abra el expediente para leer cómo antes de escribir o llamar; la persona ve en su registro que lo hizo.
desk-reach-on-page = Esta persona pidió que se comuniquen con ella de cierta manera. Lea cómo antes de escribir o llamar. La persona puede ver que usted lo miró.
desk-reach-letter = Esta persona pidió que se comuniquen con ella de cierta manera. Lea cómo antes de enviar una carta. La persona puede ver que usted lo miró.
desk-reach-title = Cómo quiere esta persona que se la contacte
desk-reach-words = Lo pidió así. Use solamente estas vías, también para cartas y llamadas, y no pregunte por qué.
desk-reach-of = Según pide la cuenta de { $name }:
desk-reach-messages = Mensajes
desk-reach-letters = Cartas
desk-reach-phone = Teléfono
desk-reach-no-mail = Ningún correo electrónico
desk-reach-usual = Por correo electrónico, a la dirección de su inicio de sesión
desk-reach-known = Como la clínica lo conoce
desk-reach-page-title = Cómo comunicarse con esta persona
desk-reach-lead = Una persona puede pedir que la clínica se comunique con ella de otra manera o en otro lugar. Anótelo aquí cuando llegue por teléfono, por carta o en persona. No pregunte por qué.
desk-reach-none = Esta persona no pidió nada. Comuníquese con ella como la clínica la conoce.
desk-reach-record = Anotar lo que pide la persona
desk-reach-whose = Solo lo dice la persona misma. Con quien actúa por alguien se comunica la clínica como esa persona elige en su propia cuenta. El formulario muestra cómo es ahora: cambie solo aquello de lo que habla la persona.
desk-reach-email-hint = Léaselo a la persona letra por letra: los mensajes van allí de inmediato. Déjelo vacío para usar la dirección de su inicio de sesión.
desk-reach-not-last = Lo último que se anotó aquí no cuenta: la persona dijo otra cosa en un día posterior. Si lo vuelve a decir ahora, anótelo con la fecha de hoy.
desk-reach-counts = Vale para todos los mensajes desde ahora, y para cuentas que se vinculen después, hasta que la persona diga otra cosa aquí o en su propia página. En «Cómo nos comunicamos con usted» lee que se anotó. Si recibe correo, también se lo dice un mensaje.
desk-reach-button = Anotar esto
desk-reach-end = Como si aquí no se hubiera pedido nada
desk-reach-end-hint = Termina lo que está anotado aquí. Vale otra vez lo que la persona eligió en su propia página. Si no eligió nada, comuníquese con ella como la clínica la conoce.
conflict-reach-ended = Aquí no hay nada anotado que pueda terminar.
problem-reach-changed = Alguien anotó otra cosa desde que usted abrió esta página. Lea arriba cómo es ahora y revise otra vez el formulario.
desk-links = Cuentas que ven este expediente
desk-links-none = Ninguna cuenta está vinculada con este expediente.
desk-seen = última visita: { $date }
desk-link-end-link = Terminar este vínculo
desk-link-end-name = Terminar el vínculo de { $name }
desk-link-end-title = Terminar un vínculo
desk-link-end-lead = Esta cuenta ve el expediente como suyo. Si termina el vínculo, deja de verlo por completo, de inmediato.
desk-link-how = Prueba
desk-link-seen = Última vez aquí
desk-link-end-told = También terminan las aplicaciones que conectó esta cuenta. Se avisa por correo a quien tiene la cuenta. El registro del expediente dice quién terminó el vínculo y por qué.
desk-link-end-others = Las personas a quienes esta cuenta dio acceso pueden seguir viendo. Revise quién actúa por este paciente.
desk-link-end-why = ¿Por qué termina?
desk-link-end-hint = El paciente lo lee en su registro. No escriba nada sobre la salud de la otra persona.
desk-link-end-button = Terminar este vínculo ahora
desk-link-end-back = No, dejar el vínculo como está
desk-purpose = ¿Para qué?
desk-purpose-as = Como { $role }
desk-purpose-treatment = Para atender a la persona
desk-purpose-request = Para responder a una solicitud de expedientes
desk-purpose-case = Para decidir un caso, como una negativa, una revisión o un cambio
desk-purpose-compliance = Para comprobar que se cumplen las reglas
desk-purpose-emergency = Emergencia
desk-reason = Motivo
desk-reason-hint = Con sus palabras, por ejemplo de qué solicitud o visita se trata. Al menos diez letras.

desk-emergency-title = Acceso de emergencia
desk-emergency-when = Solo cuando alguien puede sufrir daño y no hay tiempo de preguntar.
desk-emergency-link = Usar el acceso de emergencia
desk-emergency-lead = Esto abre el expediente enseguida, sin solicitud ni caso. Las notas privadas de un terapeuta siguen cerradas. Úselo solo cuando alguien puede sufrir daño y no hay tiempo de preguntar.
desk-emergency-lasts =
    { $count ->
        [one] Dura { $number } minuto.
       *[other] Dura { $number } minutos.
    }
desk-emergency-told = La persona y las personas responsables de privacidad reciben un mensaje enseguida. Si ningún mensaje llega a la persona, lo reciben quienes actúan por ella. Si no se puede avisar a nadie así, la oficina de privacidad hace enviar una carta.
desk-emergency-told-person = La persona recibió un mensaje.
desk-emergency-told-acting = Ningún mensaje llega a la persona. Lo recibieron quienes actúan por ella.
desk-emergency-told-nobody = No se pudo avisar a nadie por mensaje: envíe una carta. Cómo quiere ser contactada la persona está en su expediente. Busque a la persona y ábralo para un fin.
desk-emergency-reviewed = Una persona responsable de privacidad revisa cada uso y lo firma.
desk-emergency-hint = ¿Cuál es la emergencia?
desk-emergency-confirm = Se trata de { $name }
desk-emergency-button = Abrir el expediente ahora
desk-emergencies-title = Acceso de emergencia
desk-emergencies-lead = Aquí está cada uso del acceso de emergencia. Una persona responsable de privacidad lo revisa y lo firma.
desk-emergencies-none = Nadie ha usado el acceso de emergencia.
desk-emergency-waits = Falta firmar
desk-emergency-done = Firmado
desk-emergency-whose = Expediente de { $name }
desk-emergency-one = Un uso del acceso de emergencia
desk-emergency-record = De quién es el expediente
desk-patient-number = Persona número { $number }
desk-emergency-since = Abierto
desk-emergency-signed = Firmado por

desk-cases-title = Casos de identidad
desk-cases-lead = Estas personas iniciaron sesión, no tienen código y piden que encontremos su expediente.
desk-cases-none = No hay ningún caso.
desk-case-open = Abierto
desk-case-linked = Vinculado el { $date }
desk-case-closed = Cerrado sin vínculo el { $date }
desk-case-since = Lo pidió el { $date }
desk-case-title = Caso de identidad
desk-case-account = La cuenta
desk-case-opened = Lo pidió el
desk-case-states = Lo que dice la persona
desk-case-contact = Cómo comunicarse
desk-case-note = Nota
desk-case-decision = Decisión
desk-case-by-person = Se decidió sin el personal
desk-by = Quién
desk-why = Por qué
desk-case-link = Vincular con un expediente
desk-case-link-words = Quien queda vinculado ve todo el expediente. Primero asegúrese de quién es.
desk-evidence = ¿Cómo comprobó quién es?
desk-evidence-photo = Vi una identificación con foto
desk-evidence-known = Alguien que trabaja aquí conoce a la persona
desk-evidence-called = Llamé al número del expediente
desk-evidence-mailed = Tenía un código que enviamos a la dirección del expediente
desk-evidence-court = Un documento de un tribunal
desk-evidence-detail = ¿Qué vio o hizo?
desk-evidence-hint = Por ejemplo el tipo de identificación y quién estaba presente. No copie números de identificación. Quien ve el expediente puede leer esto en su registro de accesos.
desk-case-link-button = Revisar antes de vincular
desk-case-close = Cerrar sin vínculo
desk-case-reason = ¿Por qué se cierra?
desk-case-reason-hint = La persona solo lee que debe llamar. Esto es para sus colegas.
desk-case-close-button = Revisar antes de cerrar
desk-case-confirm-title = ¿Es correcto?
desk-confirm-link = Desde ahora la cuenta de abajo verá este expediente. Lea primero todas las columnas.
desk-confirm-differs = Lo que se sabe de esta persona no es lo que dice el expediente. Una sola elección equivocada abre el expediente de un extraño.
desk-confirm-others = Otra cuenta ya ve este expediente.
desk-compared-case = Lo que declaró la persona, lo que dice el servicio de acceso y el expediente que usted encontró
desk-compared-said = Servicio de acceso
desk-said-nothing = No lo dice
desk-case-differs = Por qué de todos modos es esta persona
desk-case-differs-hint = Escriba cómo sabe que este expediente es suyo. Si otra cuenta ya lo ve, escriba por qué debe verlo una segunda. Se guarda con su nombre.
problem-case-differs = El nombre o la fecha de nacimiento no es igual. Escriba cómo sabe que es esta persona, o vuelva atrás.
problem-case-linked = Otra cuenta ya ve este expediente. Escriba por qué también esta debe verlo, o vuelva atrás.
desk-confirm-close = El caso se cerrará y la cuenta no se vincula con ningún expediente.
desk-confirm-link-button = Sí, vincular esta cuenta con este expediente
desk-confirm-close-button = Sí, cerrar el caso

desk-roles-title = Personas y funciones
desk-roles-lead = Quién puede hacer qué como personal. Una persona pide una función y otra la aprueba.
desk-roles-waiting = En espera
desk-roles-waiting-none = Ninguna función espera aprobación.
desk-holders = Quién tiene una función
desk-holders-none = Nadie tiene una función ahora.
desk-holder-roles = Funciones
desk-holder-seen = Última vez aquí
desk-holder-unused = sin venir en 90 días
desk-from-provider = del servicio de acceso
desk-unused =
    { $count ->
        [one] { $number } persona con una función no ha venido en 90 días.
       *[other] { $number } personas con una función no han venido en 90 días.
    }
desk-standing-asked = Espera a una segunda persona
desk-standing-waiting = Aprobada, empieza más tarde
desk-standing-in-force = Vigente
desk-standing-over = Terminó su tiempo
desk-standing-refused = Rechazada
desk-standing-ended = Terminada
desk-past-title = Funciones del pasado
desk-past-none = Ninguna función ha terminado todavía.
desk-grant-new = Pedir una función
desk-grant-title = Una función
desk-grant-lead = Usted pide y una segunda persona aprueba. Nadie pide ni aprueba para sí mismo.
desk-grant-account = Correo electrónico de la persona
desk-grant-account-hint = Como lo tiene su servicio de acceso. Debe haber iniciado sesión aquí una vez.
desk-grant-power = Función
desk-grant-reason-hint = ¿Por qué la necesita esta persona?
desk-grant-first = Primer día
desk-grant-first-hint = Déjelo vacío si empieza con la aprobación.
desk-grant-ends = Último día
desk-grant-ends-hint = Déjelo vacío si no tiene fin.
desk-grant-button = Pedir esta función
desk-grant-asked = La pidió
desk-grant-asked-by = La pidió { $name } el { $date }
desk-grant-approved = La aprobó
desk-grant-starts = Desde
desk-grant-until = Hasta
desk-grant-open = Sin fin
desk-grant-beside = Esto solo no abre nada. La persona necesita además la función de profesional clínico.
desk-grant-ended = La terminó o rechazó
desk-grant-approve = Aprobar
desk-grant-approve-words = Desde entonces esta persona puede hacer lo que incluye la función.
desk-grant-approve-button = Aprobar para { $name }: { $power }
desk-grant-second = Una segunda persona debe aprobarla. No puede ser quien la pidió ni quien la recibe.
desk-grant-end = Rechazar o terminar
desk-grant-end-why = ¿Por qué termina?
desk-grant-end-hint = Termina enseguida, y se cierran los expedientes que tiene abiertos.
desk-grant-end-button = Terminar esto para { $name }
desk-by-line = { $name }: { $date }
desk-by-operator = { $name } en la línea de comandos, { $date }
desk-reviews-title = Revisiones de acceso
desk-reviews-lead = De vez en cuando una persona responsable de privacidad mira quién tiene qué función, termina lo que no hace falta y lo firma aquí.
desk-reviews-past = Firmadas
desk-reviews-none = Nadie ha firmado una revisión todavía.
desk-review-line = { $name }, el { $date }
desk-review-holders =
    { $count ->
        [one] { $number } persona tenía una función.
       *[other] { $number } personas tenían una función.
    }
desk-review-unused =
    { $count ->
        [0] Todas habían venido.
        [one] { $number } no había venido en 90 días.
       *[other] { $number } no habían venido en 90 días.
    }
desk-remark = Nota
desk-remark-hint = ¿Qué miró y qué encontró? Al menos diez letras.
desk-sign-off = Firmar
desk-sign-off-who = Una persona responsable de privacidad firma esto. Nadie firma lo que hizo por su cuenta.
