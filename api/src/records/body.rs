//! How the bytes of a resource are kept: as they came, packed with zstd where that makes them smaller.
//! What is unpacked is byte for byte what was gathered.

use std::cell::RefCell;
use std::sync::LazyLock;

use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

use crate::base::{Error, Result};

/// Kept as it came.
const PLAIN: i64 = 0;
/// A zstd frame.
const ZSTD: i64 = 1;
/// A zstd frame with the first built-in dictionary. A dictionary is never changed once it has shipped: bodies
/// packed with it must be readable for ever. A better one gets the next number.
const ZSTD_1: i64 = 2;

/// Trained on synthetic records of `fixtures` by `api/examples/train_dictionary.rs`.
static DICTIONARY_1: &[u8] = include_bytes!("dictionary-1.zstd");

static ENCODER_1: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(DICTIONARY_1, 3));
static DECODER_1: LazyLock<DecoderDictionary<'static>> =
    LazyLock::new(|| DecoderDictionary::copy(DICTIONARY_1));

/// A body that would get larger than this is kept as a frame of its own, without the dictionary: it gains nothing there.
const SMALL: usize = 64 * 1024;

thread_local! {
    static PACKERS: RefCell<Option<(Compressor<'static>, Compressor<'static>)>> = const { RefCell::new(None) };
    static UNPACKERS: RefCell<Option<(Decompressor<'static>, Decompressor<'static>)>> = const { RefCell::new(None) };
}

/// Packs a body: the codec and the bytes to keep.
pub fn pack(body: &[u8]) -> (i64, Vec<u8>) {
    let packed = PACKERS.with_borrow_mut(|packers| {
        if packers.is_none() {
            let plain = Compressor::new(3).ok()?;
            let with = Compressor::with_prepared_dictionary(&ENCODER_1).ok()?;
            *packers = Some((plain, with));
        }
        let (plain, with) = packers.as_mut()?;
        if body.len() <= SMALL {
            with.compress(body).ok().map(|bytes| (ZSTD_1, bytes))
        } else {
            plain.compress(body).ok().map(|bytes| (ZSTD, bytes))
        }
    });
    match packed {
        Some((codec, bytes)) if bytes.len() < body.len() => (codec, bytes),
        _ => (PLAIN, body.to_vec()),
    }
}

/// Unpacks a body to its `size` bytes.
///
/// # Errors
/// `Internal` if what is kept is damaged or of a codec this version does not know.
pub fn unpack(codec: i64, kept: &[u8], size: usize) -> Result<Vec<u8>> {
    if codec == PLAIN {
        return Ok(kept.to_vec());
    }
    let body = UNPACKERS.with_borrow_mut(|unpackers| {
        if unpackers.is_none() {
            *unpackers = Some((Decompressor::new()?, Decompressor::with_prepared_dictionary(&DECODER_1)?));
        }
        match (codec, unpackers.as_mut()) {
            (ZSTD, Some((plain, _))) => plain.decompress(kept, size),
            (ZSTD_1, Some((_, with))) => with.decompress(kept, size),
            _ => Err(std::io::Error::other(format!("bodies of codec {codec} are of a newer version"))),
        }
    });
    let body = body.map_err(Error::internal)?;
    if body.len() == size {
        Ok(body)
    } else {
        Err(Error::internal(anyhow::anyhow!("a kept body is damaged")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_come_back_byte_for_byte() {
        let long = format!("{{\"resourceType\":\"Binary\",\"data\":\"{}\"}}", "QUJD".repeat(50_000));
        for body in ["", "{}", "{\"resourceType\":\"Patient\"}", "\u{0}\u{1}", &long] {
            let (codec, kept) = pack(body.as_bytes());
            assert_eq!(unpack(codec, &kept, body.len()).unwrap(), body.as_bytes());
            assert!(kept.len() <= body.len());
        }
        assert!(unpack(9, b"x", 1).is_err());
        assert!(unpack(ZSTD, b"not zstd", 5).is_err());
    }
}
