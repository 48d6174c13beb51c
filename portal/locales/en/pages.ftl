# The frame of every page, and the parts that several pages share.

skip = Skip to main content
nav-name = Main pages
nav-menu = Menu
nav-home = Home
nav-record = My record
nav-copies = Get a copy
nav-log = Who has seen my record
nav-account = Account
nav-help = Help
nav-start = Start
nav-sign-in = Sign in
nav-link = Link my record
nav-accessibility = Accessibility
sign-out = Sign out
leave = Leave this page quickly
leave-out = Leave quickly and sign out
crumbs-name = You are here
whose-name = Whose record this is
whose = This is the record of
whose-born = born { $date }
problems-title = There is something to fix
footer-office = Records office:
stay-words =
    { $count ->
        [one] If you do nothing for { $number } minute, we sign you out to keep health records safe.
       *[other] If you do nothing for { $number } minutes, we sign you out to keep health records safe.
    }
desk-stay-words =
    { $count ->
        [one] If you do nothing for { $number } minute, we sign you out to keep the records safe.
       *[other] If you do nothing for { $number } minutes, we sign you out to keep the records safe.
    }
stay-button = Stay signed in
stay-soon = We will sign you out in about % min. Do you want to stay signed in?
stay-kept = You are signed out. What you typed is kept while you sign in again.
stay-again = Sign in again
size-bytes =
    { $count ->
        [one] { $number } byte
       *[other] { $number } bytes
    }
office-name = Clinic
office-phone = Phone
office-email = E-mail
office-address = Address
pager-name = More pages
pager-newer = Newer
pager-newest = Newest
pager-older = Older
filter-title = Show only some
filter-from = From
filter-to = To
filter-source = Source
filter-place = Place
filter-any = Any
filter-button = Show these
filter-clear = Show all
problem-choice = Choose one of the entries of the list. We left out what we do not know.
problem-date = Enter a real date, such as 03/04/2024.
problem-date-future = Enter a date that is not in the future.
problem-required = Fill in this field.
problem-too-long = This is too long. Make it shorter.
problem-contact = Enter a phone number or an e-mail address.
