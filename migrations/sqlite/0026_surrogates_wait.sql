-- Who a statute names decides for somebody who cannot decide, and for nobody else: a surrogate waits until that is certified.
-- Those that were given before wait too, and staff look at them again.
UPDATE authority SET incapacity = 'awaited', active_at = NULL, review_at = created_at, reminded_at = NULL,
    changes = changes + 1
WHERE kind = 'surrogate' AND incapacity = 'not-needed' AND ended_at IS NULL;
