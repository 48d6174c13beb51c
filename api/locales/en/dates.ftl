# Dates, periods, lists and counts.

month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
date-month = { $month } { $year }
date-day = { $month } { $day }, { $year }
date-time = { $date }, { $time }
time-am = { $time } AM
time-pm = { $time } PM
period-both = { $from } to { $until }
period-days = { $from } to { $until }
period-from-day = Since { $from }
period-until-day = Until { $until }
period-from = Since { $from }
period-until = Until { $until }
list-and = { $most } and { $last }
money-other = { $amount } { $currency }
count-items =
    { $count ->
        [one] { $number } item
       *[other] { $number } items
    }
value-old = { $value } (old)
value-old-until = { $value } (old, until { $date })
value-until = { $value } (until { $date })
