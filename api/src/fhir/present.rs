//! The readable view of FHIR R4 resources: what a list line and an item page say, in plain words.
//! Pure and total: any JSON gives a line and a view, whatever its form, and never a panic.
//! Text from the source stays as the source wrote it; everything of ours is a message id for `words`.

mod attachment;
mod category;
mod codes;
mod dosage;
mod fields;
mod fold;
mod known;
mod labels;
mod line;
mod paths;
mod read;
mod shown;
mod systems;
#[cfg(test)]
mod tests;
mod value;
mod view;
mod when;

pub use attachment::{Attachment, AttachmentError, AttachmentPlace, MAX_ATTACHMENT, attachment_bytes};
pub use category::{Category, kind_of_type, kinds};
pub use codes::Flag;
pub use dosage::{Amount, Dosage, Rhythm, Route, Schedule, TimeUnit};
pub use fold::strip_markup;
pub use known::{all_known, known};
pub use line::{Line, Number, line};
pub(crate) use read::unit as readable_unit;
pub use shown::{Field, Label, Shown, Table};
pub use view::{Coding, Link, Paragraph, View, view};
pub use when::{Precision, When};
