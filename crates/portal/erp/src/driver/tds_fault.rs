//! What can go wrong with SQL Server, sorted as every other ERP's faults are.

use tiberius::error::Error;

use crate::error::ErpError;

/// What tiberius says, sorted.
pub(super) fn sorted(fault: &Error) -> ErpError {
    /// SQL Server's numbers: a login that it does not know, that is locked, or whose password is wrong or expired.
    const SIGN_IN: [u32; 6] = [18456, 18452, 18487, 18488, 18470, 18486];
    /// A lock that was waited for too long, a statement that lost against another.
    const PASSING: [u32; 3] = [1222, 1205, 3960];
    /// A value cannot be what it was to be.
    const VALUE: [u32; 5] = [241, 242, 245, 8114, 8115];
    /// From this class on, the server ends the connection.
    const FATAL_CLASS: u8 = 20;
    match fault {
        Error::Io { kind: std::io::ErrorKind::TimedOut, .. } => ErpError::Slow,
        Error::Io { message, .. } => ErpError::Unreachable(message.clone()),
        Error::Tls(text) => ErpError::Unreachable(format!("no encrypted connection: {text}")),
        Error::Server(told) if SIGN_IN.contains(&told.code()) => ErpError::SignIn,
        Error::Server(told) if PASSING.contains(&told.code()) => ErpError::Slow,
        Error::Server(told) if VALUE.contains(&told.code()) => ErpError::Nonsense(told.message().to_owned()),
        Error::Server(told) if told.class() >= FATAL_CLASS => ErpError::Unreachable(told.message().to_owned()),
        Error::Server(told) => ErpError::Refused(format!("{} ({})", told.message(), told.code())),
        Error::Conversion(text) => ErpError::Nonsense(text.to_string()),
        Error::Utf8 | Error::Utf16 | Error::Encoding(_) => ErpError::Nonsense("a text is not in its encoding".into()),
        Error::ParseInt(_) => ErpError::Nonsense("a number cannot be read".into()),
        other => ErpError::Unreachable(other.to_string()),
    }
}
