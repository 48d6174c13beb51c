# Qué salió mal y qué hacer ahora.

error-link-start = Ir a la página de comienzo
error-link-sign-in = Ir a la página de inicio de sesión
error-link-help = Obtener ayuda
error-missing-title = No encontramos esta página
error-missing = Tal vez la dirección tiene un error, la página cambió de lugar o no le corresponde verla.
error-missing-next = Revise la dirección o comience de nuevo desde la primera página.
error-method-title = Esta página no se puede usar así
error-method = Su navegador pidió algo que esta página no puede hacer.
error-method-next = Vuelva atrás y use los botones de la página.
error-large-title = Es demasiado
error-large = Envió más de lo que este formulario puede recibir.
error-large-next = Vuelva atrás, acorte el texto y envíelo de nuevo.
error-too-many-title = Demasiados intentos
error-too-many = Se intentó demasiadas veces en poco tiempo.
error-too-many-next = Si entonces todavía no funciona, la oficina de expedientes puede ayudarle.
error-wait-minutes =
    { $count ->
        [one] Espere { $number } minuto, más o menos, e intente de nuevo.
       *[other] Espere unos { $number } minutos e intente de nuevo.
    }
error-wait-hours =
    { $count ->
        [one] Espere { $number } hora, más o menos, e intente de nuevo.
       *[other] Espere unas { $number } horas e intente de nuevo.
    }
error-invalid-title = No pudimos usar lo que se envió
error-invalid = Algo en la dirección o en el formulario no es correcto.
error-invalid-next = Vuelva atrás e intente de nuevo.
error-unavailable-title = Esto no funciona en este momento
error-unavailable = Una parte del servicio no responde.
error-unavailable-next = No se perdió nada. Intente de nuevo en unos minutos. Si continúa, avise a la oficina de expedientes.
error-internal-title = Algo falló aquí
error-internal = Es culpa nuestra, no suya. Quienes administran este servicio pueden ver que ocurrió.
error-internal-next = Intente de nuevo en unos minutos. Si vuelve a ocurrir, avise a la oficina de expedientes.
error-conflict-title = Esto no se puede hacer ahora
error-conflict = Algo cambió mientras tanto.
error-conflict-next = Vuelva atrás, cargue de nuevo la página y revise.
error-forged-title = No pudimos comprobar que usted envió esto
error-forged = El formulario no vino de una página que le acabamos de mostrar. Por eso no hicimos nada.
error-forged-next = Vuelva atrás, cargue de nuevo la página y envíe otra vez el formulario. Su navegador debe permitir cookies para esta dirección.
error-signed-out-title = Inicie sesión de nuevo
error-signed-out = Su sesión se cerró, así que no hicimos lo que pidió.
error-signed-out-next = Inicie sesión y hágalo otra vez.
error-refused-title = No podemos hacer esto
error-refused-next = Si cree que es un error, pregunte a la oficina de expedientes.
error-sign-in-title = No ha iniciado sesión
error-sign-in-next = Puede intentarlo de nuevo. Si sigue fallando, la oficina de expedientes puede ayudarle y darle su expediente en papel.

refused-other = Una regla de este servicio no lo permite.
refused-code = Este código no funciona. Revise cada letra. Si sigue sin funcionar, pida un código nuevo a la oficina de expedientes.
refused-too-many = Se intentó demasiadas veces en poco tiempo.
refused-too-many-starts = Demasiadas personas empezaron a iniciar sesión desde su red en poco tiempo.
refused-too-many-copies = Pidió muchas copias en un día. Las copias que tiene están en la página “Obtener una copia”.
conflict-already-linked = Esta cuenta ya está vinculada a un expediente.
conflict-deceased = El expediente dice que esta persona falleció. Ya no se vincula ninguna cuenta. Quien representa la sucesión lo solicita como alguien que actúa por otra persona, o se le nombra en la oficina.
refused-deceased-title = Este expediente está cerrado para esta cuenta
refused-deceased = Lo sentimos. El expediente dice que esta persona falleció. Con esta cuenta ya no se puede ver ni firmar nada. Lo que se había empezado queda como está.
refused-deceased-next = Quien representa la sucesión puede pedirlo a la clínica. Díganos aquí que actúa por alguien que falleció y muestre el documento del tribunal. Si el expediente está equivocado, llame a la oficina de expedientes.
conflict-case-decided = Este caso ya está decidido.
conflict-link-over = Esta cuenta ya no ve este expediente.
copies-not-ready = Esta copia aún no está lista.
copies-erased = Esta copia se borró. Puede pedir una nueva.
copies-stopped = Esta copia se detuvo. Puede pedir una nueva.
range-not-satisfiable = El archivo es más corto que la parte que se pidió. Comience de nuevo la descarga.
error-database-away = No podemos llegar al lugar donde se guardan los expedientes.
error-ledger-away = No pudimos escribir en el registro de quién ha visto su expediente. Sin eso no mostramos nada.
error-document-title = Este archivo no se puede abrir
error-document-next = Su dispositivo está bien, y no sirve intentarlo otra vez. Abajo dice cómo comunicarse con la oficina de expedientes.
error-document-damaged = Este documento nos llegó dañado y no se puede abrir. Pídalo a la oficina de expedientes.
error-document-elsewhere = Este documento se guarda en otro sistema y no lo tenemos. Pídalo a la oficina de expedientes.

sign-in-denied = Usted detuvo el inicio de sesión, o la cuenta no le dejó entrar.
sign-in-state = Este inicio de sesión no comenzó aquí, o ya se usó.
sign-in-browser = Este inicio de sesión comenzó en otro navegador o en otro dispositivo.
sign-in-expired = Este inicio de sesión tardó demasiado. Debe hacerse en 10 minutos.
sign-in-incomplete = Al servicio de inicio de sesión le faltó algo en su respuesta.
sign-in-provider-error = El servicio de inicio de sesión informó de una falla.
sign-in-provider-away = El servicio de inicio de sesión no responde ahora.
sign-in-settings = El servicio de inicio de sesión no está bien configurado. Quienes administran este servicio deben arreglarlo.
sign-in-token = No pudimos leer la prueba que envió el servicio de inicio de sesión.
sign-in-signature = No pudimos comprobar que la prueba venía del servicio de inicio de sesión.
sign-in-issuer = La prueba vino de otro servicio de inicio de sesión, no del que usted eligió.
sign-in-audience = La prueba era para otro servicio.
sign-in-clock = La prueba ya venció, o un reloj está mal.
sign-in-nonce = La prueba pertenece a otro inicio de sesión.
sign-in-code = El servicio de inicio de sesión no aceptó su propio código, o ya se usó.
sign-in-verifier = El servicio de inicio de sesión no aceptó que este navegador comenzó el inicio de sesión.
sign-in-person = El servicio de inicio de sesión nos habló de dos personas distintas.
sign-in-not-fresh = El servicio de inicio de sesión no le pidió demostrar de nuevo quién es.
