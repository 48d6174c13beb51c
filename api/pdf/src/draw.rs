//! Writes placed pages as a PDF file: text with its tags, page headers and footers, links, bookmarks, metadata.

use std::num::NonZeroU16;

use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::luma;
use krilla::configure::{Accessibility, ConfigurationBuilder, ValidationError};
use krilla::destination::{Destination, XyzDestination};
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, SpanTag, TableHeaderScope, Tag, TagGroup,
    TagKind, TagTree,
};
use krilla::{Document, SerializeSettings};

use crate::PdfError;
use crate::book::{Book, Made};
use crate::fonts::Fonts;
use crate::layout::{Ink, LEFT, Laid, Mark, NodeId, PAGE_HEIGHT, PAGE_WIDTH, Role, SOFT, WIDTH};
use crate::lines::{Line, Style, clean, one_line};

const HEADER: Style = Style::bold(9.0);
const SMALL: Style = Style::regular(9.0);
const NUMBER: Style = Style::regular(11.0);

/// Writes the file.
pub fn draw(book: &Book, fonts: &Fonts, laid: Laid) -> Result<Vec<u8>, PdfError> {
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|_| PdfError::NotAccessible("configuration"))?;
    let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    document.set_metadata(metadata(book));
    document.set_outline(outline(&laid.marks));
    let mut drawing =
        Drawing { fonts, parts: vec![Vec::new(); laid.nodes.len()], open: Open::Nothing, grey: None };
    let edge = Edge::new(book, fonts, laid.pages.len());
    let targets: Vec<Option<(usize, f32)>> = laid
        .chapters
        .iter()
        .map(|mark| mark.map(|mark| (laid.marks[mark].page, laid.marks[mark].y)))
        .collect();
    for (number, inks) in laid.pages.into_iter().enumerate() {
        let size = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT).ok_or(PdfError::TooLarge)?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        edge.head(&mut drawing, &mut surface);
        let mut jumps = Vec::new();
        for ink in inks {
            match ink {
                Ink::Jump { node, chapter, y, height } => jumps.push((node, chapter, y, height)),
                Ink::PageOf { node, chapter, right, y } => {
                    if let Some((page, _)) = targets.get(chapter).copied().flatten() {
                        drawing.page_of(&mut surface, node, page + 1, (right, y));
                    }
                }
                other => drawing.ink(&mut surface, other),
            }
        }
        edge.foot(&mut drawing, &mut surface, number + 1);
        drawing.close(&mut surface);
        drawing.grey = None;
        surface.finish();
        for (node, chapter, y, height) in jumps {
            let Some(target) = targets.get(chapter).copied().flatten() else { continue };
            let Some(area) = Rect::from_xywh(LEFT, y, WIDTH, height) else { continue };
            let name = clean(&book.chapters[chapter].heading);
            drawing.parts[node].push(page.add_tagged_annotation(jump(area, target, name)));
        }
        page.finish();
    }
    document.set_tag_tree(tag_tree(&book.language, laid.nodes, drawing.parts));
    document.finish().map_err(|error| reason(&error))
}

fn jump(area: Rect, target: (usize, f32), name: String) -> Annotation {
    let place = XyzDestination::new(target.0, Point::from_xy(0.0, target.1));
    Annotation::new_link(LinkAnnotation::new(area, Target::Destination(Destination::Xyz(place))), Some(name))
}

fn metadata(book: &Book) -> Metadata {
    let title = clean(if book.title.trim().is_empty() { &book.patient_line } else { &book.title });
    let title = if title.trim().is_empty() { "PDF".to_owned() } else { title };
    let metadata =
        Metadata::new().title(title).language(language(&book.language)).creator("Recordright".to_owned());
    match book.made {
        Some(made) => metadata.creation_date(moment(made)),
        None => metadata,
    }
}

fn moment(made: Made) -> DateTime {
    DateTime::new(made.year)
        .month(made.month)
        .day(made.day)
        .hour(made.hour)
        .minute(made.minute)
        .second(made.second)
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

/// A language tag that PDF readers understand; English where the caller's is none.
fn language(tag: &str) -> String {
    let is_tag =
        (2..=35).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_tag { tag.to_owned() } else { "en".to_owned() }
}

/// Bookmarks: chapters, and their items inside them.
fn outline(marks: &[Mark]) -> Outline {
    let mut outline = Outline::new();
    let mut chapter: Option<OutlineNode> = None;
    for mark in marks {
        let place = XyzDestination::new(mark.page, Point::from_xy(0.0, mark.y));
        let node = OutlineNode::new(mark.text.clone(), place);
        match &mut chapter {
            Some(open) if mark.depth > 0 => open.push_child(node),
            _ => {
                if let Some(done) = chapter.replace(node) {
                    outline.push_child(done);
                }
            }
        }
    }
    if let Some(done) = chapter {
        outline.push_child(done);
    }
    outline
}

/// What is repeated on every page.
struct Edge {
    patient: Option<Line>,
    made: Option<Line>,
    title: Option<Line>,
    pattern: String,
    pages: usize,
}

impl Edge {
    fn new(book: &Book, fonts: &Fonts, pages: usize) -> Self {
        Self {
            patient: one_line(&book.patient_line, HEADER, WIDTH, fonts),
            made: one_line(&book.made_line, SMALL, WIDTH, fonts),
            title: one_line(&book.title, SMALL, WIDTH - 150.0, fonts),
            pattern: clean(&book.page_of),
            pages,
        }
    }

    fn head(&self, drawing: &mut Drawing<'_>, surface: &mut Surface<'_>) {
        drawing.switch(surface, Open::Header);
        if let Some(line) = &self.patient {
            drawing.glyphs(surface, (LEFT, 38.0), (HEADER, SOFT), &line.text);
        }
        if let Some(line) = &self.made {
            drawing.glyphs(surface, (LEFT, 51.0), (SMALL, SOFT), &line.text);
        }
        drawing.area(surface, Rect::from_xywh(LEFT, 59.0, WIDTH, 0.6), 0x90);
    }

    fn foot(&self, drawing: &mut Drawing<'_>, surface: &mut Surface<'_>, number: usize) {
        drawing.switch(surface, Open::Footer);
        if let Some(line) = &self.title {
            drawing.glyphs(surface, (LEFT, PAGE_HEIGHT - 36.0), (SMALL, SOFT), &line.text);
        }
        let text =
            self.pattern.replace("{pages}", &self.pages.to_string()).replace("{page}", &number.to_string());
        if let Some(line) = one_line(&text, SMALL, 150.0, drawing.fonts) {
            let x = LEFT + WIDTH - drawing.fonts.width(&line.text, SMALL.weight) * SMALL.size;
            drawing.glyphs(surface, (x, PAGE_HEIGHT - 36.0), (SMALL, SOFT), &line.text);
        }
    }
}

/// Which tagged stretch of the page is being written.
#[derive(Clone, Copy, PartialEq)]
enum Open {
    Nothing,
    Header,
    Footer,
    /// Repeated table headers.
    Repeat,
    /// Lines and shades.
    Decoration,
    Part(NodeId),
}

struct Drawing<'a> {
    fonts: &'a Fonts,
    /// The stretches of content of each node, in the order of reading.
    parts: Vec<Vec<Identifier>>,
    open: Open,
    grey: Option<u8>,
}

impl Drawing<'_> {
    fn close(&mut self, surface: &mut Surface<'_>) {
        if self.open != Open::Nothing {
            surface.end_tagged();
            self.open = Open::Nothing;
        }
    }

    /// Ends the open stretch and begins another, unless it is the same.
    fn switch(&mut self, surface: &mut Surface<'_>, next: Open) {
        if self.open == next {
            return;
        }
        self.close(surface);
        let kind = match next {
            Open::Nothing => return,
            Open::Header => ArtifactType::Header,
            Open::Footer => ArtifactType::Footer,
            Open::Repeat => ArtifactType::PaginationOther,
            Open::Decoration => ArtifactType::Layout,
            Open::Part(node) => {
                self.parts[node].push(surface.start_tagged(ContentTag::Span(SpanTag::empty())));
                self.open = next;
                return;
            }
        };
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
        self.open = next;
    }

    fn ink(&mut self, surface: &mut Surface<'_>, ink: Ink) {
        match ink {
            Ink::Text { node, x, y, style, grey, line } => {
                match (node, &line.spoken) {
                    (Some(node), Some(spoken)) => {
                        self.close(surface);
                        let tag = SpanTag::empty().with_actual_text(Some(spoken));
                        self.parts[node].push(surface.start_tagged(ContentTag::Span(tag)));
                        self.glyphs(surface, (x, y), (style, grey), &line.text);
                        surface.end_tagged();
                        return;
                    }
                    (Some(node), None) => self.switch(surface, Open::Part(node)),
                    (None, _) => self.switch(surface, Open::Repeat),
                }
                self.glyphs(surface, (x, y), (style, grey), &line.text);
            }
            Ink::Rule { x, y, width, grey } => {
                self.switch(surface, Open::Decoration);
                self.area(surface, Rect::from_xywh(x, y, width, 0.6), grey);
            }
            Ink::Shade { x, y, width, height, grey } => {
                self.switch(surface, Open::Decoration);
                self.area(surface, Rect::from_xywh(x, y, width, height), grey);
            }
            Ink::PageOf { .. } | Ink::Jump { .. } => {}
        }
    }

    fn page_of(&mut self, surface: &mut Surface<'_>, node: NodeId, page: usize, at: (f32, f32)) {
        self.switch(surface, Open::Part(node));
        let number = page.to_string();
        let wide = self.fonts.width(&number, NUMBER.weight) * NUMBER.size;
        // The space parts the number from the heading when it is read out or copied.
        let space = self.fonts.width(" ", NUMBER.weight) * NUMBER.size;
        self.glyphs(surface, (at.0 - wide - space, at.1), (NUMBER, SOFT), &format!(" {number}"));
    }

    fn glyphs(&mut self, surface: &mut Surface<'_>, at: (f32, f32), look: (Style, u8), text: &str) {
        let (style, grey) = look;
        self.fill(surface, grey);
        let mut x = at.0;
        for run in self.fonts.runs(text, style.weight) {
            surface.draw_glyphs(Point::from_xy(x, at.1), &run.glyphs, run.font, &run.text, style.size, false);
            x += run.width * style.size;
        }
    }

    fn area(&mut self, surface: &mut Surface<'_>, rect: Option<Rect>, grey: u8) {
        let Some(rect) = rect else { return };
        self.fill(surface, grey);
        let mut path = PathBuilder::new();
        path.push_rect(rect);
        if let Some(path) = path.finish() {
            surface.draw_path(&path);
        }
    }

    fn fill(&mut self, surface: &mut Surface<'_>, grey: u8) {
        if self.grey != Some(grey) {
            self.grey = Some(grey);
            surface.set_fill(Some(Fill { paint: luma::Color::new(grey).into(), ..Fill::default() }));
        }
    }
}

/// The structure that a screen reader follows.
fn tag_tree(tag: &str, nodes: Vec<crate::layout::Node>, parts: Vec<Vec<Identifier>>) -> TagTree {
    let mut groups: Vec<Option<TagGroup>> = Vec::with_capacity(nodes.len());
    let mut inside = Vec::with_capacity(nodes.len());
    for (node, parts) in nodes.into_iter().zip(parts) {
        let mut group = TagGroup::new(kind(node.role));
        group.children.extend(parts.into_iter().map(Into::into));
        groups.push(Some(group));
        inside.push(node.inside);
    }
    // A node always stands after its parent, so going backwards fills every node before it is moved.
    for id in (0..groups.len()).rev() {
        let children: Vec<TagGroup> = inside[id].iter().filter_map(|child| groups[*child].take()).collect();
        if let Some(group) = &mut groups[id] {
            group
                .children
                .extend(children.into_iter().filter(|child| !child.children.is_empty()).map(Into::into));
        }
    }
    let mut tree = TagTree::new().with_lang(Some(language(tag)));
    if let Some(root) = groups.into_iter().next().flatten() {
        tree.children.extend(root.children);
    }
    tree
}

fn kind(role: Role) -> TagKind {
    match role {
        Role::Root => Tag::Part.into(),
        Role::Section => Tag::Section.into(),
        Role::Heading(level, text) => {
            Tag::Hn(NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN), Some(text)).into()
        }
        Role::Paragraph => Tag::P.into(),
        Role::List => Tag::L(ListNumbering::None).into(),
        Role::ListItem => Tag::LI.into(),
        Role::Label => Tag::Lbl.into(),
        Role::Value => Tag::LBody.into(),
        Role::Contents => Tag::TOC.into(),
        Role::ContentsEntry => Tag::TOCI.into(),
        Role::Reference => Tag::Reference.into(),
        Role::Link => Tag::Link.into(),
        Role::Table => Tag::Table.into(),
        Role::Caption => Tag::Caption.into(),
        Role::TableHead => Tag::THead.into(),
        Role::TableBody => Tag::TBody.into(),
        Role::Row => Tag::TR.into(),
        Role::HeaderCell => Tag::TH(TableHeaderScope::Column).into(),
        Role::Cell => Tag::TD.into(),
    }
}

/// The reason without any text of the book, which may not reach a log.
fn reason(error: &KrillaError) -> PdfError {
    match error {
        KrillaError::Font(..) => PdfError::Font,
        KrillaError::Limit(_) => PdfError::TooLarge,
        KrillaError::Validation(errors) => {
            PdfError::NotAccessible(match errors.first().map(|(error, _)| error) {
                Some(ValidationError::ContainsNotDefGlyph(..)) => "a letter without a glyph",
                Some(
                    ValidationError::NoCodepointMapping(..) | ValidationError::InvalidCodepointMapping(..),
                ) => "a glyph without a letter",
                Some(ValidationError::NoDocumentTitle) => "no title",
                Some(ValidationError::MissingHeadingTitle) => "a heading without text",
                Some(ValidationError::MissingDocumentOutline) => "no bookmarks",
                Some(ValidationError::MissingAnnotationAltText(_)) => "a link without text",
                _ => "another rule",
            })
        }
        _ => PdfError::NotAccessible("structure"),
    }
}
