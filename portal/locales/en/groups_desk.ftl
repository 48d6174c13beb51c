# Groups of patients at the desk.

desk-groups-title = Groups of patients
desk-groups-link = Groups of patients that systems take out
desk-groups-lead = The clinic agreed that certain systems may take out the records of these groups. Groups are made and changed on the server, with the command “recordright group”.
desk-groups-none = There is no group.
desk-group-title = One group
desk-group-people =
    { $count ->
        [one] { $number } person
       *[other] { $number } people
    }
desk-group-id = Id
desk-group-members = People in it
desk-group-recipient = Goes to
desk-group-purpose = What for
desk-group-for-treatment = so that people can be treated
desk-group-for-payment = so that care can be paid for
desk-group-for-operations = for the work of running health care
desk-group-shown = Protected information that goes out
desk-group-shown-none = None
desk-group-changed = Last changed
desk-group-plan = This is a health plan. What people asked to keep from their plan does not go out.
desk-group-over = Over since { $date }.
desk-group-systems = Systems that may take it out
desk-group-systems-none = No system may take it out.
desk-group-exports = What was taken out
desk-group-exports-none = Nothing was taken out yet.
desk-group-history = What became of the group
desk-group-history-none = Nothing was written down.
desk-group-made = { $name } made it, { $date }.
desk-group-set = { $name } set who is in it, { $date }.
desk-group-came =
    { $count ->
        [one] { $number } person came in.
       *[other] { $number } people came in.
    }
desk-group-went =
    { $count ->
        [one] { $number } person went out.
       *[other] { $number } people went out.
    }
desk-group-ended = { $name } ended it, { $date }.
desk-export-asked = { $system } asked for it, { $date }.
desk-export-waiting = It waits to be put together.
desk-export-working = It is being put together: { $done } of { $total } people are done.
desk-export-ready = Ready since { $date }. It can be fetched until { $until }.
desk-export-failed = It failed, { $date }.
desk-export-erased = Its files were erased, { $date }.
desk-export-others = Other groups are in it as well.
