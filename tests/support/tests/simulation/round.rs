//! One round of the scheduler: calls wait together at two desks, are decided in groups, and something may go wrong meanwhile.

use std::fmt::Debug;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use base_core::account::Actor;
use base_core::audit::Origin;
use base_desk::{Desk, DeskError, Domain};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::dice::Dice;
use crate::faulty::{Fault, Faulty, Hold};
use crate::site::Site;

/// Longer than any group takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);

/// A scan as somebody made it, and what they know of it.
pub struct Made<C> {
    pub id: Uuid,
    pub command: C,
    pub who: usize,
    /// The answer, once one has arrived.
    pub answer: Option<Arc<str>>,
}

/// A call: scans of one person in one request.
struct Call {
    /// Numbers of scans; with `true` for one that asks for something else under the id of that scan.
    scans: Vec<(usize, bool)>,
    who: usize,
    node: usize,
    /// The caller does not wait for the answer, or never gets it.
    is_lost: bool,
}

type Waiting = Pin<Box<dyn Future<Output = Result<Vec<Arc<str>>, DeskError>> + Send>>;

/// What a wing brings to the simulation.
pub trait Play {
    type Domain: Domain<Command: Clone + Debug>;
    /// The next scan of somebody.
    fn scan(&mut self, dice: &mut Dice) -> <Self::Domain as Domain>::Command;
    fn id(command: &<Self::Domain as Domain>::Command) -> Uuid;
    /// The same id, asking for something else.
    fn twisted(command: &<Self::Domain as Domain>::Command) -> <Self::Domain as Domain>::Command;
    /// Something that does not go through the desk.
    fn beside(&mut self, site: &Site<Self::Domain>, dice: &mut Dice) -> impl Future<Output = ()>;
}

type CommandOf<P> = <<P as Play>::Domain as Domain>::Command;

pub struct Run<P: Play> {
    pub play: P,
    pub site: Site<P::Domain>,
    pub dice: Dice,
    pub people: Vec<(Actor, Arc<Origin>)>,
    pub made: Vec<Made<CommandOf<P>>>,
    pub trace: Vec<String>,
}

impl<P: Play> Run<P> {
    pub async fn rounds(&mut self, count: usize) {
        for _ in 0..count {
            self.play.beside(&self.site, &mut self.dice).await;
            let calls = self.calls();
            let fault = self.fault();
            self.round(calls, fault).await;
        }
        // Everything heals: whoever has no answer asks once more, and each gets one.
        for number in 0..self.made.len() {
            if self.made[number].answer.is_none() {
                let (who, node) = (self.made[number].who, self.dice.roll(2));
                self.round(vec![Call { scans: vec![(number, false)], who, node, is_lost: false }], None).await;
                assert!(self.made[number].answer.is_some(), "{} gets no answer", self.made[number].id);
            }
        }
    }

    fn calls(&mut self) -> Vec<Call> {
        let count = 1 + self.dice.roll(5);
        (0..count).map(|_| self.call()).collect()
    }

    fn call(&mut self) -> Call {
        let node = self.dice.roll(2);
        let is_lost = self.dice.one_in(4);
        // One of the last scans again, answered or not, or its id for something else.
        if !self.made.is_empty() && self.dice.one_in(3) {
            let back = self.dice.roll(self.made.len().min(12));
            let number = self.made.len() - 1 - back;
            let is_twisted = self.made[number].answer.is_some() && self.dice.one_in(5);
            return Call { scans: vec![(number, is_twisted)], who: self.made[number].who, node, is_lost };
        }
        let who = self.dice.roll(self.people.len());
        let mut scans = Vec::new();
        for _ in 0..=self.dice.roll(4) {
            let command = self.play.scan(&mut self.dice);
            self.made.push(Made { id: P::id(&command), command, who, answer: None });
            scans.push((self.made.len() - 1, false));
        }
        if self.dice.one_in(8) {
            scans.push(scans[0]);
        }
        Call { scans, who, node, is_lost }
    }

    fn fault(&mut self) -> Option<Vec<Fault>> {
        Some(match self.dice.roll(20) {
            0 | 1 => vec![Fault::ConflictFirst],
            2 | 3 => vec![Fault::ConflictLast],
            4 => vec![Fault::ConflictLast, Fault::ConflictLast],
            5 => vec![Fault::Unreachable],
            6 => vec![Fault::Mistake],
            7 => vec![Fault::Mistake, Fault::Mistake],
            8 => vec![Fault::CrashBefore],
            9 => vec![Fault::CrashAfter],
            10 => vec![Fault::CrashAfter, Fault::ConflictLast],
            _ => return None,
        })
    }

    async fn round(&mut self, calls: Vec<Call>, fault: Option<Vec<Fault>>) {
        let told: Vec<_> = calls.iter().map(|call| (&call.scans, call.node, call.is_lost)).collect();
        self.trace.push(format!("calls {told:?} fault {fault:?}"));
        let gates: Vec<Arc<Semaphore>> = self.site.nodes.iter().map(|_| Arc::new(Semaphore::new(0))).collect();
        let mut stepping = Vec::new();
        for (node, gate) in self.site.nodes.iter().zip(&gates) {
            let (desk, gate) = (node.desk.clone(), gate.clone());
            stepping.push(queued(Box::pin(async move { desk.step(gate).await.map(|()| Vec::new()) })).await);
        }
        let first = self.dice.roll(2);
        let hold =
            (fault.is_none() && self.dice.one_in(5) && calls.iter().any(|call| call.node == first)).then(Hold::default);
        let (mut early, mut late) = (Vec::new(), Vec::new());
        for call in calls {
            // Where the first commit is slow, some calls come while it is under way.
            let is_late = hold.is_some() && call.node == first && !early.is_empty() && self.dice.one_in(3);
            if is_late { late.push(call) } else { early.push(call) }
        }
        let plan = self.site.nodes[first].plan.clone();
        let has_hold = hold.is_some() && early.iter().any(|call: &Call| call.node == first);
        *plan.hold.lock().expect("free") = hold.clone().filter(|_| has_hold);
        let cut = self.dice.one_in(2).then(|| self.dice.roll(1001));
        *plan.at_end.lock().expect("free") = Some(self.site.at_end(cut));
        *plan.faults.lock().expect("free") = fault.into_iter().flatten().rev().collect();
        let mut waiting = self.hand_in(early).await;
        gates[first].add_permits(1);
        if let Some(hold) = hold.filter(|_| has_hold) {
            let reached = tokio::time::timeout(PATIENCE, hold.reached.acquire()).await;
            drop(reached.expect("the first group reaches its commit"));
            waiting.extend(self.hand_in(late).await);
            // The other node finds the rows, or all of the database, taken.
            gates[1 - first].add_permits(1);
            hold.go.add_permits(1);
        } else {
            waiting.extend(self.hand_in(late).await);
        }
        self.finish(waiting, &gates, first).await;
    }

    /// Takes the answers: those of the first node, then those of the other.
    async fn finish(&mut self, waiting: Vec<(Call, Waiting)>, gates: &[Arc<Semaphore>], first: usize) {
        let (of_first, of_other): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(call, _)| call.node == first);
        let is_ended = self.take(of_first).await;
        let plan = self.site.nodes[first].plan.clone();
        plan.faults.lock().expect("free").clear();
        if is_ended && !self.site.db.is_shared() {
            for gate in gates {
                gate.close();
            }
            drop(of_other);
            self.site.start_again().await;
            return;
        }
        gates[1 - first].add_permits(1);
        let is_other_ended = self.take(of_other).await;
        assert!(!is_other_ended, "only the first node may end");
        if is_ended {
            self.site.start_again().await;
        } else if !self.site.db.is_shared() && self.dice.one_in(10) {
            // The process ends while nothing is under way: all that was answered is there.
            self.trace.push("the process ends".into());
            self.site.at_end(None)();
            self.site.start_again().await;
        }
    }

    async fn hand_in(&mut self, calls: Vec<Call>) -> Vec<(Call, Waiting)> {
        let mut waiting = Vec::new();
        for call in calls {
            let (actor, origin) = self.people[call.who].clone();
            let command = |(number, is_twisted): &(usize, bool)| {
                let command = &self.made[*number].command;
                if *is_twisted { P::twisted(command) } else { command.clone() }
            };
            let scans: Vec<_> = call.scans.iter().map(command).collect();
            let desk: Desk<Faulty<P::Domain>> = self.site.nodes[call.node].desk.clone();
            let submitted = queued(Box::pin(async move { desk.submit(actor, origin, scans).await })).await;
            waiting.push((call, submitted));
        }
        waiting
    }

    /// True if the process of this node has ended.
    async fn take(&mut self, waiting: Vec<(Call, Waiting)>) -> bool {
        let mut is_ended = false;
        for (call, answers) in waiting {
            let answers = tokio::time::timeout(PATIENCE, answers).await.expect("the desk says something");
            self.trace.push(format!("{:?}: {answers:?}", call.scans));
            match answers {
                Ok(answers) if !call.is_lost => self.learn(&call, &answers),
                Ok(_) | Err(DeskError::Busy | DeskError::Store(_)) => {}
                Err(DeskError::Closing) => is_ended = true,
            }
        }
        is_ended
    }

    fn learn(&mut self, call: &Call, answers: &[Arc<str>]) {
        assert_eq!(answers.len(), call.scans.len(), "an answer for each scan");
        for ((number, is_twisted), answer) in call.scans.iter().zip(answers) {
            let made = &mut self.made[*number];
            if *is_twisted {
                assert!(answer.contains("\"scan_id_reused\""), "{} was used for something else: {answer}", made.id);
            } else if let Some(before) = &made.answer {
                assert_eq!(answer, before, "the same scan has the same answer, byte for byte");
            } else {
                made.answer = Some(answer.clone());
            }
        }
    }
}

/// Polls a call once, so that it waits in the queue.
async fn queued(mut call: Waiting) -> Waiting {
    let answer = poll_fn(|context| {
        Poll::Ready(match call.as_mut().poll(context) {
            Poll::Ready(answer) => Some(answer),
            Poll::Pending => None,
        })
    })
    .await;
    match answer {
        Some(answer) => Box::pin(std::future::ready(answer)),
        None => call,
    }
}
