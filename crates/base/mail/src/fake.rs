//! A mailer for tests: it keeps what it was given, and fails when it is told to.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use crate::{MailError, Mailer, Message};

/// Mail that goes nowhere.
#[derive(Debug, Default)]
pub struct FakeMailer {
    sent: Mutex<Vec<Message>>,
    failures: Mutex<VecDeque<MailError>>,
}

impl FakeMailer {
    /// Lets one of the next sendings fail; the first said comes first.
    pub fn fail_next(&self, error: MailError) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).push_back(error);
    }

    /// Every mail that was taken, the oldest first.
    pub fn sent(&self) -> Vec<Message> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Mailer for FakeMailer {
    async fn send(&self, message: &Message) -> Result<(), MailError> {
        let failure = self.failures.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        if let Some(error) = failure {
            return Err(error);
        }
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
        Ok(())
    }

    async fn check(&self) -> Result<(), MailError> {
        Ok(())
    }
}
