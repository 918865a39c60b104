//! Whatever admins do to one another and in whatever order, somebody is left who can undo it.

use base_core::permission::Role;
use people_rules::account::{Facts, Refusal, Standing, check_standing};
use proptest::prelude::*;

/// What one person does to another: new roles, active or not, or removed.
#[derive(Clone, Debug)]
struct Act {
    by: Option<usize>,
    whom: usize,
    after: Option<Standing>,
}

fn standing() -> impl Strategy<Value = Standing> {
    let roles = proptest::sample::subsequence(Role::ALL.to_vec(), 0..=Role::ALL.len());
    (roles, any::<bool>()).prop_map(|(roles, is_active)| Standing { roles, is_active })
}

fn act(people: usize) -> impl Strategy<Value = Act> {
    (proptest::option::of(0..people), 0..people, proptest::option::of(standing())).prop_map(|(by, whom, after)| Act {
        by,
        whom,
        after,
    })
}

proptest! {
    #[test]
    fn there_is_always_an_active_admin_and_nobody_changes_themselves(
        others in proptest::collection::vec(standing(), 3),
        acts in proptest::collection::vec(act(4), 0..60),
    ) {
        let mut people: Vec<Option<Standing>> = vec![Some(Standing::active([Role::Admin]))];
        people.extend(others.into_iter().map(Some));
        for Act { by, whom, after } in acts {
            let Some(before) = people[whom].clone() else { continue };
            // Only an active admin can act at all; `None` is the machine.
            if by.is_some_and(|by| !people[by].as_ref().is_some_and(Standing::is_active_admin)) {
                continue;
            }
            let is_other_admin = |(n, one): &(usize, &Option<Standing>)| {
                *n != whom && one.as_ref().is_some_and(Standing::is_active_admin)
            };
            let other_admins = i64::try_from(people.iter().enumerate().filter(is_other_admin).count()).expect("few");
            let id = |n: usize| i64::try_from(n).expect("few");
            let facts =
                Facts { by: by.map(id), account: id(whom), before: &before, other_admins, unfinished: 0 };
            match check_standing(facts, after.as_ref()) {
                Ok(()) => {
                    prop_assert!(by != Some(whom) || after.as_ref() == Some(&before));
                    people[whom] = after;
                }
                Err(refusal) => prop_assert!(
                    refusal != Refusal::LastAdmin || (before.is_active_admin() && other_admins == 0)
                ),
            }
            prop_assert!(people.iter().flatten().any(Standing::is_active_admin));
        }
    }
}
