//! `tallyhouse demo`: a temporary site full of examples.

use std::net::SocketAddr;

use base_core::area::Area;
use base_core::time::Clock;
use tempfile::TempDir;

use super::{answer, serve};
use crate::config::{Config, Server};
use crate::demo::{self, DemoPeople};
use crate::site::Site;
use crate::system::SystemClock;

/// How the demo is started.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address and port to listen on
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

/// The running demo. Its folder is removed when it is dropped.
pub struct Demo {
    /// The site, filled.
    pub site: Site,
    /// Who may sign in.
    pub people: DemoPeople,
    _folder: TempDir,
}

/// Runs the command. A configured database is left alone: only one that is named on the command line is filled.
pub async fn run(args: Args, config: Config, database_is_named: bool) -> anyhow::Result<()> {
    let demo = open(args.listen, config, database_is_named).await?;
    let front = serve::listen(&demo.site).await?;
    announce(&demo)?;
    serve::run_demo(demo.site, front).await
}

async fn open(listen: SocketAddr, mut config: Config, database_is_named: bool) -> anyhow::Result<Demo> {
    let folder = tempfile::Builder::new().prefix("tallyhouse-demo-").tempdir()?;
    if !database_is_named {
        config.database.use_sqlite(&folder.path().join("demo.db"));
    }
    let erp = folder.path().join("erp.db");
    config.erp = Some(demo::customers::erp(&erp, SystemClock.now(), &config.bags.zone).await?);
    // Its people are invented, so no mail is sent.
    config.mail = None;
    config.server = Server { listen, secure_cookies: false, ..config.server };
    base_web::figures::keep();
    let site = Site::open(config).await?;
    let people = demo::prepare(&site).await?;
    Ok(Demo { site, people, _folder: folder })
}

/// Prints the address and the sign-ins.
fn announce(demo: &Demo) -> anyhow::Result<()> {
    answer(&format!("http://{}", demo.site.config.server.listen))?;
    let password = &demo.people.password;
    for person in &demo.people.people {
        let area = person.area.as_ref().map(Area::title).unwrap_or_default();
        let line = format!("{:10} {password}  {:10} {area}", person.name, person.role.name());
        answer(line.trim_end())?;
    }
    for email in &demo.people.customers {
        answer(&format!("{email} {password}  customer, at /portal"))?;
    }
    Ok(())
}
