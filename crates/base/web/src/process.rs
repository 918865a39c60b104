//! What the system counts of this process. Whatever it does not tell is 0.

use std::fs;

/// The system's ticks of a second, as Linux tells them to programs.
const TICKS_A_SECOND: u64 = 100;

/// See the head of this module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Process {
    /// Memory that it has, in bytes.
    pub memory_bytes: u64,
    /// Time of processors that it has had, in whole seconds.
    pub cpu_s: u64,
    /// Files and connections that it has open.
    pub files: u64,
}

/// As it is now.
pub fn now() -> Process {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let files = fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    Process { memory_bytes: memory_bytes(&status), cpu_s: cpu_s(&stat), files: files as u64 }
}

/// Memory of the machine, in bytes.
pub fn machine_bytes() -> u64 {
    let info = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    kib_of(&info, "MemTotal:")
}

fn memory_bytes(status: &str) -> u64 {
    kib_of(status, "VmRSS:")
}

/// A line of kibibytes, in bytes.
fn kib_of(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
    kib.unwrap_or_default() * 1024
}

/// The name of the program stands in brackets and may hold anything; after it, user and system time are the 12th and 13th.
fn cpu_s(stat: &str) -> u64 {
    let Some((_, rest)) = stat.rsplit_once(')') else { return 0 };
    let ticks =
        |place: usize| rest.split_whitespace().nth(place).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    (ticks(11) + ticks(12)) / TICKS_A_SECOND
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_s_texts_are_read() {
        assert_eq!(memory_bytes("Name:\tx\nVmRSS:\t    2048 kB\n"), 2048 * 1024);
        assert_eq!(cpu_s("7 (a) b) S 1 1 1 0 -1 4 1 0 0 0 250 150 0 0 20 0"), 4);
        assert_eq!((memory_bytes(""), cpu_s("")), (0, 0));
        assert!(now().memory_bytes > 1_000_000 && now().files > 2);
    }
}
