//! What stands side by side in an answer is of one moment, however busy the site is.

use std::sync::atomic::{AtomicBool, Ordering};

use base_core::permission::Role;
use serde_json::Value;

use crate::common::{Site, each_site};

/// Times that a child comes and goes.
const TURNS: u32 = 150;

/// Puts a child into a parent that is on a bill and takes it out again, one group after the other.
async fn scan(site: &Site, token: &str) {
    for turn in 0..TURNS {
        let child = format!("\"parent\":\"SB00001\",\"code\":\"TURN{turn:04}\"");
        for action in ["child", "unlink"] {
            site.scans(token, &[site.scan(&format!("\"action\":\"{action}\",{child}"))]).await;
        }
    }
}

fn list<'a>(answer: &'a Value, name: &str) -> &'a [Value] {
    answer[name].as_array().expect("a list")
}

async fn look(site: &Site, token: &str) {
    let bag = site.get("/api/v1/bags/SB00001", token).await.json();
    assert_eq!(bag["children_count"], list(&bag, "children").len(), "{bag}");
    let bill = site.get("/api/v1/bills/BUSY", token).await.json();
    let listed: i64 = list(&bill, "parent_bags").iter().filter_map(|parent| parent["children"].as_i64()).sum();
    assert_eq!(bill["children"], listed, "{bill}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_counted_is_listed_while_others_scan() {
    for site in each_site().await {
        let biller = site.token("meera", Role::Biller, None).await;
        site.fill(&biller, 1..3, 5).await;
        site.create_bill(&biller, "BUSY", 2).await;
        for parent in ["SB00001", "SB00002"] {
            let put = format!("\"action\":\"bill_link\",\"bill\":\"BUSY\",\"code\":\"{parent}\"");
            site.scans(&biller, &[site.scan(&put)]).await;
        }
        let is_over = AtomicBool::new(false);
        let looks = async {
            let mut looked = 0;
            while !is_over.load(Ordering::Relaxed) {
                look(&site, &biller).await;
                looked += 1;
            }
            looked
        };
        let scans = async {
            scan(&site, &biller).await;
            is_over.store(true, Ordering::Relaxed);
        };
        let (looked, ()) = tokio::join!(looks, scans);
        assert!(looked > 10, "{looked} looks beside {TURNS} turns");
    }
}
