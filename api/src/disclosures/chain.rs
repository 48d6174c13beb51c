//! Hashes of the ledger: the chain of one person's entries, and the Merkle tree over all chains' heads.
//! Pure.

use crate::base::{Hash, Instant, PatientNo, sha256};

/// What the first entry of a chain follows.
pub const START: Hash = [0; 32];

/// Where a chain ends: its last entry's number and hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Number of the last entry; 0 for an empty chain.
    pub seq: i64,
    /// Its hash.
    pub hash: Hash,
}

impl Head {
    /// A chain without entries.
    pub const EMPTY: Self = Self { seq: 0, hash: START };

    /// The head after one more entry.
    pub fn append(self, patient: PatientNo, at: Instant, body: &[u8]) -> Self {
        let seq = self.seq + 1;
        let numbers = [patient.0, seq, at.0].map(i64::to_be_bytes);
        let hash = sha256([b"recordright ledger entry 1\n", &self.hash[..], numbers.as_flattened(), body]);
        Self { seq, hash }
    }

    fn leaf(self, patient: PatientNo) -> Hash {
        sha256([&[0][..], &patient.0.to_be_bytes(), &self.seq.to_be_bytes(), &self.hash])
    }
}

/// The root of the Merkle tree over the heads in order of the person's number (tree of RFC 6962, section 2.1).
pub fn root(heads: impl IntoIterator<Item = (PatientNo, Head)>) -> Hash {
    let mut level: Vec<Hash> = heads.into_iter().map(|(patient, head)| head.leaf(patient)).collect();
    if level.is_empty() {
        return sha256([]);
    }
    // Pairing level by level and carrying an odd one up gives the same tree as splitting at powers of two.
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| if let [left, right] = pair { node(left, right) } else { pair[0] })
            .collect();
    }
    level[0]
}

fn node(left: &Hash, right: &Hash) -> Hash {
    sha256([&[1][..], left, right])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_an_entry_counts() {
        let at = Instant(5);
        let base = Head::EMPTY.append(PatientNo(1), at, b"a");
        assert_eq!(base.seq, 1);
        for other in [
            Head::EMPTY.append(PatientNo(2), at, b"a"),
            Head::EMPTY.append(PatientNo(1), Instant(6), b"a"),
            Head::EMPTY.append(PatientNo(1), at, b"b"),
            Head { seq: 1, hash: START }.append(PatientNo(1), at, b"a"),
            Head { seq: 0, hash: [1; 32] }.append(PatientNo(1), at, b"a"),
        ] {
            assert_ne!(other.hash, base.hash);
        }
    }

    #[test]
    fn the_tree_is_that_of_rfc_6962() {
        let head = |n: u8| Head { seq: i64::from(n), hash: [n; 32] };
        let leaves: Vec<_> = (0..7u8).map(|n| (PatientNo(i64::from(n)), head(n))).collect();
        fn split(leaves: &[(PatientNo, Head)]) -> Hash {
            match leaves {
                [] => sha256([]),
                [(patient, head)] => head.leaf(*patient),
                _ => {
                    let k = (leaves.len() as u64).next_power_of_two() as usize / 2;
                    node(&split(&leaves[..k]), &split(&leaves[k..]))
                }
            }
        }
        for n in 0..=leaves.len() {
            assert_eq!(root(leaves[..n].iter().copied()), split(&leaves[..n]), "{n} leaves");
        }
    }
}
