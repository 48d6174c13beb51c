# Cómo y cuándo tomar una medicina.

route-mouth = por la boca
route-swallow = tragada
route-tongue = debajo de la lengua
route-vein = en la vena
route-muscle = inyectada en un músculo
route-skin-shot = inyectada debajo de la piel
route-in-skin = inyectada en la piel
route-on-skin = sobre la piel
route-patch = en parche sobre la piel
route-nose = en la nariz
route-breathe = inhalada
route-eye = en el ojo
route-ear = en el oído
route-rectum = por el recto
route-vagina = por la vagina
moment-morning = por la mañana
moment-noon = al mediodía
moment-afternoon = por la tarde
moment-evening = al anochecer
moment-night = por la noche
moment-after-sleep = después de dormirse
moment-bedtime = al acostarse
moment-waking = al despertar
moment-meals = con las comidas
moment-breakfast = con el desayuno
moment-lunch = con el almuerzo
moment-dinner = con la cena
moment-before-meals = antes de las comidas
moment-before-breakfast = antes del desayuno
moment-before-lunch = antes del almuerzo
moment-before-dinner = antes de la cena
moment-after-meals = después de las comidas
moment-after-breakfast = después del desayuno
moment-after-lunch = después del almuerzo
moment-after-dinner = después de la cena
day-monday = lunes
day-tuesday = martes
day-wednesday = miércoles
day-thursday = jueves
day-friday = viernes
day-saturday = sábado
day-sunday = domingo
dosage-as-needed = solo si es necesario
dosage-as-needed-for = solo si es necesario por: { $reason }
dosage-most = no más de { $most }
dosage-rate = a un ritmo de { $rate }
dosage-plain = { $number } cada vez
form-tablet =
    { $count ->
        [one] { $number } tableta
       *[other] { $number } tabletas
    }
form-capsule =
    { $count ->
        [one] { $number } cápsula
       *[other] { $number } cápsulas
    }
form-puff =
    { $count ->
        [one] { $number } inhalación
       *[other] { $number } inhalaciones
    }
form-drop =
    { $count ->
        [one] { $number } gota
       *[other] { $number } gotas
    }
form-spray =
    { $count ->
        [one] { $number } rociada
       *[other] { $number } rociadas
    }
form-patch =
    { $count ->
        [one] { $number } parche
       *[other] { $number } parches
    }
form-dose =
    { $count ->
        [one] { $number } dosis
       *[other] { $number } dosis
    }
form-teaspoon =
    { $count ->
        [one] { $number } cucharadita
       *[other] { $number } cucharaditas
    }
form-unit =
    { $count ->
        [one] { $number } unidad
       *[other] { $number } unidades
    }
span-seconds =
    { $count ->
        [one] { $number } segundo
       *[other] { $number } segundos
    }
span-minutes =
    { $count ->
        [one] { $number } minuto
       *[other] { $number } minutos
    }
span-hours =
    { $count ->
        [one] { $number } hora
       *[other] { $number } horas
    }
span-days =
    { $count ->
        [one] { $number } día
       *[other] { $number } días
    }
span-weeks =
    { $count ->
        [one] { $number } semana
       *[other] { $number } semanas
    }
span-months =
    { $count ->
        [one] { $number } mes
       *[other] { $number } meses
    }
span-years =
    { $count ->
        [one] { $number } año
       *[other] { $number } años
    }
schedule-at = a las { $times }
schedule-count =
    { $count ->
        [one] { $number } vez en total
       *[other] { $number } veces en total
    }
schedule-lasts = durante { $span }
every-span = cada { $span }
every-hour = cada hora
every-minute = cada minuto
times =
    { $count ->
        [one] una vez
       *[other] { $number } veces
    }
times-per = { $times } { $per }
per-second = por segundo
per-minute = por minuto
per-hour = por hora
per-day = al día
per-week = por semana
per-month = al mes
per-year = al año
