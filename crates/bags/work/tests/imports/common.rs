//! A site with a runner, whose clock stands still unless it is moved: the same work gives the same state.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bags_rules::import::ImportKind;
use bags_rules::rules::Rules;
use bags_rules::scan::Scan;
use bags_work::{Desk, DeskParts, import_runner};
use base_core::account::Actor;
use base_core::audit::Origin;
use base_core::import::{ImportMode, ImportState};
use base_core::permission::Role;
use base_core::time::{Clock, Moment};
use base_db::Db;
use base_files::import::Runner;
use base_files::import::intake::{self, IntakeError, NewFile, Reading};
use base_records::import::{Import, Phase, RowNote};
use base_records::{audit, import};
use base_sheet::read::Stop;
use tallyhouse_support::{TestDb, each_database, origin, outcomes, person};

/// A clock that stands still.
pub struct Still(AtomicI64);

impl Clock for Still {
    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::SeqCst))
    }
}

impl Still {
    pub fn pass_us(&self, span_us: i64) {
        self.0.fetch_add(span_us, Ordering::SeqCst);
    }
}

pub struct Site {
    pub db: Db,
    pub clock: Arc<Still>,
    pub runner: Runner,
    /// The door for scans beside the imports.
    pub desk: Desk,
    pub admin: Actor,
    files: AtomicI64,
    _test: TestDb,
}

pub async fn each_site() -> Vec<Site> {
    let mut sites = Vec::new();
    for test in each_database().await {
        sites.push(site(test).await);
    }
    sites
}

async fn site(test: TestDb) -> Site {
    let clock = Arc::new(Still(AtomicI64::new(1_700_000_000_000_000)));
    let (desk, _tasks) = bags_work::open(&parts(&test.db, clock.clone()));
    let runner = runner(&test.db, clock.clone(), "node-a");
    let admin = person(&test.db, "admin", Role::Admin, None).await;
    Site { db: test.db.clone(), clock, runner, desk, admin, files: AtomicI64::new(0), _test: test }
}

fn parts(db: &Db, clock: Arc<dyn Clock>) -> DeskParts {
    DeskParts {
        db: db.clone(),
        rules: Arc::new(Rules::default()),
        clock,
        phrase: Arc::new(|answer| answer.outcome.is_refusal().then(|| format!("refused: {}", answer.outcome.code()))),
        lanes: db.lanes(),
        mailing: None,
    }
}

pub fn runner(db: &Db, clock: Arc<dyn Clock>, node: &str) -> Runner {
    let parts = parts(db, clock);
    let (desk, _tasks) = bags_work::open(&parts);
    import_runner(parts, desk, Arc::new(tallyhouse_support::grants()), node.into())
}

impl Site {
    pub fn origin(&self) -> Origin {
        (*origin(&self.admin)).clone()
    }

    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Brings a file as a program does: its dry run waits to be made.
    pub async fn bring(&self, kind: ImportKind, text: &str) -> Result<Import, IntakeError> {
        self.bring_bytes(kind, text.as_bytes().to_vec()).await
    }

    pub async fn bring_bytes(&self, kind: ImportKind, content: Vec<u8>) -> Result<Import, IntakeError> {
        let n = self.files.fetch_add(1, Ordering::SeqCst);
        let file = NewFile {
            id: format!("import-{n}"),
            kind: kind.file(),
            name: "rows.csv".into(),
            content,
            headings: BTreeMap::new(),
            read_as: base_files::import::Mapping::default(),
            is_final: true,
        };
        let imports =
            intake::accept(Reading { db: &self.db, stop: &Stop::default() }, vec![file], &self.origin(), self.now())
                .await?;
        Ok(imports.into_iter().next().expect("one file is one import"))
    }

    /// Carries on whatever waits.
    pub async fn work(&self) {
        while self.runner.run_next().await.expect("the runner runs") {}
    }

    pub async fn import(&self, id: &str) -> Import {
        let mut reader = self.db.read().await.expect("a reader");
        import::find(reader.conn(), id).await.expect("an answer").expect("an import")
    }

    /// Brings a file and has it tried.
    pub async fn checked(&self, kind: ImportKind, text: &str) -> Import {
        let import = self.bring(kind, text).await.expect("a good file");
        self.work().await;
        let import = self.import(&import.id).await;
        assert_eq!(import.state, ImportState::Checked, "{:?}", import.fault);
        import
    }

    pub async fn start(&self, id: &str, mode: ImportMode) -> Result<Import, IntakeError> {
        intake::start(&self.db, id, mode, &self.origin(), self.now()).await
    }

    /// Brings a file, has it tried and run to its end.
    pub async fn done(&self, kind: ImportKind, text: &str) -> Import {
        self.done_with(kind, text.as_bytes().to_vec()).await
    }

    pub async fn done_with(&self, kind: ImportKind, content: Vec<u8>) -> Import {
        let brought = self.bring_bytes(kind, content).await.expect("a good file");
        self.work().await;
        let import = self.import(&brought.id).await;
        self.start(&import.id, ImportMode::SkipBad).await.expect("it starts");
        self.work().await;
        let import = self.import(&import.id).await;
        assert_eq!(import.state, ImportState::Done, "{:?}", import.fault);
        import
    }

    pub async fn rolled_back(&self, id: &str) -> Import {
        intake::roll_back(&self.db, id, &self.origin(), self.now()).await.expect("it may be rolled back");
        self.work().await;
        let import = self.import(id).await;
        assert_eq!(import.state, ImportState::RolledBack);
        import
    }

    pub async fn rows(&self, import: &Import, phase: Phase) -> Vec<RowNote> {
        import::rows_after(&self.db, &import.id, phase, 0, 10_000).await.expect("rows")
    }

    pub async fn scan(&self, scans: Vec<Scan>) -> Vec<String> {
        outcomes(&self.desk, &self.admin, scans).await
    }

    pub async fn hash(&self) -> String {
        bags_store::state::hash(&self.db).await.expect("a hash")
    }

    pub async fn audited(&self, action: &str) -> usize {
        let lines = audit::latest(&self.db, 10_000).await.expect("the trail");
        lines.iter().filter(|line| line.action == action).count()
    }
}

/// So many full parents from a number on, children before their parents.
pub fn full(from: u32, parents: u32) -> String {
    let mut text = String::from("qr_id,type,parent_qr_id\n");
    for parent in from..from + parents {
        for child in 0..30 {
            text += &format!("k{parent:04}{child:02},child,sb{parent:05}\n");
        }
        text += &format!("sb{parent:05},PARENT,\n");
    }
    text
}
