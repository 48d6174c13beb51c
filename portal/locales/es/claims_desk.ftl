# People who act for patients, at the desk.

nav-staff-claims = Solicitudes
nav-staff-authorities = Quién actúa
desk-claims-title = Solicitudes para actuar por un paciente
desk-claims-lead = Estas personas dicen que pueden actuar por un paciente. Compruebe quiénes son, quién es el paciente y los documentos. Cada acceso queda anotado.
desk-claims-none = No hay solicitudes en espera.
desk-claims-count = { $count ->
    [one] Hay una solicitud en espera.
   *[other] Hay { $number } solicitudes en espera.
 }
desk-claim-papers = { $count ->
    [0] sin documentos
    [one] un documento
   *[other] { $number } documentos
 }
desk-claim-title = Una solicitud
desk-claim-kind = Qué son del paciente
desk-claim-person = Por quién
desk-claim-identifies = Qué más dice quién es
desk-claim-name = Nombre de quien actúa
desk-claim-papers-title = Documentos
desk-claim-papers-none = Con esta solicitud no llegó ningún documento.
desk-claim-verify = Aceptar
desk-claim-verify-words = Acepte solo lo que los documentos prueban. Las órdenes de un tribunal, los nombramientos de tutela y las sentencias de adopción son para el encargado de privacidad.
desk-claim-proof = Qué documento lo prueba
desk-claim-proof-hint = Debe corresponder a lo que son del paciente.
desk-claim-seen = Lo que usted vio
desk-claim-seen-hint = Quién hizo el documento, cuándo, y cómo sabe quién es la persona. Solo lo ve el personal.
desk-claim-starts = Primer día en que puede actuar
desk-claim-starts-hint = Déjelo vacío si vale de inmediato.
desk-claim-until = Último día en que puede actuar
desk-claim-review = Revisar de nuevo el
desk-claim-review-hint = Ese día recibe un mensaje.
desk-claim-springing-title = Cuándo empieza
desk-claim-springing = Solo cuando alguien certifique que el paciente no puede decidir
desk-claim-springing-hint = Un representante por ley siempre espera esto.
desk-claim-reject = Rechazar
desk-claim-answer = Por qué
desk-claim-answer-hint = La persona lo lee. Diga qué falta. No diga si alguien es paciente.
desk-claim-reject-button = Rechazar la solicitud
desk-authorities-title = Quién actúa por un paciente
desk-authorities-lead = Busque primero a la persona, con «Buscar a una persona». Luego elíjala aquí y vea quién actúa o actuó por ella.
desk-authorities-button = Mostrar
desk-authorities-found = Quién actúa por este paciente
desk-authorities-none = Nadie actúa por este paciente.
desk-authorities-review = Para revisar de nuevo
desk-authorities-review-none = Por ahora no hay ninguno.
desk-authority-title = Un derecho de actuar
desk-ground-declined = La clínica no le trata como representante.
desk-ground-safety = En pausa porque alguien puede estar en peligro.
desk-ground-dispute = En pausa por un desacuerdo.
desk-ground-earlier = Un derecho anterior se rechazó o se limitó. Este no muestra nada hasta que firmen un encargado de privacidad y un profesional clínico.
desk-ground-name = El nombre de la cuenta no es el de los documentos. No se muestra nada hasta que usted averigüe que es la misma persona. Si lo es, elija “Firmar: dejar que siga” y escriba por qué, por ejemplo un nombre nuevo después de una boda. Si no lo es, termínelo.
desk-earlier-lead = La clínica rechazó o limitó un derecho anterior como este.
desk-earlier-line = { $who }: { $decided }
desk-earlier-limited = La clínica lo limitó, como dice una orden.
desk-earlier-two = Lo que dos personas decidieron, dos lo abren de nuevo. Solo un encargado de privacidad puede aceptarlo, y también debe firmar un profesional clínico. Hasta entonces no se ve nada.
desk-claim-despite = Por qué lo acepta de todos modos
desk-claim-despite-hint = Qué cambió desde la decisión anterior, y con qué documento. Solo lo ve el personal.
desk-already-lead = Alguien con este nombre ya actúa por este paciente, o dice que puede hacerlo.
desk-already-other = Es otro derecho. La ley puede dar los dos. Mírelo antes de seguir.
desk-already-same = Es el mismo derecho. Mírelo antes de seguir: quizá alguien ya lo hizo.
desk-already-claim = { $who }: lo pidió el { $date } y nadie ha decidido.
desk-already-legend = El mismo derecho ya existe
desk-already-knowing = Lo miré. Es otra persona, o se quiere dar una vez más.
problem-appoint-alike = Mire lo que ya existe. Después marque la casilla si quiere seguir.
desk-signed = Firmado por:
desk-limits = Límites
desk-limit-until = hasta el { $date }
desk-decide = Decidir
desk-act = Lo que usted decide
desk-act-why = Por qué, y con qué documento
desk-act-why-hint = Solo lo ve el personal. Se guarda con su nombre.
desk-act-day = Día
desk-act-day-hint = El último día de un límite, o el día en que revisa de nuevo.
desk-act-limit = Lo que el límite quita
desk-act-limit-what = Para un límite: lo que quita
desk-act-limit-all = Todo
desk-act-set-limit = Poner un límite, como dice una orden
desk-act-unlimit = Quitar todos los límites
desk-act-safety = Pausar: alguien puede estar en peligro
desk-act-dispute = Pausar: hay un desacuerdo
desk-act-decline = Firmar: no tratarle como representante
desk-act-resume = Firmar: dejar que siga
desk-act-certify = Se certificó que el paciente no puede decidir
desk-act-review = Revisado de nuevo, sigue valiendo
desk-act-end = Terminarlo
desk-act-end-court = Terminarlo: un tribunal lo terminó
desk-act-end-recovered = Terminarlo: el paciente puede decidir de nuevo
desk-act-emancipate = El paciente está emancipado: terminar todos los derechos sobre un menor
desk-act-confirm = Esto trata del expediente de { $name }.
desk-act-button = Guardar la decisión
desk-others-title = Lo que deciden otros
desk-act-others = { $act }: { $who }
conflict-claimant-acts = Quien hizo la solicitud ya actúa por este paciente. Busque al paciente y mire quién actúa por él.
conflict-claimant-record = Este es el expediente de quien hizo la solicitud. Ya puede verlo.
office-limit-turn = Lo responde un encargado de privacidad.
