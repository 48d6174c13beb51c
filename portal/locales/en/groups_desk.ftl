# Groups of patients at the desk.

nav-staff-groups = Groups
desk-groups-title = Groups of patients
desk-groups-link = Groups of patients that systems take out
desk-groups-lead = The clinic agreed that certain systems may take out the records of these groups. A group is made, and changes, when two people want it.
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
desk-group-system = System
desk-group-system-choose = Choose a system
desk-group-give = Let another system take it out
desk-group-give-words = It counts when a second person agrees. One of the two must be a privacy officer.
desk-group-take = Take it from { $system }
desk-group-take-words = A system from which you take it gets nothing of it from its next request on. Exports with this group that are being put together stop.
desk-group-settings = This system stands in the settings. They say which groups it may take out.
desk-group-given = { $name } proposed to let { $system } take it out, { $date }.
desk-group-taken = { $name } took it from { $system }, { $date }.
conflict-system-group = This system cannot be given the group. It has it already, or is not there any more, or has 20 groups.
desk-group-exports = What was taken out
desk-group-exports-none = Nothing was taken out yet.
desk-group-history = What became of the group
desk-group-history-none = Nothing was written down.
desk-group-made = { $name } made it, { $date }.
desk-group-set = { $name } set who is in it, { $date }.
desk-group-came =
    { $count ->
        [0] Nobody came in.
        [one] { $number } person came in.
       *[other] { $number } people came in.
    }
desk-group-went =
    { $count ->
        [0] Nobody went out.
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

# Proposals.

desk-group-name = Name
desk-group-name-hint = What you call it. The receiving systems see it.
desk-group-id-hint = Letters, digits, dots and dashes. It stands in addresses and in what is agreed with a system.
desk-group-recipient-hint = Who gets the records, as people will read it in their log.
desk-group-who = Who that is
desk-group-who-other = Anybody but a health plan
desk-group-who-plan = A health plan. What people asked to keep from their plan does not go out.
desk-group-shown-hint = Tick only what the recipient needs. Psychotherapy notes and papers for a legal case never go out.
desk-group-members-hint = One record number or id on each line, up to 2,000. The second person sees who they are if they may look for people, and else how many.
desk-group-lines = Lines that mean nobody here, or several people: { $lines }. Nothing was kept.
desk-group-unknown =
    { $count ->
        [one] { $number } line means nobody here, or several people. Nothing was kept.
       *[other] { $number } lines mean nobody here, or several people. Nothing was kept.
    }
refused-too-many-lists = You sent many lists of people in a short time. What you typed is still here. Wait an hour or a day, then send it again.
problem-group-members = Some lines mean nobody here, or several people. Mend these lines and send the list again.
problem-group-many = Name at most 2,000 people. A longer list can be put in on the server, with the command “recordright group”.
conflict-group-proposed = Something about this group waits already for a second person. Wait until it is decided.
refused-group-officer = One of the two people must be a privacy officer today. Ask a privacy officer to agree.
desk-group-members-title = Change who is in the group
desk-group-members-lead = The list takes the place of the one before: who is not on it leaves the group. It counts when a second person agrees.
desk-group-now = In it now
desk-group-agreed = { $name } agreed, { $date }.
desk-group-end = End the group
desk-group-end-words = Nothing of it is taken out from then on, and files that were made are not handed out any more. It cannot be undone.
desk-proposals-title = Proposals about groups
desk-proposals-lead = A group counts, or changes, when a second person agrees within 30 days. One of the two must be a privacy officer.
desk-proposals-none = Nothing was proposed.
desk-proposal-title = One proposal
desk-proposal-new = Propose a group
desk-proposal-lead = Systems that were agreed for this group will take out the records of these people. Nothing goes out before a second person agrees. What it is for and who gets it do not change later.
desk-proposal-button = Propose it
desk-proposal-group = A new group
desk-proposal-members = Other people in a group
desk-proposal-system = Another system for a group
desk-proposal-system-words = From then on, this system can take out the records of the people in this group. Each of them reads it in their log.
desk-proposal-by = { $name } proposed it, { $date }.
desk-proposal-what = What
desk-proposal-who = Who
desk-proposal-many = People it would have
desk-proposal-waits = It waits for a second person.
desk-proposal-second = A second person must agree. It cannot be the one who proposed it.
desk-proposal-agreed = { $name } agreed, { $date }.
desk-proposal-declined = { $name } declined it, { $date }.
desk-proposal-taken-back = { $name } took it back, { $date }.
desk-proposal-lapsed = Nobody agreed within 30 days. It is over.
desk-proposal-come = Would come in
desk-proposal-go = Would go out
desk-proposal-agree = Agree
desk-proposal-agree-words = From then on, the systems of this group can take out the records of these people. Each of them reads it in their log.
desk-proposal-decline = Decline
desk-proposal-take-back = Take it back
desk-waiting-groups =
    { $count ->
        [0] No proposal about a group waits for you.
        [one] { $number } proposal about a group waits for you to agree.
       *[other] { $number } proposals about groups wait for you to agree.
    }
desk-proposal-people = Who would be in the group
