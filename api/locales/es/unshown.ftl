# Correos sobre preguntas por lo que no se muestra de un expediente.

mail-unshown-subject = Alguien hace una pregunta a la clínica
mail-unshown-text =
    Alguien que representa a un paciente pregunta por lo que no se le muestra. Un profesional clínico decide:
    avise a uno, por favor. Al iniciar sesión en { $address } como personal, debe abrir “Lo que preguntan los padres”.
mail-unshown-answered-subject = Una respuesta para usted en { $clinic }
mail-unshown-answered-text =
    Hola:

    Usted nos hizo una pregunta. La respuesta ya está. Inicie sesión para leerla:
    { $address }

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
mail-unshown-decided-subject = Un mensaje para usted en { $clinic }
mail-unshown-decided-text =
    Hola:

    Hay algo nuevo en el registro de quién ve lo que es de usted en { $clinic }. Inicie sesión para leerlo:
    { $address }

    Si no está de acuerdo, llámenos.

    { $clinic }
    { $phone }

    Nunca le pedimos su contraseña por correo electrónico.
mail-label-subject = Alguien pide revisar cómo se protege un elemento
mail-label-text =
    Una persona joven, o alguien de la oficina de expedientes, pide revisar cómo se protege un elemento de un expediente.
    Decide un profesional clínico o la oficina de privacidad: avise a uno, por favor. Al iniciar sesión en { $address }
    como personal, debe abrir «Elementos por proteger».
