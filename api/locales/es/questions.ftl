# Correos sobre preguntas de las personas por líneas de su registro.

mail-question-subject = Alguien pregunta por una línea de su registro
mail-question-text =
    Alguien no reconoce una línea de su registro y pregunta a la oficina de privacidad.
    Inicie sesión en { $address } como personal y abra “Preguntas sobre registros”.
mail-question-answered-subject = Una respuesta sobre su registro en { $clinic }
mail-question-answered-text =
    Hola:

    Usted preguntó por una línea de su registro. La respuesta ya está. Inicie sesión y abra el registro para leerla:
    { $address }

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
