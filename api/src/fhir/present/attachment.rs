//! Attachments of a resource: where their bytes are, and getting them out within a bound.

use base64::Engine as _;
use serde_json::Value;

use super::read::{cut, decimal, flag};

/// Most bytes that an inline attachment may have when decoded: 50 MB.
pub const MAX_ATTACHMENT: usize = 50 * 1024 * 1024;

/// A file that belongs to a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The source's title, if it gives one.
    pub title: Option<String>,
    /// MIME type as stated, in lower case; empty if none is stated.
    pub content_type: String,
    /// Size in bytes: as counted for inline data, as stated for others.
    pub size: Option<u64>,
    /// Where the bytes are.
    pub place: AttachmentPlace,
}

/// Where the bytes of an attachment are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttachmentPlace {
    /// In the resource itself.
    Inline {
        /// JSON pointer (RFC 6901) to the base64 text.
        pointer: String,
    },
    /// Elsewhere: an absolute address or a relative one such as `Binary/12`.
    Url(String),
}

/// Why an attachment could not be taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AttachmentError {
    /// The pointer leads to no text.
    #[error("there is no attachment at this place")]
    Missing,
    /// The text is not base64.
    #[error("the attachment is not base64")]
    NotBase64,
    /// More than `MAX_ATTACHMENT` bytes.
    #[error("the attachment is too large")]
    TooLarge,
}

/// The bytes of an inline attachment. White space within the base64 text is allowed, as old exports have it.
pub fn attachment_bytes(resource: &Value, pointer: &str) -> Result<Vec<u8>, AttachmentError> {
    let text = resource.pointer(pointer).and_then(Value::as_str).ok_or(AttachmentError::Missing)?;
    if text.len() / 4 * 3 > MAX_ATTACHMENT + 3 {
        return Err(AttachmentError::TooLarge);
    }
    let engine = &base64::engine::general_purpose::STANDARD;
    let decoded = match engine.decode(text) {
        Ok(bytes) => bytes,
        Err(_) => {
            let packed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            engine.decode(packed).map_err(|_| AttachmentError::NotBase64)?
        }
    };
    if decoded.len() > MAX_ATTACHMENT { Err(AttachmentError::TooLarge) } else { Ok(decoded) }
}

/// Every attachment of a resource, in order, at most 100.
pub(super) fn find(resource: &Value) -> Vec<Attachment> {
    let mut found = Vec::new();
    let mut stack = vec![(resource, String::new())];
    while let Some((value, pointer)) = stack.pop() {
        if found.len() >= 100 {
            break;
        }
        match value {
            Value::Object(members) => {
                if let Some(attachment) = read(value, &pointer) {
                    found.push(attachment);
                }
                let parts = members.iter().rev().filter(|(_, v)| v.is_object() || v.is_array());
                stack.extend(parts.map(|(key, v)| (v, format!("{pointer}/{}", escape(key)))));
            }
            Value::Array(items) => {
                let parts = items.iter().enumerate().rev().filter(|(_, v)| v.is_object() || v.is_array());
                stack.extend(parts.map(|(n, v)| (v, format!("{pointer}/{n}"))));
            }
            _ => {}
        }
    }
    found
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn read(value: &Value, pointer: &str) -> Option<Attachment> {
    let data = flag(value, "data");
    let url = flag(value, "url");
    let kind = flag(value, "contentType");
    // An extension has a url too, SampledData has data too: only a content type, or an address beside a title or
    // size, makes an attachment.
    let stated = ["title", "size", "hash", "creation"].iter().any(|key| value.get(key).is_some());
    if kind.is_none() && !(url.is_some() && stated && value.get("resourceType").is_none()) {
        return None;
    }
    let place = match (data, url) {
        (Some(_), _) => AttachmentPlace::Inline { pointer: format!("{pointer}/data") },
        (None, Some(url)) => AttachmentPlace::Url(cut(url, 2_000)),
        (None, None) => return None,
    };
    let counted = data.map(|d| {
        let padding = d.bytes().rev().take_while(|b| *b == b'=').count();
        (d.len() / 4 * 3).saturating_sub(padding.min(2)) as u64
    });
    let stated_size = value.get("size").and_then(decimal).filter(|n| *n >= 0.0).map(|n| n as u64);
    Some(Attachment {
        title: flag(value, "title").map(|t| cut(t, 300)),
        content_type: cut(&kind.unwrap_or_default().to_ascii_lowercase(), 120),
        size: counted.or(stated_size),
        place,
    })
}
