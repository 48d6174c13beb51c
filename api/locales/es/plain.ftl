# Palabras que la gente usa para lo que contiene una parte del expediente, separadas por comas: la búsqueda lleva de ellas a
# esa parte. No cuentan las mayúsculas, los acentos ni la «s» del plural, y basta con el principio de una palabra.

plain-labs = sangre, análisis, examen de sangre, prueba, resultado, laboratorio, orina, pipí, heces, muestra, azúcar, glucosa, colesterol, hígado, riñón
plain-vitals = presión, presión arterial, tensión, presión de la sangre, peso, estatura, altura, temperatura, fiebre, calentura, pulso, latidos, oxígeno
plain-medicines = medicamento, medicación, medicina, remedio, pastilla, píldora, tableta, cápsula, dosis, receta, analgésico, antibiótico, aspirina, ibuprofeno, paracetamol, metformina, farmacia, botica, insulina, inhalador
plain-allergies = reacción, ronchas, urticaria, intolerancia
plain-conditions = enfermedad, padecimiento, diagnóstico, problema, antecedentes, dolor, corazón, hígado, riñón
plain-immunizations = inyección, refuerzo, vacunación, inmunización
plain-visits = cita, consulta, chequeo, revisión, hospital, hospitalización, emergencia, urgencias, médico, doctor, doctora, enfermera, clínica
plain-procedures = cirugía, operación, tratamiento, terapia, examen, orden, referido
plain-notes = carta, informe, reporte, resumen, nota, alta médica, alta del hospital
plain-imaging = radiografía, rayos x, placa, imagen, imágenes, ecografía, ultrasonido, sonograma, mamografía, tomografía, resonancia
plain-care-plans = meta, plan, equipo de atención, médico, doctor, doctora, enfermera
plain-devices = implante, marcapasos, lentes, anteojos, silla de ruedas, equipo, suministro, aparato
plain-documents = formulario, forma, consentimiento, papel, archivo, testamento vital
plain-bills = factura, cuenta, cobro, costo, precio, pago, pagar, dinero, seguro, aseguranza, copago, cobertura
plain-about-me = nombre, dirección, domicilio, teléfono, cumpleaños, fecha de nacimiento, idioma, contacto de emergencia
plain-other = fumar, tabaco, cigarro, alcohol, encuesta, cuestionario
