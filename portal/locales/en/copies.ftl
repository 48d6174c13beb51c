# Copies of the record.

copies-title = Get a copy
copies-lead = You can take your record home as a file. It is free.
copies-new = Make a new copy
copies-yours = Your copies
copies-none = You have not asked for a copy yet.
copies-asked = Asked for on { $date }
copies-until = kept until { $date }
copy-title = Your copy
copy-waiting = Waiting to be made
copy-building = Being made now
copy-ready = Ready
copy-failed = It did not work
copy-erased = Erased
copy-shut = Cannot be downloaded any more
copy-all-seen = All that could be seen
copy-everything = Everything
copy-between = from { $from } to { $to }
copy-from = from { $date } on
copy-to = up to { $date }
copy-progress = { $done } of { $total } items are done.
copy-leave = You can leave this page and come back. We go on without you.
copy-look-again = Look again
copy-download = Download your copy
copy-expires = We keep it until { $date }. Then we erase it.
copy-open-title = How to open it
copy-open = The file is a ZIP file. Save it, and unzip it first: “Extract all” on Windows, a double click on a Mac, a tap in the files of your phone. Then open “index.html” in the new folder: it shows your record like these pages, without internet.
copy-open-password = Your computer or phone may ask for the password and still not open it. Then use a free program: 7-Zip on Windows, Keka on a Mac. On a phone, use an app for ZIP files with an “AES” password, or open it on a computer.
copy-shared = Once it is on your device, you keep it safe. Do not save it on a device that others use.
copy-failed-words = We could not make this copy, and the people who run this service can see that. You can ask for it again.
copy-erased-words = The file is gone. Your record is still here, and you can ask for a new copy.
copy-facts = About this copy
copy-content = What is in it
copy-formats = In which forms
copy-created = Asked for
copy-made = Made
copy-password = Password
copy-password-hint = 8 letters, numbers or signs, or more.
copy-password-again = The same password again
copy-password-yes = A password protects it. We did not keep the password.
copy-password-no = None
copy-check-title = Check that the file arrived whole
copy-check = This is the fingerprint of the file (SHA-256). A program on your computer can work it out from your file. If it is the same, the file is whole.
copy-stop = Stop making this copy
copy-erase = Erase this copy now
copy-erase-words = Only the copy is erased. Your record stays as it is.

copy-new-title = Make a new copy
copy-new-lead = Choose what you want. If you change nothing, you get everything.
copy-what = What should be in it?
copy-what-all = Everything
copy-what-all-hint = All of the record, from the first day to today.
copy-what-some = Only some parts
copy-what-some-hint = Choose the parts and dates below.
copy-categories = Parts
copy-category = { $name } ({ $count })
copy-dates = Dates
copy-dates-hint = Leave them empty for all dates. Items without a date are always in the copy.
format-web = Pages to read
format-web-hint = Best for reading on a screen and for screen readers. Works without internet.
format-pdf = PDF
format-pdf-hint = Best for printing and for giving to a doctor.
format-fhir = Data for other systems (FHIR)
format-fhir-hint = Best for apps and for another clinic’s computer.
format-tables = Tables
format-tables-hint = Best for a spreadsheet, such as Excel.
format-documents = Original documents
format-documents-hint = Letters, pictures and scans, just as they came.
copy-password-title = Do you want a password on the file?
copy-password-help = You do not need one. With a password nobody can open the file without it. To open it, you need a free program: 7-Zip on Windows, Keka on a Mac. On a phone you need an app for ZIP files with an “AES” password.
copy-password-lost = Write the password down. We do not keep it. If you lose it, you have to make a new copy.
copy-count-items =
    { $count ->
        [one] This holds { $number } item.
       *[other] This holds { $number } items.
    }
copy-count-size = The file will have about { $size }, and making it takes about { $time }.
copy-count-minutes =
    { $count ->
        [one] { $number } minute
       *[other] { $number } minutes
    }
copy-count-button = Update the count
copy-confirm = This makes a copy of the record of { $name }.
copy-button = Make my copy
copy-count-not = We cannot count this yet. { $problem }
problem-what = You chose “Everything”, but also parts or dates below. Choose “Only some parts”, or clear the parts and dates.
problem-categories = Choose at least one part, or choose “Everything”.
problem-formats = Choose at least one form.
problem-order = The second date must not be before the first.
problem-password-short = Use a password with 8 letters or more.
problem-password-long = Use a password with 200 letters or fewer.
problem-password-other = The two passwords are not the same. Type both again.
