//! Somebody who knows the names of everybody guesses without a pause: nobody is kept out, and scans go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use base_core::permission::Role;

use crate::common::{PASSWORD, Site, each_site_with};
use crate::visitor::Visitor;

/// Scans that are timed.
const SCANS: usize = 120;
/// Guessers at once, each from an address of its own.
const GUESSERS: usize = 8;

/// The time that all but the slowest of a hundred scans take at most.
async fn p99(site: &Site, token: &str, first: usize) -> Duration {
    let mut times = Vec::new();
    for n in first..first + SCANS {
        let scan = site.scan(&format!("\"action\":\"parent\",\"code\":\"SB{n:05}\""));
        let begun = Instant::now();
        site.scans(token, &[scan]).await;
        times.push(begun.elapsed());
    }
    times.sort();
    times[SCANS * 99 / 100]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_knows_all_names_locks_nobody_out_and_slows_no_scan_down() {
    for site in each_site_with(|settings| base_web::Settings { sign_ins_per_minute: 10, ..settings }).await {
        let token = site.token("meera", Role::Biller, None).await;
        for name in ["arjun", "ravi"] {
            site.person(name, Role::Dispatcher, Some("lucknow")).await;
        }
        let mut owner = Visitor::new(&site, "203.0.113.5");
        owner.sign_in("arjun").await;
        let quiet = p99(&site, &token, 1).await;
        let stop = Arc::new(AtomicBool::new(false));
        let guessers = (0..GUESSERS).map(|n| {
            let (stop, mut visitor) = (stop.clone(), Visitor::new(&site, &format!("198.51.100.{}", n + 1)));
            tokio::spawn(async move {
                let mut guesses = 0_usize;
                while !stop.load(Ordering::Relaxed) {
                    let name = ["arjun", "ravi", "meera", "nobody"][guesses % 4];
                    let answer = visitor.sign_in_with(name, "Wrong-Password-1").await;
                    assert_ne!(answer.status, StatusCode::SEE_OTHER);
                    guesses += 1;
                }
                guesses
            })
        });
        let guessers: Vec<_> = guessers.collect();
        let busy = p99(&site, &token, SCANS + 1).await;
        // On a device that is known, and on a new one at an address from which nobody guesses, once the minute's guesses of
        // strangers are over.
        assert_eq!(owner.sign_in_with("arjun", PASSWORD).await.status, StatusCode::SEE_OTHER, "their own device");
        stop.store(true, Ordering::Relaxed);
        let mut tried = 0;
        for running in guessers {
            tried += running.await.expect("it guesses to the end");
        }
        site.clock.pass_us(base_core::time::MINUTE_US + 1);
        let mut elsewhere = Visitor::new(&site, "192.0.2.44");
        assert_eq!(elsewhere.sign_in_with("arjun", PASSWORD).await.status, StatusCode::SEE_OTHER, "another address");
        eprintln!("{}: p99 of scans {quiet:?} alone, {busy:?} beside {tried} guesses", site.db.name());
        assert!(busy < quiet * 5 + Duration::from_millis(150), "{quiet:?} became {busy:?}");
    }
}
