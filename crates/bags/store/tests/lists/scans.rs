//! The history under every filter, by pages, compared with a plain look at all scans.

use bags_rules::outcome::Outcome;
use bags_store::bag::InArea;
use bags_store::scan;
use bags_store::scan::{Cursor, Results, ScanFilter, ScanLine};
use base_core::area::{Area, Scope};
use base_core::time::HOUR_US;
use tallyhouse_support::each_database;

use crate::site::{Site, areas};

async fn by_pages(site: &Site, filter: &ScanFilter, scope: &Scope, limit: u32) -> Vec<i64> {
    let mut seqs = Vec::new();
    let mut cursor = None;
    loop {
        let mut reader = site.db().read().await.expect("a reader");
        let page = scan::list(reader.conn(), filter, scope, cursor, limit).await.expect("a page");
        seqs.extend(page.lines.iter().map(|line| line.seq));
        assert!(seqs.len() < 5_000, "the list ends");
        let Some(next) = page.next else { return seqs };
        cursor = Some(Cursor::parse(&next.to_string()).expect("what is written is read"));
    }
}

fn naive(site: &Site, filter: &ScanFilter, scope: &Scope) -> Vec<i64> {
    let name = |id: i64| site.people.iter().position(|actor| actor.account == Some(id)).map(|at| site.names[at]);
    let fits = |line: &&ScanLine| {
        let in_area = match &filter.area {
            None => true,
            Some(InArea::Of(area)) => line.area.as_ref() == Some(area),
            Some(InArea::Nowhere) => line.area.is_none(),
        };
        let results = match filter.results {
            None => true,
            Some(Results::Accepted) => !line.outcome.is_refusal(),
            Some(Results::Refused) => line.outcome.is_refusal(),
            Some(Results::One(one)) => line.outcome == one,
        };
        scope.covers(line.area.as_ref())
            && in_area
            && results
            && filter.person.is_none_or(|id| line.person.as_deref() == name(id))
            && filter.from.is_none_or(|from| line.at >= from)
            && filter.until.is_none_or(|until| line.at < until)
    };
    let of_filter: Vec<&ScanLine> = site.scans.iter().filter(fits).collect();
    let Some(text) = filter.text.as_deref().map(str::to_ascii_uppercase) else {
        return of_filter.iter().map(|line| line.seq).collect();
    };
    let named = |line: &ScanLine, test: &dyn Fn(&str) -> bool| {
        let texts = [Some(&line.code), line.parent.as_ref(), line.bill.as_ref()];
        texts.into_iter().flatten().any(|name| test(&name.to_ascii_uppercase()))
    };
    let exact: Vec<i64> =
        of_filter.iter().filter(|line| named(line, &|name| name == text)).map(|line| line.seq).collect();
    if !exact.is_empty() {
        return exact;
    }
    of_filter.iter().filter(|line| named(line, &|name| name.contains(&text))).map(|line| line.seq).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_filter_finds_what_a_look_at_all_scans_finds() {
    for test in each_database().await {
        let site = Site::fill(test, 21).await;
        let middle = site.began.plus_us(70 * HOUR_US);
        let people = [None, site.people[0].account, site.people[2].account];
        let results = [
            None,
            Some(Results::Accepted),
            Some(Results::Refused),
            Some(Results::One(Outcome::Linked)),
            Some(Results::One(Outcome::BillFull)),
        ];
        let days = [(None, None), (Some(middle), None), (None, Some(middle)), (Some(middle), Some(middle))];
        let places = [None, Some(InArea::Of(Area::new("indore"))), Some(InArea::Nowhere)];
        let texts = [None, Some("SB00003"), Some("bill-1"), Some("k1d0"), Some("_"), Some("%")];
        let (mut lists, mut scans) = (0, 0);
        for person in people {
            for results in results {
                for (from, until) in days {
                    for area in &places {
                        let text = texts[lists % texts.len()].map(ToOwned::to_owned);
                        let filter = ScanFilter { text, person, results, from, until, area: area.clone() };
                        let scope = &areas()[lists / 2 % 4];
                        let expected = naive(&site, &filter, scope);
                        let found = by_pages(&site, &filter, scope, [1, 4, 50][lists % 3]).await;
                        assert_eq!(found, expected, "{filter:?} in {scope:?}");
                        lists += 1;
                        scans += found.len();
                    }
                }
            }
        }
        assert!(scans > 300, "{scans}");
        for text in texts {
            for scope in areas() {
                let filter = ScanFilter { text: text.map(ToOwned::to_owned), ..ScanFilter::default() };
                assert_eq!(by_pages(&site, &filter, &scope, 9).await, naive(&site, &filter, &scope), "{text:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_scan_is_shown_with_its_answer_to_people_who_may_see_it() {
    let site = Site::fill(each_database().await.remove(0), 2).await;
    let line = site.scans.iter().find(|line| line.area == Some(Area::new("lucknow"))).expect("one of lucknow");
    let mut reader = site.db().read().await.expect("a reader");
    let detail = scan::find(reader.conn(), line.seq, &Scope::All).await.expect("it reads").expect("it is there");
    assert!(detail.answer.contains(line.outcome.code()), "{}", detail.answer);
    for scope in [Scope::Nothing, Scope::Area(Area::new("indore"))] {
        assert!(scan::find(reader.conn(), line.seq, &scope).await.expect("it reads").is_none());
    }
}
