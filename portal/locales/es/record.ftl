# Inicio, el expediente, listas, elementos, gráficas y lo que no está aquí.

home-title = Inicio
home-new-title = Lo nuevo desde la última vez
home-new-none = No ha llegado nada nuevo desde la última vez que miró.
home-new-first = A partir de su próxima visita, aquí verá lo que haya llegado desde la última. Todo su expediente está en “Mi expediente”.
home-new-count =
    { $count ->
        [one] Llegó { $number } elemento desde la última vez que miró.
       *[other] Llegaron { $number } elementos desde la última vez que miró. Estos son los más recientes.
    }
home-tasks-title = ¿Qué desea hacer?
home-task-record = Resultados, medicinas, visitas, notas y todo lo demás.
home-task-record-part = Lo que usted puede ver de él.
home-task-copy = Llévese su expediente o una parte.
home-task-log = Cada vez que alguien vio su expediente, con día y hora.
home-task-not-here = Lo que puede faltar y por qué.
home-task-wrong = Cómo pedir una corrección.
home-visits-title = Sus visitas
home-visits-coming = próxima
home-visits-none = No hay visitas en su expediente.
home-visits-all = Ver todas las visitas
home-seen-title = Quién miró últimamente
home-seen-all = Ver todo el registro
record-title = Mi expediente
record-lead = Elija una parte de su expediente o busque en todo.
record-updated = Última llegada de datos: { $date }
record-empty = Todavía no hay nada en su expediente. Es posible que aún esté en camino.
record-items =
    { $count ->
        [one] { $number } elemento
       *[other] { $number } elementos
    }
record-items-files = Un archivo que va con un elemento, como una carta, se cuenta junto con él.
record-newest = el más reciente: { $date }
record-missing-title = ¿Falta algo?
record-missing = Es posible que no todo nos haya llegado. Le mostramos lo que pedimos y lo que no llegó.
search-title = Buscar en su expediente
search-label = Buscar en todo su expediente
search-button = Buscar
search-hint = Escriba una palabra, por ejemplo el nombre de una medicina, de una prueba o de un doctor.
search-parts = Partes del expediente donde puede estar:
list-displaying = Mostrando del { $first } al { $last } de { $total }, lo más reciente primero
list-none-found = No encontramos nada que coincida. Pruebe con menos palabras o con otras, o muestre todo.
list-none-found-language = Es posible que la clínica lo haya escrito en inglés. Si sabe la palabra en inglés, búsquela así.
list-empty = No hay nada en esta parte de su expediente.
list-why-empty = Por qué puede faltar algo
narrow-label = Reducir esta página mientras escribe
narrow-none = Nada en esta página coincide. Puede haber más en otras páginas.
line-no-date = Sin fecha
line-range = Rango normal: { $range }
line-in-error = Quienes escribieron esto lo marcaron como un error. No confíe en esta información.

item-title = { $category }: un elemento
item-related = Pertenece a
item-origin = De dónde viene esto
item-source = Origen
item-received = Recibido
item-author = Escrito por
item-author-none = El origen no lo dice
item-versions = Versiones anteriores
item-versions-count =
    { $count ->
        [one] Se conserva { $number } versión anterior.
       *[other] Se conservan { $number } versiones anteriores.
    }
item-wrong-title = ¿Hay algo incorrecto?
item-wrong = Puede pedir una corrección a la oficina de expedientes. Dígales la fecha y el nombre de este elemento.
item-wrong-link = Cómo pedir una corrección
item-details = Detalles para especialistas: códigos y datos
item-codes = Códigos
code-element = Parte
code-name = Nombre
code-code = Código
code-system = Sistema de códigos
item-raw = Así envió el origen este elemento (datos FHIR). Solo lo separamos en líneas para leerlo; la copia que puede llevarse tiene los bytes exactos.
item-raw-long = Los datos son demasiado largos para mostrarlos aquí. Están en la copia que puede llevarse, en la carpeta “fhir”.
documents-title = Archivos
document-number = Archivo { $number }
document-save = Guardar: { $name }
document-look = Ver: { $name }
document-picture = imagen
document-text = texto
document-elsewhere = este archivo se guarda en otro sistema. Pídalo a la oficina de expedientes.

chart-caption = { $title } a lo largo del tiempo
chart-described =
    { $count ->
        [one] Gráfica de líneas con { $count } valor: { $first } el { $from }.
       *[other] Gráfica de líneas con { $count } valores, desde { $first } el { $from } hasta { $last } el { $to }.
    }
chart-range = Rango normal: { $low } a { $high }.
chart-range-low = Rango normal: { $low } o más.
chart-range-high = Rango normal: { $high } o menos.
chart-shaded = Está sombreado en la gráfica.
chart-pair = La línea continua muestra el primer número; la línea discontinua, el segundo.
chart-table = { $title }: los mismos números en una tabla
chart-date = Fecha
chart-value = Valor

not-here-title = Lo que no está aquí
not-here-lead = Le mostramos qué se le pidió a cada sistema de la clínica, qué llegó y qué falló.
not-here-sources = De dónde viene su expediente
not-here-no-sources = Ningún sistema ha enviado nada todavía.
source-imported = La clínica nos dio archivos de este sistema. No se le pregunta de nuevo en forma automática.
source-done = La última vez que preguntamos, llegó todo.
source-running = Estamos preguntando a este sistema ahora.
source-partial = La última vez que preguntamos, una parte no llegó.
source-failed = La última vez que preguntamos, falló.
source-count = Elementos que vienen de aquí
source-last = Lo último llegó
source-never = Nunca
source-failure = Qué salió mal
source-failed-parts = Partes que no llegaron
source-next = Preguntaremos de nuevo
not-here-quarantine-title = Apartado porque está dañado
not-here-quarantine =
    { $count ->
        [one] { $number } parte no se pudo leer o no era seguro mostrarla. La clínica puede verlo y debe arreglarlo. Pregunte a la oficina de expedientes.
       *[other] { $number } partes no se pudieron leer o no era seguro mostrarlas. La clínica puede verlo y debe arreglarlo. Pregunte a la oficina de expedientes.
    }
not-here-empty-title = Partes que están vacías
not-here-empty = No llegó nada para estas partes. Es posible que no haya nada.
not-here-withheld-title = ¿Me ocultan algo?
not-here-withheld = Este servicio no oculta nada de lo que recibió sobre usted. Por ley, la clínica puede dejar fuera algunas cosas, como las notas privadas de un terapeuta. Si usted las pide, debe decirle por escrito por qué no las recibe y cómo puede quejarse ante la clínica o ante la Oficina de Derechos Civiles (45 CFR 164.524(d)).
kept-back = La ley no le deja ver algo de esto. «Lo que no está aquí» le dice cuánto, por qué y qué puede hacer.
kept-back-link = Por qué no se muestra algo
kept-back-among = De estos:
kept-back-reason = { $items }, sin mostrar desde el { $date }. La clínica escribió: { $reason }
kept-back-review = Puede pedir a la oficina de privacidad de la clínica que lo vuelva a mirar. También puede quejarse ante la clínica o ante la Oficina de Derechos Civiles del Departamento de Salud y Servicios Humanos de los Estados Unidos (45 CFR 164.524(d)). Nadie puede tratarle peor por hacerlo.
not-here-ask-title = Pida lo que falta
not-here-ask = Diga a la oficina de expedientes qué le falta. La clínica debe responder en 30 días.

gather-away = El sistema no respondió.
gather-time-out = El sistema tardó demasiado en responder.
gather-unauthorized = El sistema no nos dejó entrar.
gather-not-found = El sistema no conoce a esta persona.
gather-not-supported = El sistema no puede dar esta parte.
gather-busy = El sistema estaba demasiado ocupado.
gather-server-error = El sistema informó de una falla.
gather-html = El sistema envió una página web en lugar de datos.
gather-broken = El sistema envió algo que no se puede leer.
gather-too-large = El sistema envió más de lo que puede ser correcto.
gather-loop = El sistema envió la misma página una y otra vez.
gather-elsewhere = El sistema nos mandó a otra dirección y no la seguimos.
gather-wrong-version = El sistema usa otra versión del formato de datos.
gather-somebody-else = El sistema tiene ahora a otra persona con este número. No tomamos nada de ella.
