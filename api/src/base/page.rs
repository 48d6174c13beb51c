//! Pages of lists: a store gives one line more than a page has, which tells that there is another page.

/// A page of what a store gives one line more of than fit; whether there is another page.
pub fn page_of<T>(mut lines: Vec<T>, most: i64) -> (Vec<T>, bool) {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let more = lines.len() > most;
    lines.truncate(most);
    (lines, more)
}

/// The same of a list that goes back from the newest by number; the number before which the next page begins.
pub fn back_from<T>(lines: Vec<T>, most: i64, number: impl FnOnce(&T) -> i64) -> (Vec<T>, Option<i64>) {
    let (lines, more) = page_of(lines, most);
    let next = lines.last().filter(|_| more).map(number);
    (lines, next)
}

/// Where a page (from 1) begins, and how many lines to ask for.
pub fn span(page: i64, most: i64) -> (i64, i64) {
    (page.clamp(1, 1_000).saturating_sub(1) * most, most + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_more_tells_of_another_page() {
        for (numbers, page, next) in [
            (vec![], vec![], None),
            (vec![9, 8], vec![9, 8], None),
            (vec![9, 8, 5], vec![9, 8, 5], None),
            (vec![9, 8, 5, 4], vec![9, 8, 5], Some(5)),
        ] {
            assert_eq!(page_of(numbers.clone(), 3), (page.clone(), next.is_some()), "{numbers:?}");
            assert_eq!(back_from(numbers.clone(), 3, |number| *number), (page, next), "{numbers:?}");
        }
        for (page, wanted) in
            [(1, (0, 4)), (3, (6, 4)), (0, (0, 4)), (i64::MIN, (0, 4)), (i64::MAX, (2_997, 4))]
        {
            assert_eq!(span(page, 3), wanted, "{page}");
        }
    }
}
