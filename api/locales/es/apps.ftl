# Correos sobre aplicaciones que las personas conectan.

mail-app-connected-subject = Se conectó una aplicación en { $clinic }
mail-app-connected-text =
    Hola:

    Se conectó una aplicación y ahora puede leer lo que se eligió para ella. Si no fue usted, inicie sesión y deténgala:
    { $address }

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
mail-app-reads-subject = Una aplicación empezó a leer en { $clinic }
mail-app-reads-text =
    Hola:

    Una aplicación conectada leyó por primera vez. Inicie sesión para ver cuál es y qué leyó. Ahí puede detenerla:
    { $address }

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
