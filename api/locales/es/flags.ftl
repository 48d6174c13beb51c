# Qué significa un resultado.

bounds-between = { $low } a { $high }
bounds-most = { $amount } o menos
bounds-least = { $amount } o más
bounds-below = menos de { $amount }
bounds-above = más de { $amount }
unit-beats = { $number } latidos/min
unit-breaths =
    { $count ->
        [one] { $number } respiración/min
       *[other] { $number } respiraciones/min
    }
unit-points =
    { $count ->
        [one] { $number } punto
       *[other] { $number } puntos
    }
unit-minutes-week = { $number } min a la semana
unit-units =
    { $count ->
        [one] { $number } unidad
       *[other] { $number } unidades
    }
flag-normal = Normal
flag-high = Alto
flag-low = Bajo
flag-very-high = Muy alto
flag-very-low = Muy bajo
flag-abnormal = Fuera de lo normal
flag-critical = Muy fuera de lo normal
flag-positive = Positivo (se encontró)
flag-negative = Negativo (no se encontró)
flag-unclear = No es claro
flag-resistant = La medicina no detiene este germen
flag-susceptible = La medicina detiene este germen
flag-better = Mejor que antes
flag-worse = Peor que antes
