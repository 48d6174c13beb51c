# Copias del expediente.

copies-title = Obtener una copia
copies-lead = Puede llevarse su expediente en un archivo. Es gratis.
copies-new = Hacer una copia nueva
copies-yours = Sus copias
copies-none = Todavía no ha pedido ninguna copia.
copies-asked = Pedida el { $date }
copies-until = se guarda hasta el { $date }
copy-title = Su copia
copy-waiting = En espera
copy-building = En preparación
copy-ready = Lista
copy-failed = No se pudo hacer
copy-erased = Borrada
copy-shut = Ya no se puede descargar
copy-all-seen = Todo lo que se podía ver
copy-everything = Todo
copy-between = del { $from } al { $to }
copy-from = desde el { $date }
copy-to = hasta el { $date }
copy-progress = { $done } de { $total } elementos están listos.
copy-leave = Puede salir de esta página y volver después. Nosotros seguimos trabajando.
copy-look-again = Mirar de nuevo
copy-download = Descargar su copia
copy-expires = La guardamos hasta el { $date }. Después la borramos.
copy-open-title = Cómo abrirla
copy-open = Es un archivo ZIP. Guárdelo y primero descomprímalo: «Extraer todo» en Windows, doble clic en Mac, un toque en los archivos de su teléfono. Después abra «index.html» en la carpeta nueva: muestra su expediente como estas páginas, sin internet.
copy-open-password = Es posible que su computadora o teléfono pida la contraseña y aun así no lo abra. En ese caso use un programa gratuito: 7-Zip en Windows o Keka en Mac. En el teléfono use una aplicación para archivos ZIP con contraseña «AES», o ábralo en una computadora.
copy-shared = Una vez que esté en su dispositivo, usted debe cuidarla. No la guarde en un dispositivo que usan otras personas.
copy-failed-words = No pudimos hacer esta copia, y quienes administran este servicio pueden verlo. Puede pedirla de nuevo.
copy-erased-words = El archivo ya no existe. Su expediente sigue aquí y puede pedir una copia nueva.
copy-facts = Sobre esta copia
copy-content = Qué contiene
copy-formats = En qué formatos
copy-created = Pedida
copy-made = Terminada
copy-password = Contraseña
copy-password-hint = 8 letras, números o signos, o más.
copy-password-again = La misma contraseña otra vez
copy-password-yes = Está protegida con una contraseña. Nosotros no la guardamos.
copy-password-no = Ninguna
copy-check-title = Comprobar que el archivo llegó completo
copy-check = Esta es la huella del archivo (SHA-256). Un programa en su computadora puede calcularla a partir de su archivo. Si es igual, el archivo está completo.
copy-stop = Detener esta copia
copy-erase = Borrar esta copia ahora
copy-erase-words = Solo se borra la copia. Su expediente queda como está.

copy-new-title = Hacer una copia nueva
copy-new-lead = Elija lo que desea. Si no cambia nada, recibirá todo.
copy-what = ¿Qué debe contener?
copy-what-all = Todo
copy-what-all-hint = Todo el expediente, desde el primer día hasta hoy.
copy-what-some = Solo algunas partes
copy-what-some-hint = Elija abajo las partes y las fechas.
copy-categories = Partes
copy-category = { $name } ({ $count })
copy-dates = Fechas
copy-dates-hint = Déjelas vacías para incluir todas las fechas. Lo que no tiene fecha siempre está en la copia.
format-web = Páginas para leer
format-web-hint = Lo mejor para leer en pantalla y para lectores de pantalla. Funciona sin internet.
format-pdf = PDF
format-pdf-hint = Lo mejor para imprimir y para entregar a un doctor.
format-fhir = Datos para otros sistemas (FHIR)
format-fhir-hint = Lo mejor para aplicaciones y para la computadora de otra clínica.
format-tables = Tablas
format-tables-hint = Lo mejor para una hoja de cálculo, como Excel.
format-documents = Documentos originales
format-documents-hint = Cartas, imágenes y documentos escaneados, tal como llegaron.
copy-password-title = ¿Desea proteger el archivo con una contraseña?
copy-password-help = No es necesario. Con una contraseña, nadie puede abrir el archivo sin ella. Para abrirlo se necesita un programa gratuito: 7-Zip en Windows o Keka en Mac. En el teléfono se necesita una aplicación para archivos ZIP con contraseña «AES».
copy-password-lost = Anote la contraseña. Nosotros no la guardamos. Si la pierde, tendrá que hacer una copia nueva.
copy-count-items =
    { $count ->
        [one] Contiene { $number } elemento.
       *[other] Contiene { $number } elementos.
    }
copy-count-size = El archivo tendrá unos { $size } y tardará aproximadamente { $time }.
copy-count-minutes =
    { $count ->
        [one] { $number } minuto
       *[other] { $number } minutos
    }
copy-count-button = Contar de nuevo
copy-confirm = Se hará una copia del expediente de { $name }.
copy-button = Hacer mi copia
copy-count-not = Todavía no podemos contar esto. { $problem }
problem-what = Eligió “Todo”, pero también partes o fechas más abajo. Elija “Solo algunas partes”, o quite las partes y las fechas.
problem-categories = Elija al menos una parte, o elija “Todo”.
problem-formats = Elija al menos un formato.
problem-order = La segunda fecha no puede ser anterior a la primera.
problem-password-short = Use una contraseña de 8 letras o más.
problem-password-long = Use una contraseña de 200 letras o menos.
problem-password-other = Las dos contraseñas no son iguales. Escríbalas de nuevo.
