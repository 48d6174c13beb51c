//! Tables: how wide each column is, and the rows, with the headers repeated on every page.

use crate::book::Table;
use crate::layout::{BOTTOM, Column, INK, Ink, LEFT, NodeId, Press, Role, SOFT, WIDTH};
use crate::lines::{Line, Style, extent, wrap};

const CAPTION: Style = Style::bold(10.5);
const INSET: f32 = 4.0;
const PAD: f32 = 3.0;
/// Headers taller than this are not repeated, or nothing else would fit.
const TALLEST_HEAD: f32 = 150.0;

/// Left edge and width of a column's text.
#[derive(Clone, Copy)]
struct Span {
    x: f32,
    width: f32,
}

/// Sizes of a table, smaller for many columns.
#[derive(Clone, Copy)]
struct Look {
    head: Style,
    cell: Style,
    /// Space between the text of neighbouring columns.
    gutter: f32,
}

impl Look {
    const fn of(columns: usize) -> Self {
        match columns {
            0..=6 => Self { head: Style::bold(9.5), cell: Style::regular(10.0), gutter: 10.0 },
            7..=8 => Self { head: Style::bold(9.0), cell: Style::regular(9.0), gutter: 7.0 },
            _ => Self { head: Style::bold(8.0), cell: Style::regular(8.0), gutter: 5.0 },
        }
    }
}

/// A table's sizes and columns.
struct Grid {
    look: Look,
    spans: Vec<Span>,
    headers: Vec<Vec<Line>>,
    /// Height of the headers in points, 0 without any.
    head_height: f32,
}

/// Lays a table out below what stands already. A table without rows or columns is left out.
pub fn lay_table(press: &mut Press<'_>, parent: NodeId, table: &Table) {
    let count = match table.columns.len() {
        0 => table.rows.iter().map(Vec::len).max().unwrap_or(0),
        known => known,
    };
    if count == 0 || table.rows.is_empty() {
        return;
    }
    let grid = grid(press, table, count);
    press.need(grid.head_height.min(TALLEST_HEAD) + 60.0);
    let node = press.node(parent, Role::Table);
    caption(press, node, &table.caption);
    first_head(press, node, &grid);
    let body = press.node(node, Role::TableBody);
    for row in &table.rows {
        let line = press.node(body, Role::Row);
        let columns = cells(press, row, &grid, line);
        press.flow(columns, PAD, |press| repeated_head(press, &grid));
        let y = press.y;
        press.ink(Ink::Rule { x: LEFT, y, width: WIDTH, grey: 0xC8 });
    }
    press.gap(8.0);
}

fn grid(press: &Press<'_>, table: &Table, count: usize) -> Grid {
    let look = Look::of(count);
    let spans = spans(press, table, count);
    let wrapped = |(text, span): (&String, &Span)| or_blank(wrap(text, look.head, span.width, press.fonts));
    let headers: Vec<Vec<Line>> = table.columns.iter().zip(&spans).map(wrapped).collect();
    let tallest = headers.iter().map(Vec::len).max().unwrap_or(0);
    let head_height = if tallest == 0 { 0.0 } else { tallest as f32 * look.head.leading() + 2.0 * PAD };
    Grid { look, spans, headers, head_height }
}

fn caption(press: &mut Press<'_>, table: NodeId, text: &str) {
    let lines = wrap(text, CAPTION, WIDTH, press.fonts);
    if lines.is_empty() {
        return;
    }
    let node = press.node(table, Role::Caption);
    press.flow(vec![Column { node, x: LEFT, lines, style: CAPTION, grey: INK }], 2.0, |_| {});
}

/// The headers where they stand first, as part of the structure.
fn first_head(press: &mut Press<'_>, table: NodeId, grid: &Grid) {
    if grid.headers.is_empty() {
        return;
    }
    press.need(grid.head_height.min(TALLEST_HEAD) + 30.0);
    if press.y + grid.head_height < BOTTOM {
        shade(press, grid.head_height);
    }
    let head = press.node(table, Role::TableHead);
    let row = press.node(head, Role::Row);
    let mut columns = Vec::with_capacity(grid.headers.len());
    for (lines, span) in grid.headers.iter().zip(&grid.spans) {
        let node = press.node(row, Role::HeaderCell);
        columns.push(Column { node, x: span.x, lines: lines.clone(), style: grid.look.head, grey: INK });
    }
    press.flow(columns, PAD, |_| {});
}

/// The headers at the head of a further page: seen, but not read out again.
fn repeated_head(press: &mut Press<'_>, grid: &Grid) {
    if grid.head_height > TALLEST_HEAD {
        return;
    }
    shade(press, grid.head_height);
    let style = grid.look.head;
    for (lines, span) in grid.headers.iter().zip(&grid.spans) {
        for (index, line) in lines.iter().enumerate() {
            let at = (span.x, press.y + PAD + index as f32 * style.leading());
            press.text_at(None, at, (style, SOFT), line.clone());
        }
    }
    press.y += grid.head_height;
}

fn shade(press: &mut Press<'_>, height: f32) {
    let y = press.y;
    press.ink(Ink::Shade { x: LEFT, y, width: WIDTH, height, grey: 0xEA });
}

/// The cells of a row: one for each column, so that no cell is read out under the wrong header.
fn cells(press: &mut Press<'_>, row: &[String], grid: &Grid, line: NodeId) -> Vec<Column> {
    let (spans, style) = (&grid.spans, grid.look.cell);
    let mut columns = Vec::with_capacity(spans.len());
    for (index, span) in spans.iter().enumerate() {
        let is_last = index + 1 == spans.len();
        let lines = match row.get(index) {
            Some(_) if is_last && row.len() > spans.len() => {
                wrap(&row[index..].join("; "), style, span.width, press.fonts)
            }
            Some(text) => wrap(text, style, span.width, press.fonts),
            None => Vec::new(),
        };
        let node = press.node(line, Role::Cell);
        columns.push(Column { node, x: span.x, lines: or_blank(lines), style, grey: INK });
    }
    columns
}

/// An empty cell holds a space, or it would vanish from the structure and shift its neighbours.
fn or_blank(lines: Vec<Line>) -> Vec<Line> {
    if lines.is_empty() { vec![Line { text: " ".into(), spoken: None }] } else { lines }
}

/// Widths of the columns: enough for the longest word where possible, the rest shared by need.
fn spans(press: &Press<'_>, table: &Table, count: usize) -> Vec<Span> {
    let look = Look::of(count);
    let room = WIDTH - 2.0 * INSET - look.gutter * (count - 1) as f32;
    let room = room.max(count as f32 * 4.0);
    let most = (room * 0.45).max(room / count as f32);
    let mut wants = vec![(0.0_f32, 12.0_f32); count];
    let heads = table.columns.iter().enumerate().map(|(index, text)| (index, text, look.head));
    let cells = table.rows.iter().flat_map(|row| row.iter().take(count).enumerate());
    for (index, text, style) in heads.chain(cells.map(|(index, text)| (index, text, look.cell))) {
        if text.len() > 2_000 {
            wants[index] = (room, most);
            continue;
        }
        let (line, word) = extent(text, style, press.fonts);
        wants[index].0 = wants[index].0.max(line + 1.0);
        wants[index].1 = wants[index].1.max(word.min(most) + 1.0);
    }
    let widths = share(room, &wants);
    let mut x = LEFT + INSET;
    let place = |width: f32| {
        let span = Span { x, width };
        x += width + look.gutter;
        span
    };
    widths.into_iter().map(place).collect()
}

/// Shares `room` among columns that want (longest line, longest word).
fn share(room: f32, wants: &[(f32, f32)]) -> Vec<f32> {
    let lines: f32 = wants.iter().map(|want| want.0.max(want.1)).sum();
    let words: f32 = wants.iter().map(|want| want.1).sum();
    if lines <= room {
        let spare = (room - lines) / wants.len() as f32;
        return wants.iter().map(|want| want.0.max(want.1) + spare).collect();
    }
    if words >= room {
        return wants.iter().map(|want| want.1 * room / words).collect();
    }
    // A column with very long text takes more of the spare room than a short one, but not all of it.
    let hunger = |want: &(f32, f32)| (want.0.max(want.1) - want.1).max(0.0).min(room);
    let total: f32 = wants.iter().map(hunger).sum();
    wants.iter().map(|want| want.1 + (room - words) * hunger(want) / total.max(1.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn widths_fill_the_room() {
        for (room, wants) in [
            (500.0, vec![(50.0, 20.0), (60.0, 30.0)]),
            (500.0, vec![(5_000.0, 80.0), (60.0, 30.0), (300.0, 60.0)]),
            (100.0, vec![(500.0, 90.0), (600.0, 90.0), (10.0, 10.0)]),
            (100.0, vec![(20.0, 20.0); 12]),
        ] {
            let widths = share(room, &wants);
            let total: f32 = widths.iter().sum();
            assert!((total - room).abs() < 0.1, "{widths:?} make {total}, not {room}");
            assert!(widths.iter().all(|width| *width > 0.0), "{widths:?}");
        }
    }
}
