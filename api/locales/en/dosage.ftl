# How and when to take a medicine.

route-mouth = by mouth
route-swallow = swallowed
route-tongue = under the tongue
route-vein = into a vein
route-muscle = as a shot into a muscle
route-skin-shot = as a shot under the skin
route-in-skin = as a shot into the skin
route-on-skin = on the skin
route-patch = as a skin patch
route-nose = into the nose
route-breathe = breathed in
route-eye = into the eye
route-ear = into the ear
route-rectum = into the rectum
route-vagina = into the vagina
moment-morning = in the morning
moment-noon = at noon
moment-afternoon = in the afternoon
moment-evening = in the evening
moment-night = at night
moment-after-sleep = after falling asleep
moment-bedtime = at bedtime
moment-waking = after waking up
moment-meals = with meals
moment-breakfast = with breakfast
moment-lunch = with lunch
moment-dinner = with dinner
moment-before-meals = before meals
moment-before-breakfast = before breakfast
moment-before-lunch = before lunch
moment-before-dinner = before dinner
moment-after-meals = after meals
moment-after-breakfast = after breakfast
moment-after-lunch = after lunch
moment-after-dinner = after dinner
day-monday = Monday
day-tuesday = Tuesday
day-wednesday = Wednesday
day-thursday = Thursday
day-friday = Friday
day-saturday = Saturday
day-sunday = Sunday
dosage-as-needed = only when needed
dosage-as-needed-for = only when needed for: { $reason }
dosage-most = no more than { $most }
dosage-rate = at a rate of { $rate }
dosage-plain = { $number } at a time
form-tablet =
    { $count ->
        [one] { $number } tablet
       *[other] { $number } tablets
    }
form-capsule =
    { $count ->
        [one] { $number } capsule
       *[other] { $number } capsules
    }
form-puff =
    { $count ->
        [one] { $number } puff
       *[other] { $number } puffs
    }
form-drop =
    { $count ->
        [one] { $number } drop
       *[other] { $number } drops
    }
form-spray =
    { $count ->
        [one] { $number } spray
       *[other] { $number } sprays
    }
form-patch =
    { $count ->
        [one] { $number } patch
       *[other] { $number } patches
    }
form-dose =
    { $count ->
        [one] { $number } dose
       *[other] { $number } doses
    }
form-teaspoon =
    { $count ->
        [one] { $number } teaspoon
       *[other] { $number } teaspoons
    }
form-unit =
    { $count ->
        [one] { $number } unit
       *[other] { $number } units
    }
span-seconds =
    { $count ->
        [one] { $number } second
       *[other] { $number } seconds
    }
span-minutes =
    { $count ->
        [one] { $number } minute
       *[other] { $number } minutes
    }
span-hours =
    { $count ->
        [one] { $number } hour
       *[other] { $number } hours
    }
span-days =
    { $count ->
        [one] { $number } day
       *[other] { $number } days
    }
span-weeks =
    { $count ->
        [one] { $number } week
       *[other] { $number } weeks
    }
span-months =
    { $count ->
        [one] { $number } month
       *[other] { $number } months
    }
span-years =
    { $count ->
        [one] { $number } year
       *[other] { $number } years
    }
schedule-at = at { $times }
schedule-count =
    { $count ->
        [one] { $number } time in all
       *[other] { $number } times in all
    }
schedule-lasts = for { $span }
every-span = every { $span }
every-hour = every hour
every-minute = every minute
times =
    { $count ->
        [one] once
       *[other] { $number } times
    }
times-per = { $times } { $per }
per-second = a second
per-minute = a minute
per-hour = an hour
per-day = a day
per-week = a week
per-month = a month
per-year = a year
