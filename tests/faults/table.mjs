// What the outages have come to, as a table.

const SHOWN_MAX = 6;
const LOST = /\blost\b|is gone|lacks/;
const DOUBLED = /twice|which no answer says|nobody waits for/;

export class Table {
  #kinds = new Map();
  passed = 0;
  failed = 0;

  /** Takes one outage in and prints its line. */
  add({ name, answers, busy, downMs, recoveryMs, complaints }, place) {
    const row = this.#row(name);
    row.rounds += 1;
    row.answers += answers;
    row.recoveries.push(recoveryMs);
    this.#judge(row, complaints);
    const down = downMs ? `, PostgreSQL away for ${Math.round(downMs)} ms` : "";
    const facts = `${answers} answers, ${busy} calls told to come back, recovered in ${Math.round(recoveryMs)} ms${down}`;
    this.#tell(`${name} (${place}): ${facts}`, complaints);
  }

  /** Takes the last comparison of a stage in. */
  end(name, answers, complaints) {
    this.#judge(this.#row(`all of ${name}`), complaints);
    this.#tell(`${name}, everything compared: ${answers} answers`, complaints);
  }

  #row(name) {
    if (!this.#kinds.has(name)) this.#kinds.set(name, { rounds: 0, answers: 0, lost: 0, doubled: 0, other: 0, recoveries: [] });
    return this.#kinds.get(name);
  }

  #judge(row, complaints) {
    for (const text of complaints) row[LOST.test(text) ? "lost" : DOUBLED.test(text) ? "doubled" : "other"] += 1;
  }

  #tell(text, complaints) {
    const isGood = complaints.length === 0;
    this[isGood ? "passed" : "failed"] += 1;
    console.log(`${isGood ? "ok    " : "FAILED"} ${text}`);
    complaints.slice(0, SHOWN_MAX).forEach((complaint) => console.log(`       ${complaint}`));
    if (complaints.length > SHOWN_MAX) console.log(`       and ${complaints.length - SHOWN_MAX} more`);
  }

  print() {
    const head = ["outage", "times", "acknowledged", "lost", "doubled", "wrong", "recovery ms: median", "max"];
    const rows = [...this.#kinds].map(([name, row]) => {
      const sorted = row.recoveries.sort((a, b) => a - b);
      const figure = (ms) => (sorted.length > 0 ? String(Math.round(ms)) : "");
      const wrongs = [row.lost, row.doubled, row.other];
      return [name, row.rounds || "", row.answers || "", ...wrongs, figure(sorted[sorted.length >> 1]), figure(sorted.at(-1))].map(String);
    });
    const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at].length)));
    const line = (row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join("  ");
    console.log([head, ...rows].map(line).join("\n"));
    console.log(`${this.passed} passed, ${this.failed} failed`);
  }
}
