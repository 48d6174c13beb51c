# Messages about acting for somebody.

mail-someone-acts-subject = Un mensaje para usted en { $clinic }
mail-someone-acts-text =
    Hola:

    Desde ahora otra persona puede ver algo que es de usted en { $clinic }.
    Inicie sesión para ver quién es y qué puede hacer:
    { $address }

    Si no sabe nada de esto, llámenos enseguida.

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
mail-acting-ended-subject = Algo terminó en { $clinic }
mail-acting-ended-text =
    Hola:

    Un derecho de actuar por alguien terminó en { $clinic }.
    Inicie sesión para ver cuál:
    { $address }

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
mail-someone-ended-subject = Algo terminó en { $clinic }
mail-someone-ended-text =
    Hola:

    Alguien que podía ver algo suyo en { $clinic } ya no puede.
    Inicie sesión para ver quién era y por qué:
    { $address }

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
mail-claim-answered-subject = Una respuesta para usted en { $clinic }
mail-claim-answered-text =
    Hola:

    La oficina de expedientes respondió a lo que usted nos dijo. Inicie sesión para leerlo:
    { $address }

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
mail-claim-subject = Alguien dice que puede actuar por un paciente
mail-claim-text =
    Alguien inició sesión en { $address } y dice que puede actuar por otra persona.

    Inicie sesión con su cuenta del personal para ver la solicitud y sus documentos:
      { $address }/staff/claims
mail-review-subject = Hay que revisar a personas que actúan por pacientes
mail-review-text =
    Para una o más personas que actúan por un paciente en { $address } llegó el día en que ustedes
    querían revisar si su derecho sigue valiendo.

    Inicie sesión con su cuenta del personal para ver cuáles:
      { $address }/staff/authorities
