# Copies of a record: the offline page, the PDF, the spreadsheets, READ-ME.txt, and what can go wrong.

copies-title = Health record
copies-skip = Skip to the record
copies-person = { $name }, born { $date }
copies-made = This copy was made by { $clinic } on { $date }.
copies-program-notice = This copy holds records of a substance use program. This record which has been disclosed to you is protected by Federal confidentiality rules (42 CFR part 2). These rules prohibit you from using or disclosing this record, or testimony that describes the information contained in this record, in any civil, criminal, administrative, or legislative proceedings by any Federal, State, or local authority, against the patient, unless authorized by the consent of the patient, except as provided at 42 CFR 2.12(c)(5) or as authorized by a court in accordance with 42 CFR 2.64 or 2.65. In addition, the Federal rules prohibit you from making any other use or disclosure of this record unless at least one of the following applies: (i) Further use or disclosure is expressly permitted by the written consent of the individual whose information is being disclosed in this record or as otherwise permitted by 42 CFR part 2. (ii) You are a covered entity or business associate and have received the record for treatment, payment, or health care operations. (iii) You have received the record from a covered entity or business associate as permitted by 45 CFR part 164, subparts A and E. A general authorization for the release of medical or other information is NOT sufficient to meet the required elements of written consent to further use or redisclose the record (see 42 CFR 2.31).
copies-program-consent = { $name } signed the consent that allows this copy: “{ $title }”, recorded { $date }. Its text is in { $file }.
copies-scope-all = It holds everything that the clinic keeps of this record in this service.
copies-scope-shown = It holds what the clinic keeps of this record in this service, without what the law keeps from it. How much that is stands below.
copies-scope-seen = It holds what the one who asked for it may see of this record.
copies-missing-part = Whoever asked for this copy acts for the person and may see a part of the record. The rest is not in it.
copies-missing-withheld =
    { $count ->
        [one] { $number } item is kept from this copy by law: a therapist’s private notes, or papers put together for a court case (45 CFR 164.524(a)(1)).
       *[other] { $number } items are kept from this copy by law: a therapist’s private notes, or papers put together for a court case (45 CFR 164.524(a)(1)).
    }
copies-scope-categories = It holds the parts that were chosen: { $list }.
copies-scope-dates = It holds the dates that were chosen: { $period }.
copies-search-label = Search in this record
copies-search-none = Nothing found. Try fewer or shorter words.
copies-search-some = Items found: { "{n}" }
copies-parts = Parts of this record
copies-no-date = Without a date
copies-mistake = Marked as a mistake
copies-source = From { $source }, received { $date }
copies-foot = This page works without the internet. Nothing you do here is sent anywhere.
copies-charts =
    { $count ->
        [one] { $number } chart over time
       *[other] { $number } charts over time
    }
copies-chart-text = { $count } results from { $from } to { $to }. Lowest: { $lowest }. Highest: { $highest }. Newest: { $newest }.
copies-chart-band = The shaded band is the normal range.
copies-files =
    { $count ->
        [one] { $number } file
       *[other] { $number } files
    }
copies-files-title = Original files
copies-files-intro = These files came with the record. They are in the folder “documents” beside this page.
copies-document-as-text = A web browser could run things in this file. It is kept as text, so that nothing starts when you open it.
copies-document-name = document

copies-missing-title = What may be missing
copies-missing-nothing = All that this service keeps of the record is in this copy. We know of nothing that failed to arrive.
copies-missing-chosen = Only a part of the record was chosen. Everything else was left out.
copies-missing-elsewhere-kept = Paper files and records that other places keep may not be here. Ask those places for their records.
copies-missing-source-failed = We could not get records from “{ $source }” the last time we tried.
copies-missing-source-partial = Some of the records from “{ $source }” did not arrive the last time we tried.
copies-missing-source-running = We were still getting records from “{ $source }” when this copy was made.
copies-missing-quarantined =
    { $count ->
        [one] { $number } piece of the record could not be read and is not in this copy. Our staff is looking at it.
       *[other] { $number } pieces of the record could not be read and are not in this copy. Our staff is looking at them.
    }
copies-missing-unreadable =
    { $count ->
        [one] { $number } file in the record is damaged and could not be opened.
       *[other] { $number } files in the record are damaged and could not be opened.
    }
copies-missing-elsewhere =
    { $count ->
        [one] { $number } file is only named in the record. The file itself is kept somewhere else.
       *[other] { $number } files are only named in the record. The files themselves are kept somewhere else.
    }

copies-column-date = Date
copies-column-name = Name
copies-column-result = Result
copies-column-number = Number
copies-column-unit = Unit
copies-column-range = Normal range
copies-column-meaning = Meaning
copies-column-status = Status
copies-column-author = Written by
copies-column-place = Place
copies-column-details = Details
copies-column-mistake = Marked as a mistake
copies-column-files = Files
copies-column-code = Code
copies-column-source = Source
copies-column-received = Received
copies-column-type = FHIR type
copies-column-id = FHIR id

copies-pdf-intro = Each part begins with a list of its items. Items that say more follow one by one.
copies-pdf-contents = Contents
copies-pdf-page = Page { $page } of { $pages }
copies-pdf-letters = A few letters could not be printed. Each stands as its code in square brackets. The other files of this copy show them.
copies-pdf-files = The original files of this record are in the folder “documents” of the same copy.

copies-readme-open = Unpack the whole ZIP first. Then open this:
copies-readme-web = index.html - what is in this copy, to read in your web browser, with search. It works without the internet. Start here.
copies-readme-pdf = record.pdf - the record to read or print. A very large record has several: record-1.pdf, record-2.pdf and so on.
copies-readme-documents = documents - the original files of your record, such as letters and scans.
copies-readme-tables = tables - spreadsheets, one for each part of the record.
copies-readme-fhir = fhir - the exact data for apps and other clinics (FHIR R4, one file for each type, one item on each line).
copies-readme-care = This copy is private. Anyone who has it can read it. Keep it in a safe place, and delete it when you no longer need it.
copies-readme-ask = Is something missing or wrong? Ask the records office of { $clinic }.
copies-readme-ask-at = Is something missing or wrong? Ask the records office of { $clinic }: { $ways }.
copies-readme-check-title = How to check that nothing was changed
copies-readme-check = { $manifest } lists every file with its SHA-256. { $signature } is our signature (Ed25519) over that list, { $key } is our public key. The SHA-256 of its 32 bytes is { $fingerprint }. Ask the clinic whether this is their key. Then run one of these commands:

copies-stopped = This copy was erased while it was being made.
copies-failed = This copy could not be made. You can ask for a new one.
copies-not-ready = This copy is not ready yet. Come back in a moment.
copies-erased = This copy was erased. You can ask for a new one.
copies-invalid-nothing = Nothing in the record matches what you chose.
copies-invalid-category = Choose parts of the record from the list.
copies-invalid-date = Write the date as year, month and day, such as 2024-03-31.
copies-invalid-order = The last day must not be before the first day.
copies-invalid-format = Choose formats from the list.
copies-invalid-password = The password must have 8 to 128 characters.
copies-invalid-form = Open the page again and send the form once more.
range-not-satisfiable = This part of the file does not exist.
refused-too-many-copies = You have asked for many copies today. Use one of those, or try again tomorrow.

copies-check-zip = This file is not a ZIP, or it is damaged.
copies-check-manifest = This ZIP has no list of files that we can read. It may not be a copy of ours.
copies-check-signature = The signature does not fit. The list was changed, or another key signed it.
copies-check-password = This copy has a password. Give it to check the copy.
copies-check-gone = This file is missing.
copies-check-changed = This file was changed.
copies-check-added = This file was added. It is not in the list.
