# What a result means.

bounds-between = { $low } to { $high }
bounds-most = { $amount } or less
bounds-least = { $amount } or more
bounds-below = less than { $amount }
bounds-above = more than { $amount }
unit-beats = { $number } beats/min
unit-breaths =
    { $count ->
        [one] { $number } breath/min
       *[other] { $number } breaths/min
    }
unit-points =
    { $count ->
        [one] { $number } point
       *[other] { $number } points
    }
unit-minutes-week = { $number } min a week
unit-units =
    { $count ->
        [one] { $number } unit
       *[other] { $number } units
    }
flag-normal = Normal
flag-high = High
flag-low = Low
flag-very-high = Very high
flag-very-low = Very low
flag-abnormal = Not normal
flag-critical = Very far from normal
flag-positive = Positive (found)
flag-negative = Negative (not found)
flag-unclear = Unclear
flag-resistant = The medicine does not stop this germ
flag-susceptible = The medicine stops this germ
flag-better = Better than before
flag-worse = Worse than before
