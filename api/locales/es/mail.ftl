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

    Alguien inició sesión en su cuenta aquí y la vinculó con un expediente. Si fue usted,
    no tiene que hacer nada. Si no fue usted, llámenos enseguida.
    { $address }

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
