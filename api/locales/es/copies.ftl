# Copias de un expediente: la página sin conexión, el PDF, las hojas de cálculo, el LEA-ME y lo que puede fallar.

copies-title = Expediente médico
copies-skip = Ir al expediente
copies-person = { $name }, fecha de nacimiento: { $date }
copies-made = Copia del { $date }, hecha por { $clinic }.
copies-program-notice = Esta copia contiene registros de un programa de consumo de sustancias. Este registro que se le ha divulgado está protegido por normas federales de confidencialidad (42 CFR parte 2). Estas normas le prohíben usar o divulgar este registro, o un testimonio que describa la información que contiene, en cualquier proceso civil, penal, administrativo o legislativo de una autoridad federal, estatal o local contra el paciente, salvo con el consentimiento del paciente, salvo lo previsto en 42 CFR 2.12(c)(5) o con la autorización de un tribunal según 42 CFR 2.64 o 2.65. Además, las normas federales le prohíben cualquier otro uso o divulgación de este registro, salvo que se cumpla al menos una de estas condiciones: (i) El uso o la divulgación posterior está expresamente permitido por el consentimiento escrito de la persona cuya información se divulga en este registro, o lo permite de otro modo 42 CFR parte 2. (ii) Usted es una entidad cubierta o un socio comercial y recibió el registro para tratamiento, pago u operaciones de atención médica. (iii) Usted recibió el registro de una entidad cubierta o de un socio comercial según lo permite 45 CFR parte 164, subpartes A y E. Una autorización general para entregar información médica o de otro tipo NO basta para cumplir los requisitos del consentimiento escrito para usar o volver a divulgar el registro (vea 42 CFR 2.31). / 42 CFR part 2 prohibits unauthorized use or disclosure of these records.
copies-program-consent = { $name } firmó el consentimiento que permite esta copia: «{ $title }», registrado el { $date }. Su texto está en { $file }.
copies-scope-all = Contiene todo lo que la clínica guarda de este expediente en este servicio.
copies-scope-shown = Contiene lo que la clínica guarda de este expediente en este servicio, sin lo que la ley no deja incluir. Más abajo dice cuánto es.
copies-scope-seen = Contiene lo que puede ver de este expediente quien la pidió.
copies-missing-part = Quien pidió esta copia actúa por la persona y puede ver una parte del expediente. El resto no está en ella.
copies-missing-withheld =
    { $count ->
        [one] Por ley, { $number } elemento no está en esta copia: notas privadas de un terapeuta o papeles reunidos para un juicio (45 CFR 164.524(a)(1)).
       *[other] Por ley, { $number } elementos no están en esta copia: notas privadas de un terapeuta o papeles reunidos para un juicio (45 CFR 164.524(a)(1)).
    }
copies-scope-categories = Contiene las partes elegidas: { $list }.
copies-scope-dates = Contiene las fechas elegidas: { $period }.
copies-search-label = Buscar en este expediente
copies-search-none = No se encontró nada. Pruebe con menos palabras o con palabras más cortas.
copies-search-some = Elementos encontrados: { "{n}" }
copies-parts = Partes de este expediente
copies-no-date = Sin fecha
copies-mistake = Marcado como error
copies-source = De { $source }, recibido el { $date }
copies-foot = Esta página funciona sin internet. Nada de lo que usted haga aquí se envía a ningún lugar.
copies-charts =
    { $count ->
        [one] { $number } gráfica en el tiempo
       *[other] { $number } gráficas en el tiempo
    }
copies-chart-text = { $count } resultados entre { $from } y { $to }. El más bajo: { $lowest }. El más alto: { $highest }. El más reciente: { $newest }.
copies-chart-band = La franja sombreada es el rango normal.
copies-files =
    { $count ->
        [one] { $number } archivo
       *[other] { $number } archivos
    }
copies-files-title = Archivos originales
copies-files-intro = Estos archivos llegaron con el expediente. Están en la carpeta “documents”, junto a esta página.
copies-document-as-text = Un navegador podría ejecutar algo de este archivo. Se guarda como texto para que nada se active al abrirlo.
copies-document-name = documento

copies-missing-title = Lo que puede faltar
copies-missing-nothing = Esta copia tiene todo lo que este servicio guarda del expediente. No sabemos de nada que no haya llegado.
copies-missing-chosen = Se eligió solo una parte del expediente. Todo lo demás quedó fuera.
copies-missing-elsewhere-kept = Es posible que aquí no estén los documentos en papel ni los expedientes que guardan otros lugares. Pídalos en esos lugares.
copies-missing-source-failed = La última vez que lo intentamos, no pudimos obtener los datos de “{ $source }”.
copies-missing-source-partial = La última vez que lo intentamos, no llegaron algunos de los datos de “{ $source }”.
copies-missing-source-running = Cuando se hizo esta copia, todavía estábamos recibiendo los datos de “{ $source }”.
copies-missing-quarantined =
    { $count ->
        [one] { $number } parte del expediente no se pudo leer y no está en esta copia. Nuestro personal la está revisando.
       *[other] { $number } partes del expediente no se pudieron leer y no están en esta copia. Nuestro personal las está revisando.
    }
copies-missing-unreadable =
    { $count ->
        [one] { $number } archivo del expediente está dañado y no se pudo abrir.
       *[other] { $number } archivos del expediente están dañados y no se pudieron abrir.
    }
copies-missing-elsewhere =
    { $count ->
        [one] { $number } archivo solo se menciona en el expediente. El archivo mismo se guarda en otro lugar.
       *[other] { $number } archivos solo se mencionan en el expediente. Los archivos mismos se guardan en otro lugar.
    }

copies-column-date = Fecha
copies-column-name = Nombre
copies-column-result = Resultado
copies-column-number = Número
copies-column-unit = Unidad
copies-column-range = Rango normal
copies-column-meaning = Significado
copies-column-status = Estado
copies-column-author = Escrito por
copies-column-place = Lugar
copies-column-details = Detalles
copies-column-mistake = Marcado como error
copies-column-files = Archivos
copies-column-code = Código
copies-column-source = Origen
copies-column-received = Recibido
copies-column-type = Tipo FHIR
copies-column-id = Id FHIR

copies-pdf-intro = Cada parte comienza con una lista de sus elementos. Después siguen, uno por uno, los que dicen más.
copies-pdf-contents = Contenido
copies-pdf-page = Página { $page } de { $pages }
copies-pdf-letters = Algunas letras no se pudieron imprimir. Cada una aparece como su código entre corchetes. Los demás archivos de esta copia las muestran.
copies-pdf-files = Los archivos originales de este expediente están en la carpeta “documents” de la misma copia.

copies-readme-open = Primero descomprima todo el archivo ZIP. Después abra esto:
copies-readme-web = index.html - lo que hay en esta copia, para leerlo en su navegador, con búsqueda. Funciona sin internet. Empiece aquí.
copies-readme-pdf = record.pdf - el expediente para leer o imprimir. Un expediente muy grande tiene varios: record-1.pdf, record-2.pdf, etc.
copies-readme-documents = documents - los archivos originales de su expediente, como cartas y documentos escaneados.
copies-readme-tables = tables - hojas de cálculo, una para cada parte del expediente.
copies-readme-fhir = fhir - los datos exactos para aplicaciones y otras clínicas (FHIR R4, un archivo para cada tipo, un elemento en cada línea).
copies-readme-care = Esta copia es privada. Cualquiera que la tenga puede leerla. Guárdela en un lugar seguro y bórrela cuando ya no la necesite.
copies-readme-ask = ¿Falta algo o hay un error? Pregunte en la oficina de expedientes de { $clinic }.
copies-readme-ask-at = ¿Falta algo o hay un error? Pregunte en la oficina de expedientes de { $clinic }: { $ways }.
copies-readme-check-title = Cómo comprobar que nada se cambió
copies-readme-check = { $manifest } enumera todos los archivos con su SHA-256. { $signature } es nuestra firma (Ed25519) de esa lista y { $key } es nuestra clave pública. El SHA-256 de sus 32 bytes es { $fingerprint }. Pregunte a la clínica si esta es su clave. Después ejecute uno de estos comandos:

copies-stopped = Esta copia se borró mientras se preparaba.
copies-failed = No se pudo preparar esta copia. Puede pedir una nueva.
copies-not-ready = Esta copia todavía no está lista. Vuelva en un momento.
copies-erased = Esta copia se borró. Puede pedir una nueva.
copies-invalid-nothing = Nada en el expediente coincide con lo que eligió.
copies-invalid-category = Elija partes del expediente de la lista.
copies-invalid-date = Escriba la fecha como año, mes y día, por ejemplo 2024-03-31.
copies-invalid-order = El último día no puede ser anterior al primero.
copies-invalid-format = Elija formatos de la lista.
copies-invalid-password = La contraseña debe tener entre 8 y 128 caracteres.
copies-invalid-form = Abra la página otra vez y envíe el formulario de nuevo.
range-not-satisfiable = Esta parte del archivo no existe.
refused-too-many-copies = Hoy ha pedido muchas copias. Use una de ellas o inténtelo de nuevo mañana.

copies-check-zip = Este archivo no es un ZIP o está dañado.
copies-check-manifest = Este ZIP no tiene una lista de archivos que podamos leer. Es posible que no sea una copia nuestra.
copies-check-signature = La firma no coincide. La lista se cambió o la firmó otra clave.
copies-check-password = Esta copia tiene contraseña. Escríbala para comprobar la copia.
copies-check-gone = Este archivo falta.
copies-check-changed = Este archivo se cambió.
copies-check-added = Este archivo se agregó. No está en la lista.
