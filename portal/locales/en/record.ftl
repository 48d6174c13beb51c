# Home, the record, lists, items, charts, and what is not here.

home-title = Home
home-new-title = New since last time
home-new-none = Nothing new has come in since you last looked.
home-new-first = From your next visit on, this tells you what has come in since the last one. Your whole record is under “My record”.
home-new-count =
    { $count ->
        [one] { $number } item has come in since you last looked.
       *[other] { $number } items have come in since you last looked. Here are the newest.
    }
home-tasks-title = What do you want to do?
home-task-record = Results, medicines, visits, notes and all the rest.
home-task-record-part = What you may see of it.
home-task-copy = Take your record home, or parts of it.
home-task-log = Every look at your record, with day and time.
home-task-not-here = What may be missing, and why.
home-task-wrong = How to ask for a correction.
home-visits-title = Your visits
home-visits-coming = still to come
home-visits-none = There are no visits in your record.
home-visits-all = See all visits
home-seen-title = Who looked last
home-seen-all = See the whole log
record-title = My record
record-lead = Choose a part of your record, or search all of it.
record-updated = Something last came in on { $date }.
record-empty = Nothing is in your record yet. It may still be on its way.
record-items =
    { $count ->
        [one] { $number } item
       *[other] { $number } items
    }
record-items-files = A file that belongs to an item, such as a letter, counts with it.
record-newest = newest: { $date }
record-missing-title = Is something missing?
record-missing = Not everything may have reached us. We show what we asked for and what did not come.
search-title = Search your record
search-label = Search your whole record
search-button = Search
search-hint = Type a word, such as the name of a medicine, a test or a doctor.
search-parts = Parts of the record where it may be:
list-displaying = Displaying { $first } to { $last } of { $total }, newest first
list-none-found = We found nothing that fits. Try fewer or other words, or show all.
list-none-found-language = The clinic may have written it in English. If you know the English word, search for that.
list-empty = There is nothing in this part of your record.
list-why-empty = Why something may be missing
narrow-label = Narrow this page as you type
narrow-none = Nothing on this page fits. Other pages may hold more.
line-no-date = No date
line-range = Normal range: { $range }
line-in-error = The people who wrote this have marked it as a mistake. Do not rely on it.

item-title = { $category }: one item
item-related = Belongs to
item-origin = Where this comes from
item-source = Source
item-received = Received
item-author = Written by
item-author-none = The source does not say
item-versions = Earlier versions
item-versions-count =
    { $count ->
        [one] { $number } earlier version is kept.
       *[other] { $number } earlier versions are kept.
    }
item-wrong-title = Something wrong here?
item-wrong = You can ask the records office for a correction. Tell them the date and the name of this item.
item-wrong-link = How to ask for a correction
item-details = Details for experts: codes and data
item-codes = Codes
code-element = Part
code-name = Name
code-code = Code
code-system = Code system
item-raw = This is the item as its source sent it (FHIR data). We only break it into lines for reading; the copy that you can take home has the exact bytes.
item-raw-long = The data is too long to show here. It is in the copy that you can take home, in the folder “fhir”.
documents-title = Files
document-number = File { $number }
document-save = Save: { $name }
document-look = Look at: { $name }
document-picture = picture
document-text = text
document-elsewhere = this file is kept in another system. Ask the records office for it.

chart-caption = { $title } over time
chart-described =
    { $count ->
        [one] A line chart with { $count } value: { $first } on { $from }.
       *[other] A line chart with { $count } values, from { $first } on { $from } to { $last } on { $to }.
    }
chart-range = Normal range: { $low } to { $high }.
chart-range-low = Normal range: { $low } or more.
chart-range-high = Normal range: { $high } or less.
chart-shaded = It is shaded in the chart.
chart-pair = The solid line shows the first number, the dashed line the second.
chart-table = { $title }: the same numbers as a table
chart-date = Date
chart-value = Value

not-here-title = What is not here
not-here-lead = We show what each system of the clinic was asked for, what came, and what failed.
not-here-sources = Where your record comes from
not-here-no-sources = No system has sent anything yet.
source-imported = The clinic gave us files from this system. It is not asked again by itself.
source-done = The last time we asked, everything came.
source-running = We are asking this system now.
source-partial = The last time we asked, a part did not come.
source-failed = The last time we asked, it failed.
source-count = Items from it
source-last = Something last came
source-never = Never
source-failure = What went wrong
source-failed-parts = Parts that did not come
source-next = We ask again
not-here-quarantine-title = Held back because it is damaged
not-here-quarantine =
    { $count ->
        [one] { $number } piece could not be read or was not safe to show. The clinic can see this and must fix it. Ask the records office about it.
       *[other] { $number } pieces could not be read or were not safe to show. The clinic can see this and must fix it. Ask the records office about them.
    }
not-here-empty-title = Parts with nothing in them
not-here-empty = Nothing came for these. It may be that there is nothing.
not-here-withheld-title = Is anything kept from me?
not-here-withheld = This service hides nothing that it received about you. By law the clinic may keep a few things out, such as a therapist’s private notes. If you ask for these, it must tell you in writing why you do not get them, and how you can complain to the clinic or to the Office for Civil Rights (45 CFR 164.524(d)).
kept-back = The law keeps something of this from you. “What is not here” tells you how much, why, and what you can do.
kept-back-link = Why something is kept back
kept-back-among = Of these:
kept-back-reason = { $items }, kept back since { $date }. The clinic wrote: { $reason }
kept-back-review = You can ask the clinic’s privacy officer to look at this again. You can also complain to the clinic, or to the Office for Civil Rights of the U.S. Department of Health and Human Services (45 CFR 164.524(d)). Nobody may treat you worse because you did.
not-here-ask-title = Ask for what is missing
not-here-ask = Tell the records office what you miss. The clinic must answer within 30 days.

gather-away = The system did not answer.
gather-time-out = The system took too long to answer.
gather-unauthorized = The system did not let us in.
gather-not-found = The system does not know this person.
gather-not-supported = The system cannot give this part.
gather-busy = The system was too busy.
gather-server-error = The system reported a fault.
gather-html = The system sent a web page where data should be.
gather-broken = The system sent something that cannot be read.
gather-too-large = The system sent more than can be right.
gather-loop = The system sent the same page again and again.
gather-elsewhere = The system sent us to another address, and we did not follow.
gather-wrong-version = The system speaks another version of the data format.
gather-somebody-else = The system has somebody else under this number now. We took nothing of it.
