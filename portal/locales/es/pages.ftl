# El marco de cada página y las partes que comparten varias páginas.

skip = Ir al contenido principal
nav-name = Páginas principales
nav-menu = Menú
nav-home = Inicio
nav-record = Mi expediente
nav-copies = Obtener una copia
nav-log = Quién ha visto mi expediente
nav-account = Cuenta
nav-help = Ayuda
nav-start = Comienzo
nav-sign-in = Iniciar sesión
nav-link = Vincular mi expediente
nav-accessibility = Accesibilidad
sign-out = Cerrar sesión
leave = Salir rápido de esta página
leave-out = Salir rápido y cerrar la sesión
crumbs-name = Usted está aquí
whose-name = De quién es este expediente
whose = Este es el expediente de
whose-born = fecha de nacimiento: { $date }
problems-title = Hay algo que corregir
footer-office = Oficina de expedientes:
stay-words =
    { $count ->
        [one] Si no hace nada durante { $number } minuto, cerraremos la sesión para proteger los expedientes.
       *[other] Si no hace nada durante { $number } minutos, cerraremos la sesión para proteger los expedientes.
    }
desk-stay-words =
    { $count ->
        [one] Si no hace nada durante { $number } minuto, cerraremos su sesión para proteger los expedientes.
       *[other] Si no hace nada durante { $number } minutos, cerraremos su sesión para proteger los expedientes.
    }
stay-button = Seguir con la sesión abierta
stay-soon = Cerraremos su sesión en unos % min. ¿Desea seguir con la sesión abierta?
stay-kept = Su sesión está cerrada. Lo que escribió se guarda mientras inicia sesión de nuevo.
stay-again = Iniciar sesión de nuevo
size-bytes =
    { $count ->
        [one] { $number } byte
       *[other] { $number } bytes
    }
office-name = Clínica
office-phone = Teléfono
office-email = Correo electrónico
office-address = Dirección
pager-name = Más páginas
pager-newer = Más recientes
pager-newest = Lo más reciente
pager-older = Más antiguos
filter-title = Mostrar solo una parte
filter-from = Desde
filter-to = Hasta
filter-source = Origen
filter-place = Lugar
filter-any = Cualquiera
filter-button = Mostrar
filter-clear = Mostrar todo
problem-choice = Elija una de las opciones de la lista. Dejamos fuera lo que no conocemos.
problem-date = Escriba una fecha real, por ejemplo 03/04/2024.
problem-date-future = Escriba una fecha que no esté en el futuro.
problem-required = Llene este campo.
problem-too-long = El texto es demasiado largo. Acórtelo.
problem-contact = Escriba un número de teléfono o un correo electrónico.
