//! Places a book on pages: what is drawn where, and the tree of headings, lists and tables that a screen reader
//! follows. Nothing is drawn here; [`crate::draw`] does that once the number of pages is known.

use crate::book::{Book, Chapter, Item};
use crate::fonts::Fonts;
use crate::lines::{Line, Style, has_missing, wrap};
use crate::table::lay_table;

/// Width of US Letter in points.
pub const PAGE_WIDTH: f32 = 612.0;
/// Height of US Letter in points.
pub const PAGE_HEIGHT: f32 = 792.0;
/// Left edge of all text.
pub const LEFT: f32 = 54.0;
/// Width of all text.
pub const WIDTH: f32 = PAGE_WIDTH - 2.0 * LEFT;
/// Upper edge of the text, below the page header.
pub const TOP: f32 = 78.0;
/// Lower edge of the text, above the page footer.
pub const BOTTOM: f32 = PAGE_HEIGHT - 62.0;

const TITLE: Style = Style::bold(24.0);
const PATIENT: Style = Style::bold(13.0);
const CHAPTER: Style = Style::bold(17.0);
const ITEM: Style = Style::bold(12.0);
const BODY: Style = Style::regular(11.0);
const LABEL: Style = Style::bold(10.0);
const VALUE: Style = Style::regular(11.0);
const LABEL_WIDTH: f32 = 140.0;

/// Grey level of normal text: 0 is black.
pub const INK: u8 = 0x14;
/// Grey level of secondary text, still 7:1 against white.
pub const SOFT: u8 = 0x50;

/// A node of the structure tree, by its place in [`Laid::nodes`].
pub type NodeId = usize;

/// What a node of the structure tree is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// The whole document.
    Root,
    /// A chapter or an item with its heading.
    Section,
    /// A heading of a level, with its text.
    Heading(u16, String),
    /// A paragraph.
    Paragraph,
    /// A list of labels and values.
    List,
    /// One entry of a list.
    ListItem,
    /// Label of a list entry.
    Label,
    /// Value of a list entry.
    Value,
    /// The table of contents.
    Contents,
    /// One entry of the table of contents.
    ContentsEntry,
    /// The reference inside an entry of the table of contents.
    Reference,
    /// A link to a chapter.
    Link,
    /// A table.
    Table,
    /// Caption of a table.
    Caption,
    /// Header rows of a table.
    TableHead,
    /// Other rows of a table.
    TableBody,
    /// A row.
    Row,
    /// Header of a column.
    HeaderCell,
    /// A cell.
    Cell,
}

/// A node of the structure tree.
#[derive(Debug)]
pub struct Node {
    /// What it is.
    pub role: Role,
    /// Nodes inside, in reading order.
    pub inside: Vec<NodeId>,
}

/// Something to draw. Coordinates are points from the upper left corner; text sits on its baseline.
#[derive(Debug)]
pub enum Ink {
    /// A line of text; without a node it is decoration that a screen reader leaves out.
    Text { node: Option<NodeId>, x: f32, y: f32, style: Style, grey: u8, line: Line },
    /// The page on which a chapter begins, ending at `right`.
    PageOf { node: NodeId, chapter: usize, right: f32, y: f32 },
    /// A thin horizontal line.
    Rule { x: f32, y: f32, width: f32, grey: u8 },
    /// A shaded rectangle.
    Shade { x: f32, y: f32, width: f32, height: f32, grey: u8 },
    /// An area to click that leads to a chapter.
    Jump { node: NodeId, chapter: usize, y: f32, height: f32 },
}

/// A place to which a bookmark or a link leads.
#[derive(Debug, Clone)]
pub struct Mark {
    /// 0 for a chapter, 1 for an item in it.
    pub depth: u8,
    /// Text of the bookmark.
    pub text: String,
    /// Page, from 0.
    pub page: usize,
    /// Distance from the upper edge of the page in points.
    pub y: f32,
}

/// A book placed on pages.
pub struct Laid {
    /// What is drawn on each page.
    pub pages: Vec<Vec<Ink>>,
    /// The structure tree; the first node is the root.
    pub nodes: Vec<Node>,
    /// Bookmarks in order.
    pub marks: Vec<Mark>,
    /// For each chapter its bookmark, if it has a heading.
    pub chapters: Vec<Option<usize>>,
}

/// Text in one column of a row.
pub struct Column {
    /// Node that the text belongs to.
    pub node: NodeId,
    /// Left edge.
    pub x: f32,
    /// Wrapped lines.
    pub lines: Vec<Line>,
    /// Size and weight.
    pub style: Style,
    /// Grey level.
    pub grey: u8,
}

/// The pages being filled.
pub struct Press<'a> {
    pub fonts: &'a Fonts,
    pub laid: Laid,
    /// Where the next line begins.
    pub y: f32,
}

/// Places the whole book.
pub fn lay_out(book: &Book, fonts: &Fonts) -> Laid {
    let root = Node { role: Role::Root, inside: Vec::new() };
    let laid = Laid { pages: vec![Vec::new()], nodes: vec![root], marks: Vec::new(), chapters: Vec::new() };
    let mut press = Press { fonts, laid, y: TOP };
    press.first_page(book);
    if !book.chapters.is_empty() {
        press.new_page();
    }
    for chapter in &book.chapters {
        press.chapter(chapter);
    }
    press.gap(14.0);
    press.paragraphs(0, &book.attachments_note);
    press.laid
}

impl Press<'_> {
    /// Adds a node inside another.
    pub fn node(&mut self, parent: NodeId, role: Role) -> NodeId {
        let id = self.laid.nodes.len();
        self.laid.nodes.push(Node { role, inside: Vec::new() });
        self.laid.nodes[parent].inside.push(id);
        id
    }

    /// Starts a new page.
    pub fn new_page(&mut self) {
        self.laid.pages.push(Vec::new());
        self.y = TOP;
    }

    /// Starts a new page unless `height` points are left on this one.
    pub fn need(&mut self, height: f32) {
        if self.y > TOP && self.y + height > BOTTOM {
            self.new_page();
        }
    }

    /// Leaves space, but none at the head of a page.
    pub fn gap(&mut self, height: f32) {
        if self.y > TOP {
            self.y += height;
        }
    }

    /// Draws on the current page.
    pub fn ink(&mut self, ink: Ink) {
        if let Some(page) = self.laid.pages.last_mut() {
            page.push(ink);
        }
    }

    /// Draws a line at `x` with its upper edge at `y`.
    pub fn text_at(&mut self, node: Option<NodeId>, at: (f32, f32), look: (Style, u8), line: Line) {
        let (style, grey) = look;
        self.ink(Ink::Text { node, x: at.0, y: at.1 + style.size, style, grey, line });
    }

    /// Wraps text over the whole width; gives whether there was any.
    fn block(&mut self, node: NodeId, text: &str, style: Style, grey: u8) -> bool {
        let lines = wrap(text, style, WIDTH, self.fonts);
        let any = !lines.is_empty();
        for line in lines {
            self.need(style.leading());
            let at = (LEFT, self.y);
            self.text_at(Some(node), at, (style, grey), line);
            self.y += style.leading();
        }
        any
    }

    fn paragraphs(&mut self, parent: NodeId, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        let node = self.node(parent, Role::Paragraph);
        self.block(node, text, BODY, INK);
        self.gap(6.0);
    }

    /// A heading with its bookmark; an empty one is left out. `room` keeps it with what follows.
    fn heading(&mut self, parent: NodeId, text: &str, look: (u16, Style), room: f32) -> Option<usize> {
        let (level, style) = look;
        let plain = crate::lines::clean(text).split_whitespace().collect::<Vec<_>>().join(" ");
        if plain.is_empty() {
            return None;
        }
        self.need(room);
        let mark = Mark {
            depth: u8::from(level > 2),
            text: shorten(&plain),
            page: self.laid.pages.len() - 1,
            y: self.y - 4.0,
        };
        self.laid.marks.push(mark);
        let node = self.node(parent, Role::Heading(level, shorten(&plain)));
        self.block(node, &plain, style, INK);
        Some(self.laid.marks.len() - 1)
    }

    fn first_page(&mut self, book: &Book) {
        self.y += 24.0;
        let title = if book.title.trim().is_empty() { &book.patient_line } else { &book.title };
        self.heading(0, title, (1, TITLE), 0.0);
        self.gap(8.0);
        for (text, style, grey) in [(&book.patient_line, PATIENT, INK), (&book.made_line, BODY, SOFT)] {
            if !text.trim().is_empty() {
                let node = self.node(0, Role::Paragraph);
                self.block(node, text, style, grey);
                self.gap(4.0);
            }
        }
        self.gap(10.0);
        for text in &book.intro {
            self.paragraphs(0, text);
        }
        if any_missing(book, self.fonts) {
            self.paragraphs(0, &book.missing_letters_note);
        }
        if !book.chapters.is_empty() {
            self.contents(book);
        }
    }

    /// The table of contents: one line and one link for each chapter.
    fn contents(&mut self, book: &Book) {
        self.gap(16.0);
        let section = self.node(0, Role::Section);
        self.heading(section, &book.contents_heading, (2, CHAPTER), 80.0);
        self.gap(6.0);
        let contents = self.node(section, Role::Contents);
        let spacing = self.spacing(book);
        for (chapter, part) in book.chapters.iter().enumerate() {
            let lines = wrap(&part.heading, BODY, WIDTH - 60.0, self.fonts);
            if lines.is_empty() {
                continue;
            }
            let height = lines.len() as f32 * BODY.leading() + spacing;
            self.need(height);
            let entry = self.node(contents, Role::ContentsEntry);
            let reference = self.node(entry, Role::Reference);
            let node = self.node(reference, Role::Link);
            let (top, above) = (self.y, spacing * 0.45);
            for line in lines {
                let at = (LEFT, self.y + above);
                self.text_at(Some(node), at, (BODY, INK), line);
                self.y += BODY.leading();
            }
            let y = self.y + above - BODY.leading() + BODY.size;
            self.ink(Ink::PageOf { node, chapter, right: LEFT + WIDTH, y });
            self.y += spacing;
            self.ink(Ink::Rule { x: LEFT, y: self.y - 1.0, width: WIDTH, grey: 0xC8 });
            self.ink(Ink::Jump { node, chapter, y: top, height });
        }
    }

    /// The space of an entry of the contents beside its text: less where they fit on this page then, so that no page
    /// holds but the last of them.
    fn spacing(&self, book: &Book) -> f32 {
        let entries =
            book.chapters.iter().map(|part| wrap(&part.heading, BODY, WIDTH - 60.0, self.fonts).len());
        let (count, lines) = entries.fold((0.0, 0.0), |(count, lines), entry| {
            (count + f32::from(u8::from(entry > 0)), lines + entry as f32)
        });
        let fits = |spacing: &f32| self.y + lines * BODY.leading() + count * spacing <= BOTTOM;
        [9.0, 7.0, 5.0, 3.0, 2.0].into_iter().find(fits).unwrap_or(9.0)
    }

    fn chapter(&mut self, chapter: &Chapter) {
        self.gap(26.0);
        let section = self.node(0, Role::Section);
        let mark = self.heading(section, &chapter.heading, (2, CHAPTER), 130.0);
        self.laid.chapters.push(mark);
        if mark.is_some() {
            let y = self.y + 2.0;
            self.ink(Ink::Rule { x: LEFT, y, width: WIDTH, grey: 0x60 });
            self.y += 9.0;
        }
        self.paragraphs(section, &chapter.intro);
        if let Some(summary) = &chapter.summary {
            lay_table(self, section, summary);
        }
        let mut items = chapter.items.as_slice();
        while let Some(first) = items.first() {
            let short = items.iter().take_while(|item| item.is_one_line()).count();
            if short > 0 {
                self.one_liners(section, &items[..short]);
                items = &items[short..];
            } else {
                self.item(section, first);
                items = &items[1..];
            }
        }
    }

    /// Items that are only a date and a title, as one list.
    fn one_liners(&mut self, parent: NodeId, items: &[Item]) {
        self.gap(4.0);
        let pairs: Vec<(&str, &str)> =
            items.iter().map(|item| (item.when.as_str(), item.title.as_str())).collect();
        self.pairs(parent, &pairs);
        self.gap(6.0);
    }

    fn item(&mut self, parent: NodeId, item: &Item) {
        self.gap(12.0);
        let section = self.node(parent, Role::Section);
        self.heading(section, &item.title, (3, ITEM), 62.0);
        if !item.when.trim().is_empty() {
            let node = self.node(section, Role::Paragraph);
            self.block(node, &item.when, Style::regular(10.0), SOFT);
        }
        self.gap(3.0);
        let pairs: Vec<(&str, &str)> =
            item.fields.iter().map(|(label, value)| (label.as_str(), value.as_str())).collect();
        self.pairs(section, &pairs);
        for paragraph in &item.paragraphs {
            self.gap(2.0);
            self.paragraphs(section, paragraph);
        }
        for table in &item.tables {
            self.gap(4.0);
            lay_table(self, section, table);
        }
    }

    /// Labels on the left, values on the right, as a list.
    fn pairs(&mut self, parent: NodeId, pairs: &[(&str, &str)]) {
        if pairs.is_empty() {
            return;
        }
        let list = self.node(parent, Role::List);
        for (label, value) in pairs {
            let labels = wrap(label, LABEL, LABEL_WIDTH - 12.0, self.fonts);
            let values = wrap(value, VALUE, WIDTH - LABEL_WIDTH, self.fonts);
            if labels.is_empty() && values.is_empty() {
                continue;
            }
            let entry = self.node(list, Role::ListItem);
            let mut columns = Vec::with_capacity(2);
            if !labels.is_empty() {
                let node = self.node(entry, Role::Label);
                columns.push(Column { node, x: LEFT, lines: labels, style: LABEL, grey: SOFT });
            }
            if !values.is_empty() {
                let node = self.node(entry, Role::Value);
                columns.push(Column { node, x: LEFT + LABEL_WIDTH, lines: values, style: VALUE, grey: INK });
            }
            self.flow(columns, 1.0, |_| {});
        }
        self.gap(4.0);
    }

    /// Puts columns side by side. A row that fits on a page is kept whole, a taller one goes on over pages;
    /// `head` draws what is repeated at the head of each new page.
    pub fn flow(&mut self, mut columns: Vec<Column>, pad: f32, head: impl Fn(&mut Self)) {
        let leading = columns.iter().map(|column| column.style.leading()).fold(1.0, f32::max);
        let size = columns.iter().map(|column| column.style.size).fold(1.0, f32::max);
        let mut fresh = false;
        loop {
            let left = columns.iter().map(|column| column.lines.len()).max().unwrap_or(0);
            if left == 0 {
                return;
            }
            let fits = ((BOTTOM - self.y - 2.0 * pad) / leading).max(0.0) as usize;
            let whole_page = ((BOTTOM - TOP - 60.0) / leading) as usize;
            if left > fits && !fresh && (left <= whole_page || fits < 3) {
                self.new_page();
                head(self);
                fresh = true;
                continue;
            }
            let now = left.min(fits.max(1));
            for column in &mut columns {
                let (style, grey) = (column.style, column.grey);
                let mut y = self.y + pad + (size - style.size);
                for line in column.lines.drain(..now.min(column.lines.len())) {
                    self.text_at(Some(column.node), (column.x, y), (style, grey), line);
                    y += leading;
                }
            }
            self.y += now as f32 * leading + 2.0 * pad;
            fresh = false;
        }
    }
}

/// Headings in bookmarks are cut at 200 letters.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Whether any letter of the book is in no built-in font.
fn any_missing(book: &Book, fonts: &Fonts) -> bool {
    let missing = |text: &String| has_missing(text, fonts);
    let in_table = |table: &crate::Table| {
        missing(&table.caption)
            || table.columns.iter().any(missing)
            || table.rows.iter().flatten().any(missing)
    };
    let in_item = |item: &Item| {
        missing(&item.title)
            || missing(&item.when)
            || item.fields.iter().any(|(label, value)| missing(label) || missing(value))
            || item.tables.iter().any(in_table)
            || item.paragraphs.iter().any(missing)
    };
    [&book.title, &book.patient_line, &book.made_line, &book.attachments_note].into_iter().any(missing)
        || book.intro.iter().any(missing)
        || book.chapters.iter().any(|chapter| {
            missing(&chapter.heading)
                || missing(&chapter.intro)
                || chapter.summary.as_ref().is_some_and(in_table)
                || chapter.items.iter().any(in_item)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contents_stand_on_the_first_page_where_they_fit() {
        let fonts = Fonts::load().unwrap();
        for (chapters, expected) in [(12, 1), (17, 1), (18, 1), (30, 2)] {
            let book = Book {
                title: "Record".into(),
                patient_line: "Maria Sample".into(),
                made_line: "Made today".into(),
                intro: vec!["A line.".into(); 8],
                contents_heading: "Contents".into(),
                chapters: vec![Chapter { heading: "Part".into(), ..Chapter::default() }; chapters],
                ..Book::default()
            };
            let laid = lay_out(&book, &fonts);
            let holds = |page: &&Vec<Ink>| page.iter().any(|ink| matches!(ink, Ink::PageOf { .. }));
            assert_eq!(laid.pages.iter().filter(holds).count(), expected, "{chapters} chapters");
        }
    }
}
