//! What exporting a group costs with its size: people who are made up and small, a database for each number of them. The
//! memory of the worker must not grow with the group.

use crate::growth::{import, settle};
use crate::harness::{House, Kind};
use crate::meter::{self, Server};
use crate::{address, fhir};

/// Exports a group of each of these numbers of people.
pub async fn groups(kind: Kind, sizes: &[usize], tell: &impl Fn(&str, String)) {
    for size in sizes {
        let house = House::start(kind).await;
        let mut browser = house.signed_in("sam").await;
        import((house.folder.path(), &house.database), 0..*size, tell).await;
        let system = fhir::system(&house).await;
        let postgres = meter::postgres(&house).await;
        // A system's token lives for five minutes.
        let token = system.token("system/*.rs").await;
        let kept = house.leave().await;
        settle(&kept).await;
        let served = kept.serve(&mut browser).await;
        let server = Server { program: served.0.id(), postgres };
        let url = address(&mut browser).await;
        let tell = |what: &str, figure| tell(&format!("{what}, {size} people"), figure);
        fhir::export(&kept, (&url, server), &token, &tell).await;
        served.stop();
    }
}
