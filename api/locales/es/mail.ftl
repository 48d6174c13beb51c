mail-copy-ready-subject = Algo está listo para usted en { $clinic }
mail-copy-ready-text =
    Hola:

    Lo que pidió está listo. Inicie sesión para obtenerlo:
    { $address }

    Estará disponible durante 7 días.

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
mail-copy-failed-subject = Un mensaje para usted en { $clinic }
mail-copy-failed-text =
    Hola:

    No pudimos terminar algo que usted pidió. Inicie sesión para ver qué puede hacer:
    { $address }

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
mail-linked-subject = Su cuenta en { $clinic }
mail-linked-text =
    Hola:

    Su cuenta aquí se vinculó con un expediente. Si usted lo hizo o nos lo pidió,
    no tiene que hacer nada. Si no fue así, llámenos enseguida.
    { $address }

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
mail-link-ended-subject = Su cuenta en { $clinic }
mail-link-ended-text =
    Hola:

    terminamos el vínculo de su cuenta aquí con un expediente. Si cree que es un error,
    llámenos.
    { $address }

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
mail-another-linked-subject = Un mensaje sobre su cuenta en { $clinic }
mail-another-linked-text =
    Hola:

    hoy se vinculó una cuenta nueva con su expediente. Si fue usted o alguien que conoce,
    no tiene que hacer nada. Si no fue así, llámenos. Para ver qué cuenta es, inicie sesión y abra “Cuenta”:
    { $address }

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
mail-case-subject = Alguien pide que lo vinculen con un expediente
mail-case-text =
    Alguien inició sesión en { $address } y pide a la oficina de expedientes que encuentre su expediente.

    Inicie sesión allí como personal y abra “Casos de identidad”, o use la máquina donde funciona Recordright:
      recordright cases list
      recordright cases show ID

    Después vincule la cuenta o cierre el caso; el mismo programa explica cómo: recordright cases --help
mail-emergency-subject = Un mensaje sobre su cuenta en { $clinic }
mail-emergency-text =
    Hola:

    alguien de nuestro personal abrió su expediente en una emergencia. Las reglas lo permiten cuando no hay
    tiempo de preguntar. Nuestra oficina de privacidad revisa cada caso. Inicie sesión para ver quién fue y cuándo:
    { $address }

    Si no sabe por qué pasó esto, llámenos.

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
mail-program-notice-subject = Un acceso de emergencia debe anotarse
mail-program-notice-text =
    Un acceso de emergencia en { $clinic } tiene datos que deben anotarse ahora en otro expediente.

    Inicie sesión como personal y abra “Acceso de emergencia”:
    { $address }
mail-emergency-review-subject = Un acceso de emergencia espera su revisión
mail-emergency-review-text =
    Se usó el acceso de emergencia en { $clinic }. Una persona responsable de privacidad debe revisarlo y firmarlo.

    Inicie sesión como personal y abra “Acceso de emergencia”:
    { $address }
mail-seen-changed-subject = Un mensaje para usted en { $clinic }
mail-seen-changed-text =
    Hola:

    Ha cambiado lo que usted ve de lo suyo en { $clinic }. Inicie sesión y abra «Lo que no está aquí» para leer por
    qué y qué puede hacer:
    { $address }

    Si tiene preguntas, llámenos.

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
mail-mark-taken-subject = Un mensaje para usted en { $clinic }
mail-mark-taken-text =
    Hola:

    El personal de { $clinic } quitó una marca que protegía algo suyo frente a otros. Inicie sesión y abra «Quién ha
    visto mi expediente» para leer quién lo hizo. El motivo está junto al elemento:
    { $address }

    Si cree que esto está mal, llámenos.

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
mail-acting-changed-subject = Un mensaje para usted en { $clinic }
mail-acting-changed-text =
    Hola:

    { $clinic } cambió lo que puede ver o hacer alguien que actúa por usted. Inicie sesión y abra «Personas» para ver qué cambió:
    { $address }

    Si no está de acuerdo, llámenos.

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
mail-emergency-acting-subject = Un mensaje para usted en { $clinic }
mail-emergency-acting-text =
    Hola:

    alguien de nuestro personal abrió en una emergencia un expediente que usted cuida. Las reglas lo permiten cuando no hay
    tiempo de preguntar. Nuestra oficina de privacidad revisa cada caso. Inicie sesión para ver quién fue y cuándo:
    { $address }

    Si no sabe por qué pasó esto, llámenos.

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
mail-acting-else-subject = Un mensaje para usted en { $clinic }
mail-acting-else-text =
    Hola:

    algo cambió sobre quién más actúa por alguien por quien usted actúa en { $clinic }. Inicie sesión para ver por quién actúa:
    { $address }

    Si no sabe de ningún cambio, llámenos.

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
mail-system-reads-subject = Un sistema empezó a leer en { $clinic }
mail-system-reads-text =
    Hola:

    otro sistema, con el que { $clinic } tiene un acuerdo, leyó por primera vez. Inicie sesión y abra la página de quién vio
    su expediente para ver cuál es y para qué fue:
    { $address }

    Si no está de acuerdo, llámenos.

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
