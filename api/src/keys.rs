//! Secrets that this service makes for itself and keeps in files: the master key, from which each use
//! derives its own (HKDF-SHA-256, RFC 5869), and the Ed25519 key that signs checkpoints and manifests.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context;
use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::cipher::{AES_256, DecryptingKey, DecryptionContext, EncryptingKey, UnboundCipherKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

use crate::base::{self, Error, ItemAddress, ItemNo, PatientNo, Result, Rid};

/// The keys of this service. Has no `Debug`: what it holds must not be printed.
pub struct Keys {
    master: [u8; 32],
    signer: Ed25519KeyPair,
    addresses: Addresses,
}

/// One key, to write addresses of items and to read them.
struct Addresses {
    write: EncryptingKey,
    read: DecryptingKey,
}

impl Keys {
    /// Opens the keys in `folder`, and makes them at the first start (files readable by the owner only).
    pub fn open(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("making the folder {}", folder.display()))?;
        let master = read_or_make(&folder.join("master.key"))?;
        let seed = read_or_make(&folder.join("signing.key"))?;
        let signer = Ed25519KeyPair::from_seed_unchecked(&seed)
            .map_err(|_| Error::internal(anyhow::anyhow!("the signing key cannot be used")))?;
        let addresses = Addresses::under(&derived(&master, (b"item", b"address")))?;
        Ok(Self { master, signer, addresses })
    }

    /// Opens the keys in `folder` as they are and makes none: where a missing key is a loss, not a first start.
    pub fn existing(folder: &Path) -> Result<Self> {
        for (name, what) in [("signing.key", "the signing key"), ("master.key", "the master key")] {
            let file = folder.join(name);
            if !file.exists() {
                let words = format!(
                    "{what} is missing: there is no file {}; restore it from a backup",
                    file.display()
                );
                return Err(Error::internal(anyhow::anyhow!(words)));
            }
        }
        Self::open(folder)
    }

    /// What the clinic publishes of its public key: its SHA-256 in hexadecimal. Copies print the same.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.public_key())
    }

    /// A 256-bit key for one use, such as `b"blob"` with a salt of its own.
    pub fn derive(&self, purpose: &[u8], salt: &[u8]) -> [u8; 32] {
        derived(&self.master, (purpose, salt))
    }

    /// The address of an item: its person's number and its own, each as eight bytes, big end first, as one block of
    /// AES-256 (FIPS 197) under a key of this house. The same for as long as the master key is, so that a page can be
    /// kept as a bookmark; why it is not the number stands at [`ItemAddress`].
    pub fn address(&self, rid: Rid) -> ItemAddress {
        let number = u128::from(rid.patient().0.cast_unsigned()) << 64;
        let mut block = (number | u128::from(rid.item().0.cast_unsigned())).to_be_bytes();
        #[expect(clippy::expect_used, reason = "one block is a length AES always takes")]
        self.addresses.write.encrypt(&mut block).expect("AES takes a block");
        ItemAddress(block)
    }

    /// The item that an address stands for, if it is of this person's record. Whether there is such an item, and who
    /// may see it, is not said.
    pub fn item_at(&self, patient: PatientNo, address: ItemAddress) -> Option<Rid> {
        let mut block = address.0;
        self.addresses.read.decrypt(&mut block, DecryptionContext::None).ok()?;
        let item = u128::from_be_bytes(block) & u128::from(u64::MAX);
        let rid = patient.rid(ItemNo(i64::try_from(item).ok()?));
        // An address has no seal of its own. That writing it again gives the same is one: of what somebody made up, one
        // in 2^104 names an item of this person.
        (self.address(rid) == address).then_some(rid)
    }

    /// A keyed hash (HMAC-SHA-256) for one use: for look-ups by a secret, and for form tokens.
    pub fn mac(&self, purpose: &[u8], data: &[u8]) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.derive(purpose, b"mac"));
        let mut out = [0; 32];
        out.copy_from_slice(hmac::sign(&key, data).as_ref());
        out
    }

    /// The id that a form's one-time key gives for what the form says: the same form sent twice is one thing, gone back to
    /// and changed it is another. No one can guess it.
    pub fn once(&self, purpose: &[u8], said: &impl serde::Serialize) -> Result<uuid::Uuid> {
        let mac = self.mac(purpose, &serde_json::to_vec(said)?);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&mac[..16]);
        Ok(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// Encrypts a small secret for the database (AES-256-GCM, nonce in front). `purpose` binds it to its column.
    pub fn seal(&self, purpose: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let key = self.sealing_key(purpose)?;
        let mut data = plain.to_vec();
        let nonce = key
            .seal_in_place_append_tag(Aad::from(purpose), &mut data)
            .map_err(|_| Error::internal(anyhow::anyhow!("sealing failed")))?;
        let mut out = nonce.as_ref().to_vec();
        out.append(&mut data);
        Ok(out)
    }

    /// Opens what [`Keys::seal`] made for the same purpose; anything changed is an error.
    pub fn unseal(&self, purpose: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        let bad = || Error::internal(anyhow::anyhow!("a sealed value cannot be opened"));
        let (nonce, data) = sealed.split_at_checked(12).ok_or_else(bad)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| bad())?;
        let mut data = data.to_vec();
        let len = self
            .sealing_key(purpose)?
            .open_in_place(nonce, Aad::from(purpose), &mut data)
            .map_err(|_| bad())?
            .len();
        data.truncate(len);
        Ok(data)
    }

    /// Signs with Ed25519 (RFC 8032): 64 bytes.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.signer.sign(message).as_ref().to_vec()
    }

    /// The 32 bytes of the public key that [`Keys::sign`] signs for.
    pub fn public_key(&self) -> Vec<u8> {
        self.signer.public_key().as_ref().to_vec()
    }

    fn sealing_key(&self, purpose: &[u8]) -> Result<RandomizedNonceKey> {
        RandomizedNonceKey::new(&AES_256_GCM, &self.derive(purpose, b"seal"))
            .map_err(|_| Error::internal(anyhow::anyhow!("no sealing key")))
    }
}

impl Addresses {
    /// ECB is for one block the cipher itself, and an address is one block: the same item must have the same address,
    /// and no two items have one.
    fn under(key: &[u8]) -> Result<Self> {
        let bad = |_| Error::internal(anyhow::anyhow!("no key for addresses"));
        let key = || UnboundCipherKey::new(&AES_256, key).map_err(bad);
        Ok(Self {
            write: EncryptingKey::ecb(key()?).map_err(bad)?,
            read: DecryptingKey::ecb(key()?).map_err(bad)?,
        })
    }
}

/// A 256-bit key for one use (HKDF-SHA-256).
fn derived(master: &[u8; 32], (purpose, salt): (&[u8], &[u8])) -> [u8; 32] {
    let mut key = [0; 32];
    #[expect(clippy::expect_used, reason = "32 bytes is a length HKDF-SHA-256 always gives")]
    Salt::new(HKDF_SHA256, salt)
        .extract(master)
        .expand(&[purpose], HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut key))
        .expect("HKDF gives 32 bytes");
    key
}

/// The SHA-256 of a public key in hexadecimal.
pub fn fingerprint(public_key: &[u8]) -> String {
    hex::encode(base::sha256([public_key]))
}

/// Whether `signature` over `message` is of the holder of `public_key` (Ed25519).
pub fn verify(public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, public_key).verify(message, signature).is_ok()
}

fn read_or_make(file: &Path) -> Result<[u8; 32]> {
    if !file.exists() {
        make(file)?;
    }
    let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let bytes = hex::decode(text.trim()).with_context(|| format!("{} is not a key", file.display()))?;
    Ok(<[u8; 32]>::try_from(bytes.as_slice())
        .map_err(|_| anyhow::anyhow!("{} is not a key of 32 bytes", file.display()))?)
}

/// Writes beside and links into place, so that two processes starting at once end with the same key.
fn make(file: &Path) -> Result<()> {
    let beside = file.with_extension(format!("{}.tmp", hex::encode(base::bytes::<6>())));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(&beside).with_context(|| format!("making {}", beside.display()))?;
    out.write_all(hex::encode(base::bytes::<32>()).as_bytes())?;
    out.sync_all()?;
    let linked = fs::hard_link(&beside, file);
    fs::remove_file(&beside)?;
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_values_open_only_unchanged_and_for_their_purpose() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open(folder.path()).unwrap();
        let sealed = keys.seal(b"a", b"secret").unwrap();
        assert_eq!(Keys::open(folder.path()).unwrap().unseal(b"a", &sealed).unwrap(), b"secret");
        assert!(keys.unseal(b"b", &sealed).is_err());
        for n in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[n] ^= 1;
            assert!(keys.unseal(b"a", &changed).is_err(), "byte {n}");
        }
        assert!(keys.unseal(b"a", b"short").is_err());
    }

    #[test]
    fn signatures_verify() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open(folder.path()).unwrap();
        let signature = keys.sign(b"m");
        assert!(verify(&keys.public_key(), b"m", &signature));
        assert!(!verify(&keys.public_key(), b"n", &signature));
    }

    /// Item numbers have no gaps; addresses tell neither number nor order, nor of which two items are neighbours.
    #[test]
    fn an_address_is_of_one_item_of_one_person_in_one_house() {
        let folders = [0; 2].map(|_| tempfile::tempdir().unwrap());
        let [keys, other] = [0, 1].map(|n| Keys::open(folders[n].path()).unwrap());
        let people = [0, 1, 2, 1 << 38].map(PatientNo);
        let items = [0, 1, 2, 3, (1 << 24) - 1].map(ItemNo);
        let mut seen = std::collections::BTreeSet::new();
        for (patient, item) in people.iter().flat_map(|patient| items.map(|item| (*patient, item))) {
            let rid = patient.rid(item);
            let address = keys.address(rid);
            assert!(seen.insert(address), "{rid} has the address of another");
            assert_eq!(address, Keys::open(folders[0].path()).unwrap().address(rid), "{rid}");
            assert_eq!(address.to_string().parse(), Ok(address), "{rid}");
            for reader in people {
                let found = keys.item_at(reader, address);
                assert_eq!(found, (reader == patient).then_some(rid), "{rid} in the record of {reader}");
            }
            assert_eq!(other.item_at(patient, address), None, "{rid} in another house");
            for bit in 0..128 {
                let changed = ItemAddress((u128::from_be_bytes(address.0) ^ (1 << bit)).to_be_bytes());
                assert_eq!(keys.item_at(patient, changed), None, "{rid}, bit {bit}");
            }
            // A number written as a block is no address either.
            let plain = (u128::from(patient.0.cast_unsigned()) << 64) | u128::from(item.0.cast_unsigned());
            assert_eq!(keys.item_at(patient, ItemAddress(plain.to_be_bytes())), None, "{rid}");
        }
        // Neighbours differ in about half of their bits, as any two do.
        let bits = |item| u128::from_be_bytes(keys.address(PatientNo(1).rid(ItemNo(item))).0);
        let differ = (1..200).map(|item| (bits(item) ^ bits(item + 1)).count_ones());
        assert!(differ.clone().all(|count| (20..=108).contains(&count)), "{:?}", differ.collect::<Vec<_>>());
    }
}
