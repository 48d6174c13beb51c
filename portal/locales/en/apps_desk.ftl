# Apps and systems at the desk.

nav-staff-apps = Apps
desk-apps-title = Apps and systems
desk-apps-lead = Apps that patients can connect, and systems that were agreed with the clinic. Patients decide about their apps; the clinic stops one only where it is a danger.
desk-apps-none = No app is registered.
desk-app-title = One app
desk-app-system = system
desk-app-origin = Registered by
desk-app-clinic = the clinic
desk-app-clinic-named = the clinic, { $name }
desk-app-people = Connected now
desk-app-developer = its developer
desk-app-developer-named = its developer, { $name }
desk-app-dynamic = itself
desk-app-demo = the demonstration
desk-app-second = Second person
desk-app-agreed = { $name } agreed, { $date }.
desk-app-settings = the settings of this service
desk-app-settings-gone = It is no longer in the settings of this service.
desk-app-settings-back = It goes on when it is in the settings again and the service is started.
conflict-app-gone = This app is no longer in the settings of this service. Put it back there and start the service again.
conflict-app-known = What this form signed up was removed since. Send it once more to sign it up anew.
desk-app-grants =
    { $count ->
        [one] { $number } person has it connected
       *[other] { $number } people have it connected
    }
desk-app-suspend = Stop this app
desk-app-suspend-words = None of its tokens works from that moment on, for anybody. Its users and its developer see that the clinic stopped it.
desk-app-why-hint = Such as: it hands data on, or its keys were stolen. That nobody has checked the app is no reason (45 CFR 171.203).
desk-app-resume = Let it go on
desk-app-resume-words = What people allowed it before counts again.
desk-system-new = Register a system (backend service)
desk-system-new-title = Register a system
desk-system-new-lead = A system reads without a person. It proves itself with a key pair, gets only the scopes that stand here, and only the groups that stand here.
desk-app-new = Register an app for patients
desk-app-new-title = Register an app for patients
desk-app-new-lead = It stands first under “Find apps”, and people read that the clinic added it.
desk-app-register = Register
desk-app-made-title = It is registered
desk-app-agree = Agree to this system
desk-app-agree-words = What a system reads without a person takes two people of the clinic. Look at its keys, its scopes and its groups first.
desk-app-mark-title = Recommendation
desk-app-mark-words = If the clinic recommends it, it stands first among the apps to be found, and people read that.
desk-app-marked = The clinic recommends it.
desk-app-mark = Recommend
desk-app-unmark = Do not recommend any more
