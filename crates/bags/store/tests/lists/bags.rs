//! Every filter in every order, by pages, compared with a plain look at all bags.

use bags_rules::bag::{BagKind, BagStatus};
use bags_store::bag;
use bags_store::bag::{BagFilter, BagLine, Count, Cursor, InArea, ScannedBy, Sort};
use base_core::area::{Area, Scope};
use base_core::time::HOUR_US;
use tallyhouse_support::each_database;

use crate::site::{Site, areas};

/// The codes of a filter, page by page to the end, each page checked for its size.
async fn by_pages(site: &Site, filter: &BagFilter, scope: &Scope, limit: u32) -> Vec<String> {
    let mut codes = Vec::new();
    let mut cursor: Option<Cursor> = None;
    loop {
        let mut reader = site.db().read().await.expect("a reader");
        let page = bag::list(reader.conn(), filter, scope, cursor.as_ref(), limit).await.expect("a page");
        assert!(page.lines.len() <= limit as usize);
        assert!(
            page.next.is_none() || page.lines.len() == limit as usize || page.looked_through.is_some(),
            "a page that is short says why"
        );
        codes.extend(page.lines.iter().map(|line| line.code.to_string()));
        assert!(codes.len() < 2_000, "the list ends");
        let Some(next) = page.next else { return codes };
        cursor = Some(Cursor::parse(&next.to_string()).expect("what is written is read"));
    }
}

fn holds(line: &BagLine, text: &str) -> bool {
    let capitals = text.trim().to_ascii_uppercase();
    if capitals.len() < 3 { line.code.as_str().starts_with(&capitals) } else { line.code.as_str().contains(&capitals) }
}

/// The bags of a filter by looking at each, in the order that the list should have.
fn naive(site: &Site, filter: &BagFilter, scope: &Scope) -> Vec<String> {
    let newest = |line: &BagLine, person: i64| {
        let name = site.people.iter().position(|actor| actor.account == Some(person)).map(|at| site.names[at]);
        let mine = site.scans.iter().filter(|scan| scan.person.as_deref() == name);
        let mut seqs: Vec<i64> = mine.filter(|scan| scan.code == line.code.as_str()).map(|scan| scan.seq).collect();
        seqs.sort_unstable();
        if filter.sort == Sort::Oldest { seqs.first().copied() } else { seqs.last().copied() }
    };
    let mut found: Vec<(&BagLine, i64)> = Vec::new();
    for line in &site.bags {
        let text = filter.text.as_deref().is_none_or(|text| holds(line, text));
        let order = match filter.scanned {
            None => Some(line.created_at.0),
            Some(ScannedBy::Person(person)) => newest(line, person),
            Some(ScannedBy::Nobody) => line.scanned_at.is_none().then_some(line.created_at.0),
        };
        if let (true, true, Some(order)) = (scope.covers(line.area.as_ref()) && filter.fits(line), text, order) {
            found.push((line, order));
        }
    }
    let by_code =
        filter.sort == Sort::Code || filter.is_beginning() && !matches!(filter.scanned, Some(ScannedBy::Person(_)));
    found.sort_by(|(one, a), (two, b)| match filter.sort {
        _ if by_code => one.code.cmp(&two.code),
        Sort::Oldest => (a, &one.code).cmp(&(b, &two.code)),
        _ => (b, &two.code).cmp(&(a, &one.code)),
    });
    found.into_iter().map(|(line, _)| line.code.to_string()).collect()
}

fn filters(site: &Site) -> Vec<BagFilter> {
    let middle = site.began.plus_us(72 * HOUR_US);
    let kinds = [None, Some(BagKind::Parent), Some(BagKind::Child)];
    let statuses = [None, Some(BagStatus::Pending), Some(BagStatus::InProgress)];
    let yes_or_no = [None, Some(true), Some(false)];
    let places = [None, Some(InArea::Of(Area::new("lucknow"))), Some(InArea::Nowhere)];
    let people = site.people.iter().filter_map(|actor| actor.account);
    let mut scanned = vec![None, Some(ScannedBy::Nobody)];
    scanned.extend(people.take(3).map(|id| Some(ScannedBy::Person(id))));
    let plain = BagFilter::default;
    let mut filters = Vec::new();
    for kind in kinds {
        for area in &places {
            for linked in yes_or_no {
                for billed in yes_or_no {
                    filters.push(BagFilter { kind, area: area.clone(), linked, billed, ..plain() });
                }
                for status in statuses {
                    filters.push(BagFilter { kind, area: area.clone(), linked, status, ..plain() });
                }
                for scanned in &scanned {
                    filters.push(BagFilter { kind, area: area.clone(), linked, scanned: *scanned, ..plain() });
                }
            }
            for (from, until) in [(Some(middle), None), (None, Some(middle)), (Some(middle), Some(middle))] {
                filters.push(BagFilter { kind, area: area.clone(), from, until, ..plain() });
            }
            for text in ["K", "k1", "SB", "zz", "0"] {
                let text = Some(text.to_owned());
                filters.push(BagFilter { kind, area: area.clone(), text: text.clone(), ..plain() });
                filters.push(BagFilter { kind, area: area.clone(), text, scanned: scanned[2], ..plain() });
            }
            let text = Some("1D0".to_owned());
            filters.push(BagFilter { kind, area: area.clone(), text, scanned: scanned[3], ..plain() });
        }
    }
    filters
}

#[tokio::test(flavor = "multi_thread")]
async fn every_filter_in_every_order_finds_what_a_look_at_all_bags_finds() {
    for test in each_database().await {
        let site = Site::fill(test, 3).await;
        let (mut lists, mut bags) = (0, 0);
        for filter in filters(&site) {
            for sort in [Sort::Newest, Sort::Oldest, Sort::Code] {
                let filter = BagFilter { sort, ..filter.clone() };
                let scope = &areas()[lists % 4];
                let expected = naive(&site, &filter, scope);
                let limit = [1, 3, 7, 200][lists / 3 % 4];
                let found = by_pages(&site, &filter, scope, limit).await;
                assert_eq!(found, expected, "{filter:?} in {scope:?}, {limit} a page");
                let mut reader = site.db().read().await.expect("a reader");
                let count = bag::count(reader.conn(), &filter, scope).await.expect("a count");
                let true_count = i64::try_from(expected.len()).expect("few");
                assert!(count == Count::Exact(true_count) || count == Count::Unknown, "{count:?} for {filter:?}");
                lists += 1;
                bags += found.len();
            }
        }
        assert!(lists > 700 && bags > 5_000, "{lists} lists, {bags} bags");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_counters_know_is_counted_exactly_and_what_they_do_not_is_not_guessed() {
    for test in each_database().await {
        let site = Site::fill(test, 5).await;
        let count = async |filter: BagFilter| {
            let mut reader = site.db().read().await.expect("a reader");
            bag::count(reader.conn(), &filter, &Scope::All).await.expect("a count")
        };
        let all = i64::try_from(site.bags.len()).expect("few");
        assert_eq!(count(BagFilter::default()).await, Count::Exact(all));
        let nobody = BagFilter { scanned: Some(ScannedBy::Nobody), ..BagFilter::default() };
        assert_eq!(count(nobody).await, Count::Unknown);
        let billed = BagFilter { billed: Some(true), status: Some(BagStatus::Pending), ..BagFilter::default() };
        assert!(matches!(count(billed).await, Count::Exact(_)), "few enough to count");
    }
}

#[test]
fn a_foreign_cursor_is_refused() {
    for text in ["", "l", "l.1", "x.1.KID1", "l.one.KID1", "l.1.KID\u{7}", "1.KID1"] {
        assert_eq!(Cursor::parse(text), None, "{text:?}");
    }
    let dotted = Cursor::parse("l.5.A.B.C").expect("codes may have dots");
    assert_eq!(dotted.to_string(), "l.5.A.B.C");
}
