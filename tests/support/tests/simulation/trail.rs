//! The audit trail is sealed and verified.

use std::sync::atomic::{AtomicU64, Ordering};

use base_core::entropy::Entropy;
use base_core::time::{Clock, Moment};
use base_db::Db;
use base_proof::note::Signer;
use base_records::audit::grow::grow;
use base_records::audit::tree::Step;
use base_records::audit::verify::{Asked, verify};

struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let next = self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes();
            chunk.copy_from_slice(&next[..chunk.len()]);
        }
    }
}

pub async fn check(db: &Db, clock: &dyn Clock) {
    let signer = Signer::new(&[7; 32], "tallyhouse/test");
    let entropy = Counting(AtomicU64::new(1));
    // Entries of the last moments are left for the next time.
    let step = Step { signer: &signer, now: Moment(clock.now().0 + 3_600_000_000), entropy: &entropy };
    while grow(db, &step).await.expect("it grows").is_more {}
    let key = signer.public();
    let asked = Asked { key: &key, kept: &[], removed_name: |id| format!("removed-{id}") };
    let report = verify(db, &asked).await.expect("a report");
    assert!(report.faults.is_empty(), "the trail does not verify: {:?}", report.faults);
    assert!(report.leaves > 0 && report.waiting == 0, "{} entries have no leaf", report.waiting);
}
