//! A site whose processes end at any moment: its database as the disk holds it then is what the next process opens.
//!
//! Invariant: everything that happens, happens one after another, so that one seed runs the same way each time. Only two nodes
//! on PostgreSQL really work at once.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use base_core::time::{Clock, Moment, SECOND_US};
use base_db::{Db, OpenOptions};
use base_desk::{Desk, Domain, Parts};
use tempfile::TempDir;

use crate::faulty::{Faulty, Plan};

/// Rises with each look, so that no two decisions have one time.
pub struct SteppingClock(AtomicI64);

impl Clock for SteppingClock {
    fn now(&self) -> Moment {
        Moment(self.0.fetch_add(SECOND_US, Ordering::SeqCst))
    }
}

/// A desk with what will happen to it.
pub struct Node<D: Domain> {
    pub desk: Desk<Faulty<D>>,
    pub plan: Arc<Plan>,
}

/// Where the database is.
enum Place {
    /// In a file; a process that ended leaves it as it was, and the next one opens a copy.
    File { folder: TempDir, copies: usize },
    /// On a server, which outlives the nodes.
    Server,
}

pub struct Site<D: Domain> {
    place: Place,
    pub db: Db,
    pub clock: Arc<SteppingClock>,
    pub nodes: Vec<Node<D>>,
    domain: fn() -> D,
}

/// The fastest place for files that need not last.
pub fn scratch_folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a temporary folder")
}

fn options() -> OpenOptions {
    OpenOptions { connections_max: 2, cache_kib: 2_048, ..OpenOptions::default() }
}

/// Opens a database file.
pub async fn open_file(path: &Path) -> Db {
    Db::open(&format!("sqlite:{}", path.display()), options()).await.expect("the database opens")
}

fn file(folder: &Path, copy: usize) -> PathBuf {
    folder.join(format!("site-{copy}.db"))
}

fn log_of(database: &Path) -> PathBuf {
    database.with_extension("db-wal")
}

impl<D: Domain> Site<D> {
    /// A site on a copy of a prepared file.
    pub async fn on_file(prepared: &Path, domain: fn() -> D) -> Self {
        let folder = scratch_folder();
        fs::copy(prepared, file(folder.path(), 0)).expect("a copy");
        let db = open_file(&file(folder.path(), 0)).await;
        Self::of(Place::File { folder, copies: 0 }, db, domain)
    }

    /// Two nodes on a server.
    pub fn on_server(db: &Db, domain: fn() -> D) -> Self {
        Self::of(Place::Server, db.clone(), domain)
    }

    fn of(place: Place, db: Db, domain: fn() -> D) -> Self {
        let clock = Arc::new(SteppingClock(AtomicI64::new(1_791_172_800_000_000)));
        let mut site = Self { place, db, clock, nodes: Vec::new(), domain };
        site.start();
        site
    }

    /// Opens its two desks.
    fn start(&mut self) {
        self.nodes = (0..2).map(|_| self.node()).collect();
    }

    fn node(&self) -> Node<D> {
        let plan = Arc::new(Plan::default());
        let parts = Parts { db: self.db.clone(), clock: self.clock.clone(), lanes: self.db.lanes() };
        let (desk, _tasks) = Desk::open(&parts, Faulty { inner: (self.domain)(), plan: plan.clone() });
        Node { desk, plan }
    }

    /// What to do in the moment in which a process ends: the file is copied as it is then. Where the power goes, too, of
    /// what is not known to be on the disk only a part is; `cut` is how many of its thousandths.
    pub fn at_end(&self, cut: Option<usize>) -> Box<dyn FnOnce() + Send> {
        let Place::File { folder, copies } = &self.place else { return Box::new(|| ()) };
        let (from, to) = (file(folder.path(), *copies), file(folder.path(), *copies + 1));
        let durable = fs::metadata(log_of(&from)).map_or(0, |found| found.len());
        Box::new(move || {
            fs::copy(&from, &to).expect("a copy");
            if fs::copy(log_of(&from), log_of(&to)).is_err() {
                return;
            }
            let Some(cut) = cut else { return };
            let log = fs::File::options().write(true).open(log_of(&to)).expect("the log");
            let written = log.metadata().expect("its length").len();
            let kept = durable + written.saturating_sub(durable) * cut as u64 / 1000;
            log.set_len(kept).expect("it is cut");
        })
    }

    /// The processes have ended; others start on what they left.
    pub async fn start_again(&mut self) {
        self.nodes.clear();
        if let Place::File { folder, copies } = &mut self.place {
            *copies += 1;
            self.db = open_file(&file(folder.path(), *copies)).await;
        }
        self.start();
    }
}
