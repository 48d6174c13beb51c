# Fechas, períodos, listas y cantidades.

month-1 = enero
month-2 = febrero
month-3 = marzo
month-4 = abril
month-5 = mayo
month-6 = junio
month-7 = julio
month-8 = agosto
month-9 = septiembre
month-10 = octubre
month-11 = noviembre
month-12 = diciembre
date-month = { $month } de { $year }
date-day = { $day } de { $month } de { $year }
date-time = { $date }, { $time }
time-am = { $time } a. m.
time-pm = { $time } p. m.
period-both = { $from } a { $until }
period-days = Del { $from } al { $until }
period-from-day = Desde el { $from }
period-until-day = Hasta el { $until }
period-from = Desde { $from }
period-until = Hasta { $until }
list-and = { $most } y { $last }
money-other = { $amount } { $currency }
count-items =
    { $count ->
        [one] { $number } elemento
       *[other] { $number } elementos
    }
value-old = { $value } (anterior)
value-old-until = { $value } (anterior, hasta el { $date })
value-until = { $value } (hasta el { $date })
