# Apps that a person lets read their record.

nav-apps = Apps
home-task-apps = See which apps may read your record, and stop them
home-task-apps-acting = See which apps may read this record, and stop them

apps-ask-title = Share your record with an app?
apps-ask-title-acting = Share this record with an app?
apps-hello = Hi, { $name }.
apps-not-you = Not you? Sign out
apps-not-you-next = Then open the app again and connect it as yourself.
apps-wants = { $app } asks to read a health record at { $clinic }.
apps-app = The app
apps-made-by = Made by
apps-goes-to = Goes back to
apps-known-marked = The clinic recommends this app. It is still not the clinic’s own.
apps-suspended = Stopped by the clinic for now, for everybody who uses it. It can read nothing.
apps-made-by-unknown = The app does not say who made it.
apps-link = Its website
apps-policy = Its privacy policy
apps-policy-none = The app names no privacy policy. That is a reason to be careful.
apps-terms = Its terms of use
apps-contact = Contact
apps-known = How we know it
apps-known-clinic = The clinic added this app itself.
apps-known-developer = Its developer signed it up on { $date }. The clinic has not checked it.
apps-known-dynamic = The app signed itself up on { $date }. Nobody has checked who runs it.
apps-known-demo = This is the sample app of this demo.

apps-whose-title = Whose record?
apps-whose-lead = You can share more than one record. Choose one.
apps-whose-own = My own record
apps-whose-other = { $name }. You: { $kind }
apps-whose-button = Go on
apps-whose-change = Choose another record
apps-no-record = You have no record here yet that you could share.
apps-no-record-next = If you are a patient of the clinic, link your record first. Then you come back to this page.
apps-no-record-helper = You may look at a record, but you may not connect an app to it.
apps-no-record-link = Link my record

apps-groups = What may it read?
apps-groups-hint = A tick is what the app asks for. Take away each tick that you do not want. What belongs to two parts goes only if both have a tick.
apps-groups-empty = It asks who you are, and does not ask to read the record.
apps-groups-names = It asks for the names of doctors, clinics and other places. It does not ask to read the record.
apps-groups-none = Tick at least one part. If you want to share nothing, choose “Do not share”.
apps-count-protected = { $items }, and { $hidden } that you must also allow below
apps-count-only = { $hidden }, but only if you also allow them below
apps-count-none-dates = Nothing from these dates.
apps-count-none = Nothing yet. The app could read what comes later.
apps-along = The names of the doctors and places that belong to what you share go with it.
apps-along-log = If every part has a tick, so does the list of who saw the record.
apps-along-name = The app also learns your name.
apps-group-problems = List of health problems
apps-group-diagnoses = Diagnoses of visits
apps-group-concerns = Health concerns
apps-group-family = Family history, warnings and risks
apps-group-daily-life = Daily life, such as smoking or work
apps-group-surveys = Answers to questions
apps-group-living = Living conditions, such as food or housing
apps-group-abilities = What you can do by yourself
apps-group-among = Only what also belongs to another part with a tick.
apps-group-rest = Everything else
apps-kinds = Single kinds of items
apps-kinds-legend = Which kinds may it read?
apps-kinds-hint = A tick is what the app asks for. A kind without a tick is not shared, whatever part it is in.
apps-dates = Only what happened from … to …
apps-dates-hint = Leave both empty to share all dates. With a date here, items without a date are not shared. Personal details have none, and go if they have a tick.
apps-labels = Very private parts
apps-labels-hint = These stay out unless you tick them.
apps-labels-none = We found nothing in this record that is marked as very private.
apps-label-substance-use = Care for the use of alcohol or drugs. It has extra protection by law.
apps-label-mental-health = Talks, diagnoses and medicines for the mind.
apps-label-hiv = Tests and medicines.
apps-label-reproductive = For instance tests, birth control, pregnancy.
apps-label-genetic = They can tell about your family too.
apps-label-violence = Do not share this if somebody who hurt you may see the app.
apps-label-minor = Care that a young person asked for alone.
apps-label-restricted = The clinic marked them. It did not say why.
apps-label-unreviewed = Free text can speak of anything, also of what is named here.

apps-span = For how long?
apps-span-day = 1 day, until { $date }
apps-span-quarter = 3 months, until { $date }
apps-span-year = 1 year, until { $date }
apps-away = When you are away
apps-away-choice = It may go on reading when you do not use it
apps-away-hint-once = With this tick the app can fetch what is new by itself, until the day you chose above. Without it that day does not count: the app can read for { $minutes } minutes from now, then it must ask you again.
apps-away-hint-online = With this tick the app can fetch what is new by itself, until the day you chose above. Without it the app can read only while you are signed in here, and not after that day.
apps-away-short = You took this tick away, so the app cannot go on until the day you chose. What holds then stands below. If that is right, choose “Share” once more. If not, set the tick again.
apps-away-no = The app can read for { $minutes } minutes from now. Then it must ask you again.

apps-away-online = The app may read as long as you are signed in here, and no longer.
apps-again-title = Sign in once more
apps-again = The app wants to be sure that it is you.
apps-again-button = Sign in
apps-earlier-title = You have connected it before
apps-earlier = You connected this app on { $date }. End that connection
apps-earlier-hint = Leave it as it is if you use the app on another device too.

apps-stop-title = How to stop it
apps-stop-words = Sign in here and open “Apps”. There you can stop it at any time. It can read nothing more from then on.
apps-law-title = What you should know
apps-law-words = This app is not part of the clinic. The privacy law that binds the clinic may not protect the copy that the app takes.
apps-law-more = The app may have its own rules for what it does with your data. Stopping the app does not delete what it already took. Ask the app to do that.
apps-law-free = It is your right to share your record. Your care here does not depend on it.
apps-confirm = This is about the record of { $name }.
apps-share = Share
apps-deny = Do not share
apps-over-title = This question is over
apps-over = You have answered it already, or you waited too long.
apps-over-next = Open the app again and connect it from there.

apps-stopped-title = We cannot connect this app
apps-stopped-client = The app that sent you here is not known to us.
apps-stopped-redirect = The app wants to send you back to an address that it did not sign up.
apps-stopped-suspended = The clinic has stopped this app for now.
apps-stopped-other = The app did not ask in the right way.
apps-stopped-wrong = The app “{ $app }” did not ask in the right way.
apps-stopped-onward = Nobody at the clinic has checked this app. Going on leads you away from here, to { $host }. Go on only if you know this app.
apps-stopped-onward-link = Go on to { $host }
apps-stopped-safe = Nothing was shared.
apps-stopped-next = You can close this page. Tell the maker of the app that it did not work.
apps-stopped-details = Details for the developer
apps-stopped-reason = Reason
apps-stopped-trace = Trace id

apps-title = Connected apps
apps-lead = Here you see which apps may read your record, what they took, and until when. You can stop each of them.
apps-lead-acting = Here you see the apps that you connected to this record, what they took, and until when.
apps-none = No app may read your record. If you use a health app, connect it from there, or find one here.
apps-none-acting = No app that you connected may read this record.
apps-find-link = Find apps
apps-ended-title = Ended
apps-may-read = May read: { $list }.
apps-may-not-kinds = But not: { $list }.
apps-may-protected = Also very private parts: { $list }.
apps-may-no-protected = No very private parts.
apps-until = May read until { $date }
apps-until-session = May read while the sign-in lasts in which it was connected, until { $date } at the latest.
apps-paused = Paused since { $date }. It can read nothing now.
apps-ended-person = Stopped on { $date }
apps-ended-expired = Its time was over on { $date }
apps-ended-replaced = A new connection took its place on { $date }
apps-ended-misused = We ended it on { $date }, because somebody else may have got hold of its key. You can connect the app again.
apps-ended-given-up = The app ended it on { $date }
apps-ended-no-right = Ended on { $date }, because whoever connected it may not see this record any more
apps-took-none = It has read nothing yet.
apps-took =
    { $count ->
        [one] It read { $number } time, last on { $date }.
       *[other] It read { $number } times, last on { $date }.
    }

apps-since = Connected on { $date }.
apps-since-by = Connected on { $date } by { $by }.
apps-since-whose = For the record of { $name }.
apps-until-once = May read until { $date }. It may not go on by itself.
apps-could-read = It could read: { $list }.
apps-ended-nothing = It can read nothing here any more. What it took stays with the app.
apps-took-never = It never read anything.
apps-one-ended-title = An app that was connected
apps-one-could-read = What it could read
apps-one-away-could = It could read.
apps-one-away-could-not = It could not read.

apps-history = What happened
apps-event-given = Connected
apps-event-changed = Narrowed
apps-event-paused = Paused
apps-event-resumed = Let go on
apps-event-first-read = It read for the first time
apps-event-ended = Ended
apps-event-other = Something else

apps-one-title = A connected app
apps-one-reads = What it may read
apps-one-since = Connected on
apps-one-by = Connected by
apps-one-until = Until
apps-one-away = When you are away
apps-one-away-yes = It may read.
apps-one-away-no = It may not read.
apps-took-title = What it took
apps-took-hint = If it read the same item twice, we count it twice.
apps-took-kind = Kind
apps-took-items = Items
apps-took-last = Last time
apps-took-days = Days
apps-took-day =
    { $count ->
        [one] { $date }: { $number } item
       *[other] { $date }: { $number } items
    }
apps-took-earlier = There are earlier days. The log shows all of them.
apps-took-log = See each reading in the log
apps-change-title = Let it see less
apps-change-words = You can take parts away, or let it end sooner. To let it see more, connect it again from the app.
apps-change-until = Ends on
apps-change-until-hint = The last day on which it may read, { $date } at the latest.
apps-change-button = Save
apps-change-none = Tick at least one part. If it must read nothing, stop the app.
apps-changed = Saved. It counts from now on.
apps-pause-title = Pause it
apps-pause-words = It can read nothing until you let it go on. Nothing else changes.
apps-pause = Pause
apps-resume-words = It is paused. If you let it go on, it can read again what stands above.
apps-resume = Let it go on
apps-stop = Stop this app
apps-end-title = Stop this app?
apps-end-now = From the next moment on, { $app } can read nothing more here.
apps-end-took = What it already took stays with the app. Ask the app to delete it.
apps-end-again = You can connect it again later. Then you choose anew.
apps-end-button = Stop it now
apps-end-keep = Keep it

apps-find-title = Find apps
apps-find-lead = These apps can open with your record. You choose what each may see before it reads anything.
apps-find-not-ours = They are not the clinic’s apps. Each has its own maker and its own rules.
apps-find-none = No app has been signed up that can be opened from here. You can still connect an app from the app itself.
apps-find-open = Open { $app }
apps-find-developers = Do you make an app?
apps-find-developers-link = Information for developers

log-app = Shown: what one app read.
log-app-all = Show the whole log
log-app-grant = What you allowed
log-app-grant-acting = What the person allowed
log-kind-apps = opened a page about apps
log-filter-apps = Pages about apps

problem-app-nothing = Tick at least one part.
problem-app-more = Here you can only take away. For more, connect the app again.
problem-app-words = Use letters and numbers only, on one line.
problem-app-clinic = This is the name of the clinic. People would take the app for the clinic’s own. Choose another name.
problem-app-many = There are too many. Tell fewer.
problem-app-redirect = One of these addresses cannot be used. Use https, or http to the same machine, or the own scheme of an app with a dot in it. No part after #.
problem-app-address = Enter a whole address that begins with https.
problem-app-keys = We cannot use these keys. Give a JWK Set whose keys each have a kid of their own, with at least one for RS384 (RSA of 2048 bits or more) or ES384 (EC P-384), and none that is private or only for encryption.
problem-app-scripts = Write this in the letters of one alphabet. A mix can look like another name.
problem-app-taken = This looks like the name of another app that the clinic knows. Choose another name.
problem-app-keys-private = This address is not on the public internet. We cannot read keys there.
problem-app-scope = One of these scopes is not offered here.
problem-app-agreed = The clinic agreed to these scopes. They cannot be widened here.
problem-app-system = This does not fit a system.
refused-no-apps = You may look at this record, but you may not connect an app to it.
refused-too-many-apps = You have signed up too many apps. Remove one that you do not need.
conflict-ask-used = You have answered this question already.
