//! Typed ids, so that a copy's id cannot stand where an account's is wanted.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }
    )*};
}

uuid_id! {
    /// A person's account with us, made at the first sign-in.
    AccountId,
    /// One signed-in device. Not the secret in the cookie.
    SessionId,
    /// One copy of a record, being built or ready.
    CopyId,
    /// One job in the queue.
    JobId,
    /// A case for staff: somebody's identity to be checked.
    CaseId,
    /// A right to act for another person.
    AuthorityId,
    /// A consent or an authorization that a person signed.
    ConsentId,
    /// A limit that a person asked the clinic to keep.
    RestrictionId,
    /// What staff recorded of how a person wants to be reached.
    WishId,
    /// A form that is being filled in and is not lost over a sign-in.
    DraftId,
    /// What somebody says of such a right, for staff to check.
    ClaimId,
    /// A staff role that was asked for or given.
    GrantId,
    /// One look of staff at one person's record.
    ViewId,
    /// One sign-off of who has access.
    ReviewId,
    /// What staff propose about a group of patients.
    ProposalId,
    /// What an app asks of a person, until they answered.
    AskId,
    /// What a person allowed an app. [`GrantId`] is a role of staff.
    AppGrantId,
    /// One export of the records of many people to a system.
    ExportId,
    /// A form by which staff give out an activation code. Nothing of the code.
    CodeId,
}

macro_rules! number_id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, std::num::ParseIntError> {
                text.parse().map(Self)
            }
        }
    )*};
}

number_id! {
    /// A person with a record here: 1, 2, 3 … 0 is the directory (practitioners, organizations, locations).
    PatientNo,
    /// A stored resource: the person's number times 2^24 plus the item number, so that one person's
    /// record is one range of keys on both databases.
    Rid,
}

/// The place of an item in one person's record: 1, 2, 3 … Means nothing without the person. It leaves this crate only as
/// an [`ItemAddress`], so it has no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ItemNo(pub i64);

/// What stands for an item in addresses and forms: 32 hexadecimal digits, in small letters. Item numbers have no gaps, so
/// whoever sees a part of a record would count by them what is kept from them, and see where it lies (45 CFR
/// 164.502(g)(3)). An address tells neither a number nor an order, and nothing without the key
/// (`keys::Keys::address`); of two people's items with the same number the addresses differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemAddress(pub [u8; 16]);

impl fmt::Display for ItemAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for ItemAddress {
    type Err = hex::FromHexError;

    /// Reads what [`fmt::Display`] writes and nothing else: an item has one address.
    ///
    /// # Errors
    /// What are not 32 digits, and capital letters.
    fn from_str(text: &str) -> Result<Self, hex::FromHexError> {
        if let Some((index, c)) = text.char_indices().find(|(_, c)| c.is_ascii_uppercase()) {
            return Err(hex::FromHexError::InvalidHexCharacter { c, index });
        }
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes)?;
        Ok(Self(bytes))
    }
}

impl PatientNo {
    /// What belongs to no patient: practitioners, organizations, locations.
    pub const DIRECTORY: Self = Self(0);

    /// The first and the last key that this person's items can have.
    pub fn range(self) -> (Rid, Rid) {
        (Rid(self.0 << ITEM_BITS), Rid(((self.0 + 1) << ITEM_BITS) - 1))
    }

    /// The key of this person's item.
    pub(crate) fn rid(self, item: ItemNo) -> Rid {
        Rid((self.0 << ITEM_BITS) | (item.0 & ITEM_MASK))
    }
}

impl Rid {
    /// Whose item this is.
    pub fn patient(self) -> PatientNo {
        PatientNo(self.0 >> ITEM_BITS)
    }

    /// Its place in that person's record.
    pub(crate) fn item(self) -> ItemNo {
        ItemNo(self.0 & ITEM_MASK)
    }
}

const ITEM_BITS: u32 = 24;
const ITEM_MASK: i64 = (1 << ITEM_BITS) - 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_one_person_are_one_range() {
        for patient in [0, 1, 77, 1 << 38] {
            let patient = PatientNo(patient);
            let (low, high) = patient.range();
            for item in [0, 1, ITEM_MASK] {
                let rid = patient.rid(ItemNo(item));
                assert!(low <= rid && rid <= high);
                assert_eq!((rid.patient(), rid.item()), (patient, ItemNo(item)));
            }
        }
    }

    #[test]
    fn an_address_is_read_as_it_is_written() {
        let address = ItemAddress([0xab, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0xff]);
        let text = "ab0102030405060708090a0b0c0d0eff";
        assert_eq!((address.to_string().as_str(), text.parse()), (text, Ok(address)));
        let (long, capital) = (format!("{text}00"), text.to_uppercase());
        for other in ["", "1", "54", "+1", "x", &text[2..], &text[1..], &long, &capital, "ñ"] {
            assert!(other.parse::<ItemAddress>().is_err(), "{other}");
        }
    }
}
