# Marks of protected information that staff put or take, and questions about lines of the log.

mark-title = Change a mark of protected information
mark-lead = A mark decides who else sees this item. What you change counts at once. The patient finds it in their log, and can read your reason here.
mark-label = Change
mark-none = Choose what to change
mark-put = Mark as: { $label }
mark-take = Take the mark away: { $label }
mark-reason = Why
mark-reason-hint = Plain words that the patient can read.
mark-matter-hint = Name the matter: the court and case number, or the claim that is expected. While the mark stands, the patient does not see this item, but is told how many items are held back and why.
mark-button = Change the mark
problem-label-matter = Name the legal matter this was put together for.
log-kind-label = changed a mark of protected information
log-filter-label = Marks of protected information
